"""The document in all its forms: what it holds, sums of money read back from each, the same bytes again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from paper.docx import docx
from paper.html import html
from paper.pdf import pdf
from portal.editions import exports, telling
from portal.editions.content import (
    CardFacts,
    ChapterFacts,
    Content,
    CostLine,
    FundingLine,
    IndicatorFacts,
    LevelFacts,
    Named,
    NeedFacts,
    NodeFacts,
    PlanFacts,
    RiskLine,
    StepFacts,
    SwotFacts,
)
from portal.editions.document import Imprint, anchor, document, node_blocks, paragraphs
from portal.editions.parts import Part, named, part_of, parts, scope
from tests.paper.checks import faults, through_office

from .contents import contents

IMPRINT = Imprint(
    "Schválené znění, vydání 2", date(2026, 3, 1), "Zastupitelstvo, usnesení 7/2026", "Spolufinancuje Evropská unie."
)
CITY, REGION = Named("obec", "Rozpočet města"), Named("kraj", "Dotace kraje")
PLAN = PlanFacts(
    "plan",
    "Komunitní plán",
    "orp",
    "5205",
    "Svornovsko",
    date(2026, 1, 1),
    date(2028, 12, 31),
    organiser="Město Svornov",
    levels=(
        LevelFacts(1, "priority", "priorita", "priority"),
        LevelFacts(2, "measure", "opatření", "opatření"),
        LevelFacts(3, "activity", "aktivita", "aktivity"),
    ),
    areas=("Senioři", "Rodiny"),
)


def measure(code: str, card: CardFacts, title: str = "Pomoc doma") -> NodeFacts:
    return NodeFacts(code, code.rpartition(".")[0], 2, title, "Popis.", (), card)


def whole() -> Content:
    """Two measures with money that a float would lose, one without; activities, a risk, a chapter, a need."""
    first = CardFacts(
        area="Senioři",
        reason="Lidé čekají.",
        municipalities=(Named("573868", "Svornov"),),
        costs=(CostLine(2026, "investment", 9_999_999_999_999), CostLine(2027, "operation", 1)),
        funding=(FundingLine(2026, "investment", REGION, 9_999_999_999_998), FundingLine(2027, "operation", CITY, 1)),
        risks=(RiskLine("=HYPERLINK", 2, None, ""),),
    )
    second = CardFacts(area="Rodiny", costs=(CostLine(2026, "operation", 12_480),))
    return Content(
        PLAN,
        (
            NodeFacts("1", "", 1, "Doma"),
            measure("1.1", first),
            NodeFacts("1.1.a", "1.1", 3, "Najít lidi", step=StepFacts("vedoucí", date(2026, 2, 1), None, 777)),
            measure("1.2", second, "=1+1"),
            measure("1.3", CardFacts(area="Rodiny", orps=(Named("9901", "Zkušebno"),)), "Bez peněz"),
        ),
        chapters=(
            ChapterFacts("7", "Kdo plán psal", "# Lidé\n\n- první\n- druhý"),
            ChapterFacts("8", "Závěr", "Konec.", "after"),
        ),
        swot=(SwotFacts("1", "strength", "Silná charita", ("1.1",)),),
        needs=(NeedFacts("1", "Pomoc o víkendu", measures=("1.1",)),),
        indicators=(IndicatorFacts("1.1/lide", "1.1", "Lidé", "lidí", Decimal(3), 2025, ((2027, Decimal("4.5")),)),),
    )  # fmt: skip


def made(content: Content) -> Any:
    return document(content, IMPRINT)


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def crowns(text: str) -> list[int]:
    """Every amount of money in a text; an extractor may put any white space between digits."""
    return [int(re.sub(r"\s", "", found)) for found in re.findall(r"(−?\d(?:[\d\s]*\d)?)\s*Kč", text)]


# --- what is in it -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paper() -> str:
    return pdf_text(pdf(made(whole())))


@pytest.mark.parametrize(
    "words",
    [
        "Komunitní plán",
        "Svornovsko, 2026–2028",
        "Zastupitelstvo, usnesení 7/2026",
        "Spolufinancuje Evropská unie.",
        "Obsah",
        "Přehled opatření",
        "Priorita 1: Doma",
        "Opatření 1.1: Pomoc doma",
        "Najít lidi",
        "Silná charita (opatření 1.1)",
        "Pomoc o víkendu",
        "2027: 4,5",
        "Kdo plán psal",
        "Náklady zatím nejsou známé u těchto opatření: 1.3",
    ],
)
def test_document_holds_the_whole_plan(paper: str, words: str) -> None:
    assert words in paper


def test_a_checker_finds_the_document_accessible() -> None:
    assert faults(pdf(made(whole()))) == []


def test_chapters_stand_before_the_tree_and_after_it(paper: str) -> None:
    at = [paper.rindex(words) for words in ("Kdo plán psal", "Opatření 1.1: Pomoc doma", "Konec.")]
    assert at == sorted(at)


def test_list_of_measures_gives_the_page_of_each() -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf(made(whole())))).pages]
    standing = next(
        number for number, text in enumerate(pages, 1) if "Opatření 1.3: Bez peněz" in text and "Obsah" not in text
    )
    listed = next(text for text in pages if "Přehled opatření" in text and "Obsah" not in text)
    line = next(line for line in listed.splitlines() if "Bez peněz" in line)
    assert line.rstrip().endswith(str(standing))


def test_every_measure_has_its_own_anchor() -> None:
    content = whole()
    page = html(made(content).blocks)
    codes = [node.code for node in content.nodes if node.card]
    assert [page.count(f'id="{anchor(code)}"') for code in codes] == [1] * len(codes)


@settings(max_examples=6)
@given(contents)
def test_any_content_can_be_typeset_and_shown(content: Content) -> None:
    once = made(content)
    assert pdf(once).startswith(b"%PDF")
    html(once.blocks)


@given(st.text(max_size=30), st.text(max_size=30))
def test_anchors_of_two_codes_are_never_the_same(a: str, b: str) -> None:
    assert (anchor(a) == anchor(b)) == (a == b)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", anchor(a))


def test_typed_lines_become_paragraphs_and_lists() -> None:
    blocks = paragraphs("První\nřádek.\n\n- jedna\n- dvě")
    assert [type(block).__name__ for block in blocks] == ["Paragraph", "Bullets"]


def test_card_of_one_measure_stands_alone() -> None:
    page = html(node_blocks(whole(), "1.1"))
    assert "Lidé čekají." in page
    assert "Bez peněz" not in page


# --- money -------------------------------------------------------------------------------------------------------

COST, PAID, LEFT = 10_000_000_012_480, 9_999_999_999_999, 12_481
EXACT = [COST, PAID, LEFT, 9_999_999_999_999, 9_999_999_999_998, 12_480, 777, 1]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def money_of_page() -> list[int]:
    reader = _Text()
    reader.feed(html(made(whole()).blocks))
    return [amount for said in reader.said for amount in crowns(said)]


def money_of_pdf() -> list[int]:
    return [amount for line in pdf_text(pdf(made(whole()))).splitlines() for amount in amounts_in_row(line)]


def amounts_in_row(line: str) -> list[int]:
    """Amounts on a line of PDF, where the year and the amount beside it are held apart by a plain space and digits
    of one amount by a hard one."""
    return [int(found.replace("\u00a0", "")) for found in re.findall(r"(\d[\d\u00a0]*)\u00a0Kč", line)]


def money_of_docx() -> list[int]:
    read = word.Document(BytesIO(docx(made(whole()))))
    return [amount for table in read.tables for row in table.rows for cell in row.cells for amount in crowns(cell.text)]


def test_money_is_the_same_and_exact_on_page_in_pdf_and_in_docx() -> None:
    page = sorted(money_of_page())
    assert page == sorted(money_of_pdf()) == sorted(money_of_docx())
    assert set(EXACT) <= set(page)


def whole_of(cell: Any) -> int:
    return int(Decimal(str(cell)))


def test_money_of_the_workbook_sums_to_that_of_the_document() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(exports.xlsx(whole())))
    costs = [whole_of(row[-1]) for row in book.get_sheet_by_name("Náklady").to_python()[1:]]
    paid = [whole_of(row[-1]) for row in book.get_sheet_by_name("Zdroje").to_python()[1:]]
    assert (sum(costs), sum(paid), sum(costs) - sum(paid)) == (COST, PAID, LEFT)
    tree = book.get_sheet_by_name("Strom").to_python()
    at = tree[0].index("náklady")
    assert [row[at] for row in tree[1:]] == ["", 10**13, 777, 12_480, ""]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=5))
def test_any_amounts_are_summed_alike_everywhere(amounts: list[int]) -> None:
    cards = [CardFacts(costs=(CostLine(2026, "operation", amount),)) for amount in amounts]
    nodes = (NodeFacts("1", "", 1, "Doma"), *(measure(f"1.{at}", card) for at, card in enumerate(cards, 1)))
    content = Content(PLAN, nodes)
    total = sum(amounts)
    reader = _Text()
    reader.feed(html(made(content).blocks))
    assert total in [amount for said in reader.said for amount in crowns(said)]
    sheet = CalamineWorkbook.from_filelike(BytesIO(exports.xlsx(content))).get_sheet_by_name("Náklady")
    assert sum(whole_of(row[-1]) for row in sheet.to_python()[1:]) == total


def test_workbook_runs_nothing_that_people_typed() -> None:
    tree = CalamineWorkbook.from_filelike(BytesIO(exports.xlsx(whole()))).get_sheet_by_name("Strom").to_python()
    assert "'=1+1" in [row[tree[0].index("název")] for row in tree]


# --- the same again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [lambda: pdf(made(whole())), lambda: docx(made(whole())), lambda: exports.xlsx(whole())]
)
def test_same_plan_gives_the_same_bytes(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make()
    # A day later, whatever clock the writer of the file looks at.
    import time

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(real() + 86_400))
    assert make() == first


# --- DOCX that an official edits -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read() -> Any:
    return word.Document(BytesIO(docx(made(whole()))))


def test_headings_are_headings_of_the_tree(read: Any) -> None:
    found = {one.text: one.style.name for one in read.paragraphs if one.style.name.startswith("Heading")}
    assert found["Priorita 1: Doma"] == "Heading 1"
    assert found["Opatření 1.1: Pomoc doma"] == "Heading 2"


def test_tables_repeat_their_heads_and_do_not_break_rows(read: Any) -> None:
    assert read.tables
    for table in read.tables:
        rows = [row._tr.xml for row in table.rows]
        assert "w:tblHeader" in rows[0]
        assert not any("w:tblHeader" in row for row in rows[1:])
        assert all("w:cantSplit" in row for row in rows)


def test_contents_are_a_field_that_can_be_renewed_and_is_not_empty(read: Any) -> None:
    xml = read.element.xml
    assert 'TOC \\o "1-3"' in xml
    assert xml.count('w:fldCharType="begin"') == xml.count('w:fldCharType="end"') == 1
    assert [one.text for one in read.paragraphs if one.style.name == "toc 2"]


def test_language_and_properties_are_told(read: Any) -> None:
    assert 'w:val="cs-CZ"' in read.styles.element.xml
    assert read.core_properties.language == "cs"
    assert read.core_properties.title == "Komunitní plán 2026–2028"


def test_links_inside_lead_to_bookmarks_that_are_there(read: Any) -> None:
    xml = read.element.xml
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors
    assert anchors <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', xml))


def test_changes_are_tracked_changes() -> None:
    a = whole()
    first, second, *rest = a.nodes
    b = replace(a, nodes=(first, replace(second, title="Pomoc doma i večer", text="Text."), *rest))
    read = word.Document(BytesIO(docx(telling.document(telling.sections(a, b), "Změny", "1", "2"), "vydání 2")))
    xml = read.element.xml
    inserted = re.findall(r'<w:ins [^>]*w:author="vydání 2"[^>]*>.*?<w:t[^>]*>([^<]*)</w:t>', xml, re.S)
    deleted = re.findall(r"<w:del .*?<w:delText[^>]*>([^<]*)</w:delText>", xml, re.S)
    assert inserted == [" i večer", "Text"]
    assert deleted == ["Popis"]


def test_another_program_opens_the_document_and_reads_the_same(tmp_path: Path) -> None:
    """LibreOffice turns the DOCX to PDF; its text holds what the document does, every sum of money among it."""
    said = pdf_text(through_office(docx(made(whole())), tmp_path))
    for words in ("Komunitní plán", "Priorita 1: Doma", "Opatření 1.1: Pomoc doma", "Najít lidi"):
        assert words in said
    squeezed = re.sub(r"\s", "", said)
    assert [amount for amount in EXACT if f"{amount}Kč" not in squeezed] == []


# --- parts -------------------------------------------------------------------------------------------------------


def test_parts_are_the_areas_that_have_a_measure_and_all_municipalities_of_the_territory() -> None:
    territory = {"1": "Žďár", "2": "Chlum", "3": "Hora", "573868": "Svornov nad Řekou"}
    keys = [part.key for part in parts(whole(), territory)]
    assert keys[:3] == ["", "oblast:Senioři", "oblast:Rodiny"]
    assert keys[3:] == ["obec:3", "obec:2", "obec:573868", "obec:1"], "in the order of the alphabet, CH after H"
    assert named(whole(), "obec:573868", territory) == Part("obec:573868", "Svornov"), "by the name of that day"
    assert [part.key for part in parts(whole(), {})][3:] == ["obec:573868"]
    assert named(whole(), "oblast:Jiná", territory) is None


def test_a_part_says_in_words_what_it_holds() -> None:
    town, other = Part("obec:573868", "Svornov"), Part("obec:3", "Hora")
    assert scope(whole(), Part("", "Celý plán")) == ""
    assert "Svornov nebo její ORP jmenují opatření 1.1." in scope(whole(), town)
    assert "1.1, 1.3." in scope(whole(), town, orp="9901")
    assert "platí 1 opatření" in scope(whole(), town)
    assert "Hora žádné opatření výslovně nejmenuje" in scope(whole(), other)
    assert [node.code for node in part_of(whole(), other.key).nodes] == ["1", "1.2"]
    nowhere = replace(whole(), nodes=tuple(node for node in whole().nodes if node.code != "1.2"))
    assert "nemá žádné opatření" in scope(nowhere, other)
    assert "Celý plán je delší" in scope(whole(), Part("oblast:Senioři", "Senioři"))


def test_part_of_an_area_keeps_what_is_above_and_below_its_measures() -> None:
    part = part_of(whole(), "oblast:Senioři")
    assert [node.code for node in part.nodes] == ["1", "1.1", "1.1.a"]
    assert [one.key for one in part.indicators] == ["1.1/lide"]
    assert part.chapters == ()


def test_part_of_a_municipality_has_its_measures_and_those_of_the_whole_territory() -> None:
    assert [node.code for node in part_of(whole(), "obec:573868").nodes] == ["1", "1.1", "1.1.a", "1.2"]
    with_orp = part_of(whole(), "obec:573868", orp="9901")
    assert [node.code for node in with_orp.nodes] == ["1", "1.1", "1.1.a", "1.2", "1.3"]


def test_whole_is_the_whole() -> None:
    assert part_of(whole(), "") == whole()
