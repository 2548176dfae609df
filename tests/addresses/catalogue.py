"""Addresses of `catalogue`."""

from typing import Any

from portal.audit.actions import record
from tests.world import World

from .table import LIST_EDITORS, OF_PROVIDER, READERS, WORD_EDITORS, WORD_READERS, Address, Role, data, desk

# An official of a municipality reads the cards of its services and adds accompanying ones.
CARD_READERS = WORD_READERS | {Role.MUNICIPALITY}
CARD_WRITERS = WORD_EDITORS | {Role.MUNICIPALITY}


def of_service(world: World) -> dict[str, Any]:
    return {"slug": world.service.slug}


def of_service_key(world: World) -> dict[str, Any]:
    return {"pk": world.service.pk}


def build(world: World) -> None:
    former = {"about": "Dřív to bylo jinak."}
    world.more["provider_deed"] = record(verb="provider_changed", thing=world.service.provider, before=former)


ADDRESSES: dict[str, Address] = {
    "catalogue:service": Address(arguments=of_service),
    "catalogue:service_easy": Address(arguments=of_service),
    "catalogue:service_qr": data(arguments=of_service),
    "catalogue:report": Address(arguments=of_service),
    "catalogue:report_thanks": Address(arguments=of_service),
    "catalogue:providers": Address(),
    "catalogue:provider": Address(arguments=lambda world: {"slug": world.service.provider.slug}),
    "catalogue:municipalities": Address(),
    "catalogue:municipality": Address(arguments=lambda world: {"slug": world.town.slug}),
    "catalogue:orp_borders": data(answer=404),  # without an ORP there is nothing to draw
    "catalogue:kinds": Address(),
    "catalogue:services_csv": data(),
    "catalogue:services_xlsx": data(),
    "catalogue:services_json": data(),
    "catalogue:services_geojson": data(),
    "catalogue:desk_services": desk(who=CARD_READERS),
    "catalogue:service_add": desk(who=CARD_WRITERS),
    "catalogue:service_edit": desk(who=CARD_READERS, arguments=of_service_key),
    "catalogue:service_publish": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:service_hide": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:service_end": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:service_resume": desk(who=WORD_EDITORS, answer=405, html=False, arguments=of_service_key),
    "catalogue:kept_file": data(
        who=CARD_READERS | OF_PROVIDER,
        arguments=lambda world: {"key": world.more["file"].key, "name": world.more["file"].name},
    ),
    "catalogue:desk_reports": desk(who=CARD_READERS),
    "catalogue:report_settle": desk(who=CARD_READERS, arguments=lambda world: {"pk": world.report.pk}),
    "catalogue:report_reopen": desk(
        who=WORD_EDITORS, answer=405, html=False, arguments=lambda world: {"pk": world.report.pk}
    ),
    "catalogue:own_reports": Address(who=OF_PROVIDER),
    "catalogue:own_report": Address(who=OF_PROVIDER, arguments=lambda world: {"pk": world.report.pk}),
    "catalogue:lists": desk(),
    "catalogue:list_items": desk(arguments=lambda _: {"name": "druhy"}),
    "catalogue:list_item_add": desk(who=LIST_EDITORS, arguments=lambda _: {"name": "druhy"}),
    "catalogue:list_item_edit": desk(
        who=LIST_EDITORS, arguments=lambda world: {"name": "druhy", "key": world.service.kind.key}
    ),
    "catalogue:service_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["deed"].pk}),
    "catalogue:provider_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["provider_deed"].pk}),
    "catalogue:list_item_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["kind_deed"].pk}),
}
