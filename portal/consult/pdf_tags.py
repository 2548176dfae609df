"""Tables that a tagged PDF tells of itself (ISO 32000-1, 14.7 and 14.8): which pieces of marked content stand in which
cell. Word, LibreOffice and we ourselves write such PDFs. A damaged tree tells nothing, and nothing is lost by that:
the words are read all the same. Loads no Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

# Elements of one document, cells side by side: what has more is no honest document.
MOST_ELEMENTS = 300_000
MOST_COLUMNS = 60
_ROWS = ("/THead", "/TBody", "/TFoot")
_CELLS = ("/TH", "/TD")

# Page from zero and number of a piece of marked content on it.
type Mark = tuple[int, int]


@dataclass(slots=True)
class Cell:
    is_head: bool = False
    marks: list[Mark] = field(default_factory=list)


# Rows of cells, as wide as the widest; a cell over more columns or rows leaves the others empty.
type Rows = list[list[Cell]]


def tables(reader: PdfReader) -> list[Rows]:
    """Tables of the document in its order; those with a single cell are boxes around text and are left out."""
    try:
        root = _value(reader.trailer["/Root"], "/StructTreeRoot")
        if not isinstance(root, DictionaryObject):
            return []
        return list(_Tree(reader, root).tables())
    except Exception:  # a tree made by hand may be wrong in any way
        return []


class _Tree:
    def __init__(self, reader: PdfReader, root: DictionaryObject) -> None:
        self.root, self.left = root, MOST_ELEMENTS
        roles = _value(root, "/RoleMap")
        self.roles: dict[str, str] = dict(roles) if isinstance(roles, DictionaryObject) else {}
        self.pages = {
            page.indirect_reference.idnum: at for at, page in enumerate(reader.pages) if page.indirect_reference
        }

    def tables(self) -> Iterator[Rows]:
        stack: list[Any] = [self.root]
        while stack:
            element = stack.pop()
            if self.sort(element) == "/Table":
                rows = _even([self.cells(row) for row in self.rows(element)])
                if sum(map(len, rows)) > 1:
                    yield rows
            else:
                stack += reversed([one for one in self.kids(element) if isinstance(one, DictionaryObject)])

    def rows(self, table: DictionaryObject) -> Iterator[DictionaryObject]:
        for one in self.kids(table):
            if self.sort(one) == "/TR":
                yield one
            elif self.sort(one) in _ROWS:
                yield from (row for row in self.kids(one) if self.sort(row) == "/TR")

    def cells(self, row: DictionaryObject) -> list[tuple[Cell, int, int]]:
        """Cells of the row with the columns and rows that each is over."""
        found = []
        for one in self.kids(row):
            if (sort := self.sort(one)) in _CELLS:
                cell = Cell(sort == "/TH", list(self.marks(one, self.page(one, self.page(row, None)))))
                found.append((cell, _span(one, "/ColSpan"), _span(one, "/RowSpan")))
        return found

    def marks(self, of: DictionaryObject, page: int | None) -> Iterator[Mark]:
        """All marked content below, that of a table inside the cell too."""
        stack: list[tuple[Any, int | None]] = [(of, page)]
        while stack:
            element, at = stack.pop()
            for one in reversed(self.kids(element)):
                if isinstance(one, DictionaryObject):
                    stack.append((one, self.page(one, at)))
                elif isinstance(one, int) and at is not None:
                    yield at, int(one)
            mark = _value(element, "/MCID")
            if isinstance(mark, int) and "/Stm" not in element and at is not None:
                yield at, int(mark)

    def kids(self, of: Any) -> list[Any]:
        """Elements below and numbers of marked content."""
        found = _value(of, "/K")
        kids = list(found) if isinstance(found, ArrayObject) else [] if found is None else [found]
        self.left -= len(kids)
        if self.left < 0:
            raise ValueError("The tree has no end.")
        return [one.get_object() if isinstance(one, IndirectObject) else one for one in kids]

    def sort(self, of: Any) -> str:
        said = str(_value(of, "/S"))
        return str(self.roles.get(said, said))

    def page(self, of: DictionaryObject, above: int | None) -> int | None:
        if "/Pg" not in of:
            return above
        named = of.raw_get("/Pg")
        return self.pages.get(named.idnum, above) if isinstance(named, IndirectObject) else above


def _span(cell: DictionaryObject, name: str) -> int:
    said = _value(cell, "/A")
    for one in said if isinstance(said, ArrayObject) else [said]:
        many = _value(one.get_object() if isinstance(one, IndirectObject) else one, name)
        if isinstance(many, int):
            return max(1, min(MOST_COLUMNS, many))
    return 1


def _value(of: Any, name: str) -> Any:
    """What stands under the name, whether in place or elsewhere in the file."""
    return of[name] if isinstance(of, DictionaryObject) and name in of else None


def _standing(taken: dict[int, int], at: int) -> list[Cell]:
    """Empty cells from the column on, where cells of rows above still stand."""
    until = at
    while taken.get(until):
        until += 1
    return [Cell() for _ in range(at, until)]


def _even(rows: list[list[tuple[Cell, int, int]]]) -> Rows:
    taken: dict[int, int] = {}  # column -> rows below that a cell above still stands in
    made: Rows = []
    for row in rows:
        line: list[Cell] = []
        below: dict[int, int] = {}
        for cell, wide, high in row:
            line += _standing(taken, len(line))
            below |= dict.fromkeys(range(len(line), len(line) + wide), high - 1)
            line += [cell, *(Cell() for _ in range(wide - 1))]
        line += _standing(taken, len(line))
        taken = {at: many - 1 for at, many in taken.items() if many > 1} | below
        made.append(line[:MOST_COLUMNS])
        if len(line) > MOST_COLUMNS:
            raise ValueError("The table is too wide.")
    width = max(map(len, made), default=0)
    return [[*line, *(Cell() for _ in range(width - len(line)))] for line in made]
