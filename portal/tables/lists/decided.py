"""What came out of meetings, as lists to take away: minutes, tasks, decisions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.groups.rules import readable_groups
from portal.minutes import listing, rules
from portal.minutes.forms import DecisionFilter, TaskFilter
from portal.minutes.models import Decision, Minutes, Task

from ..table import Table
from .plain import Part, PlainTable


class Tasks(PlainTable):
    slug = "ukoly"
    title = "Úkoly"
    noun = "úkol,úkoly,úkolů"
    home = "minutes:tasks"
    parts = (
        Part("číslo", lambda row: row.pk, 9, number=True),
        Part("skupina", lambda row: row.group.name, 30),
        Part("úkol", lambda row: row.what, 50),
        Part("kdo", lambda row: row.who, 26),
        Part("do kdy", lambda row: row.until, 14),
        Part("stav", lambda row: "po termínu" if row.is_late else row.get_state_display(), 14),
        Part("doklad", lambda row: row.evidence, 40),
        Part("kdy se uzavřel", lambda row: row.closed_at),
        Part("přenesený (kolikrát)", lambda row: row.carried, 14, number=True),
        Part("z jednání", lambda row: row.minutes.name, 34),
    )

    def may_read(self) -> bool:
        return rules.may_come(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Task]:
        form = TaskFilter(readable_groups(self.person), asked)
        return listing.tasks(self.person, form.asked())


class Decisions(PlainTable):
    slug = "usneseni"
    title = "Usnesení"
    noun = "usnesení,usnesení,usnesení"
    home = "minutes:decisions"
    parts = (
        Part("číslo", lambda row: row.code, 12),
        Part("skupina", lambda row: row.group.name, 30),
        Part("usnesení", lambda row: row.text, 60),
        Part("kdy", lambda row: row.decided_on, 14),
        Part("hlasování", lambda row: row.vote, 14),
        Part("zrušené", lambda row: row.withdrawn_at),
        Part("proč je zrušené", lambda row: row.withdrawn_reason, 40),
        Part("z jednání", lambda row: row.minutes.name, 34),
    )

    def may_read(self) -> bool:
        return rules.may_come(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Decision]:
        form = DecisionFilter(readable_groups(self.person), asked)
        return listing.decisions(self.person, form.asked())


class AllMinutes(PlainTable):
    slug = "zapisy"
    title = "Zápisy"
    noun = "zápis,zápisy,zápisů"
    home = "minutes:all_minutes"
    parts = (
        Part("název", lambda row: row.name, 40),
        Part("skupina", lambda row: row.meeting.group.name, 30),
        Part("stav", lambda row: row.get_state_display(), 14),
        Part("zapsal", lambda row: row.taken_by, 26),
        Part("ověřil", lambda row: row.verified_by, 26),
        Part("rozesláno", lambda row: row.sent_at),
        Part("námitky do", lambda row: row.objections_until, 14),
        Part("schváleno", lambda row: row.approved_at),
        Part("jak schváleno", lambda row: row.get_approved_how_display(), 26),
        Part("zveřejněno", lambda row: row.published_at),
    )

    def may_read(self) -> bool:
        return rules.may_come(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Minutes]:
        return listing.minutes(self.person, asked.get("skupina", ""))


DECIDED: tuple[type[Table], ...] = (AllMinutes, Tasks, Decisions)
