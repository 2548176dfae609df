"""Out and in is the same: every text of every cell, in CSV and in XLSX; what is no table is refused kindly."""

import io
import zipfile

import pytest
import python_calamine
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.tables import sheets
from portal.tables.columns import Column, Line, Number, OneOf, Sort, known_heading

COLUMNS = (
    Column("number", "číslo", Sort(), locked=True),
    Column("text", "co služba dělá"),
    Column("cost", "cena", OneOf([("", ""), ("free", "zdarma")])),
    Column("people", "lidí", Number()),
)
# Every sign that the database keeps: no surrogates; ends of lines as \n (forms write them so), no other controls.
SIGNS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.just("\n")
TEXTS = st.text(SIGNS, max_size=60) | st.text(alphabet="=+-@'\"; \n\t,1é", max_size=12)


def line(number: int, text: str) -> Line:
    return Line(str(number), text, {"number": str(number), "text": text, "cost": "zdarma", "people": "-12"})


def read_back(content: bytes) -> list[str]:
    return [cells["co sluzba dela"] for _, cells in sheets.read(content)]


def as_csv(texts: list[str]) -> bytes:
    return b"".join(sheets.csv_parts(COLUMNS, [line(at, text) for at, text in enumerate(texts, 1)]))


def as_xlsx(texts: list[str]) -> bytes:
    with sheets.write_xlsx("Služby", COLUMNS, [line(at, text) for at, text in enumerate(texts, 1)]) as file:
        return file.read()


@given(st.lists(TEXTS, max_size=6))
def test_csv_comes_back_the_same(texts: list[str]) -> None:
    assert read_back(as_csv(texts)) == texts


@settings(max_examples=25)
@given(st.lists(TEXTS.filter(lambda text: "\t" not in text), max_size=4))
def test_xlsx_comes_back_the_same(texts: list[str]) -> None:
    assert read_back(as_xlsx(texts)) == texts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_usual_csv_is_read(encoding: str, separator: str) -> None:
    text = f"Číslo{separator}CO SLUŽBA DĚLÁ\r\n1{separator}Příliš žluťoučký\r\n\r\n"
    assert read_back(text.encode(encoding)) == ["Příliš žluťoučký"]


def test_a_workbook_has_a_filter_lists_to_choose_from_and_a_sheet_that_explains() -> None:
    content = as_xlsx(["=1+1"])
    book = python_calamine.load_workbook(io.BytesIO(content))
    assert book.sheet_names == ["Služby", "nápověda"]
    assert book.get_sheet_by_name("Služby").to_python()[1] == ["1", "=1+1", "zdarma", -12.0]
    guide = [cell for row in book.get_sheet_by_name("nápověda").to_python() for cell in row]
    assert "zdarma" in guide
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<autoFilter" in sheet
    assert 'type="list"' in sheet
    assert "<f>" not in sheet


def test_values_that_a_spreadsheet_program_made_of_texts_are_texts_again() -> None:
    import datetime

    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "d. m. yyyy"})
        sheet.write_row(0, 0, ["číslo", "den", "ano", "kolik"])
        sheet.write_number(1, 0, 45)
        sheet.write_datetime(1, 1, datetime.datetime(2026, 11, 21), day)
        sheet.write_boolean(1, 2, True)
        sheet.write_number(1, 3, 2.5)
    assert sheets.read(file.getvalue()) == [(2, {"cislo": "45", "den": "2026-11-21", "ano": "ano", "kolik": "2.5"})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "prázdný"),
        ("číslo;číslo\n1;2".encode(), "dvakrát"),
        (b"PK\x03\x04 nothing", "poškozený"),
        (b"\x00\xff\xfe\x81\x8d", "není text"),
        (b"a" * (sheets.LARGEST + 1), "příliš velký"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        sheets.read(content)


def test_a_text_longer_than_a_cell_is_not_cut_short() -> None:
    assert read_back(as_xlsx(["á" * 40_000])) == [sheets.TOO_LONG]


def test_headings_are_known_whatever_their_spelling() -> None:
    assert known_heading(" ORP,  kam DOJÍŽDÍ ") == known_heading("orp kam dojizdi")
