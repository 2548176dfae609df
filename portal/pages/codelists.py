"""What comes with the portal: categories of articles (`lists/*.csv`) and the first pages (`texts/*.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from portal.catalogue import codelists
from portal.catalogue.codelists import Loaded
from portal.catalogue.models import CodeListItem

from . import actions
from .models import ArticleCategory

HERE = Path(__file__).resolve().parent
FILES: dict[str, type[CodeListItem]] = {"article_categories": ArticleCategory}


def load() -> Loaded:
    """Bring the list in line with its file; what a person edited stays, a second run writes nothing."""
    return codelists.load(HERE / "lists", FILES)


def shipped_pages() -> list[dict[str, Any]]:
    """key, slug, title, order, text (Markdown), easy_read (one idea a line)."""
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "texts").glob("*.toml"))]


def load_pages() -> int:
    return actions.load_pages(shipped_pages())
