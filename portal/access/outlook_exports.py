"""The outlook as bytes: CSV, XLSX and JSON. People of each year, the need by each rate, what stands and what is to."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.web.cells import MARK, csv_text, guard

from .outlook import Ahead, Need
from .promises import Promised

HEAD = ("rok", "je_udaj", "podle_ceho", "zdroj", "mira_na_1000", "jednotka", "hodnota", "nizka", "vysoka")
HEAD_STANDS = ("stoji_dnes", "je_uplne", "podle_planu")
PEOPLE = "lidé"

type Cell = str | float | bool | None


@dataclass(frozen=True)
class Told:
    """An outlook with what it stands on in words: (name, value)."""

    people: Ahead
    needs: list[Need]
    plans: Promised
    words: list[tuple[str, str]]


def table(told: Told) -> Iterator[tuple[Cell, ...]]:
    """One row a year and rate, the people themselves first. Empty is unknown."""
    known = {one.year for one in told.people.years if one.is_known}
    for one in told.people.years:
        yield (
            *(one.year, one.is_known, PEOPLE, "", None, "", _plain(one.people), _plain(one.low), _plain(one.high)),
            *(None, None, None),
        )
    for need in told.needs:
        for year, amount, low, high in need.years:
            yield (
                *(year, year in known, need.name, need.source, _plain(need.per_thousand), need.unit_many),
                *(_plain(amount), _plain(low), _plain(high), _plain(need.now), need.is_whole),
                _plain(_then(need, told.plans, year)) if year not in known else None,
            )


def _then(need: Need, plans: Promised, year: int) -> float | None:
    if need.now is None or not need.unit:
        return None
    return need.now + plans.until(need.unit, year)


def _plain(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def csv_bytes(told: Told) -> bytes:
    rows = [[*HEAD, *HEAD_STANDS], *([_text(cell) for cell in row] for row in table(told))]
    return (MARK + csv_text(rows)).encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ano" if cell else "ne"
    return f"{cell:.10g}".replace(".", ",") if isinstance(cell, float) else str(cell)


def xlsx_bytes(told: Told) -> bytes:
    """The table and the method, each on its sheet."""
    from xlsxwriter import Workbook

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("Výhled"))
        sheet.write_row(0, 0, (*HEAD, *HEAD_STANDS), book.add_format({"bold": True}))
        for at, row in enumerate(table(told), 1):
            cells = ["" if one is None else _text(one) if isinstance(one, bool) else one for one in row]
            sheet.write_row(at, 0, [guard(one) if isinstance(one, str) else one for one in cells])
        sheet.freeze_panes(1, 1)
        sheet = book.add_worksheet(_("Metoda"))
        for at, pair in enumerate(told.words):
            sheet.write_row(at, 0, [guard(one) for one in pair])
    return made.getvalue()


def json_bytes(told: Told) -> bytes:
    names = (*HEAD, *HEAD_STANDS)
    whole: dict[str, Any] = {
        "metoda": "projekce" if told.people.projection else "trend",
        "vyhled": [dict(zip(names, row, strict=True)) for row in table(told)],
        "popis": [{"co": name, "hodnota": value} for name, value in told.words],
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1).encode()
