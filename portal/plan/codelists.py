"""Code lists of the plan: from `lists/*.csv` into the tables, by the loader of the catalogue's lists."""

from __future__ import annotations

from pathlib import Path

from portal.catalogue import codelists
from portal.catalogue.codelists import Loaded
from portal.catalogue.models import CodeListItem

from .models import FulfilmentState, MeasureKind, MoneySource

LISTS = Path(__file__).resolve().parent / "lists"
FILES: dict[str, type[CodeListItem]] = {
    "money_sources": MoneySource,
    "measure_kinds": MeasureKind,
    "fulfilment_states": FulfilmentState,
}


def load() -> Loaded:
    """Bring the plan's lists in line with their files; what a person edited stays, a second run writes nothing."""
    return codelists.load(LISTS, FILES)
