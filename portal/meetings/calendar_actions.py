"""The secret address of somebody's own calendar."""

from __future__ import annotations

import secrets
from typing import Any

from django.utils import timezone

from .models import CalendarKey


def key_renew(*, person: Any) -> CalendarKey:
    """A new secret; the old one leads nowhere from now on."""
    made, _ = CalendarKey.objects.update_or_create(
        person=person, defaults={"key": secrets.token_urlsafe(32), "made_at": timezone.now()}
    )
    return made


def key_of(person: Any) -> str:
    """The person's secret, empty while they have none: looking at a page makes nothing."""
    return CalendarKey.objects.filter(person=person).values_list("key", flat=True).first() or ""
