"""The content of an action plan as one value that pages show and that is kept once the plan is approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portal.plan import tree as trees
from portal.plan.models import Card, Level, MoneySort, Node, Plan

from .models import ActionPlan, PlannedMoney

UNKNOWN_SOURCE = "zdroj zatím neznáme"
NO_AREA = "bez pracovní skupiny"
Content = dict[str, Any]


class Places:
    """Where nodes of a plan stand: order, priority, working group. Three queries."""

    def __init__(self, plan: Plan) -> None:
        self.tree = trees.read(plan)
        self.branches = {branch.node.pk: branch for branch in self.tree.walk()}
        self.order = {pk: at for at, pk in enumerate(self.branches)}
        areas = Card.objects.filter(node__plan=plan, area__isnull=False).values_list("node_id", "area__name")
        self._areas = dict(areas)

    def at(self, node: Node) -> tuple[int, str]:
        """Where the node comes in the plan; one that left the tree comes last."""
        return self.order.get(node.pk, len(self.order)), node.code

    def measure(self, node: Node) -> Node:
        """The measure that the node is, or lies under."""
        branch = self.branches.get(node.pk)
        if branch is None or branch.is_measure:
            return node
        return next((one for one in reversed(branch.path) if self.branches[one.pk].is_measure), node)

    def priority(self, node: Node) -> str:
        """Title of the priority (failing that, of the top) that the node lies under."""
        branch = self.branches.get(node.pk)
        above = branch.path if branch else ()
        held = next((one for one in above if self.branches[one.pk].level.role == Level.Role.PRIORITY), None)
        top = held or (above[0] if above else node)
        return str(top)

    def parent(self, node: Node) -> str:
        """Title of what the node stands right under."""
        branch = self.branches.get(node.pk)
        return branch.path[-1].title if branch and branch.path else ""

    def area(self, node: Node) -> str:
        return self._areas.get(self.measure(node).pk, NO_AREA)


def content(action_plan: ActionPlan) -> Content:
    """Items in the order of the plan with their money. Six queries for any number of items."""
    places = Places(action_plan.plan)
    items = sorted(action_plan.items.select_related("node__level"), key=lambda one: places.at(one.node))
    money = amounts_by(PlannedMoney.objects.filter(item__action_plan=action_plan), "item_id")
    lines: list[Content] = [
        {
            "pk": one.pk,
            "code": one.node.code,
            "title": one.node.title,
            "level": one.node.level.name,
            "is_measure": one.node.level.role == Level.Role.MEASURE,
            "priority": places.priority(one.node),
            "area": places.area(one.node),
            "steps": one.steps,
            "responsible": one.responsible,
            "carried": one.carried_from_id is not None,
            "money": money.get(one.pk, []),
            "planned": total(money.get(one.pk, [])),
        }
        for one in items
    ]
    money_rows = put_together(row for one in lines for row in one["money"])
    return {"year": action_plan.year, "items": lines, "money": money_rows, "planned": total(money_rows)}


def shown(action_plan: ActionPlan) -> Content:
    """What everybody reads: the approved words, or what stands in the draft now."""
    return action_plan.frozen or content(action_plan)


# --- money -------------------------------------------------------------------------------------------------------


def amounts_by(rows: Any, key: str) -> dict[int, list[dict[str, Any]]]:
    """Amounts by whom they belong to; one query. Crowns are whole, so that JSON keeps them exactly."""
    held: dict[int, list[dict[str, Any]]] = {}
    for owner, sort, source, amount in rows.order_by("sort", "source__order", "pk").values_list(
        key, "sort", "source__name", "amount"
    ):
        line = {"sort": MoneySort(sort).label, "source": source or UNKNOWN_SOURCE, "amount": int(amount)}
        held.setdefault(owner, []).append(line)
    return held


def total(rows: Iterable[Mapping[str, Any]]) -> int | None:
    """The sum; None where there is no row, because nobody said."""
    amounts = [one["amount"] for one in rows]
    return sum(amounts) if amounts else None


def put_together(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row for each sort and source, the larger first within a sort (operation goes first)."""
    sums: dict[tuple[str, str], int] = {}
    for one in rows:
        key = (one["sort"], one["source"])
        sums[key] = sums.get(key, 0) + one["amount"]
    order = {label: at for at, label in enumerate(MoneySort.labels)}
    return [
        {"sort": sort, "source": source, "amount": amount}
        for (sort, source), amount in sorted(sums.items(), key=lambda one: (order[one[0][0]], -one[1], one[0][1]))
    ]


def of_card(
    cost: Mapping[str, Decimal], funding: Iterable[tuple[str, int, Decimal]]
) -> dict[tuple[str, int | None], Decimal]:
    """Money of a measure's card in one year as amounts of an item: what the sources pay, and what is left of the cost
    without a source. Keys are a sort and the number of a source."""
    made: dict[tuple[str, int | None], Decimal] = {}
    left = dict(cost)
    for sort, source, amount in funding:
        made[sort, source] = amount
        left[sort] = left.get(sort, Decimal(0)) - amount
    return made | {(sort, None): amount for sort, amount in left.items() if amount > 0}
