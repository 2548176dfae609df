"""Cases of test_restoring for what groups work with: meetings, minutes, consultations, how people are told.

A case makes a thing, changes it, and gives back how to read what the thing says now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.accounts.models import Person
from portal.meetings import actions as meetings
from portal.meetings.models import AgendaItem, Meeting
from tests.meetings import gatherings

type Read = Callable[[], Any]

OF_MEETING = ("title", "starts_at", "ends_at", "way", "place", "online_url", "note")
STARTS_AT, ENDS_AT = gatherings.at(40, 9), gatherings.at(40, 11)


def meeting(jana: Person) -> Read:
    one = gatherings.meeting(gatherings.group(), actor=jana, starts_at=STARTS_AT, note="S sebou šálek.")
    meetings.meeting_change(
        meeting=one, seen=one.version, actor=jana, title="Jinak", starts_at=gatherings.at(41, 13),
        ends_at=gatherings.at(41, 14), way="online", place="", online_url="https://example.org/a", note="",
    )  # fmt: skip
    return lambda: Meeting.objects.values(*OF_MEETING).get(pk=one.pk)


def item(jana: Person) -> Read:
    said = {"title": "Doprava", "text": "Kolik stojí.", "sort": "decision", "minutes": 20, "leader": "Jana"}
    one = meetings.item_propose(meeting=gatherings.meeting(gatherings.group(), actor=jana), actor=jana, **said)
    other = {"title": "Jinak", "text": "", "sort": "information", "minutes": None, "leader": ""}
    meetings.item_change(item=one, seen=one.version, actor=jana, **other)
    return lambda: AgendaItem.objects.values(*said).get(pk=one.pk)


CASES: dict[str, tuple[Callable[[Person], Read], Any]] = {
    "meeting_changed": (
        meeting,
        {
            "title": "",
            "starts_at": STARTS_AT,
            "ends_at": ENDS_AT,
            "way": "place",
            "place": "Radnice, zasedací místnost",
            "online_url": "",
            "note": "S sebou šálek.",
        },
    ),
    "item_changed": (
        item,
        {"title": "Doprava", "text": "Kolik stojí.", "sort": "decision", "minutes": 20, "leader": "Jana"},
    ),
}
