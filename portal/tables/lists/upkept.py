"""What the desk watches over cards, as lists to take away: proposals, conflicts, quality, records beyond their
limits. Each shows the services in the person's range and no others, as its page does."""

from __future__ import annotations

from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from portal.catalogue.models import Service
from portal.catalogue.rules import readable_services
from portal.freshness import limits, queues
from portal.freshness import rules as freshness_rules
from portal.freshness.conflicts import TOPICS
from portal.freshness.models import Conflict, QualitySnapshot, ServiceQuality
from portal.freshness.quality import Rule
from portal.freshness.queues import Average
from portal.upkeep import letters
from portal.upkeep import rules as upkeep_rules
from portal.upkeep.forms import QueueFilter
from portal.upkeep.models import Proposal

from ..columns import JOINED, Line
from ..table import Table
from .plain import Part, PlainTable, said


class Proposals(PlainTable):
    slug = "navrhy-zmen"
    title = "Návrhy změn"
    noun = "návrh,návrhy,návrhů"
    home = "upkeep:proposals"
    parts = (
        Part("číslo", lambda row: row.pk, 9, number=True),
        Part("služba", str, 34),
        Part("čeho se týká", lambda row: row.get_sort_display()),
        Part("co se mění", lambda row: JOINED.join(letters.labels(row.fields)), 40),
        Part("poskytovatel", lambda row: row.provider.name, 30),
        Part("vzkaz", lambda row: row.note, 40),
        Part("kdo", lambda row: row.author or "smazaný účet", 26),
        Part("kdy", lambda row: row.created_at),
        Part("stav", lambda row: row.get_state_display()),
        Part("kdo rozhodl", lambda row: row.decided_by, 26),
        Part("kdy rozhodl", lambda row: row.decided_at),
        Part("důvod", lambda row: row.reason, 40),
    )

    def may_read(self) -> bool:
        return upkeep_rules.may_see_queue(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Proposal]:
        return Proposal.objects.read_by_person(self.person).asked(QueueFilter(asked).asked())


class Conflicts(PlainTable):
    slug = "rozpory"
    title = "Rozpory s registrem"
    noun = "rozpor,rozpory,rozporů"
    home = "freshness:conflicts"
    parts = (
        Part("číslo", lambda row: row.pk, 9, number=True),
        Part("služba", lambda row: row.service.name, 34),
        Part("poskytovatel", lambda row: row.service.provider.name, 30),
        Part("údaj", lambda row: TOPICS.get(row.topic, row.topic)),
        Part("v registru", lambda row: row.register_value, 36),
        Part("říká poskytovatel", lambda row: row.local_value, 36),
        Part("od kdy", lambda row: row.opened_at),
        Part("stav", lambda row: row.get_state_display()),
        Part("co platí", lambda row: row.get_outcome_display(), 30),
        Part("proč", lambda row: row.reason, 40),
        Part("kdy rozhodnuto", lambda row: row.settled_at),
    )

    def may_read(self) -> bool:
        return freshness_rules.may_read_freshness(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Conflict]:
        settled = asked.get("stav") == "rozhodnute"
        state = Conflict.State.SETTLED if settled else Conflict.State.OPEN
        return queues.conflicts(readable_services(self.person), state)


class Quality(PlainTable):
    slug = "kvalita"
    title = "Kvalita karet"
    noun = "karta,karty,karet"
    home = "freshness:quality"

    @cached_property
    def reasons(self) -> dict[str, str]:
        return {rule.key: rule.name for rule in limits.rules().values()}

    @cached_property
    def parts(self) -> tuple[Part, ...]:  # type: ignore[override]
        return (
            Part("číslo služby", lambda row: row.service_id, 12, number=True),
            Part("služba", lambda row: row.service.name, 34),
            Part("druh", lambda row: row.service.kind.name, 30),
            Part("poskytovatel", lambda row: row.service.provider.name, 30),
            Part("kvalita ze 100", lambda row: row.score, 14, number=True),
            Part("co chybí", self._missing, 60),
            Part("spočítáno", lambda row: row.measured_at),
        )

    def _missing(self, row: ServiceQuality) -> str:
        return JOINED.join(self.reasons[key] for key in row.reasons.split() if key in self.reasons)

    def may_read(self) -> bool:
        return freshness_rules.may_read_freshness(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[ServiceQuality]:
        question = {key: asked.get(key, "").strip()[:100] for key in ("duvod", "poskytovatel", "orp", "obec")}
        if question["duvod"] not in self.reasons:
            question["duvod"] = ""
        return queues.quality_queue(self.person, question)


class Averages(PlainTable):
    parts = (
        Part("název", lambda row: row.name, 40),
        Part("služeb", lambda row: row.services, 10, number=True),
        Part("kvalita ze 100", lambda row: str(row.score).replace(".", ","), 14),
        Part("dlouho nepotvrzených", lambda row: row.overdue, 20, number=True),
    )
    home = "freshness:quality_table"

    def may_read(self) -> bool:
        return freshness_rules.may_read_freshness(self.person)


class AveragesOfProviders(Averages):
    slug = "kvalita-podle-poskytovatelu"
    title = "Kvalita podle poskytovatelů"

    def rows(self, asked: QueryDict) -> list[Average]:  # type: ignore[override]
        return queues.by_provider(self.person)


class AveragesOfTowns(Averages):
    slug = "kvalita-podle-obci"
    title = "Kvalita podle obcí"

    def rows(self, asked: QueryDict) -> list[Average]:  # type: ignore[override]
        return queues.by_municipality(self.person)


class Overdue(PlainTable):
    """Records older than their limit, and who was told when."""

    slug = "nepotvrzene"
    title = "Nepotvrzené karty"
    noun = "karta,karty,karet"
    home = "freshness:overdue"
    parts = (
        Part("číslo služby", lambda row: row.service.pk, 12, number=True),
        Part("služba", lambda row: row.service.name, 34),
        Part("poskytovatel", lambda row: row.service.provider.name, 30),
        Part("co je po lhůtě", lambda row: row.why),
        Part("ověřeno", lambda row: row.service.verified_on),
        Part("dopisy poskytovateli", lambda row: JOINED.join(_letters(row)), 50),
        Part("koordinátor ví od", lambda row: row.coordinator_on),
        Part("na kartě od", lambda row: row.public_on),
    )

    def may_read(self) -> bool:
        return freshness_rules.may_read_freshness(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Service]:
        return queues.overdue(self.person, timezone.localdate(), limits.days())

    def lines(self, rows: list[Service]) -> list[Line]:
        return super().lines(queues.told(rows))


def _letters(row: queues.Told) -> list[str]:
    return [f"{email}: {', '.join(said(day) for day in days)}" for email, days in row.letters.items()]


class Trend(PlainTable):
    """How quality developed in a territory or at a provider; what the page does not show, its table does not say."""

    slug = "vyvoj-kvality"
    title = "Vývoj kvality karet"
    home = "freshness:quality_trend"
    parts = (
        Part("den", lambda row: row.day),
        Part("služeb", lambda row: row.services, 10, number=True),
        Part("kvalita ze 100", lambda row: f"{row.score:.1f}".replace(".", ","), 14),
        Part("dlouho nepotvrzených", lambda row: row.overdue, 20, number=True),
    )

    def may_read(self) -> bool:
        return freshness_rules.may_read_freshness(self.person)

    def rows(self, asked: QueryDict) -> list[QualitySnapshot]:  # type: ignore[override]
        chosen, _places = queues.chosen_territory(
            self.person, provider=asked.get("poskytovatel", ""), territory=asked.get("uzemi", "")
        )
        return queues.development(chosen.over, chosen.code) if chosen else []


class Limits(PlainTable):
    slug = "lhuty"
    title = "Lhůty"
    home = "freshness:limits"
    parts = (
        Part("lhůta", lambda row: row.name, 40),
        Part("co znamená", lambda row: row.note, 60),
        Part("dní", lambda row: row.days, 8, number=True),
    )

    def may_read(self) -> bool:
        return freshness_rules.may_read_limits(self.person)

    def rows(self, asked: QueryDict) -> list[limits.Days]:  # type: ignore[override]
        return list(limits.limits().values())


class Weights(PlainTable):
    slug = "vahy-kvality"
    title = "Váhy důvodů"
    home = "freshness:limits"
    parts = (
        Part("důvod", lambda row: row.name, 40),
        Part("co s tím", lambda row: row.advice, 60),
        Part("váha", lambda row: row.weight, 8, number=True),
    )

    def may_read(self) -> bool:
        return freshness_rules.may_read_limits(self.person)

    def rows(self, asked: QueryDict) -> list[Rule]:  # type: ignore[override]
        return list(limits.rules().values())


UPKEPT: tuple[type[Table], ...] = (
    Proposals,
    Conflicts,
    Quality,
    AveragesOfProviders,
    AveragesOfTowns,
    Overdue,
    Trend,
    Limits,
    Weights,
)
