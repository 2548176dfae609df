"""Feeds: iCalendar of everything public, of a group, of one member; Atom of what changed."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache, partial
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.groups.models import Membership

from . import calendar, happenings
from .discretion import Discretion, ToldGroup, as_group, in_public, told_groups
from .models import CalendarKey, Meeting, MeetingQuerySet
from .when import in_words

ATOM = "http://www.w3.org/2005/Atom"
IN_ATOM = 50
# Coming meetings of a group that its tab shows.
SOON = 50


# What an event is written from; a whole row of the database would take twice as long to read.
OF_EVENT = (
    "pk", "group_id", "title", "starts_at", "ends_at", "way", "place", "place_note", "online_url", "state",
    "cancelled_reason", "shown_at", "uid", "sequence", "changed_at",
)  # fmt: skip


def public(rows: MeetingQuerySet, name: str) -> str:
    """A calendar of public meetings, the newest MOST of them; three queries whatever their number."""
    meetings = list(rows.order_by("-starts_at", "-pk").values_list(*OF_EVENT)[: happenings.MOST])
    titles = happenings.agendas(pk for pk, *_ in meetings)
    groups = told_groups(group for _, group, *_ in meetings)
    events = [
        written_event(one, tuple(titles.get(one[0], ())), groups[one[1]], settings.SITE_URL)
        for one in reversed(meetings)
    ]
    return calendar.whole(events, name=name)


@lru_cache(maxsize=4 * happenings.MOST)
def written_event(values: tuple[Any, ...], titles: tuple[str, ...], group: ToldGroup, _site: str) -> str:
    """An event of a public feed. Calendar programs ask again and again for what has not changed, so that an event is
    written once; it is found by everything that its words follow from, the address of the site included."""
    meeting = Meeting(**dict(zip(OF_EVENT, values, strict=True)))
    meeting.group = as_group(group)
    said = partial(in_public, hidden=group.hidden)
    return calendar.one_event(happenings.happening(meeting, [said(title) for title in titles], said=said))


def of_key(key: str) -> str | None:
    """The calendar of the member with the secret; None where nobody (any more) has it."""
    held = CalendarKey.objects.filter(key=key, person__is_active=True, person__erased_at=None).first()
    if held is None:
        return None
    groups = Membership.objects.current().filter(person=held.person_id).values("group")
    rows = Meeting.objects.filter(group__in=groups).select_related("group").order_by("-starts_at", "-pk")
    return happenings.feed(reversed(rows[: happenings.MOST]), name=f"Moje jednání – {settings.SITE_NAME}", inside=True)


def atom() -> str:
    """Public meetings by their last change."""
    rows = Meeting.objects.public().select_related("group").order_by("-changed_at", "-pk")[:IN_ATOM]
    meetings = list(rows)
    titles = happenings.agendas(one.pk for one in meetings)
    discretion = Discretion(one.group_id for one in meetings)
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "cs"})
    here = settings.SITE_URL + reverse("meetings:atom")
    SubElement(root, "title").text = f"Jednání – {settings.SITE_NAME}"
    SubElement(root, "id").text = here
    SubElement(root, "link", {"rel": "self", "href": here})
    SubElement(root, "link", {"href": settings.SITE_URL + reverse("meetings:public_calendar")})
    newest = max((one.changed_at for one in meetings), default=timezone.now() - timedelta(days=1))
    SubElement(root, "updated").text = newest.isoformat()
    author = SubElement(root, "author")
    SubElement(author, "name").text = settings.SITE_NAME
    for one in meetings:
        entry = SubElement(root, "entry")
        cancelled = "Zrušeno: " if one.state == Meeting.State.CANCELLED else ""
        title = f"{cancelled}{one} ({in_words(one.starts_at, one.ends_at)})"
        SubElement(entry, "title").text = discretion.said(title, one.group_id)
        SubElement(entry, "id").text = f"urn:uuid:{one.uid}"
        SubElement(entry, "link", {"href": happenings.address(one)})
        SubElement(entry, "updated").text = one.changed_at.isoformat()
        agenda = [f"{at}. {title}" for at, title in enumerate(titles.get(one.pk, ()), 1)]
        lines = [one.group.name, happenings.where(one, inside=False), *agenda]
        summary = "\n".join(line for line in lines if line)
        SubElement(entry, "summary").text = discretion.said(summary, one.group_id)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")
