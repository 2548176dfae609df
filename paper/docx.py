"""A document as DOCX that somebody can go on writing: real headings, lists, tables with head rows, a contents field,
changes that can be accepted or refused. The same bytes for the same document.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from .blocks import (
    Block,
    Bullets,
    Contents,
    Document,
    Entry,
    Fact,
    Facts,
    Figure,
    Heading,
    Index,
    Marked,
    MarkedRow,
    MarkedTable,
    Note,
    Paragraph,
    Run,
    Sheet,
    Table,
)

if TYPE_CHECKING:
    from docx.document import Document as Word

# Written into the file where a time is asked for; the date of the data is on the cover.
_WRITTEN = datetime(2000, 1, 1)
_ZIPPED = (2000, 1, 1, 0, 0, 0)
_PICTURE_PIXELS_PER_INCH = 200
_INK, _ACCENT, _QUIET = "1A1A1A", "254A9D", "4A4A4A"
# Sizes of headings by level, in points.
_SIZES = {1: 18, 2: 14, 3: 12, 4: 11, 5: 10.5, 6: 10.5}
_DEEPEST = 9
_EMU_PER_TWIP = 635
# Letters of a table that fit side by side on a sheet.
_ROOM = {Sheet.A4: 100, Sheet.REPORT: 100, Sheet.PLAN: 100, Sheet.WIDE: 150, Sheet.A5: 70, Sheet.LARGE: 72}


def docx(document: Document, reviser: str = "") -> bytes:
    """`reviser` is who is named beside tracked changes."""
    return _Writer(document, reviser or document.author).bytes()


@dataclass
class _Writer:
    document: Document
    reviser: str
    marks: Iterator[int] = field(default_factory=lambda: count(1))
    width: int = 0  # of the text on a page, in EMU
    style_ids: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        import docx as word  # loads with the first document, not with every web process

        self.word: Word = word.Document()
        self.styles()
        self.cover()
        for block in self.document.blocks:
            self.block(block)
        self.foot()
        self.properties()
        made = BytesIO()
        self.word.save(made)
        return settled(made.getvalue())

    # --- the look -------------------------------------------------------------------------------------------

    def styles(self) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.enum.style import WD_STYLE_TYPE
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt, RGBColor

        large = self.document.sheet == Sheet.LARGE
        normal: Any = self.word.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(16 if large else 11)
        normal.paragraph_format.space_after = Pt(6)
        for language in self.word.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "cs-CZ" if self.document.language == "cs" else self.document.language)
        for level in range(1, _DEEPEST + 1):
            style: Any = self.word.styles[f"Heading {level}"]
            _plain_font(style)
            style.font.size = Pt(_SIZES.get(level, 10.5) * (1.4 if large else 1))
            style.font.bold, style.font.italic = True, False
            style.font.color.rgb = RGBColor.from_string(_ACCENT if level == 2 else _INK)
            style.paragraph_format.space_before = Pt(18 if level < 3 else 12)
            style.paragraph_format.space_after = Pt(4)
            style.paragraph_format.keep_with_next = True
        title: Any = self.word.styles["Title"]
        _plain_font(title)
        title.font.size, title.font.bold, title.font.color.rgb = Pt(32), True, RGBColor.from_string(_INK)
        for border in title.element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
        subtitle: Any = self.word.styles["Subtitle"]
        _plain_font(subtitle)
        subtitle.font.size, subtitle.font.italic = Pt(16), False
        subtitle.font.color.rgb = RGBColor.from_string(_QUIET)
        for depth in (1, 2, 3):
            toc: Any = self.word.styles.add_style(f"toc {depth}", WD_STYLE_TYPE.PARAGRAPH)
            toc.base_style = normal
            toc.paragraph_format.left_indent = Cm(0.6 * (depth - 1))
            toc.paragraph_format.space_after = Pt(2)
        quiet: Any = self.word.styles.add_style("Pod nadpisem", WD_STYLE_TYPE.PARAGRAPH)
        quiet.base_style = normal
        quiet.font.color.rgb = RGBColor.from_string(_QUIET)
        cells: Any = self.word.styles.add_style("Tabulka", WD_STYLE_TYPE.PARAGRAPH)
        cells.base_style = normal
        cells.font.size = Pt(13 if large else 9.5)
        cells.paragraph_format.space_after = Pt(0)
        contents: Any = self.word.styles["TOC Heading"]
        _plain_font(contents)
        contents.font.color.rgb = RGBColor.from_string(_INK)
        for section in self.word.sections:
            small = self.document.sheet == Sheet.A5
            section.page_width, section.page_height = (Cm(14.8), Cm(21)) if small else (Cm(21), Cm(29.7))
            if self.document.sheet == Sheet.WIDE:
                section.orientation = WD_ORIENT.LANDSCAPE
                section.page_width, section.page_height = section.page_height, section.page_width
            section.left_margin = section.right_margin = Cm(1.5 if small else 2.2)
            section.top_margin = section.bottom_margin = Cm(1.5 if small else 2)
            self.width = section.page_width - section.left_margin - section.right_margin
        self.cells = cells

    def cover(self) -> None:
        from docx.shared import Pt

        cover = self.document.cover
        title = self.line(cover.title, style="Title")
        title.paragraph_format.space_before = Pt(120)
        self.line(cover.subtitle, style="Subtitle")
        for at, line in enumerate(cover.lines):
            made = self.line(line)
            if not at:
                made.paragraph_format.space_before = Pt(160)
        for logo in cover.logos:
            self.figure(logo, 1.6)

    def foot(self) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Pt

        section = self.word.sections[0]
        section.different_first_page_header_footer = True
        foot = section.footer.paragraphs[0]
        foot.style = self.word.styles["Pod nadpisem"]
        foot.paragraph_format.tab_stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)
        foot.add_run(f"{_clean(self.document.foot)}\t").font.size = Pt(9)
        _field(foot, " PAGE ", "1")

    def properties(self) -> None:
        kept = self.word.core_properties
        kept.title, kept.author, kept.language = self.document.title, self.document.author, self.document.language
        kept.keywords, kept.comments, kept.last_modified_by = ", ".join(self.document.keywords), "", ""
        kept.created = kept.modified = _WRITTEN
        kept.revision = 1

    # --- paragraphs -----------------------------------------------------------------------------------------

    def line(self, text: str = "", style: str = "") -> Any:
        """A paragraph at the end of the document. Put there by hand: the library walks through everything written so
        far to find the end, and through all styles to find one."""
        from docx.oxml import OxmlElement
        from docx.text.paragraph import Paragraph as WordParagraph

        end = self.word.element.body[-1]  # how pages look, always the last
        made = WordParagraph(OxmlElement("w:p"), self.word._body)
        end.addprevious(made._p)
        if style:
            if style not in self.style_ids:
                self.style_ids[style] = str(self.word.styles[style].style_id)
            made._p.style = self.style_ids[style]
        if text:
            made.add_run(text)
        return made

    # --- blocks ---------------------------------------------------------------------------------------------

    def block(self, block: Block) -> None:  # noqa: PLR0912 - one line a block
        match block:
            case Heading():
                self.heading(block.level, block.text, block.label)
                if block.under:
                    self.line(block.under, style="Pod nadpisem").paragraph_format.keep_with_next = True
            case Paragraph():
                made = self.line()
                if block.lead:
                    made.add_run(f"{_clean(block.lead)}: ").bold = True
                made.add_run(_clean(block.text))
            case Note():
                self.line(_clean(block.text), style="Intense Quote")
            case Bullets():
                for item in block.items:
                    self.line(_clean(item), style="List Bullet")
            case Facts():
                self.facts(block.facts)
            case Marked():
                self.marked(block)
            case MarkedTable():
                self.marked_table(block)
            case Entry():
                self.heading(block.level, block.title, block.label)
                for text in (block.under, block.text):
                    if text:
                        self.line(_clean(text))
                self.facts(block.facts)
            case Index():
                self.index(block)
            case Contents():
                self.contents(block)
            case Table():
                self.table(block)
            case Figure():
                self.figure(block)

    def heading(self, level: int, text: str, label: str = "") -> None:
        made = self.line(_clean(text), style=f"Heading {min(level, _DEEPEST)}")
        if level == 1:
            made.paragraph_format.page_break_before = True
        if label:
            self.bookmark(made, label)

    def bookmark(self, paragraph: Any, label: str) -> None:
        number = str(next(self.marks))
        start, end = _element("w:bookmarkStart", id=number, name=_mark(label)), _element("w:bookmarkEnd", id=number)
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)

    def facts(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            made = self.line()
            made.paragraph_format.space_after = 25400  # two points, in the units of the format
            made.add_run(f"{_clean(fact.name)}: ")
            if fact.link:
                self.link(made, _clean(fact.value), fact.link)
            else:
                made.add_run(_clean(fact.value)).bold = True

    def link(self, paragraph: Any, text: str, address: str) -> None:
        """A link out (an address) or inside the document ("#label")."""
        from docx.opc.constants import RELATIONSHIP_TYPE

        if address.startswith("#"):
            link = _element("w:hyperlink", anchor=_mark(address[1:]), history="1")
        else:
            known = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link = _element("w:hyperlink", **{"r:id": known})
        run = paragraph.add_run(text)
        paragraph._p.remove(run._r)
        link.append(run._r)
        paragraph._p.append(link)

    def marked(self, block: Marked) -> None:
        level = min(block.level, _DEEPEST)
        made = self.line(style=f"Heading {level}" if level else "")
        for one in block.runs:
            run = made.add_run(_clean(one.text))
            if not one.mark:
                continue
            made._p.remove(run._r)
            change = self.change(one.mark)
            if one.mark == "-":
                for text in list(run._r):
                    if text.tag.endswith("}t"):
                        text.tag = text.tag[:-1] + "delText"
            change.append(run._r)
            made._p.append(change)
        if len({one.mark for one in block.runs}) == 1 and block.runs[0].mark:
            # The end of the paragraph goes or comes with it, so that no empty line is left behind.
            of_end = _element("w:rPr")
            of_end.append(self.change(block.runs[0].mark))
            made._p.get_or_add_pPr().append(of_end)

    def change(self, mark: str) -> Any:
        return _element("w:del" if mark == "-" else "w:ins", **self.revision())

    def revision(self) -> dict[str, str]:
        return {"id": str(next(self.marks)), "author": self.reviser, "date": f"{_WRITTEN.isoformat()}Z"}

    def index(self, index: Index) -> None:
        for group in index.groups:
            self.heading(index.level, group.title)
            if group.under:
                self.line(group.under, style="Pod nadpisem")
            for pointer in group.pointers:
                made = self.line()
                made.paragraph_format.space_after = 25400
                self.link(made, _clean(pointer.text), f"#{pointer.label}")

    def contents(self, contents: Contents) -> None:
        """A field that Word brings up to date on request, filled with the headings so that it is never empty."""
        title = self.line(contents.title, style="TOC Heading")
        title.paragraph_format.page_break_before = True
        found = [
            one
            for one in self.document.blocks
            if isinstance(one, Heading) and one.label and one.level <= contents.depth
        ]
        begin = True
        made = None
        for one in found:
            made = self.line(style=f"toc {min(one.level, 3)}")
            if begin:
                _begin_field(made, f' TOC \\o "1-{contents.depth}" \\h \\z \\u ')
                begin = False
            self.link(made, _clean(one.text), f"#{one.label}")
        if made is not None:
            made.add_run()._r.append(_element("w:fldChar", fldCharType="end"))

    def table(self, table: Table) -> None:
        """Written as one piece of XML: thousands of cells made one by one would take minutes."""
        from docx.oxml import parse_xml

        if table.title:
            title = self.line()
            title.add_run(_clean(table.title)).bold = True
            title.paragraph_format.keep_with_next = True
        after = self.line(style="Tabulka")
        after._p.addprevious(parse_xml(self.table_xml(table)))

    def table_xml(self, table: Table) -> str:
        rows = tuple(MarkedRow(tuple((Run(text),) for text in row)) for row in table.rows)
        return self.rows_xml(table, rows)

    def marked_table(self, block: MarkedTable) -> None:
        from docx.oxml import parse_xml

        if block.title:
            self.marked(Marked((Run(block.title, block.mark),)))
        cells = tuple(tuple("".join(run.text for run in cell) for cell in row.cells) for row in block.rows)
        plain = Table(block.head, cells, block.numbers)
        after = self.line(style="Tabulka")
        after._p.addprevious(parse_xml(self.rows_xml(plain, block.rows, block.mark)))

    def rows_xml(self, table: Table, rows: Iterable[MarkedRow], mark: str = "") -> str:
        """`mark` of the row of heads."""
        from docx.oxml.ns import nsdecls

        widths = [round(self.width * share / _EMU_PER_TWIP) for share in _shares(table, _ROOM[self.document.sheet])]
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        style = self.cells.style_id
        right = '<w:jc w:val="right"/>'
        lines = []
        head = MarkedRow(tuple((Run(text, mark),) for text in table.head), mark)
        for number, row in enumerate((head, *rows)):
            bold = "" if number else "<w:rPr><w:b/></w:rPr>"
            cells = "".join(
                f'<w:tc><w:tcPr><w:tcW w:w="{widths[at]}" w:type="dxa"/></w:tcPr>'
                f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{right if at in table.numbers else ""}</w:pPr>'
                f"{''.join(self.run_xml(run, bold) for run in runs)}</w:p></w:tc>"
                for at, runs in enumerate(row.cells)
            )
            repeated = "" if number else "<w:tblHeader/>"
            changed = self.change_xml(row.mark, "") if row.mark else ""
            whole = "" if table.breaks and number else "<w:cantSplit/>"
            lines.append(f"<w:tr><w:trPr>{whole}{repeated}{changed}</w:trPr>{cells}</w:tr>")
        return (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(lines)}</w:tbl>'
        )

    def run_xml(self, run: Run, bold: str) -> str:
        text = _text_xml(run.text, "w:delText" if run.mark == "-" else "w:t")
        made = f"<w:r>{bold}{text}</w:r>"
        return self.change_xml(run.mark, made) if run.mark else made

    def change_xml(self, mark: str, inside: str) -> str:
        name = "w:del" if mark == "-" else "w:ins"
        told = " ".join(f"w:{key}={quoteattr(value)}" for key, value in self.revision().items())
        return f"<{name} {told}>{inside}</{name}>"

    def figure(self, figure: Figure, height: float | None = None) -> None:
        from docx.shared import Cm

        from .pdf import picture

        drawn = BytesIO(picture(figure.svg.encode(), _PICTURE_PIXELS_PER_INCH))
        if height:
            made = self.word.add_picture(drawn, height=Cm(height))
        else:
            made = self.word.add_picture(drawn, width=self.width * figure.share // 100)
        made._inline.docPr.set("descr", figure.alt)


def _plain_font(style: Any) -> None:
    """The style's own typeface gone, so that it follows the text."""
    fonts = style.element.rPr.rFonts if style.element.rPr is not None else None
    if fonts is not None:
        style.element.rPr.remove(fonts)


def _shares(table: Table, room: int) -> list[float]:
    """What part of the width each column takes, where the table does not say: by its longest text where all fit into
    the `room` for so many letters, else each at least as wide as its longest word and the rest of the room by what
    more they would take."""
    if table.widths:
        return [width / sum(table.widths) for width in table.widths]
    columns = list(zip(table.head, *table.rows, strict=True))
    needed = [max((len(word) for text in column for word in text.split()), default=0) + 3 for column in columns]
    wanted = [
        max(need, min(36, max(len(line) for text in column for line in text.split("\n"))) + 3)
        for need, column in zip(needed, columns, strict=True)
    ]
    spare, more = max(0, room - sum(needed)), sum(wanted) - sum(needed)
    share = 1.0 if sum(wanted) <= room or not more else spare / more
    widths = [need + (want - need) * share for need, want in zip(needed, wanted, strict=True)]
    return [width / sum(widths) for width in widths]


def _text_xml(text: str, tag: str = "w:t") -> str:
    lines = (escape(line) for line in _clean(text).split("\n"))
    return "<w:br/>".join(f'<{tag} xml:space="preserve">{line}</{tag}>' for line in lines)


def _clean(text: str) -> str:
    """Without letters that XML cannot hold."""
    return "".join(one for one in text if one >= " " or one in "\n\t")


def _mark(label: str) -> str:
    """Names of bookmarks have letters, digits and underscores, and at most 40 of them."""
    name = "".join(one if one.isascii() and one.isalnum() else f"_{ord(one):x}" for one in label)
    return f"m_{name}"[:40]


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(name if ":" in name else f"w:{name}"), value)
    return made


def _begin_field(paragraph: Any, instruction: str) -> None:
    from docx.oxml.ns import qn

    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="begin"))
    told = _element("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = instruction
    paragraph.add_run()._r.append(told)
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="separate"))


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    _begin_field(paragraph, instruction)
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="end"))


def settled(made: bytes) -> bytes:
    """The same package with the same times of its files."""
    settled = BytesIO()
    with zipfile.ZipFile(BytesIO(made)) as package, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as out:
        for name in package.namelist():
            info = zipfile.ZipInfo(name, _ZIPPED)
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, package.read(name))
    return settled.getvalue()
