"""A text cut into pieces that can be commented on, and blocks of a document (`paper`) as such pieces.

Loads no Django: the process of its own that reads a file (`inside.py`) needs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from paper.blocks import Block, Bullets, Contents, Facts, Figure, Heading, Index, Note, Paragraph, Table
from words.visible import visible_line


class Sort(StrEnum):
    """The same words as `models.Paragraph.Sort`."""

    HEADING = "heading"
    TEXT = "text"
    BULLETS = "bullets"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Cells:
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` is plain: of bullets one a line, of a table one row a line with tabs between the cells. `level` is that
    of a heading, zero for the rest. `mark` is the label of the heading in its document."""

    sort: Sort
    text: str
    level: int = 0
    cells: Cells | None = None
    mark: str = ""


DEEPEST = 6
# Letters of one piece of a long table; the rest goes on in the next one, with the same head.
LONGEST_TABLE = 12_000


def line(text: str) -> str:
    """On one line, without spaces around and without signs that nobody sees."""
    return visible_line(text)


def heading(text: str, level: int, mark: str = "") -> Piece:
    return Piece(Sort.HEADING, line(text), max(1, min(DEEPEST, level)), mark=mark)


def paragraph(text: str) -> Piece:
    """Lines broken by hand stay broken."""
    lines = (line(one) for one in text.replace("\r\n", "\n").split("\n"))
    return Piece(Sort.TEXT, "\n".join(one for one in lines if one))


def bullets(items: Iterable[str]) -> Piece:
    return Piece(Sort.BULLETS, "\n".join(said for one in items if (said := line(one))))


def table(head: Iterable[str], rows: Iterable[Iterable[str]], title: str = "") -> Piece:
    """A table without a head has an empty one."""
    first = tuple(line(one) for one in head)
    rest = tuple(tuple(line(one) for one in row) for row in rows)
    lines = [*([first] if any(first) else []), *rest]
    return Piece(Sort.TABLE, "\n".join("\t".join(row) for row in lines), cells=Cells(line(title), first, rest))


def tables(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Piece]:
    """A table as one piece, or as more when it is so long that nobody could say which line they mean."""
    part: list[Sequence[str]] = []
    length = 0
    for row in rows:
        letters = sum(map(len, row))
        if part and length + letters > LONGEST_TABLE:
            yield table(head, part)
            part, length = [], 0
        part.append(row)
        length += letters
    if any(any(row) for row in (head, *part)):
        yield table(head, part)


def steady(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces with headings that never skip a level, so that whoever listens to the page keeps the thread."""
    deepest = 0
    for piece in pieces:
        if piece.sort == Sort.HEADING:
            deepest = min(piece.level, deepest + 1)
            yield replace(piece, level=deepest)
        else:
            yield piece


def of_blocks(blocks: Iterable[Block]) -> Iterator[Piece]:
    """Pieces of a document, in order. Lists of contents and indexes say nothing of their own and are left out."""
    for block in blocks:
        match block:
            case Heading(level, text, label, under):
                yield heading(text, level, label)
                if under:
                    yield paragraph(under)
            case Paragraph(text, lead) if text or lead:
                yield paragraph(f"{lead}: {text}" if lead and text else text or lead)
            case Note(text):
                yield paragraph(text)
            case Bullets(items):
                yield bullets(items)
            case Facts(facts):
                yield bullets(f"{one.name}: {one.value}" for one in facts)
            case Table(head, rows, _, title):
                yield table(head, rows, title)
            case Figure(_, alt):
                yield paragraph(f"Obrázek: {alt}")
            case Paragraph() | Contents() | Index():
                continue
            case _:
                raise ValueError(f"A text on view has no {type(block).__name__}.")
