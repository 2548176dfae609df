"""Plans for tests: a small one to write in, and one of any size."""

from datetime import date
from typing import Any

from portal.accounts.models import Grant
from portal.plan import actions
from portal.plan.models import Level, Node, Plan
from tests import make


def coordinator() -> Any:
    return make.person("coordinator")


def plan(template: str = "mesto", actor: Any = None, **more: Any) -> Plan:
    """An empty plan of a town being written."""
    town = more.pop("town", None) or make.municipality("Svornov")
    values: dict[str, Any] = {
        "title": "Komunitní plán",
        "span_kind": Grant.Range.MUNICIPALITY,
        "span_code": town.code,
        "span_name": town.name,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2028, 12, 31),
        "areas": ("Senioři", "Rodiny"),
    } | more
    return actions.plan_add(template=template, actor=actor or coordinator(), **values)


def add(plan: Plan, role: str, parent: Node | None, title: str, actor: Any = None) -> Node:
    level = Level.objects.get(plan=plan, role=role)
    return actions.node_add(plan=plan, parent=parent, level=level, title=title, actor=actor or coordinator())


def grown(plan: Plan, priorities: int = 1, goals: int = 1, measures: int = 2, activities: int = 2) -> Plan:
    """The plan (template "mesto") with so many children under each."""
    actor = coordinator()
    vision = add(plan, "vision", None, "Nikdo nezůstane sám", actor)
    for p in range(priorities):
        priority = add(plan, "priority", vision, f"Priorita {p}", actor)
        for g in range(goals):
            goal = add(plan, "goal", priority, f"Cíl {p} {g}", actor)
            for m in range(measures):
                measure = add(plan, "measure", goal, f"Opatření {p} {g} {m}", actor)
                for a in range(activities):
                    add(plan, "activity", measure, f"Aktivita {p} {g} {m} {a}", actor)
    return plan
