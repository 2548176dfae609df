"""Years of plans for tests: an approved plan with measures, its action plan, a report being collected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from portal.fulfilment import actions, collecting_actions
from portal.fulfilment.collecting_actions import Answer
from portal.fulfilment.models import ActionItem, ActionPlan, FulfilmentReport
from portal.plan.models import FulfilmentState, MoneySource, Node, Plan
from tests.plan import plans

# Key, name, must be explained, share that is done: as the list of the plan has them.
STATES = (
    ("nezahajeno", "nezahájeno", False, Decimal(0)),
    ("plni-se", "plní se průběžně", False, None),
    ("splneno", "splněno", False, Decimal(1)),
    ("castecne", "splněno částečně", True, Decimal("0.5")),
    ("nesplneno", "nesplněno", True, Decimal(0)),
    ("zruseno", "zrušeno", True, Decimal(0)),
    ("presunuto", "přesunuto do dalšího období", True, Decimal(0)),
)


def state(key: str) -> FulfilmentState:
    at = [one[0] for one in STATES].index(key)
    _, name, explained, weight = STATES[at]
    values = {"name": name, "explained": explained, "weight": weight, "order": at}
    return FulfilmentState.objects.get_or_create(key=key, defaults=values)[0]


def states() -> None:
    for key, *_ in STATES:
        state(key)


def source(key: str = "rozpocet-obce", name: str = "rozpočet obce") -> MoneySource:
    return MoneySource.objects.get_or_create(key=key, defaults={"name": name})[0]


def approved_plan(actor: Any = None, **more: Any) -> Plan:
    """A grown plan of 2026 to 2028 that has been approved: priorities 1 and 2, two measures and activities each."""
    sizes = {name: more.pop(name) for name in ("priorities", "goals", "measures", "activities") if name in more}
    made = plans.grown(plans.plan(actor=actor, **more), **({"priorities": 2} | sizes))
    Plan.objects.filter(pk=made.pk).update(state=Plan.State.IN_FORCE)
    made.refresh_from_db()
    return made


def measures(plan: Plan) -> list[Node]:
    return list(Node.objects.filter(plan=plan).measures().order_by("code"))


def chosen(plan: Plan, year: int = 2026, actor: Any = None, **more: Any) -> ActionPlan:
    """An action plan of the year with all measures (or `nodes`)."""
    actor = actor or plans.coordinator()
    made = actions.action_plan_add(plan=plan, year=year, actor=actor)
    nodes = more.get("nodes") or measures(plan)
    actions.items_add(action_plan=made, nodes=[one.pk for one in nodes], actor=actor)
    return made


def approve(action_plan: ActionPlan, actor: Any = None) -> ActionPlan:
    actor = actor or plans.coordinator()
    return actions.action_plan_approve(
        action_plan=action_plan, resolution="R/12/2026", body="Rada města", day=date(2026, 1, 20), actor=actor
    )


def report(plan: Plan, year: int | None = 2026, actor: Any = None) -> FulfilmentReport:
    return collecting_actions.report_open(plan=plan, year=year, actor=actor or plans.coordinator())


def say(item: ActionItem, key: str, text: str = "Povedlo se.", actor: Any = None, **more: Any) -> None:
    """What the coordinator writes down of an item."""
    of = FulfilmentReport.objects.get(plan=item.action_plan.plan, year=item.action_plan.year)
    explanation = more.pop("explanation", "Nebyly peníze." if state(key).explained else "")
    answer = Answer(state=state(key), text=text, explanation=explanation, **more)
    seen = item.progress.version if hasattr(item, "progress") else 0
    collecting_actions.answer_at_desk(
        report=of, item=item, answer=answer, seen=seen, actor=actor or plans.coordinator()
    )
