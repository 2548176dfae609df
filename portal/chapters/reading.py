"""Chapters, SWOT and needs of a plan as pages and documents read them: the same few queries for any number of rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from portal.plan.models import Node, Plan

from .models import Chapter, Need, SwotPoint
from .provisions import PROVISIONS, Provision


@dataclass(frozen=True, slots=True)
class Texts:
    """Chapters of a plan in order, before the tree and after it."""

    before: tuple[Chapter, ...]
    after: tuple[Chapter, ...]

    @property
    def all(self) -> tuple[Chapter, ...]:
        return self.before + self.after

    @property
    def not_written(self) -> list[Provision]:
        """Provisions that no chapter with a text answers."""
        answered = {key for one in self.all if one.text.strip() for key in one.demanded}
        return [one for key, one in PROVISIONS.items() if key not in answered]


def texts(plan: Plan) -> Texts:
    rows = list(Chapter.objects.filter(plan=plan).standing().order_by("order", "id"))
    sides = {place: tuple(one for one in rows if one.place == place) for place in Chapter.Place.values}
    return Texts(sides[Chapter.Place.BEFORE], sides[Chapter.Place.AFTER])


def measures(plan: Plan) -> QuerySet[Node]:
    return Node.objects.filter(plan=plan).measures().order_by("order", "id")


def _with_measures() -> Prefetch[str, QuerySet[Node], str]:
    return Prefetch("measures", Node.objects.standing().order_by("code"))


@dataclass(frozen=True, slots=True)
class SwotList:
    sort: str
    title: str
    points: tuple[SwotPoint, ...]


def swot(plan: Plan) -> list[SwotList]:
    """The four lists, an empty one too. Two queries."""
    rows = list(SwotPoint.objects.filter(plan=plan).standing().prefetch_related(_with_measures()))
    return [
        SwotList(sort.value, str(sort.label), tuple(one for one in rows if one.sort == sort)) for sort in SwotPoint.Sort
    ]


def needs(plan: Plan) -> list[Need]:
    """Needs with measures that answer them, groups of people and evidence. Four queries."""
    rows = Need.objects.filter(plan=plan).standing()
    return list(rows.prefetch_related(_with_measures(), "target_groups", "evidence"))


def unanswered(plan: Plan) -> QuerySet[Need]:
    """Needs that no measure of the plan answers."""
    answered = Need.measures.through.objects.filter(node__removed_at=None).values("need")
    return Need.objects.filter(plan=plan).standing().exclude(pk__in=answered)
