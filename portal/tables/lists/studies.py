"""What planners compare studies with and what they try out, as lists to take away."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.access import rules
from portal.access.models import ReferenceValue, Scenario, UnitCost

from ..columns import JOINED
from ..table import Table
from .plain import Part, PlainTable


class References(PlainTable):
    slug = "referencni-hodnoty"
    title = "Referenční hodnoty"
    noun = "hodnota,hodnoty,hodnot"
    home = "access:references"
    parts = (
        Part("název", lambda row: row.name, 40),
        Part("hodnota na 1 000", lambda row: f"{row.amount:g}".replace(".", ","), 16),
        Part("čeho", lambda row: row.unit.many if row.unit else "zařízení"),
        Part("na 1 000 koho", lambda row: row.get_measure_display(), 24),
        Part("druhy služeb", lambda row: JOINED.join(kind.name for kind in row.kinds.all()), 40),
        Part("rok", lambda row: row.year, 8, number=True),
        Part("zdroj", lambda row: row.source, 40),
        Part("poznámka", lambda row: row.note, 40),
    )

    def may_read(self) -> bool:
        return rules.may_read_references(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[ReferenceValue]:
        return ReferenceValue.objects.select_related("unit").prefetch_related("kinds")


class UnitCosts(PlainTable):
    slug = "jednotkove-naklady"
    title = "Jednotkové náklady"
    noun = "náklad,náklady,nákladů"
    home = "access:unit_costs"
    parts = (
        Part("druh služby", lambda row: row.kind.name, 34),
        Part("na co", lambda row: row.unit.one if row.unit else "celé zařízení"),
        Part("Kč za rok", lambda row: row.amount, 14, number=True),
        Part("rok", lambda row: row.year, 8, number=True),
        Part("zdroj", lambda row: row.source, 40),
        Part("poznámka", lambda row: row.note, 40),
    )

    def may_read(self) -> bool:
        return rules.may_read_scenarios(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[UnitCost]:
        return UnitCost.objects.select_related("kind", "unit")


class Scenarios(PlainTable):
    slug = "scenare"
    title = "Scénáře"
    noun = "scénář,scénáře,scénářů"
    home = "access:scenarios"
    parts = (
        Part("číslo", lambda row: row.pk, 9, number=True),
        Part("název", lambda row: row.name, 40),
        Part("poznámka", lambda row: row.note, 40),
        Part("změn", lambda row: row.change_count, 8, number=True),
        Part("odkaz je otevřený", lambda row: row.shared, 16),
        Part("založil", lambda row: row.author, 26),
        Part("naposledy změněno", lambda row: row.changed_at),
    )

    def may_read(self) -> bool:
        return rules.may_read_scenarios(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Scenario]:
        return Scenario.objects.listed()


STUDIES: tuple[type[Table], ...] = (References, UnitCosts, Scenarios)
