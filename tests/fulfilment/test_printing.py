"""Reports and action plans on page, in PDF, DOCX and XLSX: the same words and the same money, the same bytes again."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from paper.blocks import Figure
from portal.fulfilment import actions, papers, printing, timetable_paper
from portal.fulfilment import report as reports
from portal.fulfilment.models import ActionItem, FulfilmentReport, PaperFile
from portal.fulfilment.timetable import timetable
from portal.plan.models import Card, Node
from tests import make
from tests.fulfilment import years
from tests.fulfilment.test_measured import indicator
from tests.fulfilment.test_reports import pass_all
from tests.paper.checks import faults, through_office
from tests.plan import plans

pytestmark = pytest.mark.django_db
# The most that a column holds; a rounded sum would lose a crown of it.
HUGE, ODD = 9_999_999_999_999, 1_234_567
type Amounts = dict[tuple[str, int | None], int]
OPERATION: tuple[str, int | None] = ("operation", None)
INVESTMENT: tuple[str, int | None] = ("investment", None)
BASE = "/plan/{}/{}/2026/"


@pytest.fixture
def report() -> FulfilmentReport:
    """Two measures with an activity each, money in all of its sorts, an indicator, texts; approved and published."""
    years.states()
    plan = years.approved_plan(priorities=1, measures=2, activities=1)
    nodes = list(Node.objects.filter(plan=plan, level__role__in=("measure", "activity")))
    chosen = years.chosen(plan, nodes=nodes)
    items = list(chosen.items.order_by("node__code"))
    planned: list[Amounts] = [{OPERATION: HUGE, INVESTMENT: 7}, {}, {OPERATION: ODD}, {OPERATION: 3}]
    for item, money in zip(items, planned, strict=True):
        _set(item, money)
    years.approve(chosen)
    indicator(items[0].node)
    made = years.report(plan)
    source = ("operation", years.source().pk)
    spent: list[Amounts] = [{OPERATION: HUGE - 1, source: 11}, {}, {OPERATION: 0}, {OPERATION: 2}]
    for item, money in zip(items, spent, strict=True):
        amounts = {key: Decimal(amount) for key, amount in money.items()}
        years.say(item, "splneno", f"Vozíme obědy, {item.node.code}.", money=amounts)
    return pass_all(made)


def _set(item: ActionItem, money: Amounts) -> None:
    actions.item_change(
        item=item,
        steps="Najít kuchyni\nDomluvit rozvoz",
        responsible="Charita",
        money={key: Decimal(amount) for key, amount in money.items()},
        actor=plans.coordinator(),
    )


def downloaded(client: Client, part: str, slug: str, form: str) -> bytes:
    return taken(client, f"{BASE.format(slug, part)}{form}/")


def taken(client: Client, where: str) -> bytes:
    """What stands at the address; ordered first where it is not made yet."""
    answer = client.get(where)
    if "Content-Disposition" not in answer:
        ordered = client.post(where)
        assert ordered.status_code == 302
        answer = client.get(f"{ordered['Location']}soubor/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{where.rstrip("/").rpartition("/")[2]}"')
    return bytes(answer.getvalue())


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def docx_text(content: bytes) -> str:
    read = word.Document(BytesIO(content))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in read.paragraphs), *cells])


def page_text(content: bytes) -> str:
    main = content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]*>", "\n", main)


def crowns(text: str) -> Counter[int]:
    """Amounts of money in a text with how many times they are there; readers of PDF lose some of the hard spaces."""
    return Counter(int(one.replace("\u00a0", "")) for one in re.findall(r"(\d[\d\u00a0]*)\sKč", text))


def column(book: CalamineWorkbook, sheet: str, head: str) -> list[int]:
    rows = book.get_sheet_by_name(sheet).to_python()
    at = rows[0].index(head)
    return [int(Decimal(str(row[at]))) for row in rows[1:] if row[at] != ""]


def test_money_of_a_report_is_the_same_on_page_in_pdf_docx_and_xlsx(report: FulfilmentReport, client: Client) -> None:
    slug = report.plan.slug
    planned, spent = HUGE + 7 + ODD + 3, HUGE - 1 + 11 + 2
    page = crowns(page_text(client.get(BASE.format(slug, "zprava")).content))
    paper = crowns(pdf_text(downloaded(client, "zprava", slug, "pdf")))
    office = crowns(docx_text(downloaded(client, "zprava", slug, "docx")))
    assert page == paper == office
    assert {planned, spent, HUGE + 7, HUGE - 1 + 11, 7, 11, ODD, 3, 2, 0} <= set(page)
    book = CalamineWorkbook.from_filelike(BytesIO(downloaded(client, "zprava", slug, "xlsx")))
    for sheet in ("Opatření", "Peníze"):
        assert (sum(column(book, sheet, "v plánu")), sum(column(book, sheet, "utraceno"))) == (planned, spent)


def test_money_of_an_action_plan_is_the_same_everywhere(report: FulfilmentReport, client: Client) -> None:
    slug = report.plan.slug
    page = crowns(page_text(client.get(BASE.format(slug, "akcni-plan")).content))
    paper = crowns(pdf_text(downloaded(client, "akcni-plan", slug, "pdf")))
    office = crowns(docx_text(downloaded(client, "akcni-plan", slug, "docx")))
    # The page says beside the amount of a measure also what it is put together from.
    assert set(page) - {HUGE} == set(paper) == set(office)
    assert {HUGE + 7 + ODD + 3, HUGE + 7, ODD, 3} <= set(paper)
    book = CalamineWorkbook.from_filelike(BytesIO(downloaded(client, "akcni-plan", slug, "xlsx")))
    assert sorted(column(book, "Peníze", "Kč")) == [3, 7, ODD, HUGE]
    assert sum(column(book, "Akční plán", "v plánu")) == HUGE + 7 + ODD + 3


def test_another_program_opens_the_report_and_reads_the_same_sums(
    report: FulfilmentReport, client: Client, tmp_path: Path
) -> None:
    made = downloaded(client, "zprava", report.plan.slug, "docx")
    said = re.sub(r"\s", "", pdf_text(through_office(made, tmp_path)))
    assert [amount for amount in crowns(docx_text(made)) if f"{amount}Kč" not in said] == []


WORDS = {
    "zprava": ("Vozíme obědy", "Lidé s pomocí", "cíl 26", "splněno"),
    "akcni-plan": ("Najít kuchyni", "Charita", "usnesení R/12/2026"),
}


@pytest.mark.parametrize("part", WORDS)
def test_papers_say_what_the_page_says_and_are_the_same_again(
    report: FulfilmentReport, client: Client, part: str
) -> None:
    slug = report.plan.slug
    made = {form: downloaded(client, part, slug, form) for form in PaperFile.Form.values}
    assert faults(made["pdf"]) == []
    for text in (pdf_text(made["pdf"]), docx_text(made["docx"])):
        assert all(one in " ".join(text.split()) for one in WORDS[part])
    PaperFile.objects.all().delete()
    assert {form: downloaded(client, part, slug, form) for form in PaperFile.Form.values} == made


def test_a_draft_says_that_it_is_one_and_only_the_desk_reads_it(client: Client) -> None:
    years.states()
    plan = years.approved_plan()
    years.chosen(plan)
    assert client.get(f"/plan/{plan.slug}/akcni-plan/2026/pdf/").status_code == 404
    client.force_login(plans.coordinator())
    where = f"/sprava/plany/{plan.slug}/akcni-plany/2026/docx/"
    assert printing.DRAFT in docx_text(taken(client, where))
    assert not PaperFile.objects.exists(), "only what is approved is kept"
    assert client.post(where)["Location"] == client.post(where)["Location"], "the same words are made once"
    actions.item_change(
        item=ActionItem.objects.earliest("pk"), steps="Jinak", responsible="", money={}, actor=plans.coordinator()
    )
    assert "Jinak" in docx_text(taken(client, where)), "other words are made anew"


def test_what_is_approved_is_made_once_without_asking_and_then_stays(
    report: FulfilmentReport, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers.order(source=report, forms=list(PaperFile.Form.values))
    assert {one.form for one in PaperFile.objects.filter(report=report)} == set(PaperFile.Form.values)
    kept = {form: downloaded(client, "zprava", report.plan.slug, form) for form in PaperFile.Form.values}
    monkeypatch.setattr(printing, "DRAFT", "jiná slova")
    monkeypatch.setattr(papers, "made", lambda *_: b"made again")
    papers.order(source=report, forms=list(PaperFile.Form.values))
    again = {form: downloaded(client, "zprava", report.plan.slug, form) for form in PaperFile.Form.values}
    assert again == kept


def test_approval_orders_the_papers_once_it_stands(
    report: FulfilmentReport, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "made", lambda *_: b"paper")
    plan = years.approved_plan(title="Další plán", town=make.municipality("Jinde"), priorities=1, measures=1)
    with django_capture_on_commit_callbacks(execute=True):
        chosen = years.approve(years.chosen(plan))
    assert chosen.papers.count() == 3
    one = years.report(plan)
    with django_capture_on_commit_callbacks(execute=True):
        pass_all(one)
    assert one.papers.count() == 3


# --- the timetable -----------------------------------------------------------------------------------------------


def test_the_timetable_on_paper_has_every_measure_once_and_keeps_the_law(client: Client) -> None:
    plan = years.approved_plan(priorities=2, measures=timetable_paper.MOST + 2, activities=0)
    first = years.measures(plan)[0]
    Card.objects.filter(node=first).update(
        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), responsible="Charita"
    )
    years.chosen(plan, 2026, nodes=[first])
    base = f"/plan/{plan.slug}/harmonogram/"
    pdf, office, book = (taken(client, f"{base}{form}/") for form in ("pdf", "docx", "xlsx"))
    assert faults(pdf) == []
    codes = [bar.code for bar in timetable(plan, whole=True).bars]
    assert len(codes) == 2 * (timetable_paper.MOST + 2)
    cells = [row.cells[0].text for table in word.Document(BytesIO(office)).tables for row in table.rows[1:]]
    assert [one.split()[0] for one in cells] == codes
    assert all(re.search(rf"(?<![\d.]){re.escape(code)} ", pdf_text(pdf)) for code in codes)
    for text in (pdf_text(pdf), docx_text(office)):
        assert all(one in " ".join(text.split()) for one in ("1. 1. 2027", "31. 12. 2027", "Charita", "neznáme"))
    sheet = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_name("Harmonogram").to_python()
    assert [row[0] for row in sheet[1:]] == codes
    assert sheet[1][3:5] == [date(2027, 1, 1), date(2027, 12, 31)]
    assert sheet[1][sheet[0].index("2026")] == "ano"
    assert taken(client, f"{base}pdf/") == pdf


def test_a_page_of_the_drawing_holds_a_few_lines_each_in_its_place() -> None:
    plan = years.approved_plan(priorities=1, measures=timetable_paper.MOST + 1, activities=0)
    drawn = [one for one in timetable_paper.document(plan).blocks if isinstance(one, Figure)]
    assert [one.svg.count("termín neznáme") for one in drawn] == [timetable_paper.MOST, 1]


def test_a_report_approved_before_indicators_were_told_is_still_printed(report: FulfilmentReport) -> None:
    old: dict[str, Any] = dict(report.frozen or {})
    old.pop("goals")
    old["items"] = [{key: value for key, value in one.items() if key != "indicators"} for one in old["items"]]
    made = printing.report_document(old, approved=True)
    assert "Vozíme obědy" in pdf_text(printing._typeset("pdf", made))
    assert printing.report_workbook(old).startswith(b"PK")
    assert reports.last_year(old) == 2026
