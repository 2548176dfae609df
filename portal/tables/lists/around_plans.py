"""What stands around the tree of a plan, as lists to take away: plans themselves, what they measure, needs, SWOT, the
timetable. Points of the tree, which come back too, are in plans.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from portal.chapters import reading as chapters
from portal.fulfilment.timetable import timetable
from portal.indicators import rules as indicator_rules
from portal.indicators.models import Definition, Indicator
from portal.plan import rules, tree
from portal.plan.models import Node, Plan

from ..columns import Line
from .plain import Part, PlainTable


class Plans(PlainTable):
    slug = "plany"
    title = "Plány"
    noun = "plán,plány,plánů"
    home = "plan:plans"
    parts = (
        Part("název", lambda row: row.title, 50),
        Part("území", lambda row: row.span_name, 24),
        Part("platí od", lambda row: row.starts_on, 12),
        Part("platí do", lambda row: row.until, 12),
        Part("stav", lambda row: row.get_state_display(), 18),
        Part("organizátor", lambda row: row.organiser, 34),
        Part("plán kraje", lambda row: row.above.title if row.above else "", 40),
        Part("navazuje na", lambda row: row.follows.title if row.follows else "", 40),
    )

    def may_read(self) -> bool:
        return rules.may_come_to_plans(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Plan]:
        return rules.readable_plans(self.person).select_related("above", "follows")


class Definitions(PlainTable):
    slug = "ukazatele"
    title = "Ukazatele"
    noun = "ukazatel,ukazatele,ukazatelů"
    home = "indicators:definitions"
    parts = (
        Part("název", lambda row: row.name, 50),
        Part("jednotka", lambda row: row.unit),
        Part("co přesně počítáme", lambda row: row.description, 60),
        Part("odkud údaj je", lambda row: row.source, 30),
        Part("kdo údaj dodává", lambda row: row.supplier, 30),
        Part("jak často", lambda row: row.get_often_display()),
        Part("dá se sčítat", lambda row: row.adds_up, 12),
        Part("hodnota", lambda row: row.get_formula_display(), 30),
        Part("nabízí se", lambda row: row.active, 12),
        Part("v kolika plánech", lambda row: row.plan_count, 12, number=True),
    )

    def may_read(self) -> bool:
        return indicator_rules.may_read_definitions(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Definition]:
        used = Count("uses__node__plan", distinct=True, filter=Q(uses__node__removed_at=None))
        return Definition.objects.annotate(plan_count=used)


# --- of one plan -----------------------------------------------------------------------------------------------


class OfPlan(PlainTable):
    """A list that each plan has of its own, read as a whole."""

    word: ClassVar[str]
    label: ClassVar[str]

    def __init__(self, person: Any, plan: Plan) -> None:
        super().__init__(person)
        self.plan = plan
        self.slug = f"{self.word}-{plan.pk}"
        self.title = self.called(plan)

    @classmethod
    def called(cls, plan: Plan) -> str:
        return f"{cls.label}: {plan.title}"

    @property
    def sheet(self) -> str:
        return self.label

    @property
    def file_name(self) -> str:
        return f"{self.plan.slug}-{self.word}"

    @property
    def home_url(self) -> str:
        return reverse(self.home, args=[self.plan.slug])

    def may_read(self) -> bool:
        return rules.may_read_draft(self.person, self.plan)

    def found(self) -> list[Any]:
        raise NotImplementedError

    def every_line(self, asked: QueryDict) -> Iterator[Line]:
        yield from self.lines(self.found())


def _measures(row: Any) -> str:
    """Measures that answer the row."""
    return "; ".join(str(one) for one in row.measures.all())


class Needs(OfPlan):
    word = "potreby"
    label = "Potřeby"
    noun = "potřeba,potřeby,potřeb"
    home = "chapters:needs"
    parts = (
        Part("co lidé potřebují", lambda row: row.title, 50),
        Part("podrobněji", lambda row: row.text, 60),
        Part("koho se týká", lambda row: "; ".join(one.name for one in row.target_groups.all()), 40),
        Part("víme to z", lambda row: "; ".join(_evidence(one) for one in row.evidence.all()), 50),
        Part("opatření", _measures, 50),
    )

    def found(self) -> list[Any]:
        return list(chapters.needs(self.plan))


def _evidence(one: Any) -> str:
    return f"{one.text} ({one.url})" if one.url else str(one.text)


class Swot(OfPlan):
    word = "swot"
    label = "SWOT"
    home = "chapters:swot"
    parts = (
        Part("kam patří", lambda row: row.get_sort_display(), 20),
        Part("o čem je řeč", lambda row: row.text, 60),
        Part("čím je doložená", lambda row: row.evidence, 40),
        Part("odkaz na doklad", lambda row: row.evidence_url, 40),
        Part("opatření", _measures, 50),
    )

    def found(self) -> list[Any]:
        return [point for one in chapters.swot(self.plan) for point in one.points]


class Year(NamedTuple):
    """An indicator on a point of the plan in one year; `year` is None where nothing is said of any."""

    node: Node
    indicator: Indicator
    year: int | None
    target: Any
    actual: Any


class Indicators(OfPlan):
    """A line for each year of each indicator: where it should be and where it was."""

    word = "ukazatele"
    label = "Ukazatele plánu"
    home = "indicators:plan_indicators"
    parts = (
        Part("bod plánu", lambda row: row.node.code, 12),
        Part("název bodu", lambda row: row.node.title, 50),
        Part("ukazatel", lambda row: row.indicator.definition.name, 50),
        Part("jednotka", lambda row: row.indicator.definition.unit, 14),
        Part("výchozí hodnota", lambda row: row.indicator.baseline, 14, number=True),
        Part("z roku", lambda row: row.indicator.baseline_year, 9, number=True),
        Part("rok", lambda row: row.year, 9, number=True),
        Part("cíl", lambda row: row.target and row.target.value, 14, number=True),
        Part("skutečnost", lambda row: row.actual and row.actual.value, 14, number=True),
        Part("poznámka", lambda row: row.actual.note if row.actual else "", 40),
    )

    def found(self) -> list[Any]:
        rows = Indicator.objects.filter(node__plan=self.plan).standing().whole().select_related("node")
        place = {branch.node.pk: at for at, branch in enumerate(tree.read(self.plan).walk())}
        in_tree = sorted((one for one in rows if one.node_id in place), key=lambda one: (place[one.node_id], one.order))
        return [year for one in in_tree for year in _years(one)]


def _years(one: Indicator) -> list[Year]:
    targets = {row.year: row for row in one.targets.all()}
    actuals = {row.year: row for row in one.actuals.all()}
    said: list[int | None] = [*sorted(targets.keys() | actuals.keys())]
    return [
        Year(one.node, one, year, targets.get(year) if year else None, actuals.get(year) if year else None)
        for year in said or [None]
    ]


class Timetable(OfPlan):
    """Measures of all years, as the implementation plan has them."""

    word = "harmonogram"
    label = "Harmonogram"
    home = "fulfilment:timetable"
    noun = "opatření,opatření,opatření"
    parts = (
        Part("kód", lambda row: row.code, 12),
        Part("opatření", lambda row: row.title, 50),
        Part("od", lambda row: row.starts_on, 12),
        Part("do", lambda row: row.ends_on, 12),
        Part("průběžně", lambda row: row.ongoing, 12),
        Part("kdo odpovídá", lambda row: row.responsible, 34),
        Part("v akčních plánech", lambda row: ", ".join(str(year) for year in row.years), 24),
    )

    def found(self) -> list[Any]:
        return list(timetable(self.plan, whole=True).bars)


AROUND_PLANS = (Plans, Definitions)
PLAIN_OF_PLAN = (Needs, Swot, Indicators, Timetable)
