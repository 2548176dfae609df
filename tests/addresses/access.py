"""Addresses of `access`."""

from typing import Any

from portal.access import actions, scenario_actions
from portal.audit.actions import record
from tests.world import World

from .table import READERS, SIGNED_IN, Address, Role, data


def of_scenario(world: World) -> dict[str, Any]:
    return {"pk": world.scenario.pk}


def of_reference(world: World) -> dict[str, Any]:
    return {"pk": world.reference.pk}


def of_shared(world: World) -> dict[str, Any]:
    return {"key": world.scenario.key}


def of_cost(world: World) -> dict[str, Any]:
    return {"pk": world.unit_cost.pk}


def of_proposal(world: World) -> dict[str, Any]:
    return {"pk": world.proposal.pk}


def planners(**more: Any) -> Address:
    """Pages of scenarios: an auditor reads them."""
    return Address(**{"who": frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR}), **more})


def planning(**more: Any) -> Address:
    """Pages that only those who may change scenarios get."""
    return Address(**{"who": frozenset({Role.COORDINATOR, Role.REGION}), **more})


def build(world: World) -> None:
    """A deed of the journal for each thing whose former values can be brought back."""
    reference = actions.reference_told(world.reference) | {"amount": 20.0}
    world.more["reference_deed"] = record(verb="reference_changed", thing=world.reference, before=reference)
    cost = scenario_actions.unit_cost_told(world.unit_cost) | {"amount": 1}
    world.more["cost_deed"] = record(verb="unit_cost_changed", thing=world.unit_cost, before=cost)
    former = {"name": "Dřív", "note": "", "shared": False}
    world.more["scenario_deed"] = record(verb="scenario_changed", thing=world.scenario, before=former)


ADDRESSES: dict[str, Address] = {
    "access:study": Address(),
    "access:study_map": data(),
    "access:study_data": data(arguments=lambda _: {"form": "json"}),
    "access:matrix": Address(),
    "access:matrix_xlsx": data(),
    "access:references": planners(),
    "access:reference_add": planning(),
    "access:reference_edit": planning(arguments=of_reference),
    "access:reference_remove": planning(arguments=of_reference),
    "access:scenarios": planners(),
    "access:scenario_add": planning(),
    "access:scenario_compare": planners(),
    "access:scenario": planners(arguments=of_scenario),
    "access:scenario_map": planners(arguments=of_scenario, html=False),
    "access:scenario_change": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_undo": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_save": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_comment": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_remove": data(who=SIGNED_IN, answer=405, arguments=of_scenario),
    "access:scenario_measure": planning(arguments=of_scenario),
    "access:scenario_group": planning(arguments=of_scenario),
    "access:scenario_meeting": planning(arguments=of_scenario),
    "access:scenario_shared": Address(arguments=of_shared),
    "access:scenario_shared_comment": data(who=SIGNED_IN, answer=405, arguments=of_shared),
    "access:scenario_shared_map": data(arguments=of_shared),
    "access:placement": planners(),
    "access:proposal": planners(arguments=of_proposal),
    "access:proposal_try": data(who=SIGNED_IN, answer=405, arguments=of_proposal),
    "access:outlook": Address(),
    "access:outlook_data": data(arguments=lambda _: {"form": "json"}),
    "access:unit_costs": planners(),
    "access:unit_cost_add": planning(),
    "access:unit_cost": planning(arguments=of_cost),
    "access:unit_cost_remove": data(who=SIGNED_IN, answer=405, arguments=of_cost),
    "access:reference_restore": Address(who=READERS, arguments=lambda world: {"deed": world.more["reference_deed"].pk}),
    "access:unit_cost_restore": Address(who=READERS, arguments=lambda world: {"deed": world.more["cost_deed"].pk}),
    "access:scenario_restore": Address(who=READERS, arguments=lambda world: {"deed": world.more["scenario_deed"].pk}),
}
