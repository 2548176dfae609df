"""The body of a DOCX as pieces: headings by their styles, lists, numbers as Word would print them, tables, text boxes
and footnotes in place. Words that somebody took out with tracked changes are not there. Loads no Django."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from .pieces import DEEPEST, Piece, Sort, bullets, heading, line, paragraph, table

_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# What is not there any more, what says the same again, and what is read on its own.
_LEFT_OUT = {_MC_FALLBACK, qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:sectPr")}
_PLAIN = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_CONTENTS = ("toc ", "table of figures", "obsah ")
_FIRST_ROW = 0x20
_BASED_ON_AT_MOST = 20
_BODY_LEVEL = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def pieces(content: bytes) -> Iterator[Piece]:
    """In the order of the document; the points of one list are one piece."""
    points: list[str] = []
    for piece in _Word(content).walked(None):
        if not piece.text:
            continue
        if piece.sort == Sort.BULLETS:
            points.append(piece.text)
            continue
        if points:
            yield bullets(points)
            points = []
        yield piece
    if points:
        yield bullets(points)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    level: int | None = None  # of the outline, from 0
    number: tuple[str, int] | None = None  # list and depth


class _Word:
    def __init__(self, content: bytes) -> None:
        document = Document(io.BytesIO(content))
        self.body = document.element.body
        parts = {rel.reltype.rpartition("/")[2]: rel.target_part for rel in document.part.rels.values()
                 if not rel.is_external}  # fmt: skip
        self.styles = dict(map(_style, document.styles.element.iter(qn("w:style"))))
        self.lists = _Lists(parse_xml(parts["numbering"].blob) if "numbering" in parts else None)
        notes = [parse_xml(parts[one].blob) for one in ("footnotes", "endnotes") if one in parts]
        self.notes = {
            (note.tag, note.get(qn("w:id"))): line(" ".join(one.text for one in self.walked(note)))
            for part in notes
            for note in part
        }

    def walked(self, container: Any) -> Iterator[Piece]:
        """Pieces of what lies in the element; of the whole body without one."""
        for child in self.body if container is None else container:
            if child.tag in _LEFT_OUT or not isinstance(child.tag, str):
                continue
            if child.tag == qn("w:p"):
                yield from self.paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self.table(child)
            elif child.tag != qn("w:sdt") or not _is_contents(child):
                yield from self.walked(child)

    # --- a paragraph ---------------------------------------------------------------------------------------------

    def paragraph(self, of: Any) -> Iterator[Piece]:
        boxes: list[Any] = []
        said = "".join(self.said(of, boxes))
        styles = list(self.chain(of))
        if not any(one.name.startswith(_CONTENTS) for one in styles):
            yield from self.shaped(of, styles, said)
        for box in boxes:
            yield from self.paragraph(box)

    def said(self, of: Any, boxes: list[Any]) -> Iterator[str]:
        """Texts of the element; paragraphs of text boxes inside it are put aside."""
        for node in of:
            if node.tag in _LEFT_OUT or not isinstance(node.tag, str):
                continue
            if node.tag in (qn("w:t"), _MATH_TEXT):
                yield node.text or ""
            elif node.tag in _PLAIN:
                yield _PLAIN[node.tag]
            elif node.tag == qn("w:p"):
                boxes.append(node)
            elif node.tag == qn("w:tbl"):
                boxes.extend(node.iter(qn("w:p")))
            elif node.tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
                sort = qn("w:footnote") if node.tag == qn("w:footnoteReference") else qn("w:endnote")
                if note := self.notes.get((sort, node.get(qn("w:id")))):
                    yield f" [{note}]"
            else:
                if node.tag == qn("wp:docPr") and (alt := line(node.get("descr") or "")):
                    yield f" [Obrázek: {alt}] "
                yield from self.said(node, boxes)

    def chain(self, of: Any) -> Iterator[_Style]:
        """What the paragraph says of itself, then its style and those it is based on."""
        properties = of.find(qn("w:pPr"))
        if properties is None:
            key = ""
        else:
            yield _Style(level=_level(properties), number=_number(properties))
            named = properties.find(qn("w:pStyle"))
            key = named.get(qn("w:val")) if named is not None else ""
        for _ in range(_BASED_ON_AT_MOST):
            if key not in self.styles:
                return
            yield self.styles[key]
            key = self.styles[key].based_on

    def shaped(self, of: Any, styles: list[_Style], said: str) -> Iterator[Piece]:
        level = next((one.level for one in styles if one.level is not None), None)
        number = next((one.number for one in styles if one.number is not None), None)
        is_title = any(one.name in ("title", "název") for one in styles)
        if not line(said):
            return
        printed = self.lists.printed(number) if number else ""
        if is_title or (level is not None and level < _BODY_LEVEL):
            yield heading(f"{printed} {said}", min(DEEPEST, 1 if is_title else (level or 0) + 1))
        elif number and number[0] != "0" and not printed:
            yield Piece(Sort.BULLETS, line(said))
        else:
            yield paragraph(f"{printed} {said}")

    # --- a table -------------------------------------------------------------------------------------------------

    def table(self, of: Any) -> Iterator[Piece]:
        """A box made of a table with one cell is what stands in it."""
        rows = list(_below(of, "w:tr"))
        cells = [list(_below(row, "w:tc")) for row in rows]
        if sum(map(len, cells)) == 1:
            yield from self.walked(next(cell for row in cells for cell in row))
            return
        said = [[text for cell in row for text in self.cell(cell)] for row in cells]
        width = max(map(len, said), default=0)
        even = [[*row, *[""] * (width - len(row))] for row in said]
        has_head = len(even) > 1 and _has_head(of, rows[0])
        if any(any(row) for row in even):
            yield table(even[0] if has_head else (), even[1:] if has_head else even)

    def cell(self, of: Any) -> list[str]:
        """The text of a cell; one that is as wide as more columns leaves the others empty."""
        span = of.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        width = int(span.get(qn("w:val")) or 1) if span is not None else 1
        return [" ".join(line(one.text) for one in self.walked(of)), *[""] * min(width - 1, 100)]


def _below(of: Any, tag: str) -> Iterator[Any]:
    """Rows of a table, cells of a row, also inside content controls; not those of tables inside."""
    for child in of:
        if child.tag == qn(tag):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins")):
            yield from _below(child, tag)


def _has_head(of: Any, first: Any) -> bool:
    if first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
        return True
    look = of.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
    if look is None:
        return False
    said = look.get(qn("w:firstRow"))
    return said in ("1", "true") if said is not None else bool(int(look.get(qn("w:val")) or "0", 16) & _FIRST_ROW)


def _is_contents(control: Any) -> bool:
    """A list of contents that Word keeps; it says what the headings say."""
    gallery = next(control.iter(qn("w:docPartGallery")), None)
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


# --- styles and lists --------------------------------------------------------------------------------------------


def _style(of: Any) -> tuple[str, _Style]:
    properties = of.find(qn("w:pPr"))
    name, based_on = (
        found.get(qn("w:val")) if (found := of.find(qn(tag))) is not None else "" for tag in ("w:name", "w:basedOn")
    )
    level = _level(properties) if properties is not None else None
    if level is None and name.lower().startswith("heading ") and name[8:].isdigit():
        level = int(name[8:]) - 1
    number = _number(properties) if properties is not None else None
    return of.get(qn("w:styleId")) or "", _Style(name.lower(), based_on, level, number)


def _level(properties: Any) -> int | None:
    outline = properties.find(qn("w:outlineLvl"))
    return int(outline.get(qn("w:val"))) if outline is not None else None


def _number(properties: Any) -> tuple[str, int] | None:
    found = properties.find(f"{qn('w:numPr')}/{qn('w:numId')}")
    if found is None:
        return None
    depth = properties.find(f"{qn('w:numPr')}/{qn('w:ilvl')}")
    return found.get(qn("w:val")), int(depth.get(qn("w:val"))) if depth is not None else 0


class _Lists:
    """Counts numbered paragraphs as Word does, so that "čl. 3" or "1.2" is printed as in the document."""

    def __init__(self, numbering: Any) -> None:
        self.shapes: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.kind_of: dict[str, str] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        if numbering is None:
            return
        for kind in numbering.iter(qn("w:abstractNum")):
            shapes = {int(one.get(qn("w:ilvl"))): _shape(one) for one in kind.iter(qn("w:lvl"))}
            self.shapes[kind.get(qn("w:abstractNumId"))] = shapes
        for one in numbering.iter(qn("w:num")):
            kind = one.find(qn("w:abstractNumId"))
            self.kind_of[one.get(qn("w:numId"))] = kind.get(qn("w:val")) if kind is not None else ""

    def printed(self, number: tuple[str, int]) -> str:
        """The number in front of the paragraph, counted on by this; "" for a bullet."""
        key, depth = number
        kind = self.kind_of.get(key, "")
        shapes = self.shapes.get(kind, {})
        form, text, start = shapes.get(depth, ("bullet", "", 1))
        if form in ("bullet", "none"):
            return ""
        counts = self.counts[kind]
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        for at in range(depth + 1):
            form, _, start = shapes.get(at, ("decimal", "", 1))
            text = text.replace(f"%{at + 1}", _counted(counts.get(at, start), form))
        return text


def _shape(level: Any) -> tuple[str, str, int]:
    """Form of the number, the words around it ("%1.%2"), where it begins."""
    form, text, start = (
        found.get(qn("w:val")) if (found := level.find(qn(tag))) is not None else ""
        for tag in ("w:numFmt", "w:lvlText", "w:start")
    )
    return form, text or "", int(start or 1)


def _counted(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman.upper() if form == "upperRoman" else roman
    return str(number)
