"""Tables as bytes, out and in: what was written here is read back the same, cell by cell.

Reading takes what Czech programs save: XLSX, or CSV in UTF-8, UTF-16 or cp1250 with semicolons, commas or tabs.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain
from typing import IO, Any

import python_calamine
from django.core.exceptions import ValidationError

from portal.register.readers.table import XLSX, check_extent, decode
from portal.register.records import Refused
from portal.web.cells import MARK, csv_text, unguard

from .columns import Column, Line, known_heading

LARGEST = 10 * 1024 * 1024
MOST_ROWS = 20_000
# A cell of a spreadsheet holds no more; instead of a text cut short stands this, and reading leaves the value be.
LONGEST_CELL = 32_767
TOO_LONG = "(text je na buňku příliš dlouhý, upravte ho na kartě)"
# Rows below the last one where the drop-down lists still help with new rows.
ROWS_TO_COME = 200


def csv_parts(columns: Sequence[Column], lines: Iterable[Line]) -> Iterator[bytes]:
    yield (MARK + csv_text([[column.heading for column in columns]])).encode()
    for line in lines:
        yield csv_text([[line.cells.get(column.key, "") for column in columns]]).encode()


def write_xlsx(title: str, columns: Sequence[Column], lines: Iterable[Line]) -> IO[bytes]:
    """A workbook in a temporary file, set at its beginning: the table, and what belongs to which column."""
    from xlsxwriter import Workbook  # twenty megabytes that most web processes never need

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet, guide = book.add_worksheet(title[:31]), book.add_worksheet("nápověda")
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        closed = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "italic": True})
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, None if column.sort.number else plain)
            sheet.write_string(0, at, column.heading, closed if column.locked else head)
        sheet.freeze_panes(1, 1)
        last = 0
        for last, line in enumerate(lines, 1):
            for at, column in enumerate(columns):
                _write_cell(sheet, (last, at), column, line.cells.get(column.key, ""), plain)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        places = _write_guide(guide, columns, head, plain)
        for at, column in enumerate(columns):
            if column.key in places and not column.sort.many and not column.locked:
                about = {"validate": "list", "source": places[column.key], "error_title": "Není v číselníku"}
                sheet.data_validation(1, at, last + ROWS_TO_COME, at, about)
    file.seek(0)
    return file


def _write_cell(sheet: Any, place: tuple[int, int], column: Column, text: str, style: Any) -> None:
    if column.sort.number and text.lstrip("-").isdecimal():
        sheet.write_number(*place, int(text))
    elif text:
        sheet.write_string(*place, text if len(text) <= LONGEST_CELL else TOO_LONG, style)


def _write_guide(guide: Any, columns: Sequence[Column], head: Any, plain: Any) -> dict[str, str]:
    """The second sheet: what each column is for, and beside it the code lists. Where each list stands, by key."""
    listed = [column for column in columns if column.sort.options]
    guide.set_column(0, 0, 26, plain)
    guide.set_column(1, 1, 70, plain)
    guide.set_column(2, 2, 16, plain)
    guide.set_column(4, 4 + max(len(listed), 1), 30, plain)
    top = ["sloupec", "co do něj patří", "jde změnit", "", *(column.heading for column in listed)]
    body: list[list[str]] = [[column.heading, column.help, column.written, ""] for column in columns]
    height = max([len(body), *(len(column.sort.options) for column in listed)])
    body += [["", "", "", ""] for _ in range(height - len(body))]
    for row, texts in enumerate(body):
        texts.extend(options[row] if row < len(options := column.sort.options) else "" for column in listed)
    for row, texts in enumerate(chain([top], body)):
        for at, text in enumerate(texts):
            if text:
                guide.write_string(row, at, text, head if row == 0 else plain)
    from xlsxwriter.utility import xl_range_abs

    return {
        column.key: f"=nápověda!{xl_range_abs(1, at, len(column.sort.options), at)}"
        for at, column in enumerate(listed, 4)
    }


# --- reading -------------------------------------------------------------------------------------------------


def read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Rows with their numbers as a spreadsheet shows them (the header is 1); cells by `known_heading`.
    ValidationError in Czech for what is no table."""
    if len(content) > LARGEST:
        raise ValidationError(f"Soubor je příliš velký. Vezmeme nejvýš {LARGEST // 1024**2} MB.")
    try:
        rows = _sheet(content) if content.startswith(XLSX) else _csv(content)
    except Refused as problem:
        raise ValidationError(str(problem)) from problem
    header = [known_heading(cell) for cell in rows[0]] if rows else []
    if not any(header):
        raise ValidationError("Soubor je prázdný. V prvním řádku mají být názvy sloupců.")
    repeated = next((name for name in header if name and header.count(name) > 1), None)
    if repeated:
        raise ValidationError(f"Sloupec „{repeated}“ je v tabulce dvakrát. Jeden smažte.")
    found = [
        (number, {name: cell for name, cell in zip(header, row, strict=False) if name})
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if len(found) > MOST_ROWS:
        raise ValidationError(f"Tabulka má {len(found)} řádků. Najednou jich vezmeme nejvýš {MOST_ROWS}.")
    return found


def _csv(content: bytes) -> list[list[str]]:
    text = decode(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        return [
            [unguard(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as problem:
        raise Refused(f"CSV nejde přečíst: {problem}.") from problem


def _sheet(content: bytes) -> list[list[str]]:
    try:
        check_extent(content)
        sheet = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except Refused:
        raise
    except Exception as problem:  # a damaged archive breaks in more ways than its readers document
        raise Refused("Sešit XLSX nejde otevřít; není to jiný druh souboru?") from problem
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    """The text of a cell, whatever a spreadsheet program made of it."""
    match cell:
        case bool():
            return "ano" if cell else "ne"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time(0):
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case time():
            return f"{cell.hour}.{cell.minute:02}"
    return str(cell)
