"""A document becomes an accessible PDF: tagged, titled, with working indexes, and always the same bytes."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader

from paper.blocks import (
    Block,
    Bullets,
    Contents,
    Cover,
    Document,
    Entry,
    Fact,
    Figure,
    Heading,
    Index,
    IndexGroup,
    Marked,
    Note,
    Paragraph,
    Pointer,
    Run,
    Sheet,
    Table,
)
from paper.pdf import _LETTERS, NotTypeset, drawable, pdf

from .checks import faults

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def document(*blocks: Block, sheet: Sheet = Sheet.A4) -> Document:
    return Document(
        "Průvodce službami", "Kraj", "cs", Cover("Průvodce", "Zkušební kraj", ("Stav k 1. 2. 2026",)), blocks, sheet
    )


def full(sheet: Sheet = Sheet.A4, entries: int = 40) -> Document:
    services = tuple(
        Entry(
            3,
            f"Služba číslo {n}",
            f"s{n}",
            "Poskytovatel, obec",
            "Přijdou k vám domů.",
            (Fact("telefon", "123 456 789", "tel:+420123456789"), Fact("kde", "Žďár 1")),
        )
        for n in range(entries)
    )
    return document(
        Contents("Obsah"),
        Heading(1, "Jak s průvodcem pracovat"),
        Paragraph("Zavolejte."),
        Note("V ohrožení volejte 112."),
        Bullets(("první", "druhá")),
        Heading(1, "Rejstřík"),
        Index(2, (IndexGroup("Situace", "s vysvětlením", (Pointer("Poslední služba", f"s{entries - 1}"),)),)),
        Heading(1, "Služby"),
        Heading(2, "Druh služby"),
        *services,
        sheet=sheet,
    )


def read(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made))


def test_document_is_tagged_titled_and_in_its_language() -> None:
    reader = read(pdf(full()))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "cs"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Průvodce službami"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


@pytest.mark.parametrize("sheet", Sheet)
def test_an_independent_checker_finds_it_accessible(sheet: Sheet) -> None:
    table = Table(("kód", "částka"), (("1.1", "12 Kč"), ("1.2", "")), frozenset({1}), "Peníze")
    more = (table, Figure(SQUARE, "čtverec", 40), Marked((Run("staré", "-"), Run("nové", "+"))))
    made = full(sheet, 5)
    assert faults(pdf(replace(made, blocks=(*made.blocks, *more)))) == []


def test_the_checker_knows_a_document_that_is_not() -> None:
    import typst

    made = typst.compile(b"= Nadpis\n#image(bytes(sys.inputs.svg))", format="pdf", sys_inputs={"svg": SQUARE})
    assert isinstance(made, bytes)
    assert faults(made)


def test_same_document_gives_the_same_bytes() -> None:
    assert pdf(full()) == pdf(full())


def test_index_gives_the_page_where_the_entry_stands() -> None:
    pages = [page.extract_text() for page in read(pdf(full())).pages]
    standing = next(number for number, text in enumerate(pages, 1) if "Služba číslo 39" in text)
    listed = next(text for text in pages if "Poslední služba" in text)
    line = next(line for line in listed.splitlines() if "Poslední služba" in line)
    assert line.rstrip().endswith(str(standing))


@pytest.mark.parametrize(("sheet", "width"), [(Sheet.A4, 595), (Sheet.A5, 420), (Sheet.LARGE, 595)])
def test_sheet_sets_the_paper(sheet: Sheet, width: int) -> None:
    assert round(float(read(pdf(full(sheet))).pages[0].mediabox.width)) == width


def test_large_print_takes_more_pages_than_common() -> None:
    assert len(read(pdf(full(Sheet.LARGE))).pages) > 1.5 * len(read(pdf(full())).pages)


def fonts_of(page: PageObject) -> Any:
    resources: Any = page["/Resources"]
    return resources.get("/Font", {})


def test_only_letters_of_its_own_fonts_are_used() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in read(pdf(full())).pages for font in fonts_of(page).values()
    }
    assert fonts
    assert all("Roboto" in font for font in fonts)


def test_skipped_level_of_heading_is_refused() -> None:
    with pytest.raises(NotTypeset):
        pdf(document(Heading(1, "První"), Heading(3, "Třetí")))


def test_typeface_has_every_letter_it_is_said_to_have() -> None:
    assert pdf(document(Heading(1, "Písmena"), Paragraph(" ".join(sorted(_LETTERS)))))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("ﬁnance", "finance"),
        ("a\u200bb", "ab"),
        ("e\u030c", "ě"),
        ("日", "?"),
        ("a\n\tb", "a b"),
        ("1\u00a0km", "1\u00a0km"),
    ],
)
def test_letters_outside_the_typeface_become_the_nearest_ones(text: str, printed: str) -> None:
    assert drawable(text) == printed


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    made = pdf(document(Heading(1, "Nadpis"), Paragraph(text), Paragraph("#panic() $ @x *")))
    assert "#panic() $ @x *" in "".join(page.extract_text() for page in read(made).pages)
