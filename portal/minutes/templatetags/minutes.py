"""Published minutes on pages of meetings, which stand below this app and know nothing of it."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from portal.meetings.models import Meeting
from portal.minutes.models import Minutes

register = template.Library()


@register.simple_tag
def published_minutes(meetings: Meeting | Iterable[Meeting]) -> set[int]:
    """`{% published_minutes rows as told %}`: numbers of those meetings whose minutes everybody may read. One query,
    none where no meeting is over yet."""
    rows = [meetings] if isinstance(meetings, Meeting) else meetings
    over = [one.pk for one in rows if one.is_over]
    return (
        set(Minutes.objects.public().filter(meeting__in=over).values_list("meeting_id", flat=True)) if over else set()
    )
