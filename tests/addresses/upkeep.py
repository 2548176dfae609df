"""Addresses of `upkeep`."""

from typing import Any

from portal.audit.actions import record
from portal.catalogue import drafts
from portal.upkeep.models import Proposal, PublishRule
from tests.world import World

from .table import OF_PROVIDER, READERS, WORD_EDITORS, WORD_READERS, Address, Role, desk

DESK_READERS = WORD_READERS | {Role.MUNICIPALITY}
KEEPERS = OF_PROVIDER | {Role.MUNICIPALITY}


def of_provider(world: World) -> dict[str, Any]:
    return {"pk": world.service.provider_id}


def of_own(world: World) -> dict[str, Any]:
    return {"pk": world.more["own_service"].pk}


def of_proposal(world: World) -> dict[str, Any]:
    return {"pk": world.more["proposal_of_change"].pk}


def build(world: World) -> None:
    """A proposal of a change, and an accompanying service that its provider's people keep."""
    service = world.service
    stored = drafts.read(service)
    world.more["proposal_of_change"] = Proposal.objects.create(
        service=service,
        provider=service.provider,
        fields=["how_to_get"],
        before={"how_to_get": stored.how_to_get},
        after={"how_to_get": "Zavolejte.\nDomluvíme se na návštěvě."},
    )
    world.more["own_service"] = own_service(world)
    world.more["standing_deed"] = record(verb="standing_changed", thing=service.provider, before={"level": "watched"})
    rule = PublishRule.objects.create(level="trusted", field="contacts", waits=True)
    world.more["rule_deed"] = record(verb="publish_rule_changed", thing=rule, before={"waits": False})


def own_service(world: World) -> Any:
    from portal.catalogue.models import Kind, Service, Source

    kind, _ = Kind.objects.get_or_create(
        key="n-klub-senioru", defaults={"name": "klub seniorů", "group": Kind.Group.ACCOMPANYING, "gloss": "Schází se."}
    )
    service = Service.objects.create(
        name="Klub u lípy", slug="klub-u-lipy-ukazka", kind=kind, provider=world.service.provider, source=Source.LOCAL
    )
    service.served_municipalities.add(world.town)
    return service


ADDRESSES: dict[str, Address] = {
    "upkeep:mine": Address(who=KEEPERS),
    "upkeep:service_edit": Address(who=OF_PROVIDER, arguments=lambda world: {"pk": world.service.pk}),
    "upkeep:service_end": Address(who=KEEPERS, arguments=of_own),
    "upkeep:service_new": Address(who=OF_PROVIDER, arguments=of_provider),
    "upkeep:provider_edit": Address(who=OF_PROVIDER, arguments=of_provider),
    "upkeep:people": Address(who=frozenset({Role.PROVIDER_HEAD}), arguments=of_provider),
    "upkeep:people_remove": Address(who=KEEPERS, answer=405, html=False, arguments=of_provider),
    "upkeep:proposal_withdraw": Address(who=KEEPERS, answer=405, html=False, arguments=of_proposal),
    "upkeep:providers": desk(who=WORD_EDITORS),
    "upkeep:provider_keys": desk(who=WORD_EDITORS, arguments=of_provider),
    "upkeep:standing": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_provider),
    "upkeep:standing_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["standing_deed"].pk}),
    "upkeep:publish_rule_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["rule_deed"].pk}),
    "upkeep:invite_many": desk(who=WORD_EDITORS),
    "upkeep:proposals": desk(who=DESK_READERS),
    "upkeep:publish_rules": desk(who=WORD_EDITORS),
    "upkeep:proposal": desk(who=DESK_READERS, arguments=of_proposal),
    "upkeep:proposal_correct": desk(who=WORD_EDITORS, arguments=of_proposal),
}
