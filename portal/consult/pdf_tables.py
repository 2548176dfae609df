"""Tables of a page of a PDF with the lines around them, in the order in which the page says them.

Where a table is, the PDF tells by its tags (`pdf_tags`); without them a grid of drawn rules does. What stands in a cell
is read from the places of the words. Columns that only stand under each other, without a rule or a tag, stay lines: a
guess there would tear sentences apart. Loads no Django.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Rules that are drawn for tables come to a row as close as this, in points.
NEAR = 4
# A space between letters, in parts of their size.
SPACE = 0.12
# Rules of a page that may be tables; fewer make no grid, more are a drawing.
FEWEST_RULES, MOST_RULES = 4, 3_000
SOFT_HYPHEN = "\xad"
# Part of the cells of a grid of rules that has words in a table; a drawing has few.
FILLED = 0.25
# Cells of a table of one page; a raster has more.
MOST_CELLS = 2_000
_BOLD = ("bold", "black", "heavy")


def is_bold(font: str) -> bool:
    return any(one in font.lower() for one in _BOLD)


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    mark: int | None
    is_artifact: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(slots=True)
class Grid:
    """A table as it is read. `heads` are the rows whose cells the PDF calls heads; `edges` the places of drawn
    columns; `until` the last page it stands on."""

    cells: list[list[list[Word]]]
    until: int
    heads: set[int] = field(default_factory=set)
    edges: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join("\t".join(row) for row in self.rows)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [tuple(said(cell) for cell in row) for row in self.cells]

    @property
    def has_head(self) -> bool:
        """Called so by the PDF, or the only bold row."""
        if len(self.cells) < 2:
            return False
        return 0 in self.heads or (_all_bold(self.cells[0]) and not _all_bold(self.cells[1]))

    def goes_on(self, more: Grid) -> bool:
        """Whether `more` on the next page is the rest of this table: its columns stand at the same places, or its
        first row is repeated."""
        if more.until != self.until + 1 or len(self.cells[0]) != len(more.cells[0]):
            return False
        same = len(self.edges) == len(more.edges) > 0 and all(
            abs(one - other) <= NEAR for one, other in zip(self.edges, more.edges, strict=True)
        )
        return same or self.rows[0] == more.rows[0]

    def join(self, more: Grid) -> None:
        repeated = any(self.rows[0]) and self.rows[0] == more.rows[0]
        if repeated:
            self.heads.add(0)
        self.cells += more.cells[1:] if repeated else more.cells
        self.until = more.until


def _all_bold(row: Iterable[list[Word]]) -> bool:
    words = [word for cell in row for word in cell]
    return bool(words) and all(word.bold for word in words)


def said(words: Iterable[Word]) -> str:
    """Words as they are read, those parted at the end of a line whole again."""
    text, last = "", None
    for word in words:
        if last is None or _touch(last, word):
            text += word.text
        elif _is_below(last, word) and text.endswith(SOFT_HYPHEN):
            text = text[:-1] + word.text
        else:
            text += f" {word.text}"
        last = word
    return text


def _touch(one: Word, other: Word) -> bool:
    """Parts of one word set in different letters."""
    return not _is_below(one, other) and abs(other.left - one.right) < SPACE * max(one.size, other.size)


def _is_below(one: Word, other: Word) -> bool:
    size = max(one.size, other.size)
    return abs(other.bottom - one.bottom) > 0.5 * size or other.left < one.left - size


# --- a page ------------------------------------------------------------------------------------------------------


def lines(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Words side by side, in the order of the page."""
    line: list[Word] = []
    for word in words:
        if line and _is_below(line[-1], word):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


type Item = list[Word] | Grid
# Where a piece of marked content of a page belongs: the table, its row and column.
type Place = tuple[Grid, int, int]


def items(page: Any, number: int, tagged: Mapping[int, Place], *, drawn: bool, told: set[int]) -> Iterator[Item]:
    """Lines and tables of a page of pdfplumber. A table told by tags comes where its first word stands (`told` are
    those that came) and its words are put into it; with `drawn`, tables are looked for among the rules."""
    words = _words(page)
    places = _drawn(page, number, words) if drawn else {}
    going_on = {id(grid): grid for grid, _, _ in tagged.values() if id(grid) in told}
    repeated = {one for grid in going_on.values() for cell in grid.cells[0] for one in said(cell).split()}
    waiting: list[Word] = []
    for word in words:
        place = tagged.get(word.mark) if word.mark is not None else None
        place = place or places.get(id(word))
        if place is None:
            # The head of a table is printed again on its next page, outside the tags.
            if not (word.is_artifact and word.text in repeated):
                waiting.append(word)
            continue
        grid, row, column = place
        grid.cells[row][column].append(word)
        grid.until = number
        if id(grid) not in told:
            told.add(id(grid))
            yield from lines(waiting)
            waiting = []
            yield grid
    yield from lines(waiting)


def _words(page: Any) -> list[Word]:
    found = page.extract_words(
        use_text_flow=True, x_tolerance_ratio=SPACE, extra_attrs=["fontname", "size", "mcid", "tag"]
    )
    return [
        Word(
            text=one["text"],
            left=one["x0"],
            right=one["x1"],
            top=one["top"],
            bottom=one["bottom"],
            size=one["size"],
            bold=is_bold(one["fontname"] or ""),
            mark=one["mcid"],
            is_artifact=one["tag"] == "Artifact",
        )
        for one in found
    ]


def _drawn(page: Any, number: int, words: list[Word]) -> dict[int, Place]:
    """id of a word -> its place in a grid of rules. A frame around text and a drawing are no tables."""
    places: dict[int, Place] = {}
    for table in page.find_tables():
        boxes = [box for box in table.cells if box]
        columns, rows = _apart(box[0] for box in boxes), _apart(box[1] for box in boxes)
        if len(columns) < 2 or len(rows) < 2 or len(boxes) > MOST_CELLS:
            continue
        edges = (*columns, max(box[2] for box in boxes))
        grid = Grid([[[] for _ in columns] for _ in rows], number, edges=edges)
        found, filled = {}, set()
        for word in words:
            box = next((box for box in boxes if _inside(word, box)), None)
            if box is not None:
                found[id(word)] = (grid, _at(rows, box[1]), _at(columns, box[0]))
                filled.add(box)
        if len(filled) >= max(2, FILLED * len(boxes)):
            places = found | places
    return places


def _inside(word: Word, box: tuple[float, float, float, float]) -> bool:
    across, down = word.middle
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _apart(places: Iterable[float]) -> tuple[float, ...]:
    """Places without those that are nearly the same."""
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > NEAR / 2:
            kept.append(place)
    return tuple(kept)


def _at(places: tuple[float, ...], place: float) -> int:
    return bisect_right(places, place + 0.01) - 1
