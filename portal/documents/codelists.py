"""Code lists of documents: from `lists/*.csv` into the tables, by the loader of the catalogue's lists."""

from __future__ import annotations

from pathlib import Path

from portal.catalogue import codelists
from portal.catalogue.codelists import Loaded
from portal.catalogue.models import CodeListItem

from .models import DocumentSort

LISTS = Path(__file__).resolve().parent / "lists"
FILES: dict[str, type[CodeListItem]] = {"document_sorts": DocumentSort}


def load() -> Loaded:
    """Bring the sorts of documents in line with their file; what a person edited stays."""
    return codelists.load(LISTS, FILES)
