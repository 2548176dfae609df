"""Lists that come with the product (`lists/*.csv`) into the tables: lay words, situations, crisis lines.

A row that a person edited (`edited_at`) stays as the person left it, a row that a person added is never touched,
and nothing is ever deleted: a lay word that left the list is switched off. Loading again writes nothing.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from portal.catalogue.models import Kind, TargetGroup

from .lay import LISTS, LayRow, read_lay_rows
from .models import CrisisLine, LayWord, Origin, Situation


@dataclass
class Loaded:
    """How many rows were added, changed, and kept because a person had edited them."""

    added: int = 0
    changed: int = 0
    kept: int = 0

    @property
    def wrote(self) -> bool:
        return bool(self.added or self.changed)


@transaction.atomic
def load(folder: Path = LISTS) -> Loaded:
    """Bring the tables in line with the files of ``folder``. Code lists must be loaded before."""
    loaded = Loaded()
    _load_lay_words(read_lay_rows(folder.glob("lay_words_*.csv")), loaded)
    _load_situations(_rows(folder / "situations.csv"), loaded)
    _load_crisis_lines(_rows(folder / "crisis_lines.csv"), loaded)
    return loaded


def _load_lay_words(rows: list[LayRow], loaded: Loaded) -> None:
    known = {one.phrase: one for one in LayWord.objects.all()}
    added: list[LayWord] = []
    changed: list[LayWord] = []
    # Two authors may have thought of one phrase: what both say is joined.
    for phrase, row in joined(rows).items():
        kinds, groups = " ".join(row.kinds), " ".join(row.groups)
        word = known.get(phrase)
        if word is None:
            added.append(LayWord(phrase=phrase, kinds=kinds, groups=groups, origin=Origin.SHIPPED))
        elif word.edited_at or word.origin != Origin.SHIPPED:
            loaded.kept += 1
        elif (word.kinds, word.groups, word.active) != (kinds, groups, True):
            word.kinds, word.groups, word.active = kinds, groups, True
            changed.append(word)
    listed = joined(rows)
    for word in known.values():
        if word.origin == Origin.SHIPPED and word.active and not word.edited_at and word.phrase not in listed:
            word.active = False
            changed.append(word)
    LayWord.objects.bulk_create(added, batch_size=500)
    LayWord.objects.bulk_update(changed, ["kinds", "groups", "active"], batch_size=500)
    loaded.added += len(added)
    loaded.changed += len(changed)


def joined(rows: list[LayRow]) -> dict[str, LayRow]:
    """One row a phrase (compared without case); kinds and groups of repeated ones follow each other."""
    by_phrase: dict[str, LayRow] = {}
    for row in rows:
        phrase = row.phrase.casefold()[:200]
        known = by_phrase.get(phrase, LayRow(phrase, ()))
        by_phrase[phrase] = LayRow(
            phrase,
            tuple(dict.fromkeys((*known.kinds, *row.kinds))),
            tuple(dict.fromkeys((*known.groups, *row.groups))),
        )
    return by_phrase


def _load_situations(rows: list[dict[str, str]], loaded: Loaded) -> None:
    kinds = {one.key: one for one in Kind.objects.all()}
    groups = {one.key: one for one in TargetGroup.objects.all()}
    known = {one.slug: one for one in Situation.objects.prefetch_related("kinds", "target_groups")}
    for order, row in enumerate(rows, start=1):
        situation = known.get(row["slug"]) or Situation(slug=row["slug"])
        values = {
            "title": row["title"],
            "line": row["line"],
            "steps": row["steps"].replace("|", "\n"),
            "violence": row["violence"] == "1",
            "order": order,
        }
        wrote = _bring(situation, values, loaded)
        if situation.edited_at:
            continue
        own_kinds = [kinds[key] for key in row["kinds"].split() if key in kinds]
        own_groups = [groups[key] for key in row["target_groups"].split() if key in groups]
        moved = [_relink(situation.kinds, own_kinds), _relink(situation.target_groups, own_groups)]
        loaded.changed += any(moved) and not wrote


def _relink(relation: Any, wanted: Sequence[Kind] | Sequence[TargetGroup]) -> bool:
    """Bring a relation in line; whether anything was different."""
    if {one.pk for one in relation.all()} == {one.pk for one in wanted}:
        return False
    relation.set(wanted)
    return True


def _load_crisis_lines(rows: list[dict[str, str]], loaded: Loaded) -> None:
    known = {one.key: one for one in CrisisLine.objects.all()}
    for order, row in enumerate(rows, start=1):
        values = {
            "number": row["number"],
            "name": row["name"],
            "line": row["line"],
            "hours": row["hours"],
            "free": True if row["free"] == "1" else None,
            "violence": row["violence"] == "1",
            "verified_on": date.fromisoformat(row["verified_on"]) if row["verified_on"] else None,
            "certainty": row["certainty"],
            "order": order,
        }
        _bring(known.get(row["key"]) or CrisisLine(key=row["key"]), values, loaded)


def _bring(row: Situation | CrisisLine, values: dict[str, Any], loaded: Loaded) -> bool:
    """Set what the list says, unless a person has edited the row; whether anything was written."""
    if row.edited_at:
        loaded.kept += 1
        return False
    added = row.pk is None
    differs = [name for name, value in values.items() if getattr(row, name) != value]
    if not differs and not added:
        return False
    for name in differs:
        setattr(row, name, values[name])
    row.full_clean()
    row.save()
    loaded.added += added
    loaded.changed += not added
    return True


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
