"""One page of the keyboard table: rows of inputs, what was typed into them, and how saving ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from .actions import NOT_YOURS, Stale, save_row
from .columns import Column, Line
from .table import WrittenTable

MOST_COLUMNS = 12
# A page of real inputs is heavy: it holds so many cells that it stays light, and no more rows than fit on a screen.
MOST_ROWS, MOST_CELLS = 25, 190
# A list of options no longer than this is a select; a longer one is written, with hints.
SHORT_LIST = 12


@dataclass(slots=True)
class GridCell:
    column: Column
    text: str
    locked: bool = False
    error: str = ""
    # What is stored, where somebody else changed it meanwhile.
    stored: str | None = None

    @property
    def select(self) -> bool:
        sort = self.column.sort
        return bool(sort.options) and not sort.many and len(sort.options) <= SHORT_LIST


@dataclass(slots=True)
class GridRow:
    number: str
    title: str
    url: str
    seen: str
    cells: list[GridCell]
    said: str = ""
    failed: bool = False


@dataclass(slots=True)
class Grid:
    columns: Sequence[Column]
    rows: list[GridRow]
    saved: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[GridRow]:
        return [row for row in self.rows if row.failed]

    @property
    def status(self) -> int:
        if not self.failed:
            return 200
        return 409 if any(cell.stored is not None for row in self.failed for cell in row.cells) else 422


def chosen_columns(table: WrittenTable, asked: Iterable[str]) -> list[Column]:
    """The columns a person chose, or the usual ones; the name of the row is its header and stands always."""
    wanted = set(asked)
    open_columns = [column for column in table.columns if not column.locked and column.key != "name"]
    chosen = [column for column in open_columns if column.key in wanted][:MOST_COLUMNS]
    return chosen or [column for column in open_columns if column.usual]


def rows_a_page(columns: Sequence[Column]) -> int:
    return min(MOST_ROWS, MOST_CELLS // max(len(columns), 1))


def shown(columns: Sequence[Column], lines: Iterable[Line]) -> Grid:
    return Grid(columns, [_row(columns, line) for line in lines])


def _row(columns: Sequence[Column], line: Line) -> GridRow:
    cells = [GridCell(column, line.cells[column.key], column.key in line.locked) for column in columns]
    return GridRow(line.number, line.title, line.url, line.fingerprint, cells)


def typed_rows(data: QueryDict) -> dict[str, tuple[str, dict[str, str]]]:
    """What a page without script sends: for each row the fingerprint it began from, and texts by keys."""
    rows: dict[str, tuple[str, dict[str, str]]] = {
        name.removeprefix("seen."): (str(value), {}) for name, value in data.items() if name.startswith("seen.")
    }
    for name, value in data.items():
        number, _, key = name.partition(".")
        if number in rows and key:
            rows[number][1][key] = str(value).replace("\r\n", "\n")
    return rows


def save_page(table: WrittenTable, columns: Sequence[Column], data: QueryDict) -> Grid:
    """Save every row that says something else than is stored; the grid holds what was typed where it failed."""
    typed = typed_rows(data)
    stored = table.find(typed)
    grid = Grid(columns, [])
    for number, (seen, texts) in typed.items():
        line = stored.get(number)
        if line is None:
            continue
        row = _row(columns, line)
        grid.rows.append(row)
        if all(texts.get(cell.column.key, cell.text) == cell.text for cell in row.cells):
            continue
        _save(table, row, texts, seen)
        if not row.failed:
            grid.saved.append(row.title)
    return grid


def _save(table: WrittenTable, row: GridRow, texts: dict[str, str], seen: str) -> None:
    try:
        line = save_row(table=table, number=row.number, typed=texts, seen=seen)
    except Stale as news:
        _fail(row, texts, "Mezitím řádek změnil někdo jiný. Vaše znění jsme nechali, uložte ho znovu, nebo ho opravte.")
        for cell in row.cells:
            if cell.text != news.stored.cells[cell.column.key]:
                cell.stored = news.stored.cells[cell.column.key]
        row.seen = news.stored.fingerprint
    except PermissionDenied:
        _fail(row, texts, NOT_YOURS)
    except ValidationError as refusal:
        _fail(row, texts, "Řádek není uložený.")
        row.seen = seen
        errors = refusal.message_dict if hasattr(refusal, "error_dict") else {}
        for cell in row.cells:
            cell.error = " ".join(errors.get(cell.column.key, []))
        if not errors:
            row.said = " ".join(refusal.messages)
    else:
        row.seen, row.said = line.fingerprint, "uloženo"
        for cell in row.cells:
            cell.text = line.cells[cell.column.key]


def _fail(row: GridRow, texts: dict[str, str], said: str) -> None:
    row.said, row.failed = said, True
    for cell in row.cells:
        if not cell.locked:
            cell.text = texts.get(cell.column.key, cell.text)
