"""The text on view: whatever it is read from, no word is lost and the order is kept; a file that was not read to its
end is refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from paper import blocks as paper
from paper.docx import docx as typeset
from paper.pdf import pdf
from portal.accounts.models import Grant
from portal.chapters.models import Chapter
from portal.consult import actions, docx_pieces, inside, pdf_pieces, texts
from portal.consult.models import Consultation, Paragraph
from portal.consult.pieces import Piece, Sort, of_blocks, steady
from portal.documents.inside import MOST_PAGES
from portal.files.actions import keep
from tests import make
from tests.fulfilment import years
from tests.plan import plans

WORDS = st.lists(st.text("abcčdeěřžšýáíéů0123456789", min_size=1, max_size=9), min_size=1, max_size=12)
SENTENCE = WORDS.map(" ".join)
ASCII_LINE = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=9).map(" ".join)


def words(pieces: Any) -> list[str]:
    return " ".join(one.text for one in pieces).split()


# --- a DOCX ------------------------------------------------------------------------------------------------------

type Part = tuple[str, Any]
PARTS: st.SearchStrategy[list[Part]] = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 6).map(lambda level: f"Heading {level}"), SENTENCE),
        st.tuples(st.just("Normal"), SENTENCE),
        st.tuples(st.just("List Bullet"), SENTENCE),
        st.tuples(
            st.just("table"),
            st.integers(1, 3).flatmap(
                lambda wide: st.lists(st.lists(SENTENCE, min_size=wide, max_size=wide), min_size=1, max_size=4)
            ),
        ),
    ),
    min_size=1,
    max_size=12,
)


def docx_of(parts: list[Part]) -> bytes:
    made = Document()
    for sort, said in parts:
        if sort == "table":
            table = made.add_table(len(said), len(said[0]))
            for row, cells in zip(table.rows, said, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            made.add_paragraph(said, style=sort)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@settings(max_examples=25, deadline=None)
@given(PARTS)
def test_a_docx_gives_every_word_in_order(parts: list[Part]) -> None:
    told: list[str] = []
    for sort, said in parts:
        told += " ".join(cell for row in said for cell in row).split() if sort == "table" else said.split()
    read = list(docx_pieces.pieces(docx_of(parts)))
    assert words(read) == told
    headings = [int(sort[-1]) for sort, _ in parts if sort.startswith("Heading")]
    assert [one.level for one in read if one.sort == Sort.HEADING] == headings


def test_a_docx_keeps_headings_lists_and_tables_as_they_are() -> None:
    parts: list[Part] = [
        ("Heading 1", "Péče doma"),
        ("Normal", "Lidé čekají."),
        ("List Bullet", "v Doubravě"),
        ("List Bullet", "ve Lhotě"),
        ("table", [["rok", "lidí"], ["2027", "14"]]),
    ]
    made = Document(io.BytesIO(docx_of(parts)))
    look = made.tables[0]._tbl.tblPr.find(qn("w:tblLook"))
    look.set(qn("w:firstRow"), "1")
    heading, text, points, table = docx_pieces.pieces(saved(made))
    assert (heading.sort, heading.level, heading.text) == (Sort.HEADING, 1, "Péče doma")
    assert (text.sort, text.text) == (Sort.TEXT, "Lidé čekají.")
    assert (points.sort, points.text) == (Sort.BULLETS, "v Doubravě\nve Lhotě")
    assert table.cells is not None
    assert (table.cells.head, table.cells.rows) == (("rok", "lidí"), (("2027", "14"),))
    assert table.text == "rok\tlidí\n2027\t14"


def test_numbers_that_word_prints_are_read_too() -> None:
    made = Document()
    for text in ("Kdo smí", "Kdo nesmí"):
        made.add_paragraph(text, style="List Number")
    assert [one.text for one in docx_pieces.pieces(saved(made))] == ["1. Kdo smí", "2. Kdo nesmí"]


def test_deleted_words_are_gone_and_inserted_ones_are_there() -> None:
    made = Document()
    paragraph = made.add_paragraph("Přijde ")
    for change, inner, text in (("w:del", "w:delText", "zítra"), ("w:ins", "w:t", "dnes")):
        of = OxmlElement(change)
        run, said = OxmlElement("w:r"), OxmlElement(inner)
        said.text = text
        run.append(said)
        of.append(run)
        paragraph._p.append(of)
    assert [one.text for one in docx_pieces.pieces(saved(made))] == ["Přijde dnes"]


def test_words_in_a_text_box_a_content_control_and_a_table_in_a_table_are_read_once() -> None:
    made = Document()
    made.add_paragraph("Nahoře")
    inner = "<w:p><w:r><w:t>v rámečku</w:t></w:r></w:p>"
    box = parse_xml(
        f"<w:r {nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:AlternateContent><mc:Choice><w:txbxContent>{inner}</w:txbxContent></mc:Choice>"
        f"<mc:Fallback><w:txbxContent>{inner}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )
    made.paragraphs[0]._p.append(box)
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>v poli</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    made.paragraphs[0]._p.addnext(parse_xml(control))
    table = made.add_table(1, 2)
    table.cell(0, 0).text = "vně"
    table.cell(0, 1).add_table(1, 1).cell(0, 0).text = "uvnitř"
    assert words(docx_pieces.pieces(saved(made))) == "Nahoře v rámečku v poli vně uvnitř".split()


def test_a_footnote_stands_where_it_is_called_from() -> None:
    document = paper.Document("Plán", "Město", "cs", paper.Cover("Plán", "", ()), (paper.Paragraph("Čeká 14 lidí."),))
    source = typeset(document)
    notes = (
        f"<w:footnotes {nsdecls('w')}><w:footnote w:id='2'><w:p><w:r><w:t>Sčítání 2026</w:t></w:r></w:p>"
        "</w:footnote></w:footnotes>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace("lidí.</w:t>".encode(), "lidí.</w:t><w:footnoteReference w:id='2'/>".encode())
            if name == "word/_rels/document.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
                relation = b"<Relationship Id='rIdF' Type='" + kind + b"' Target='footnotes.xml'/></Relationships>"
                content = content.replace(b"</Relationships>", relation)
            if name == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
                override = b"<Override PartName='/word/footnotes.xml' ContentType='" + kind + b"'/></Types>"
                content = content.replace(b"</Types>", override)
            new.writestr(name, content)
        new.writestr("word/footnotes.xml", notes)
    assert "Čeká 14 lidí. [Sčítání 2026]" in [one.text for one in docx_pieces.pieces(out.getvalue())]


# --- a PDF -------------------------------------------------------------------------------------------------------


def pdf_of(pages: list[list[str]]) -> bytes:
    """A PDF with these lines on its pages, without any library that typesets."""
    objects: list[bytes] = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"",
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    ]
    kids = []
    for lines in pages:
        shown = b"".join(b"(%s) Tj 0 -14 Td\n" % line.encode() for line in lines)
        packed = zlib.compress(b"BT /F 10 Tf 40 800 Td\n%sET" % shown)
        stream = b"<</Length %d /Filter /FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
        objects += [
            stream,
            b"<</Type /Page /Parent 2 0 R /Contents %d 0 R /Resources <</Font <</F 3 0 R>>>> /MediaBox [0 0 595 842]>>"
            % (len(objects) + 1),
        ]
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type /Pages /Kids [%s] /Count %d>>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        out
        + head
        + table
        + b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            len(out),
        )
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(ASCII_LINE, min_size=1, max_size=12), min_size=1, max_size=2))
def test_a_pdf_gives_every_word_in_order(pages: list[list[str]]) -> None:
    """Of two pages at most: nothing repeats often enough to be taken for a running head."""
    assert words(pdf_pieces.pieces(pdf_of(pages))) == [word for page in pages for one in page for word in one.split()]


def test_running_heads_and_page_numbers_are_read_once_or_not_at_all() -> None:
    pages = [["Plan mesta", f"Veta cislo {n} je tady.", str(n)] for n in "abcd"]
    for number, page in enumerate(pages, 1):
        page[-1] = str(number)
    said = words(pdf_pieces.pieces(pdf_of(pages)))
    assert (
        said
        == "Plan mesta Veta cislo a je tady. Veta cislo b je tady. Veta cislo c je tady. Veta cislo d je tady.".split()
    )


LONG = "Lidé v Doubravě čekají na pečovatelku půl roku a nikdo jim neřekne, kdy přijde."
PLAN = paper.Document(
    "Plán",
    "Město",
    "cs",
    paper.Cover("Plán", "Svornov", ()),
    (
        paper.Heading(1, "Péče doma"),
        paper.Paragraph(f"{LONG} {LONG} {LONG}"),
        paper.Bullets(("v Doubravě", "ve Lhotě")),
        paper.Heading(2, "Kdo zaplatí"),
        paper.Table(("rok", "částka"), (("2027", "12 000 Kč"),)),
    ),
    paper.Sheet.PLAN,
)


@pytest.mark.parametrize(("suffix", "made"), [("docx", typeset), ("pdf", pdf)])
def test_our_own_documents_are_read_in_a_process_of_its_own(suffix: str, made: Any) -> None:
    read = inside.read(made(PLAN), suffix)
    assert read is not None
    said = [(one.sort, one.text) for one in read]
    assert (Sort.HEADING, "Péče doma") in said
    assert (Sort.TEXT, f"{LONG} {LONG} {LONG}") in said
    assert (Sort.BULLETS, "v Doubravě\nve Lhotě") in said
    assert (Sort.HEADING, "Kdo zaplatí") in said
    level = {one.text: one.level for one in read}
    assert level["Kdo zaplatí"] > level["Péče doma"]


def test_a_file_that_is_not_read_to_its_end_gives_nothing() -> None:
    whole = typeset(PLAN)
    assert inside.read(whole[: len(whole) // 2], "docx") is None
    assert inside.read(b"%PDF-1.7\nnic", "pdf") is None
    assert inside.read(whole, "docx", seconds=-4.99) is None


def test_a_file_with_more_pages_than_anybody_reads_gives_nothing() -> None:
    assert inside.read(pdf_of([["x"]] * (MOST_PAGES + 1)), "pdf") is None


# --- headings ----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 6), max_size=20))
def test_headings_never_skip_a_level(levels: list[int]) -> None:
    made = [Piece(Sort.HEADING if level else Sort.TEXT, "x", level) for level in levels]
    kept = list(steady(made))
    before = 0
    for one in kept:
        assert one.level <= before + 1
        before = one.level or before
    assert [one.text for one in kept] == [one.text for one in made]


def test_a_block_that_has_no_words_of_its_own_is_left_out() -> None:
    figure = paper.Figure("<svg/>", "Graf čekajících")
    made = list(of_blocks((paper.Contents("Obsah"), paper.Note("Pozor."), figure)))
    assert [one.text for one in made] == ["Pozor.", "Obrázek: Graf čekajících"]


# --- what may be on view -----------------------------------------------------------------------------------------


def prepared(**source: Any) -> Consultation:
    town = make.municipality("Svornov")
    span: dict[str, Any] = {"span_kind": Grant.Range.MUNICIPALITY, "span_code": town.code, "span_name": town.name}
    return actions.consultation_add(title="Řízení", actor=make.person("coordinator"), **span, **source)


def frozen(consultation: Consultation) -> list[Paragraph]:
    texts.freeze(consultation, texts.pieces_of(consultation))
    return list(consultation.paragraphs.select_related("node"))


@pytest.mark.django_db
def test_a_chapter_is_on_view() -> None:
    plan = plans.plan()
    text = "Úvodem.\n\n## Kdo čeká\n\n- Doubrava\n- Lhota\n\n| rok | lidí |\n|---|---|\n| 2027 | 14 |"
    rows = frozen(prepared(chapter=Chapter.objects.create(plan=plan, title="Péče doma", text=text)))
    assert [one.sort for one in rows] == ["heading", "text", "heading", "bullets", "table"]
    assert [one.label for one in rows] == ["1", "2", "3", "4", "5"]
    assert rows[-1].cells == {"title": "", "head": ["rok", "lidí"], "rows": [["2027", "14"]]}


@pytest.mark.django_db
def test_an_action_plan_is_on_view_with_its_measures_by_their_codes() -> None:
    years.states()
    plan = years.approved_plan()
    rows = frozen(prepared(action_plan=years.chosen(plan)))
    codes = {one.code for one in years.measures(plan)}
    assert {one.label for one in rows if one.node} >= codes
    assert all(one.node is None or one.node.code in codes or one.node.plan_id == plan.pk for one in rows)


@pytest.mark.django_db
def test_a_file_that_was_handed_in_is_on_view() -> None:
    file = keep(upload=SimpleUploadedFile("navrh.docx", typeset(PLAN)), sort="document", actor=None, public=False)
    rows = frozen(prepared(file=file))
    assert (Paragraph.Sort.TABLE, "rok\tčástka\n2027\t12 000 Kč") in [(one.sort, one.text) for one in rows]


@pytest.mark.django_db
def test_a_pdf_of_pictures_is_refused_in_words() -> None:
    empty = pdf_of([[""]])
    file = keep(upload=SimpleUploadedFile("sken.pdf", empty), sort="document", actor=None, public=False)
    with pytest.raises(ValidationError, match="jen obrázky"):
        texts.pieces_of(prepared(file=file))
