"""Meetings as calendars and readers of news know them: the words of an event, its address, its agenda."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from . import calendar
from .models import AgendaItem, Meeting

# A feed holds so many events, the newest first; what is older is in the list on the web.
MOST = 500


def host() -> str:
    return settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0]


def address(meeting: Meeting) -> str:
    """The page for the public, or where there is none, the page for members."""
    name = "meetings:public_meeting" if meeting.is_public else "meetings:meeting"
    return settings.SITE_URL + _path(name, meeting.pk)


@lru_cache(maxsize=4 * MOST)
def _path(name: str, pk: int) -> str:
    """A feed has an address for each event, and `reverse` takes its time."""
    return reverse(name, args=[pk])


def where(meeting: Meeting, *, inside: bool) -> str:
    """Place and link; the link of a meeting that is not for the public is for members alone (`inside`)."""
    parts = [meeting.place] if meeting.way != Meeting.Way.ONLINE else []
    if meeting.online_url and meeting.way != Meeting.Way.PLACE and (inside or meeting.group.open_to_public):
        parts.append(meeting.online_url)
    elif meeting.way != Meeting.Way.PLACE:
        parts.append("on-line")
    return ", ".join(part for part in parts if part)


def happening(
    meeting: Meeting,
    agenda: Iterable[str],
    *,
    inside: bool = False,
    url: str = "",
    note: str = "",
    said: Callable[[str], str] = str,
) -> calendar.Happening:
    """The meeting with its group at hand. `agenda` are titles of what is on it, in order; `said` turns what people
    wrote into what the reader may see."""
    lines = [note] if note else []
    if meeting.state == Meeting.State.CANCELLED:
        lines.append(said(f"Jednání se nekoná. {meeting.cancelled_reason}".strip()))
    if meeting.place_note:
        lines.append(said(meeting.place_note))
    titles = [f"{at}. {title}" for at, title in enumerate(agenda, 1)]
    if titles:
        lines += ["Program:", *titles]
    return calendar.Happening(
        uid=f"{meeting.uid}@{host()}",
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        title=said(str(meeting)),
        url=url or address(meeting),
        where=where(meeting, inside=inside),
        text="\n".join(lines),
        cancelled=meeting.state == Meeting.State.CANCELLED,
    )


def agendas(meetings: Iterable[int]) -> dict[int, list[str]]:
    """Meeting -> titles of its approved items; one query."""
    found: dict[int, list[str]] = {}
    rows = AgendaItem.objects.filter(meeting__in=meetings, state=AgendaItem.State.APPROVED)
    for meeting, title in rows.values_list("meeting_id", "title"):
        found.setdefault(meeting, []).append(title)
    return found


def feed(meetings: Iterable[Meeting], *, name: str, inside: bool = False) -> str:
    """A calendar of meetings with their groups at hand: the agendas cost one query more."""
    shown = list(meetings)
    titles = agendas(one.pk for one in shown)
    return calendar.written((happening(one, titles.get(one.pk, ()), inside=inside) for one in shown), name=name)
