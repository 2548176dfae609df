"""Whether people look at an invented region; said on every page."""

from django.core.cache import caches
from django.http import HttpRequest

from portal.web.pace import NEAR

from .models import Region

MINUTE = 60


def demo(_request: HttpRequest) -> dict[str, bool]:
    known = caches[NEAR].get_or_set("territory.demo", Region.objects.filter(demo=True).exists, MINUTE)
    return {"demo": bool(known)}
