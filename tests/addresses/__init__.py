"""Every address of the portal: who gets what from it. tests/test_addresses.py holds the tables complete and true.

A module for each app: `ADDRESSES`, its part of the table, and, where its addresses need rows that the small world
does not hold, `build(world)`, which makes them and keeps them in `world.more` by name.
"""

from importlib import import_module
from pathlib import Path

from tests.world import World

from .table import EVERYONE, Address

__all__ = ["ADDRESSES", "EVERYONE", "Address", "build"]

_PARTS = [
    import_module(f"{__name__}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem not in {"__init__", "table"}
]
ADDRESSES: dict[str, Address] = {name: row for part in _PARTS for name, row in part.ADDRESSES.items()}


def build(world: World) -> World:
    """The world with the sample rows of every app."""
    for part in _PARTS:
        if hasattr(part, "build"):
            part.build(world)
    return world
