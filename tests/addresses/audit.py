"""Addresses of `audit`."""

from typing import Any

from portal.audit.actions import record
from tests.world import World

from .table import READERS, Address, desk


def build(world: World) -> None:
    """Deeds that changed values, so that their pages and the history of their things have what to show."""
    before, after = {"plain_text": "Přijdeme k vám."}, {"plain_text": "Přijdeme k vám domů a pomůžeme."}
    world.more["deed"] = record(verb="service_changed", thing=world.service, before=before, after=after)
    kind = world.service.kind
    world.more["kind_deed"] = record(verb="list_item_changed", thing=kind, before={"gloss": "Jinak."})


def of_thing(world: World) -> dict[str, Any]:
    return {"thing": "catalogue.service", "thing_id": str(world.service.pk)}


ADDRESSES: dict[str, Address] = {
    "audit:journal": desk(who=READERS),
    "audit:journal_table": desk(who=READERS, html=False, arguments=lambda _: {"form": "csv"}),
    "audit:thing": desk(who=READERS, arguments=of_thing),
    "audit:deed": desk(who=READERS, arguments=lambda world: {"pk": world.more["deed"].pk}),
}
