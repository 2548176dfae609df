"""A file against what is stored: a difference for each row that says something else. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.core.exceptions import ValidationError

from .columns import Column, Line, by_heading, known_heading
from .sheets import TOO_LONG
from .table import WrittenTable


@dataclass(slots=True)
class Cell:
    """One changed cell; texts as the table shows them."""

    key: str
    heading: str
    before: str
    after: str


@dataclass(slots=True)
class Difference:
    """What one row of the file would do. `seen` is the fingerprint of the stored row; a new row has no number."""

    line: int
    number: str
    title: str
    seen: str = ""
    cells: list[Cell] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    # How it ended: "" while it waits, "written", "skipped"; after taking back "undone" or "kept".
    result: str = ""
    why: str = ""

    @property
    def new(self) -> bool:
        return not self.number

    @property
    def sort(self) -> str:
        """error, new, changed, or notice: a row that changes nothing and is only told about."""
        if self.errors:
            return "error"
        if not self.cells:
            return "notice"
        return "changed" if self.seen else "new"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Self:
        return cls(**{**plain, "cells": [Cell(**cell) for cell in plain["cells"]]})


def compare(table: WrittenTable, rows: list[tuple[int, dict[str, str]]]) -> list[Difference]:
    """Rows that change something, are wrong, or want to be told about, in the order of the file."""
    columns = _columns(table, rows)
    identity, word = known_heading(table.identity), table.identity.capitalize()
    names = table.names_in([cells for _, cells in rows], identity)
    stored = table.recognise(filter(None, names))
    times = Counter(names)
    found = []
    for (line, cells), name in zip(rows, names, strict=True):
        typed = {column.key: cells[heading] for heading, column in columns.items() if heading in cells}
        if name and times[name] > 1:
            one = Difference(line, name, name, errors=[f"{word} {name} je v tabulce víckrát."])
        elif name in stored:
            one = _changed(table, line, stored[name], typed)
        elif name and not table.names_new:
            one = Difference(line, name, name, errors=[f"{word} {name[:20]} tu neznáme."])
        else:
            one = _new(table, line, typed)
        found.append(one)
    table.agree(found)
    return [one for one in found if one.cells or one.errors or one.notices]


def _columns(table: WrittenTable, rows: list[tuple[int, dict[str, str]]]) -> dict[str, Column]:
    """Columns of the table that the file has. A file that shares nothing with the table is refused."""
    known, identity = by_heading(table.columns), known_heading(table.identity)
    headings = set(rows[0][1]) if rows else set()
    if rows and not (headings & known.keys() - {identity}):
        raise ValidationError(
            f"V prvním řádku nejsou sloupce tabulky „{table.title}“. Stáhněte si ji a změňte údaje v ní."
        )
    if rows and identity not in headings and not table.may_add:
        raise ValidationError(
            f"V tabulce chybí sloupec „{table.identity}“. Bez něj nepoznáme, ke které kartě řádek patří."
        )
    ours = headings if table.names_new else headings - {identity}
    return {name: known[name] for name in known if name in ours}


def _changed(table: WrittenTable, line: int, stored: Line, typed: dict[str, str]) -> Difference:
    one = Difference(line, stored.number, stored.title, stored.fingerprint)
    closed = []
    for key, text in typed.items():
        column, before = table.by_key[key], stored.cells.get(key, "")
        if same(text, before):
            continue
        if column.locked or key in stored.locked:
            closed.append(column.heading)
            continue
        _compare_cell(one, column, before, text)
    if closed:
        one.notices.append(f"Tyhle sloupce odsud měnit nejde, necháme je být: {', '.join(closed)}.")
    return one


def _new(table: WrittenTable, line: int, typed: dict[str, str]) -> Difference:
    title = typed.get("name", "").strip() or "nový řádek"
    one = Difference(line, "", title[:200])
    if not table.may_add:
        one.errors.append("Chybí číslo. Nové řádky se v téhle tabulce zakládat nedají.")
        return one
    for key, text in typed.items():
        column = table.by_key[key]
        if text.strip() and (column.only_new or not column.locked):
            _compare_cell(one, column, "", text)
    one.errors += table.missing({cell.key: cell.after for cell in one.cells}) if not one.errors else []
    return one


def _compare_cell(one: Difference, column: Column, before: str, text: str) -> None:
    try:
        after = column.sort.canonical(text)
    except ValidationError as problem:
        one.errors += [f"{column.heading}: {message}" for message in problem.messages]
    else:
        if after != before:
            one.cells.append(Cell(column.key, column.heading, before, after))


def same(text: str, stored: str) -> bool:
    """Whether a cell says what is stored, whatever a spreadsheet did to the ends of its lines."""
    return text in (stored, TOO_LONG) or _plain(text) == _plain(stored)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def counts(differences: Iterable[Difference]) -> dict[str, int]:
    """Rows by sort, and `cells`: how many values would change."""
    kept = list(differences)
    found = Counter(one.sort for one in kept)
    return {**found, "cells": sum(len(one.cells) for one in kept if not one.errors)}
