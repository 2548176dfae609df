"""What a document is made of. All text is plain: nothing in it is ever read as markup."""

from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum


class Sheet(StrEnum):
    """Paper and size of type."""

    A4 = "a4"
    REPORT = "report"  # A4, one column: tables and drawings
    PLAN = "plan"  # as a report, with headings of four levels and more
    A5 = "a5"
    LARGE = "large"  # A4, one column, type of 16 points for people who see badly
    WIDE = "wide"  # A4 laid on its side, one column: tables with much text
    FORM = "form"  # A4, one column, the cover is the head of the first page: a sheet to fill in by hand


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 begins a new page; levels never skip (the accessible PDF refuses it). `under` is a line that stays
    on the page with what follows, as the heading itself does."""

    level: int
    text: str
    label: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`lead` are words in front that say what the paragraph is about."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph set apart: something not to be missed."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """`link` is an address (https:, tel:, mailto:) that the PDF opens; paper shows only the value."""

    name: str
    value: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values under one another."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text: "" stays, "-" was taken out, "+" was put in."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph in which a change is seen: tracked changes in DOCX, crossed out and underlined elsewhere. With a
    `level` it stands where a heading of that level would."""

    runs: tuple[Run, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """A row of a table; `mark` says that all of it was taken out or put in."""

    cells: tuple[tuple[Run, ...], ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class MarkedTable:
    """A table in which changes are seen; `mark` says that all of it was taken out or put in."""

    head: tuple[str, ...]
    rows: tuple[MarkedRow, ...]
    numbers: frozenset[int] = frozenset()
    title: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a directory, kept together on a page: title (a heading), a line under it, text, facts.
    `label` is what an index points to; unique in the document."""

    level: int
    title: str
    label: str
    under: str = ""
    text: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Pointer:
    """A line of an index: words, and the label whose page it gives."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class IndexGroup:
    title: str
    under: str
    pointers: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Groups with page numbers; each title is a heading of `level`."""

    level: int
    groups: tuple[IndexGroup, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """Table of contents down to headings of `depth`."""

    title: str
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under heads of columns, repeated on every page; a row never breaks over two pages unless it
    `breaks` (its text may have many lines and be longer than a page). `numbers`: columns set to the right. `title`
    stands above. `widths` are shares of the width by column (none: by content); `tall` rows leave room for a pen."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    title: str = ""
    widths: tuple[int, ...] = ()
    tall: bool = False
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG text; `alt` is what it says to those who do not see it. `share` of the width of the text in
    per cents. With `address` a page on the web shows the picture from there instead."""

    svg: str
    alt: str
    share: int = 100
    address: str = ""


def picture(content: bytes, content_type: str, size: tuple[int, int], alt: str, height: int) -> Figure:
    """A photograph or a logo as a figure so many points high; `size` of the picture in pixels."""
    width = max(1, round(size[0] * height / size[1]))
    data = f"data:{content_type};base64,{b64encode(content).decode()}"
    box = f'width="{width}" height="{height}"'
    return Figure(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {box}>'
        f'<image {box} href="{data}"/></svg>',
        alt,
    )


type Block = (
    Heading | Paragraph | Note | Bullets | Facts | Marked | MarkedTable | Entry | Index | Contents | Table | Figure
)


@dataclass(frozen=True, slots=True)
class Cover:
    title: str
    subtitle: str
    lines: tuple[str, ...]
    logos: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """`foot` stands at the foot of each page beside its number; `page_word` is "strana" in the language."""

    title: str
    author: str
    language: str
    cover: Cover
    blocks: tuple[Block, ...]
    sheet: Sheet = Sheet.A4
    foot: str = ""
    keywords: tuple[str, ...] = ()
