"""Reports and action plans on page, in PDF, DOCX and XLSX: the same words and the same money, the same bytes again."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from portal.fulfilment import actions, printing
from portal.fulfilment import report as reports
from portal.fulfilment.models import ActionItem, FulfilmentReport
from portal.plan.models import Node
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
    answer = client.get(f"{BASE.format(slug, part)}{form}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{form}"')
    assert isinstance(answer.content, bytes)
    return answer.content


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
    made = {form: downloaded(client, part, slug, form) for form in printing.KINDS}
    assert faults(made["pdf"]) == []
    for text in (pdf_text(made["pdf"]), docx_text(made["docx"])):
        assert all(one in " ".join(text.split()) for one in WORDS[part])
    printing._report_made.cache_clear()
    printing._action_plan_made.cache_clear()
    assert {form: downloaded(client, part, slug, form) for form in printing.KINDS} == made


def test_a_draft_says_that_it_is_one_and_only_the_desk_reads_it(client: Client) -> None:
    years.states()
    plan = years.approved_plan()
    years.chosen(plan)
    assert client.get(f"/plan/{plan.slug}/akcni-plan/2026/pdf/").status_code == 404
    client.force_login(plans.coordinator())
    made = client.get(f"/sprava/plany/{plan.slug}/akcni-plany/2026/docx/")
    assert printing.DRAFT in docx_text(made.content)


def test_a_report_approved_before_indicators_were_told_is_still_printed(report: FulfilmentReport) -> None:
    old: dict[str, Any] = dict(report.frozen or {})
    old.pop("goals")
    old["items"] = [{key: value for key, value in one.items() if key != "indicators"} for one in old["items"]]
    made = printing.report_document(old, approved=True)
    assert "Vozíme obědy" in pdf_text(printing._typeset("pdf", made))
    assert printing.report_workbook(old).startswith(b"PK")
    assert reports.last_year(old) == 2026
