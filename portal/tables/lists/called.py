"""Meetings as a list to take away."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from portal.groups.rules import may_come_to_groups
from portal.meetings import rules
from portal.meetings.models import AgendaItem, Invitee, Meeting

from ..table import Table
from .plain import Part, PlainTable

COMING = (Invitee.Answer.COMING, Invitee.Answer.SUBSTITUTED)


class Meetings(PlainTable):
    """The list at the desk with its filter: of which group, coming or past."""

    slug = "jednani"
    title = "Jednání"
    noun = "jednání,jednání,jednání"
    home = "meetings:meetings"
    parts = (
        Part("skupina", lambda row: row.group.name, 40),
        Part("číslo", lambda row: row.numbered, 10),
        Part("název", lambda row: row.title, 30),
        Part("den", lambda row: row.day, 12),
        Part("od", lambda row: f"{timezone.localtime(row.starts_at):%H:%M}", 8),
        Part("do", lambda row: f"{timezone.localtime(row.ends_at):%H:%M}", 8),
        Part("jak", lambda row: row.get_way_display(), 20),
        Part("místo", lambda row: row.place, 40),
        Part("stav", lambda row: row.get_state_display(), 16),
        Part("bodů programu", lambda row: row.item_count, 10, number=True),
        Part("pozvaných", lambda row: row.invited_count, 10, number=True),
        Part("přijde", lambda row: row.coming_count, 10, number=True),
    )

    def may_read(self) -> bool:
        return may_come_to_groups(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Meeting]:
        found = rules.readable_meetings(self.person).select_related("group")
        if asked.get("skupina", "").isdigit():
            found = found.filter(group=int(str(asked["skupina"])))
        now = timezone.now()
        if asked.get("kdy") == "probehla":
            found = found.filter(ends_at__lt=now).order_by("-starts_at")
        return found.annotate(
            item_count=Count("items", filter=Q(items__state=AgendaItem.State.APPROVED), distinct=True),
            invited_count=Count("invitees", distinct=True),
            coming_count=Count("invitees", filter=Q(invitees__answer__in=COMING), distinct=True),
        )


CALLED: tuple[type[Table], ...] = (Meetings,)
