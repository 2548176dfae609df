"""The text of a PDF as pieces. A PDF knows only lines: what is a heading is told by larger or bold letters, where a
paragraph ends by a short line, a list by its dots. Tables are told by tags or by drawn rules (`pdf_tables`), and a
table that goes on over a page is one. Running heads and page numbers are left out. Loads no Django.

Every page is read by pypdf, which is quick. Only a page that may have a table is read again by pdfplumber, which knows
where each word stands; that takes four times as long, so it ends after TABLE_SECONDS and further tables come as lines.
"""

from __future__ import annotations

import io
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import Any

from pypdf import PdfReader

from portal.documents.inside import MOST_PAGES

from . import pdf_tables, pdf_tags
from .pdf_tables import Grid, Place, Word
from .pieces import Piece, bullets, heading, line, paragraph, tables

_BULLET = re.compile(r"[•▪◦●○■□–—*-]\s+")
# Word's own dots come as signs of a private area.
_DOTS = str.maketrans(dict.fromkeys("\uf0b7\uf0a7\uf0d8", "•"))
_SOFT_HYPHEN = "\xad"
# A line of contents: dots and the number of a page; it says what its heading says.
_OF_CONTENTS = re.compile(r".*?(?:\. ?){5,}\d{1,4}")
_PAGE_NUMBER = re.compile(r"(?:strana |str\. |- )?\d{1,4}(?: ?(?:/|z) ?\d{1,4})?(?: -)?", re.I)
_ENDED = (".", "!", "?", ":", ";", "…")
_LARGER = 1.12  # of a heading beside the text
_SHORT = 0.75  # of a usual line: the paragraph ends here
_LONGEST_HEADING = 200
# Time of the processor for looking for tables, well under that of the whole reading (`documents.inside.SECONDS`).
TABLE_SECONDS = 8
_RULES = (b"l", b"re")  # operators that draw a line and a rectangle


class NotWhole(ValueError):
    """The document cannot be read from its beginning to its end."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    bold: bool
    # The last word goes on in the next line.
    parted: bool = False


@dataclass(slots=True)
class _Page:
    """What a page says while it is read: the lines with the letters they are set in, and how many rules it draws."""

    chunks: list[tuple[str, float, bool]] = field(default_factory=list)
    rules: int = 0

    def draw(self, operator: bytes, _operands: Any, _matrix: Any, _text_matrix: Any) -> None:
        self.rules += operator in _RULES

    def visit(self, text: str, matrix: Any, text_matrix: Any, font: Any, size: float) -> None:
        scale = abs(text_matrix[3] or text_matrix[1] or 1) * abs(matrix[3] or matrix[1] or 1)
        name = str((font or {}).get("/BaseFont", ""))
        self.chunks.append((text.translate(_DOTS), size * scale, pdf_tables.is_bold(name)))

    def letters(self) -> dict[str, tuple[float, bool]]:
        """Line -> size of its largest letters and whether all of it is bold."""
        known: dict[str, tuple[float, bool]] = {}
        said, size, bold = "", 0.0, True
        for text, chunk_size, chunk_bold in [*self.chunks, ("\n", 0.0, False)]:
            parts = text.split("\n")
            for at, part in enumerate(parts):
                if at:
                    if key := line(said):
                        known.setdefault(key, (size, bold))
                    said, size, bold = "", 0.0, True
                if part.strip():
                    said, size, bold = said + part, max(size, chunk_size), bold and chunk_bold
                else:
                    said += part
        return known


type _Item = _Line | Grid


def pieces(content: bytes) -> Iterator[Piece]:
    items = list(_joined_tables(_without_running(_pages(content))))
    told = [one for one in items if isinstance(one, _Line) and one.text]
    sizes: Counter[float] = Counter()
    for one in told:
        sizes[round(one.size, 1)] += len(one.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    plain = sorted(len(one.text) for one in told if one.size <= body * _LARGER)
    usual = plain[int(len(plain) * 0.9)] if plain else 0
    ranks = sorted({round(one.size, 1) for one in told if _is_larger(one, body)}, reverse=True)
    for is_table, run in groupby(items, lambda one: isinstance(one, Grid)):
        if is_table:
            yield from chain.from_iterable(_table(one) for one in run if isinstance(one, Grid))
        else:
            yield from _gathered([one for one in run if isinstance(one, _Line)], body, usual, ranks)


# --- pages -------------------------------------------------------------------------------------------------------


def _pages(content: bytes) -> list[list[_Item]]:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotWhole("The file is locked.")
    if len(reader.pages) > MOST_PAGES:
        raise NotWhole("The file has too many pages.")
    read: list[list[_Item]] = []
    drawn = set()
    for number, page in enumerate(reader.pages):
        seen = _Page()
        text = page.extract_text(visitor_text=seen.visit, visitor_operand_before=seen.draw)
        rows = text.translate(_DOTS).split("\n")
        letters = seen.letters()
        read.append([
            _Line(said, *letters.get(said, (0.0, False)), row.rstrip().endswith(_SOFT_HYPHEN))
            for row, said in zip(rows, map(line, rows), strict=True)
        ])  # fmt: skip
        if pdf_tables.FEWEST_RULES <= seen.rules <= pdf_tables.MOST_RULES:
            drawn.add(number)
    tagged = _tagged(reader)
    if wanted := sorted(tagged or drawn):
        for number, items in _with_tables(content, wanted, tagged):
            read[number] = items
    return read


def _tagged(reader: PdfReader) -> dict[int, dict[int, Place]]:
    """Page -> piece of marked content on it -> where in which table it belongs."""
    places: dict[int, dict[int, Place]] = defaultdict(dict)
    for rows in pdf_tags.tables(reader):
        grid = Grid([[[] for _ in row] for row in rows], until=0)
        grid.heads = {at for at, row in enumerate(rows) if all(one.is_head for one in row if one.marks)}
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                for page, mark in cell.marks:
                    places[page][mark] = (grid, at, column)
    return dict(places)


def _with_tables(
    content: bytes, wanted: Iterable[int], tagged: dict[int, dict[int, Place]]
) -> Iterator[tuple[int, list[_Item]]]:
    import pdfplumber  # a third of a second that most documents do not need

    until = time.process_time() + TABLE_SECONDS
    told: set[int] = set()
    with pdfplumber.open(io.BytesIO(content)) as document:
        for number in wanted:
            if time.process_time() > until:
                return
            page = document.pages[number]
            here = tagged.get(number, {})
            items = list(pdf_tables.items(page, number, here, drawn=not tagged, told=told))
            page.close()
            # Without a table, the page is as pypdf read it.
            if any(isinstance(one, Grid) for one in items) or here:
                yield number, [one if isinstance(one, Grid) else _line(one) for one in items]


def _line(words: list[Word]) -> _Line:
    text = pdf_tables.said(words).translate(_DOTS)
    is_bold = all(one.bold for one in words)
    return _Line(line(text), max(one.size for one in words), is_bold, text.endswith(_SOFT_HYPHEN))


def _joined_tables(pages: list[list[_Item]]) -> Iterator[_Item]:
    """All that the pages say, with tables that go on over a page in one."""
    before: Grid | None = None
    for item in (one for page in pages for one in page):
        if isinstance(item, Grid):
            if before is not None and before.goes_on(item):
                before.join(item)
                continue
            before = item
        elif item.text:
            before = None
        yield item


def _without_running(pages: list[list[_Item]]) -> list[list[_Item]]:
    """Without page numbers and without what stands on top or at the foot of most pages, but for its first time."""
    ends = Counter(key for page in pages for key in {_masked(one.text) for one in _edges(page)})
    running = {key for key, count in ends.items() if count >= 3 and count > len(pages) / 2}
    seen: set[str] = set()
    kept = []
    for page in pages:
        edges = {id(one) for one in _edges(page)}
        rest: list[_Item] = []
        for one in page:
            if isinstance(one, Grid):
                rest.append(one)
                continue
            key = _masked(one.text)
            if id(one) in edges and (_PAGE_NUMBER.fullmatch(one.text) or (key in running and key in seen)):
                continue
            if id(one) in edges and key in running:
                seen.add(key)
            if not _OF_CONTENTS.fullmatch(one.text):
                rest.append(one)
        kept.append(rest)
    return kept


def _edges(page: list[_Item]) -> list[_Line]:
    """Two lines on top and two at the foot; a table there is none of them."""
    told = [one for one in page if isinstance(one, Grid) or one.text]
    return [one for one in (*told[:2], *told[2:][-2:]) if isinstance(one, _Line)]


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _is_larger(one: _Line, body: float) -> bool:
    return one.size > body * _LARGER and len(one.text) <= _LONGEST_HEADING


# --- pieces ------------------------------------------------------------------------------------------------------


def _gathered(lines: list[_Line], body: float, usual: int, ranks: list[float]) -> Iterator[Piece]:
    said = ""  # of the paragraph or of the point of a list that is being read
    points: list[str] = []
    title: list[str] = []
    level, last = 0, _Line("", 0.0, False)
    in_list = False

    def ended() -> Iterator[Piece]:
        nonlocal said, in_list
        if in_list:
            points.append(said)
        elif said:
            yield from listed()
            yield paragraph(said)
        said, in_list = "", False

    def listed() -> Iterator[Piece]:
        if points:
            yield bullets(points)
            points.clear()

    def titled() -> Iterator[Piece]:
        nonlocal level
        if title:
            yield heading(" ".join(title), level)
            title.clear()
        level = 0

    for one in lines:
        rank = _rank(one, body, usual, ranks)
        if rank and not (in_list and not _is_larger(one, body)):
            yield from ended()
            yield from listed()
            if level and rank != level:
                yield from titled()
            level = rank
            title.append(one.text)
            continue
        yield from titled()
        if not one.text:
            yield from ended()
        elif bullet := _BULLET.match(one.text):
            yield from ended()
            said, in_list = one.text[bullet.end() :], True
        else:
            said = _joined(said, one.text, last, usual)
        last = one
        if len(one.text) < usual * _SHORT and one.text.endswith(_ENDED):
            yield from ended()
    yield from titled()
    yield from ended()
    yield from listed()


def _table(grid: Grid) -> Iterator[Piece]:
    rows = grid.rows
    yield from tables(rows[0] if grid.has_head else (), rows[1:] if grid.has_head else rows)


def _rank(one: _Line, body: float, usual: int, ranks: list[float]) -> int:
    """The level of the heading that the line is; 0 for plain text."""
    if not one.text:
        return 0
    if _is_larger(one, body):
        return ranks.index(round(one.size, 1)) + 1
    is_short = len(one.text) < usual * _SHORT and not one.text.endswith(_ENDED)
    return len(ranks) + 1 if one.bold and is_short and not _BULLET.match(one.text) else 0


def _joined(said: str, more: str, last: _Line, usual: int) -> str:
    """Two lines as one; after a short one they stay apart. A hyphen that is written stays: nobody knows whether it
    belongs to the word."""
    if not said:
        return more
    if last.parted or (re.search(r"\w-$", said) and more[:1].islower()):
        return said + more
    return f"{said}\n{more}" if len(last.text) < usual * _SHORT else f"{said} {more}"
