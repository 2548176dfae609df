"""Addresses of `indicators`. Definitions are shared by all plans, what stands on a point belongs to the plan."""

from typing import Any

from portal.audit.models import Deed
from portal.indicators import actions
from portal.indicators.models import Actual, Definition, Indicator, Target
from tests import make
from tests.world import World

from .chapters import PLAN_READERS, WRITERS, deed, of_plan, reading
from .table import Address, Role


def build(world: World) -> None:
    """An indicator with a target and a value on the measure that the texts of `chapters` made."""
    definition = Definition.objects.create(key="lide", name="Kolik lidí dostalo pomoc", unit="lidé")
    one = Indicator.objects.create(node=world.more["texts_measure"], definition=definition, baseline=120)
    Target.objects.create(indicator=one, year=2026, value=140)
    Actual.objects.create(indicator=one, year=2026, value=131)
    actor = make.person("coordinator")
    values = {name: getattr(definition, name) for name in (*actions.WORDS, *actions.MEANING)}
    actions.definition_save(values=values | {"description": "Lidé."}, definition=definition, actor=actor)
    actions.indicator_change(
        indicator=one, baseline=None, baseline_year=None, note="", targets={2026: None}, seen=one.version, actor=actor
    )
    actions.actual_say(indicator=one, year=2025, value=None, note="nevíme", actor=actor)
    spare = Definition.objects.create(key="navic", name="Navíc", unit="lidé")
    actions.indicator_remove(indicator=actions.indicator_add(node=one.node, definition=spare, actor=actor), actor=actor)
    verbs = ("definition_changed", "indicator_changed", "actual_said", "indicator_removed")
    deeds = {verb: Deed.objects.filter(verb=verb).latest("pk") for verb in verbs}
    world.more.update({"definition": definition, "indicator": one, "indicator_deeds": deeds})


def of_definition(world: World) -> dict[str, Any]:
    return {"pk": world.more["definition"].pk}


def of_indicator(world: World) -> dict[str, Any]:
    return of_plan(world) | {"pk": world.more["indicator"].pk}


def of_node(world: World) -> dict[str, Any]:
    return of_plan(world) | {"code": world.more["texts_measure"].code}


ADDRESSES: dict[str, Address] = {
    "indicators:public_sums": Address(arguments=lambda world: {"slug": world.more["public_plan"].slug}),
    "indicators:definitions": Address(who=PLAN_READERS),
    "indicators:definition": Address(who=PLAN_READERS, arguments=of_definition),
    "indicators:definition_restore": Address(
        who=PLAN_READERS - {Role.MUNICIPALITY},
        arguments=lambda world: {"deed": world.more["indicator_deeds"]["definition_changed"].pk},
    ),
    "indicators:indicator_restore": Address(
        who=PLAN_READERS - {Role.MUNICIPALITY},
        arguments=lambda world: {"deed": world.more["indicator_deeds"]["indicator_changed"].pk},
    ),
    "indicators:indicator_return": Address(
        who=PLAN_READERS - {Role.MUNICIPALITY},
        arguments=lambda world: {"deed": world.more["indicator_deeds"]["indicator_removed"].pk},
    ),
    "indicators:actual_restore": Address(
        who=PLAN_READERS - {Role.MUNICIPALITY},
        arguments=lambda world: {"deed": world.more["indicator_deeds"]["actual_said"].pk},
    ),
    "indicators:definition_add": Address(who=WRITERS),
    "indicators:definition_edit": Address(who=WRITERS, arguments=of_definition),
    "indicators:plan_indicators": reading(),
    "indicators:node_indicators": reading(arguments=of_node),
    "indicators:indicator": reading(arguments=of_indicator),
    "indicators:indicator_remove": deed(arguments=of_indicator),
}
