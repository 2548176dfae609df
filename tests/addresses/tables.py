"""Addresses of `tables`."""

from typing import Any

from portal.tables.models import TableImport
from tests.world import World

from .table import OF_PROVIDER, WORD_EDITORS, WORD_READERS, Address, Role, desk

READERS = WORD_READERS | {Role.MUNICIPALITY, Role.TECHNICAL, Role.PAGE_EDITOR, Role.MEMBER} | OF_PROVIDER


def build(world: World) -> None:
    """An import that somebody else brought: it is nobody's business."""
    run = TableImport.objects.create(
        table="sluzby", file_name="sluzby.csv", state=TableImport.State.CHECKED, counts={"read": 1}
    )
    world.more["table_import"] = run


def of_services(_: World) -> dict[str, Any]:
    return {"slug": "sluzby"}


def of_import(world: World) -> dict[str, Any]:
    return {"pk": world.more["table_import"].pk}


def nobodys() -> Address:
    """Only who brought the file gets to its import; tests/tables/test_import.py lets them in."""
    return Address(who=frozenset(), html=False, arguments=of_import)


ADDRESSES: dict[str, Address] = {
    "tables:index": desk(who=READERS),
    "tables:csv": desk(who=WORD_READERS | {Role.MUNICIPALITY}, html=False, arguments=of_services),
    "tables:xlsx": desk(who=WORD_READERS | {Role.MUNICIPALITY}, html=False, arguments=of_services),
    "tables:grid": desk(who=WORD_EDITORS, arguments=of_services),
    "tables:upload": desk(who=WORD_EDITORS, arguments=of_services),
    "tables:row": desk(
        who=WORD_EDITORS,
        answer=405,
        html=False,
        arguments=lambda world: {"slug": "sluzby", "number": world.service.pk},
    ),
    "tables:import": nobodys(),
    "tables:confirm": nobodys(),
    "tables:undo": nobodys(),
    "tables:drop": nobodys(),
    "tables:retry": nobodys(),
}
