"""The invented meetings of demo/meetings/: two years of each group of the demo and half a year ahead.

A file is named by its group and says by which rule it meets and what it talks about; agendas take turns. spolecne.toml
holds what every agenda begins and ends with. Days are counted from today, so that the demo never grows old. `load`
adds meetings of groups that have none; it needs the demo groups, and measures of the demo plan to tie items to.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.groups.models import Group, Membership
from portal.meetings import procedures, series
from portal.meetings.models import AgendaItem, Invitee, ItemTie, Meeting
from portal.plan.models import Node

FOLDER: Path = settings.ROOT / "demo" / "meetings"
SHARED = "spolecne"
PLAN = "komunitni-plan-svornova-2024-2027"
BEHIND, AHEAD = timedelta(days=730), timedelta(days=183)
# Nobody meets in the middle of summer.
SUMMER = (7, 8)
# Meetings are called this long ahead; the fourth of every seven was cancelled.
CALLED_AHEAD = timedelta(days=62)
CANCELLED, OF = 4, 7
SAID = ("way", "place", "place_note", "online_url")
Answer = Invitee.Answer


def read_meetings(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """What each group of the demo says of its meetings, and what all share, by the names of files."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}


@transaction.atomic
def load(folder: Path = FOLDER) -> int:
    """Add meetings of the demo groups that have none; how many."""
    written = read_meetings(folder)
    shared = written.pop(SHARED)
    groups = Group.objects.filter(slug__in=written, meetings=None).select_related("procedure")
    measures = {one.code: one for one in Node.objects.measures().filter(plan__slug=PLAN)}
    return sum(_Writing(group, written[group.slug], shared, measures).write() for group in groups)


@transaction.atomic
def remove(folder: Path = FOLDER) -> int:
    """Take meetings of the demo groups away. Returns how many there were."""
    meetings = Meeting.objects.filter(group__slug__in=read_meetings(folder))
    count = meetings.count()
    meetings.delete()
    return count


class _Writing:
    """Meetings of one group, put down in a few statements."""

    def __init__(self, group: Group, said: dict[str, Any], shared: dict[str, Any], measures: dict[str, Node]) -> None:
        self.group, self.said, self.shared, self.measures = group, said, shared, measures
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)

    def write(self) -> int:
        meetings = Meeting.objects.bulk_create(self._meetings())
        agendas = cycle(self.said["agendas"])
        items: list[AgendaItem] = []
        codes: list[str] = []
        for meeting in meetings:
            for item, code in self._items(meeting, next(agendas)):
                items.append(item)
                codes.append(code)
        AgendaItem.objects.bulk_create(items)
        ItemTie.objects.bulk_create(self._ties(items, codes))
        Invitee.objects.bulk_create(one for meeting in meetings for one in self._invitees(meeting))
        return len(meetings)

    def _days(self) -> list[date]:
        """Days by the rule; the months are counted so that groups do not all meet in the same one."""
        start = (self.today - BEHIND).replace(day=1)
        rule = series.monthly(
            _months_later(start, self.said["phase"]),
            self.today + AHEAD,
            weekday=self.said["weekday"],
            which=self.said["which"],
            months=self.said["months"],
        )
        kept, _ = series.planned((day for day in rule if day.month not in SUMMER), "move")
        since = self.group.since or start
        return [one.day for one in kept if since <= one.day < (self.group.closed_on or date.max)]

    def _meetings(self) -> Iterator[Meeting]:
        begins = time.fromisoformat(self.said["begins"])
        numbers: dict[int, int] = {}
        for at, day in enumerate(self._days(), 1):
            starts_at = timezone.make_aware(datetime.combine(day, begins))
            meeting = Meeting(
                group=self.group,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=self.said["minutes"]),
                **{name: self.said[name] for name in SAID if name in self.said},
            )
            self._stand(meeting, cancelled=at % OF == CANCELLED)
            if meeting.called_at:
                meeting.number = numbers[day.year] = numbers.get(day.year, 0) + 1
            yield meeting

    def _stand(self, meeting: Meeting, *, cancelled: bool) -> None:
        """How the meeting stands today, and since when people know of it."""
        called_at = min(self._called_at(meeting), self.now)
        meeting.shown_at = min(meeting.starts_at - timedelta(days=60), self.now)
        meeting.changed_at = meeting.shown_at
        if meeting.starts_at <= self.now and not cancelled:
            meeting.state, meeting.called_at, meeting.changed_at = Meeting.State.HELD, called_at, called_at
        elif meeting.starts_at <= self.now:
            meeting.state, meeting.called_at, meeting.sequence = Meeting.State.CANCELLED, called_at, 1
            meeting.cancelled_reason = "Omluvila se víc než polovina členů. Sejdeme se v dalším termínu."
            meeting.changed_at = meeting.starts_at - timedelta(days=1)
        elif meeting.starts_at - self.now < CALLED_AHEAD:
            meeting.state, meeting.called_at, meeting.changed_at = Meeting.State.CALLED, called_at, called_at

    def _called_at(self, meeting: Meeting) -> datetime:
        """Two days before the body's own deadline, in the morning."""
        day = procedures.terms_of(meeting).invitation - timedelta(days=2)
        return timezone.make_aware(datetime.combine(day, time(8, 30)))

    def _items(self, meeting: Meeting, own: list[dict[str, Any]]) -> Iterator[tuple[AgendaItem, str]]:
        """The agenda, each item with the code of its measure. What is far ahead has none yet."""
        if meeting.state == Meeting.State.PLANNED:
            return
        for order, said in enumerate([*self.shared["first"], *own, *self.shared["last"]], 1):
            item = AgendaItem(
                meeting=meeting,
                order=order,
                title=said["title"],
                text=said.get("text", ""),
                sort=said["sort"],
                minutes=said["minutes"],
                leader=said.get("leader", ""),
            )
            yield item, said.get("measure", "")
        if meeting.state == Meeting.State.CALLED:
            yield from ((one, "") for one in self._proposals(meeting))

    def _proposals(self, meeting: Meeting) -> Iterator[AgendaItem]:
        """What members would like to add and nobody has decided about yet."""
        for order, said in enumerate(self.said.get("proposals", []), 1):
            yield AgendaItem(
                meeting=meeting,
                order=100 + order,
                title=said["title"],
                text=said["text"],
                state=AgendaItem.State.PROPOSED,
                proposed_name=said["by"],
            )

    def _ties(self, items: list[AgendaItem], codes: list[str]) -> Iterator[ItemTie]:
        kind = ContentType.objects.get_for_model(Node)
        for item, code in zip(items, codes, strict=True):
            node = self.measures.get(code)
            if node is not None:
                yield ItemTie(
                    item=item,
                    content_type=kind,
                    object_id=node.pk,
                    words=f"opatření {node.code} {node.title}",
                    address=reverse("plan:public_measure", args=[PLAN, node.code]),
                )

    def _invitees(self, meeting: Meeting) -> Iterator[Invitee]:
        if not meeting.called_at:
            return
        members = Membership.objects.current(meeting.day).filter(group=self.group, substitutes=None)
        excuses = self.shared["excuses"]
        for at, member in enumerate(members):
            lot = (at * 7 + meeting.day.toordinal()) % 10
            one = Invitee(meeting=meeting, membership=member, sent_sequence=meeting.sequence, sent_at=meeting.called_at)
            over = meeting.starts_at <= self.now
            if lot < (8 if over else 5):
                one.answer = Answer.COMING
                one.online = meeting.way == Meeting.Way.ONLINE or (meeting.way == Meeting.Way.HYBRID and lot == 3)
            elif lot == 8:
                one.answer, one.reason = Answer.EXCUSED, excuses[at % len(excuses)]
            if one.answer != Answer.WAITING:
                one.answered_at = min(meeting.called_at + timedelta(hours=5 + 7 * lot), self.now)
            yield one


def _months_later(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)
