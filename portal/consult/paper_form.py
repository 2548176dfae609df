"""The form of a comment on paper: a DOCX to fill in on a computer, a PDF to fill in by hand, both made of fields.py;
and a filled DOCX read back.

In the DOCX each answer is a content control whose tag is the name of the field. Reading takes the controls first; where
a program threw them away (or somebody copied the table elsewhere), it goes by the words in the first column.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from paper.blocks import Cover, Document, Figure, Note, Paragraph, Sheet, Table
from paper.docx import settled
from paper.pdf import pdf
from portal.files import zips
from portal.web.templatetags.web import qr_svg
from words.fold import fold

from .fields import BY_NAME, FIELDS, CommentField
from .models import Consultation

# A filled form is a few dozen kilobytes; what is much more is something else.
LARGEST = 5 * 1024 * 1024
MOST_INFLATED = 30 * 1024 * 1024
MOST_XML = 5 * 1024 * 1024
WRITE_HERE = "Sem napište odpověď."
CHOOSE = "Vyberte ze seznamu."
NOT_DOCX = "Tohle není DOCX. Formulář uložte jako DOCX a nahrajte ho znovu."
NOT_OURS = "V dokumentu jsme nenašli pole formuláře. Přepište připomínku ručně."
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Blank lines of a field to be filled in by hand.
BLANK = "\n\u00a0"


def title(consultation: Consultation) -> str:
    return f"Připomínka: {consultation.title}"


def told(consultation: Consultation) -> tuple[str, ...]:
    """What stands above the fields: until when and where to."""
    lines = []
    if consultation.closes_at:
        last = timezone.localtime(consultation.closes_at)
        lines.append(f"Připomínky přijímáme do {last.day}. {last.month}. {last.year} {last:%H.%M}.")
    if consultation.printed_at:
        lines.append(f"Kde je vytištěné znění a kam formulář přinést: {consultation.printed_at}")
    lines.append(f"Na webu: {address(consultation)}")
    return tuple(lines)


def address(consultation: Consultation) -> str:
    return settings.SITE_URL + reverse("consult:consultation", args=[consultation.slug])


def label(one: CommentField, consultation: Consultation) -> str:
    needed = one.is_needed_in(consultation) and not one.choices
    return one.label if needed or one.choices else f"{one.label} (nepovinné)"


PRIVACY = (
    "Text připomínky a odpověď na ni zveřejníme. E-mail nezveřejníme nikdy, jméno a organizaci jen tehdy, "
    "když to sami vyberete. Nepište prosím rodná čísla ani nic o zdraví konkrétních lidí."
)


# --- to fill in by hand --------------------------------------------------------------------------------------------


def form_pdf(consultation: Consultation) -> bytes:
    rows = tuple((f"{label(one, consultation)}\n{one.help}".strip(), _room(one)) for one in FIELDS)
    return pdf(
        Document(
            title=title(consultation),
            author=settings.SITE_NAME,
            language="cs",
            cover=Cover(
                "Připomínka",
                consultation.title,
                told(consultation),
                (Figure(qr_svg(address(consultation)), "QR kód: adresa, na které připomínku napíšete na webu"),),
            ),
            blocks=(
                Table(("Co chceme vědět", "Vaše odpověď"), rows, widths=(5, 9), breaks=True),
                Paragraph("Když vám místo nestačí, pokračujte na druhé straně nebo přiložte další list."),
                Note(PRIVACY),
            ),
            sheet=Sheet.FORM,
            foot=f"Připomínka: {consultation.title}",
        )
    )


def _room(one: CommentField) -> str:
    """Boxes to tick, or blank lines for a pen."""
    if one.choices:
        return "\u2003".join(f"[\u00a0\u00a0\u00a0]\u00a0{word}" for _code, word in one.choices)
    return "\u00a0" + BLANK * (2 * one.lines if one.lines > 1 else 1)


# --- to fill in on a computer --------------------------------------------------------------------------------------


def form_docx(consultation: Consultation) -> bytes:
    """The same bytes for the same consultation."""
    import docx as word  # loads with the first document, not with every web process
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    made: Any = word.Document()
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Calibri", Pt(11)
    for language in made.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "cs-CZ")
    for section in made.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    made.add_heading("Připomínka", level=1)
    made.add_paragraph(consultation.title).runs[0].bold = True
    for line in told(consultation):
        made.add_paragraph(line)
    table = made.add_table(rows=1, cols=2, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ("Co chceme vědět", "Vaše odpověď"), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for number, one in enumerate(FIELDS, 1):
        asked, answer = table.add_row().cells
        asked.paragraphs[0].add_run(label(one, consultation)).bold = True
        if one.help:
            asked.add_paragraph(one.help)
        _control(answer.paragraphs[0], one, number)
    table.autofit = False
    table.columns[0].width, table.columns[1].width = Cm(6), Cm(11)
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Cm(6), Cm(11)
    made.add_paragraph()
    made.add_paragraph(PRIVACY)
    kept = made.core_properties
    kept.title, kept.author, kept.language, kept.comments = title(consultation), settings.SITE_NAME, "cs", ""
    stored = BytesIO()
    made.save(stored)
    return settled(stored.getvalue())


def _control(paragraph: Any, one: CommentField, number: int) -> None:
    """A content control around the text of the answer: a list to choose from, or free text of more lines."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def element(tag: str, **attributes: str) -> Any:
        made = OxmlElement(tag)
        for name, value in attributes.items():
            made.set(qn(f"w:{name}"), value)
        return made

    control, about, content = element("w:sdt"), element("w:sdtPr"), element("w:sdtContent")
    about.append(element("w:alias", val=one.label))
    about.append(element("w:tag", val=one.name))
    about.append(element("w:id", val=str(1000 + number)))
    about.append(element("w:showingPlcHdr"))
    if one.choices:
        chosen = element("w:dropDownList")
        for code, word in one.choices:
            chosen.append(element("w:listItem", displayText=word, value=code))
        about.append(chosen)
    else:
        about.append(element("w:text", multiLine="1"))
    run = paragraph.add_run(CHOOSE if one.choices else WRITE_HERE)
    run.font.color.rgb = _grey()
    paragraph._p.remove(run._r)
    content.append(run._r)
    control.append(about)
    control.append(content)
    paragraph._p.append(control)


def _grey() -> Any:
    from docx.shared import RGBColor

    return RGBColor(0x59, 0x59, 0x59)


# --- read back -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """What a filled form says, by names of fields; `doubts` are answers that could not be taken as they stand."""

    values: dict[str, str]
    doubts: list[str] = field(default_factory=list)


def read(content: bytes) -> Filled:
    """ValidationError in Czech for a file that is no DOCX or no form of ours."""
    answers = _answers(_body(content))
    if not answers:
        raise ValidationError(NOT_OURS)
    values: dict[str, str] = {}
    doubts: list[str] = []
    for name, text in answers.items():
        one = BY_NAME[name]
        if one.choices:
            values[name] = one.meant(text)
            if text and not one.known(text):
                doubts.append(f"{one.label}: „{text[:100]}“ neznáme. Vyberte to prosím ručně.")
        elif len(text) > one.longest:
            values[name] = text[: one.longest]
            doubts.append(f"{one.label}: text je moc dlouhý, vzali jsme prvních {one.longest} znaků.")
        else:
            values[name] = text
    return Filled(values, doubts)


def _body(content: bytes) -> Element:
    """The XML of the document's text, read without entities, network or more memory than a form needs."""
    if len(content) > LARGEST:
        raise ValidationError(f"Soubor je příliš velký. Vezmeme nejvýš {LARGEST // 1024**2} MB.")
    stored = BytesIO(content)
    if not zips.is_zip(stored):
        raise ValidationError(NOT_DOCX)
    zips.check(stored, most_inflated=MOST_INFLATED)
    try:
        with zipfile.ZipFile(stored) as package:
            xml = package.read("word/document.xml")
    except KeyError as fault:
        raise ValidationError(NOT_DOCX) from fault
    if len(xml) > MOST_XML or b"<!DOCTYPE" in xml:
        raise ValidationError(NOT_DOCX)
    try:
        return ElementTree.fromstring(xml)  # noqa: S314 - without a DOCTYPE there are no entities to blow up
    except ElementTree.ParseError as fault:
        raise ValidationError(zips.DAMAGED) from fault


def _answers(body: Element) -> dict[str, str]:
    """Texts by names of fields: from the controls, then from rows of tables for what no control told."""
    found: dict[str, str] = {}
    for control in body.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        name = tag.get(f"{W}val", "") if tag is not None else ""
        if name in BY_NAME and name not in found:
            found[name] = _text(control.find(f"{W}sdtContent"))
    for asked, answer in _rows(body):
        name = _asked(asked)
        if name and name not in found:
            found[name] = answer
    return found


def _rows(body: Element) -> Iterator[tuple[str, str]]:
    for row in body.iter(f"{W}tr"):
        # A control around a whole cell stands between the row and the cell.
        cells = list(row.iter(f"{W}tc"))
        if len(cells) >= 2:
            yield _text(cells[0]), _text(cells[1])


def _asked(words: str) -> str:
    """The field whose label the words begin with, the longest such label."""
    said = fold(" ".join(words.split()))
    matching = [one for one in FIELDS if said.startswith(fold(one.label))]
    return max(matching, key=lambda one: len(one.label)).name if matching else ""


def _text(part: Element | None) -> str:
    """Text with lines as the author broke them; what stood there before an answer is no answer."""
    if part is None:
        return ""
    paragraphs = list(part.iter(f"{W}p")) or [part]
    text = "\n".join("".join(_pieces(one)) for one in paragraphs).strip()
    return "" if text in (WRITE_HERE, CHOOSE) else text


def _pieces(paragraph: Element) -> Iterator[str]:
    for piece in paragraph.iter():
        if piece.tag == f"{W}t":
            yield piece.text or ""
        elif piece.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif piece.tag == f"{W}tab":
            yield "\t"
