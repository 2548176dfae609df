"""Addresses of `register`."""

from typing import Any

from tests.world import World

from .table import IMPORT_READERS, IMPORTERS, Address, desk


def of_run(world: World) -> dict[str, Any]:
    return {"pk": world.run.pk}


ADDRESSES: dict[str, Address] = {
    "register:runs": desk(who=IMPORT_READERS),
    "register:upload": desk(who=IMPORTERS),
    "register:fetch": desk(who=IMPORTERS, answer=405, html=False),
    "register:template": desk(who=IMPORTERS, html=False),
    "register:run": desk(who=IMPORT_READERS, arguments=of_run),
    "register:confirm": desk(who=IMPORTERS, answer=405, html=False, arguments=of_run),
    "register:retry": desk(who=IMPORTERS, answer=405, html=False, arguments=of_run),
    "register:drop": desk(who=IMPORTERS, answer=405, html=False, arguments=of_run),
    "register:report": desk(who=IMPORT_READERS, html=False, arguments=of_run),
}
