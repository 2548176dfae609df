"""What happened at meetings, as lists to take away: who was there, what was voted on."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.groups.rules import may_come_to_groups, readable_groups
from portal.sitting.models import Motion, Presence

from ..table import Table
from .plain import Part, PlainTable


def _number(asked: QueryDict) -> int | None:
    """The meeting that the list was asked for."""
    text = asked.get("jednani", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


class Attendance(PlainTable):
    """Named people: only for those who read the inside of the group."""

    slug = "ucast"
    title = "Účast na jednáních"
    noun = "účast,účasti,účastí"
    home = "meetings:meetings"
    parts = (
        Part("skupina", lambda row: row.meeting.group.name, 34),
        Part("jednání", lambda row: row.meeting.starts_at, 18),
        Part("jméno", str, 30),
        Part("organizace", lambda row: row.membership.organisation if row.membership else row.organisation, 34),
        Part("za koho", lambda row: (row.membership or row).get_side_display(), 16),
        Part("zastupuje", lambda row: row.in_place_of.name if row.in_place_of else None, 30),
        Part("host", lambda row: row.is_guest, 9),
        Part("účast", lambda row: row.get_state_display(), 18),
        Part("on-line", lambda row: row.online, 9),
        Part("příchod", lambda row: row.arrived_at, 18),
        Part("odchod", lambda row: row.left_at, 18),
    )

    def may_read(self) -> bool:
        return may_come_to_groups(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Presence]:
        found = Presence.objects.filter(meeting__group__in=readable_groups(self.person))
        if (number := _number(asked)) is not None:
            found = found.filter(meeting=number)
        return found.select_related("meeting__group", "membership", "in_place_of").order_by("-meeting__starts_at", "pk")


class Votes(PlainTable):
    slug = "hlasovani"
    title = "Hlasování"
    noun = "hlasování,hlasování,hlasování"
    home = "meetings:meetings"
    parts = (
        Part("skupina", lambda row: row.group.name, 34),
        Part("kdy", lambda row: row.closed_at, 18),
        Part("návrh", lambda row: row.text, 60),
        Part("jak", lambda row: row.get_way_display(), 16),
        Part("mimo jednání", lambda row: row.meeting_id is None, 12),
        Part("hlasů přítomno", lambda row: row.voices, 12, number=True),
        Part("hlasů celkem", lambda row: row.voices_all, 12, number=True),
        Part("pro", lambda row: row.votes_for, 9, number=True),
        Part("proti", lambda row: row.votes_against, 9, number=True),
        Part("zdrželo se", lambda row: row.votes_abstained, 9, number=True),
        Part("přijato", lambda row: row.adopted, 9),
        Part("důvod opravy", lambda row: row.correction, 30),
    )

    def may_read(self) -> bool:
        return may_come_to_groups(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Motion]:
        found = Motion.objects.filter(group__in=readable_groups(self.person), state=Motion.State.CLOSED)
        if (number := _number(asked)) is not None:
            found = found.filter(meeting=number)
        return found.select_related("group").order_by("-closed_at", "-pk")


SAT: tuple[type[Table], ...] = (Attendance, Votes)
