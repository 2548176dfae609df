"""What towns add to the plan above theirs: their measures under the points of the region's plan that they fulfil."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from . import tree
from .models import Card, Level, Node, Plan
from .outcome_models import Outcome
from .public import Standing, silent, told
from .public_linked import measure_url

A_PAGE = 100
Role = Level.Role


@dataclass(frozen=True, slots=True)
class Promise:
    """A measure of a town's plan; `point` is what it fulfils above."""

    point: Node
    title: str
    url: str
    town: str
    years: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Towns:
    """`promises` in the order of the region's tree; `alone` are goals that no town has joined yet; `below` are the
    public plans under this one."""

    below: list[Plan]
    promises: list[Promise]
    alone: list[Node]


def read(plan: Plan) -> Towns:
    """Of plans and points that the public may see. Five queries."""
    below = list(Plan.objects.public().filter(above=plan).order_by("span_name", "starts_on"))
    cards = list(
        Card.objects.filter(above__plan=plan, node__removed_at=None, node__plan__in=Plan.objects.public())
        .exclude(node__plan=plan)
        .select_related("node__plan")
    )
    stands, nothing = _standings(cards), silent()
    joined: dict[int, list[Card]] = {}
    for card in cards:
        joined.setdefault(card.above_id or 0, []).append(card)
    promises, alone, reached = [], [], set[int]()
    for branch in tree.read(plan).walk():
        for card in sorted(joined.get(branch.node.pk, ()), key=_order):
            promises.append(_promise(branch.node, card, stands.get(card.node_id, nothing)))
            reached.update(one.pk for one in (*branch.path, branch.node))
        if branch.level.role == Role.GOAL:
            alone.append(branch.node)
    return Towns(below, promises, [goal for goal in alone if goal.pk not in reached])


def _standings(cards: list[Card]) -> dict[int, Standing]:
    rows = Outcome.objects.filter(node__in=[card.node_id for card in cards]).select_related("state")
    return {one.node_id: told(one) for one in rows.order_by("year", "told_on", "pk")}


def _order(card: Card) -> tuple[str, str, str]:
    return card.node.plan.span_name, str(card.node.plan.starts_on), card.node.code


def _promise(point: Node, card: Card, standing: Standing) -> Promise:
    node, plan = card.node, card.node.plan
    years = f"{plan.starts_on.year}–{plan.until.year}"
    return Promise(point, node.title, measure_url(plan, node.code), plan.span_name, years, standing)


def by_point(promises: list[Promise]) -> list[tuple[Node, list[Promise]]]:
    """Those of one page, under their points."""
    return [(point, list(mine)) for point, mine in groupby(promises, key=lambda one: one.point)]
