"""Addresses of `editions`."""

from datetime import date
from typing import Any

from portal.editions import actions
from portal.editions.models import Logo
from portal.plan.models import Node, Resolution
from tests import make
from tests.plan import plans
from tests.world import World

from .table import SIGNED_IN, WORD_EDITORS, WORD_READERS, Address, Role, data, desk

PLAN_READERS = WORD_READERS | {Role.MUNICIPALITY}


def build(world: World) -> None:
    """A plan of the town with a text for consultation and, after a change, what the council approved."""
    actor = make.person("coordinator")
    plan = plans.grown(plans.plan(actor=actor, town=world.town, title="Zmrazený plán"))
    consulted = actions.freeze(plan=plan, sort="consultation", name="K připomínkám", actor=actor)
    actions.publish(edition=consulted, actor=actor)
    Node.objects.filter(plan=plan, code="1.1.1").update(title="Pomoc i o víkendu")
    decided = Resolution.objects.create(
        plan=plan, sort="approval", number="7/2026", body="Zastupitelstvo", day=date(2026, 3, 1)
    )
    approved = actions.freeze(plan=plan, sort="approved", name="Schválené", resolution=decided, actor=actor)
    world.more["edition"] = approved
    world.more["logo"] = Logo.objects.create(plan=plan, file=make.stored_image(alt="Evropská unie"))
    world.more["edition_file"] = actions.keep(edition=approved, part="", form="json", made=b"{}")


def of_plan(world: World) -> dict[str, Any]:
    return {"slug": world.more["edition"].plan.slug}


def of_edition(world: World) -> dict[str, Any]:
    return of_plan(world) | {"number": world.more["edition"].number}


def of_pair(world: World) -> dict[str, Any]:
    return of_plan(world) | {"older": 1, "newer": 2}


def of_logo(world: World) -> dict[str, Any]:
    return of_plan(world) | {"pk": world.more["logo"].pk}


def of_rule(world: World) -> dict[str, Any]:
    return of_plan(world) | {"key": "measure-text"}


ADDRESSES: dict[str, Address] = {
    "editions:editions": Address(arguments=of_plan),
    "editions:plan_state": desk(who=PLAN_READERS, arguments=of_plan),
    "editions:edition": Address(arguments=of_edition),
    "editions:whole": Address(arguments=of_edition),
    "editions:node": Address(arguments=lambda world: of_edition(world) | {"code": "1.1.1"}),
    "editions:documents": Address(arguments=of_edition),
    "editions:file": data(arguments=lambda world: of_edition(world) | {"pk": world.more["edition_file"].pk}),
    "editions:compare": Address(arguments=of_pair),
    "editions:compare_docx": data(answer=405, arguments=of_pair),
    "editions:plan_check": desk(who=PLAN_READERS, arguments=of_plan),
    "editions:rule_off": data(who=WORD_EDITORS, answer=405, arguments=of_rule),
    "editions:rule_on": data(who=WORD_EDITORS, answer=405, arguments=of_rule),
    "editions:desk": desk(who=PLAN_READERS, arguments=of_plan),
    "editions:freeze": desk(who=WORD_EDITORS, arguments=of_plan),
    "editions:since_consultation": desk(who=PLAN_READERS, arguments=of_plan),
    "editions:cover": desk(who=WORD_EDITORS, arguments=of_plan),
    "editions:logo_remove": data(who=WORD_EDITORS, answer=405, arguments=of_logo),
    "editions:publish": data(who=SIGNED_IN, answer=405, arguments=of_edition),
    "editions:withdraw": data(who=SIGNED_IN, answer=405, arguments=of_edition),
}
