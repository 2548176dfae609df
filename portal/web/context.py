"""What every page needs to know of the installation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "coordinator": settings.COORDINATOR,
        "canonical": settings.SITE_URL + request.path,
    }
