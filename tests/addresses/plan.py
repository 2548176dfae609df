"""Addresses of `plan`."""

from typing import Any

from portal.audit.models import Deed
from portal.plan import actions, setup_actions
from portal.plan.models import Node, Plan
from portal.plan.setup_actions import AreaRow, FieldRow
from tests import make
from tests.plan import plans
from tests.world import World

from .table import WORD_EDITORS, WORD_READERS, Address, Role, data, desk

PLAN_READERS = WORD_READERS | {Role.MUNICIPALITY}


def of_plan(world: World) -> dict[str, Any]:
    return {"slug": world.more["plan"].slug}


def of_goal(world: World) -> dict[str, Any]:
    return of_plan(world) | {"code": world.more["plan_goal"].code}


def of_measure(world: World) -> dict[str, Any]:
    return of_plan(world) | {"code": world.more["plan_measure"].code}


def build(world: World) -> None:
    """A plan of the town being written, a point of it changed once and one taken out."""
    actor = make.person("coordinator")
    plan: Plan = plans.grown(plans.plan(actor=actor, town=world.town, title="Komunitní plán Svornova"))
    goal = Node.objects.get(plan=plan, code="1.1")
    actions.node_change(node=goal, title="Jiný cíl", text="", seen=goal.version, actor=actor)
    gone = plans.add(plan, "activity", Node.objects.get(plan=plan, code="1.1.1"), "Vyřazená", actor)
    world.more["plan"] = plan
    world.more["plan_goal"] = goal
    world.more["plan_measure"] = Node.objects.get(plan=plan, code="1.1.1")
    world.more["plan_gone"] = actions.node_remove(node=gone, actor=actor)
    setup_actions.plan_change(plan=plan, title="Komunitní plán Svornova do roku 2028", actor=actor)
    world.more["plan"] = Plan.objects.get(pk=plan.pk)
    setup_actions.levels_name(plan=plan, names={1: ("naše vize", "naše vize")}, actor=actor)
    setup_actions.areas_save(plan=plan, wanted=[AreaRow("Všichni")], actor=actor)
    setup_actions.fields_save(plan=plan, wanted=[FieldRow("Garant", "text")], actor=actor)
    actions.node_shift(node=Node.objects.get(plan=plan, code="1.1.1"), by=1, actor=actor)
    verbs = ("plan_levels_named", "plan_areas_changed", "plan_fields_changed", "plan_node_moved")
    world.more["plan_deeds"] = {verb: Deed.objects.filter(verb=verb).latest("pk") for verb in verbs}
    world.more["plan_words_deed"] = Deed.objects.filter(verb="plan_changed").latest("pk")
    world.more["plan_deed"] = Deed.objects.filter(verb="plan_node_changed", thing_id=str(goal.pk)).latest("pk")


def restoring(verb: str) -> Address:
    return desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["plan_deeds"][verb].pk})


DESK: dict[str, Address] = {
    "plan:plans": desk(who=PLAN_READERS),
    "plan:plan_add": desk(who=WORD_EDITORS),
    "plan:service_suggest": data(who=WORD_EDITORS),
    "plan:node_of": Address(
        who=PLAN_READERS, answer=302, html=False, arguments=lambda world: {"pk": world.more["plan_goal"].pk}
    ),
    "plan:node_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["plan_deed"].pk}),
    "plan:plan_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["plan_words_deed"].pk}),
    "plan:levels_restore": restoring("plan_levels_named"),
    "plan:areas_restore": restoring("plan_areas_changed"),
    "plan:fields_restore": restoring("plan_fields_changed"),
    "plan:place_restore": restoring("plan_node_moved"),
    "plan:tree": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:order": desk(who=WORD_EDITORS, arguments=of_plan),
    "plan:plan_money": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:removed": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:plan_change": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:levels": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:areas": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:fields": desk(who=PLAN_READERS, arguments=of_plan),
    "plan:node_add": desk(who=WORD_EDITORS, arguments=of_plan),
    "plan:node": desk(who=PLAN_READERS, arguments=of_measure),
    "plan:node_move": desk(who=WORD_EDITORS, arguments=of_goal),
    "plan:node_remove": desk(who=WORD_EDITORS, arguments=of_goal),
    "plan:part_open": Address(
        who=WORD_EDITORS,
        answer=405,
        html=False,
        arguments=lambda world: of_plan(world) | {"sort": "bod", "pk": world.more["plan_goal"].pk},
    ),
    "plan:node_return": Address(
        who=WORD_EDITORS,
        answer=405,
        html=False,
        arguments=lambda world: of_plan(world) | {"pk": world.more["plan_gone"].pk},
    ),
}

ADDRESSES: dict[str, Address] = {**DESK}
