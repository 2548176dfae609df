"""Cases of test_restoring for plans: their settings, the places of points, action plans, answers, the way of reports.

A case makes a thing, changes it, and gives back how to read what the thing says now.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from portal.accounts.models import Person
from portal.fulfilment import actions as fulfilment
from portal.fulfilment import collecting_actions, report_actions
from portal.fulfilment.models import ActionItem, ActionPlan, Progress
from portal.fulfilment.report_actions import StepDraft
from portal.indicators import actions as indicators
from portal.indicators.models import Definition, Indicator
from portal.plan import actions, setup_actions
from portal.plan.models import Area, ExtraField, Node
from portal.plan.setup_actions import AreaRow, FieldRow
from tests import make
from tests.fulfilment import years
from tests.plan import plans

type Read = Callable[[], Any]


def levels(jana: Person) -> Read:
    plan = plans.plan("maly", actor=jana)
    setup_actions.levels_name(plan=plan, names={2: ("úkol", "úkoly")}, actor=jana)
    return lambda: list(plan.levels.values_list("name", "many"))


def areas(jana: Person) -> Read:
    """One area renamed and given to nobody, one taken away, one new, another order."""
    plan = plans.plan(actor=jana)
    old, families = Area.objects.filter(plan=plan)
    Area.objects.filter(pk=old.pk).update(group=make.group(name="Skupina pro seniory"))
    setup_actions.areas_save(plan=plan, wanted=[AreaRow("Nová"), AreaRow("Jinak", old.pk)], actor=jana)
    assert not Area.objects.filter(pk=families.pk).exists()
    return lambda: list(Area.objects.filter(plan=plan).values_list("name", "group__name"))


def fields(jana: Person) -> Read:
    plan = plans.plan(actor=jana)
    wanted = [FieldRow("Garant", "text"), FieldRow("Stupeň", "choice", "nízký\nvysoký")]
    setup_actions.fields_save(plan=plan, wanted=wanted, actor=jana)
    kept = ExtraField.objects.get(plan=plan, name="Stupeň")
    setup_actions.fields_save(
        plan=plan, wanted=[FieldRow("Míra", "choice", "malá", kept.pk), FieldRow("Garant", "date")], actor=jana
    )
    return lambda: list(ExtraField.objects.filter(plan=plan).values_list("name", "sort", "choices"))


def place(jana: Person) -> Read:
    """A measure from the middle of its goal to another goal."""
    plan = plans.grown(plans.plan(actor=jana), goals=2, measures=3)
    node, goal = (Node.objects.get(plan=plan, code=code) for code in ("1.1.2", "1.2"))
    actions.node_move(node=node, parent=goal, after=None, actor=jana)
    under = Node.objects.filter(plan=plan, level__role="measure").standing().order_by("parent__code", "order")
    return lambda: list(under.values_list("parent__code", "code"))


def chain(jana: Person) -> Read:
    plan = years.approved_plan(jana)
    fulfilment.action_plan_add(plan=plan, year=2026, actor=jana)
    report_actions.chain_set(plan=plan, steps=[StepDraft("publish", "dáme to na web", True)], actor=jana)
    return lambda: report_actions.chain_told(plan)["chain"]


CHAIN = [{"name": name, "sort": str(sort), "needs_resolution": needs} for sort, name, needs in fulfilment.USUAL_CHAIN]


def _items(action_plan: ActionPlan) -> list[tuple[str, str, str, Any]]:
    rows = ActionItem.objects.filter(action_plan=action_plan).select_related("node").order_by("node__code")
    return [(one.node.code, one.steps, one.responsible, fulfilment.money_told(one.money.all())) for one in rows]


def chosen(jana: Person) -> tuple[ActionPlan, ActionItem]:
    """An action plan of one measure and its two activities; the measure says something in every field."""
    plan = years.approved_plan(jana, priorities=1, measures=1)
    nodes = list(Node.objects.filter(plan=plan, code__startswith="1.1.1"))
    made = years.chosen(plan, 2026, jana, nodes=nodes)
    item = made.items.get(node__code="1.1.1")
    money = {("operation", years.source().pk): Decimal(12480), ("investment", None): Decimal(7)}
    fulfilment.item_change(item=item, steps="Sejít se.", responsible="město", money=money, actor=jana)
    return made, item


MONEY = [
    {"sort": "investment", "source": None, "amount": 7},
    {"sort": "operation", "source": "rozpocet-obce", "amount": 12480},
]
CHOSEN = [("1.1.1", "Sejít se.", "město", MONEY), ("1.1.1.a", "", "", []), ("1.1.1.b", "", "", [])]


def item_changed(jana: Person) -> Read:
    made, item = chosen(jana)
    money: fulfilment.Money = {("operation", years.source("kraj", "kraj").pk): Decimal(1)}
    fulfilment.item_change(item=item, steps="", responsible="nikdo", money=money, actor=jana)
    return lambda: _items(made)


def item_removed(jana: Person) -> Read:
    made, item = chosen(jana)
    fulfilment.item_remove(item=item, actor=jana)
    return lambda: _items(made)


def progress(jana: Person) -> Read:
    made, item = chosen(jana)
    years.states()
    years.approve(made, jana)
    years.report(made.plan, 2026, jana)
    money = {("operation", years.source().pk): Decimal(0), ("investment", None): Decimal(9)}
    years.say(item, "castecne", "Skoro.", jana, explanation="Bylo málo lidí.", share=60, money=money)
    years.say(ActionItem.objects.get(pk=item.pk), "splneno", "Omyl.", jana)
    return lambda: collecting_actions.answer_told(Progress.objects.get(item=item))


def indicator_removed(jana: Person) -> Read:
    node = Node.objects.get(plan=plans.grown(plans.plan(actor=jana)), code="1.1.1")
    definition = Definition.objects.create(key="lide", name="Lidé", unit="lidé")
    one = indicators.indicator_add(node=node, definition=definition, actor=jana)
    indicators.indicator_change(
        indicator=one, baseline=Decimal("12.5"), baseline_year=2024, note="odhad", targets={2026: Decimal(20)},
        seen=one.version, actor=jana,
    )  # fmt: skip
    indicators.indicator_remove(indicator=one, actor=jana)
    return lambda: [indicators.indicator_told(one) for one in Indicator.objects.filter(node=node)]


CASES: dict[str, tuple[Callable[[Person], Read], Any]] = {
    "plan_levels_named": (levels, [("priorita", "priority"), ("opatření", "opatření")]),
    "plan_areas_changed": (areas, [("Senioři", "Skupina pro seniory"), ("Rodiny", None)]),
    "plan_fields_changed": (fields, [("Garant", "text", ""), ("Stupeň", "choice", "nízký\nvysoký")]),
    "plan_node_moved": (
        place,
        [(f"1.{goal}", f"1.{goal}.{number}") for goal in (1, 2) for number in (1, 2, 3)],
    ),
    "chain_changed": (chain, CHAIN),
    "action_item_changed": (item_changed, CHOSEN),
    "action_item_removed": (item_removed, CHOSEN),
    "progress_told": (
        progress,
        {
            "state": "castecne",
            "text": "Skoro.",
            "explanation": "Bylo málo lidí.",
            "share": 60,
            "money": [
                {"sort": "investment", "source": None, "amount": 9},
                {"sort": "operation", "source": "rozpocet-obce", "amount": 0},
            ],
        },
    ),
    "indicator_removed": (
        indicator_removed,
        [
            {
                "definition": "Lidé",
                "baseline": Decimal("12.5"),
                "baseline_year": 2024,
                "note": "odhad",
                "targets": {"2026": Decimal(20)},
            }
        ],
    ),
}
