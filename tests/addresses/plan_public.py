"""Public addresses of `plan`."""

from datetime import date
from typing import Any

from portal.plan.models import FulfilmentState, Plan
from portal.plan.outcome_actions import following_path
from portal.plan.outcome_models import Outcome
from tests.plan import plans
from tests.world import World

from .table import Address, data


def build(world: World) -> None:
    """A plan in force with a measure about the world's service."""
    plan = plans.grown(plans.plan(town=world.town, title="Plán pro veřejnost"))
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.IN_FORCE)
    node = plan.nodes.measures()[0]
    node.card.services.add(world.service)
    state = FulfilmentState.objects.get_or_create(key="plni-se", defaults={"name": "plní se"})[0]
    Outcome.objects.create(node=node, year=2026, state=state, note="Otevřeli jsme.", told_on=date(2026, 11, 2))
    plan.refresh_from_db()
    world.more["public_plan"], world.more["public_measure"] = plan, node


def of_plan(world: World) -> dict[str, Any]:
    return {"slug": world.more["public_plan"].slug}


def of_measure(world: World) -> dict[str, Any]:
    return {**of_plan(world), "code": world.more["public_measure"].code}


def of_follower(world: World) -> dict[str, Any]:
    path = following_path(world.more["public_measure"], "jana@example.org")
    return {**of_measure(world), "token": path.rstrip("/").rpartition("/")[2]}


ADDRESSES: dict[str, Address] = {
    "plan:public_plans": Address(),
    "plan:public_plan": Address(arguments=of_plan),
    "plan:public_towns": Address(arguments=of_plan),
    "plan:public_measure": Address(arguments=of_measure),
    "plan:measure_follow": Address(arguments=of_measure),
    "plan:measure_following": Address(arguments=of_follower),
    "plan:public_embed": Address(arguments=of_plan),
    "plan:group_measures": Address(arguments=lambda world: {"slug": world.more["group"].slug}),
    "plan:service_measures": Address(arguments=lambda world: {"slug": world.service.slug}),
    "plan:measure_places": data(arguments=of_measure),
    "plan:figure": data(arguments=of_plan),
    "plan:public_feed": data(arguments=of_plan),
    "plan:public_json": data(arguments=of_plan),
}
