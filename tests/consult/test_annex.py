"""The settlement table in every form: it tells everything that was decided and nothing that its authors kept to
themselves."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from paper.blocks import Marked
from paper.pdf import NotTypeset
from portal.consult import actions, annex, annex_papers, authors
from portal.consult.models import Comment, Consultation
from portal.jobs.models import Job
from tests import make
from tests.paper.checks import faults, through_office

from .make import make_comment, make_consultation

pytestmark = pytest.mark.django_db

NAME, ORGANISATION, EMAIL, HIDDEN = "Jarmila Skrytá", "Spolek Lípa", "jarmila@example.org", "Tajně uvnitř"
FORMS = ("", "pdf", "docx", "xlsx")


@pytest.fixture(autouse=True)
def _many_may_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.consult.annex_views.DOCUMENTS_PER_MINUTE", 1_000)


def settled(**more: Any) -> Consultation:
    """A closed consultation with comments of all sorts, whose authors show as little as can be shown."""
    consultation = make_consultation(phase="closed", paragraphs=12, **more)
    first, second = consultation.paragraphs.filter(sort="text")[:2]
    private = {"name": NAME, "email": EMAIL, "proposed_reason": HIDDEN}
    one = make_comment(consultation, paragraph=first, decision="accepted", **private)
    make_comment(
        consultation, paragraph=second, decision="partly", organisation=ORGANISATION, shown_as="organisation", **private
    )
    make_comment(consultation, decision="accepted", same_as=one, place="strana 4", **private)
    make_comment(consultation, state="refused", refused_reason="Je to reklama.", proposed=HIDDEN, **private)
    make_comment(consultation, state="waiting", decision="noted", proposed=HIDDEN, **private)
    first.now = "Pečovatelka přijde i o svátcích."
    first.save()
    return consultation


def told(consultation: Consultation, form: str, client: Client) -> str:
    """All letters of the table as the public gets it in the form."""
    address = reverse(f"consult:settlement_{form}" if form else "consult:settlement", args=[consultation.slug])
    if form in annex_papers.FORMS:
        client.post(address)
    answer = client.get(address)
    assert answer.status_code == 200
    match form:
        case "pdf":
            return " ".join(page.extract_text() for page in PdfReader(BytesIO(taken(answer))).pages)
        case "docx" | "xlsx":
            with zipfile.ZipFile(BytesIO(taken(answer))) as package:
                return " ".join(package.read(name).decode("utf-8", "ignore") for name in package.namelist())
    return answer.content.decode()


def taken(answer: Any) -> bytes:
    """A file, whether it comes whole or by pieces."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("form", FORMS)
def test_the_public_reads_of_a_person_only_what_the_person_chose(form: str, client: Client) -> None:
    text = told(settled(), form, client)
    for kept in ("Skrytá", EMAIL, "example.org", HIDDEN):
        assert kept not in text
    assert ORGANISATION in text.replace("\n", " ")


@pytest.mark.parametrize("form", FORMS)
def test_every_comment_stands_there_with_its_end_and_the_reason(form: str, client: Client) -> None:
    text = " ".join(told(settled(), form, client).split())
    for words in ("akceptováno", "akceptováno částečně", "vzato na vědomí", "vyřazeno", "Dává to smysl.", "reklama"):
        assert words in text
    assert "Stejná jako připomínka č. 1" in text
    assert "i v neděli a o svátcích" in text


def test_the_pdf_breaks_no_rule_of_accessible_documents_and_ends_whole() -> None:
    consultation = settled()
    make_comment(
        consultation, decision="explained", reason="Dlouhé zdůvodnění o mnoha slovech. " * 110 + "Konec textu."
    )
    made = annex.made(consultation, "pdf")
    assert faults(made) == []
    assert "Konec textu." in " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())


def test_the_docx_opens_in_libreoffice_with_its_table(tmp_path: Path) -> None:
    consultation = settled()
    pages = PdfReader(BytesIO(through_office(annex.made(consultation, "docx"), tmp_path))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Vypořádání připomínek" in text
    assert "i v neděli a o svátcích" in text
    assert all(page.mediabox.width > page.mediabox.height for page in pages)


def test_the_workbook_has_a_row_a_comment_and_runs_no_formula() -> None:
    consultation = settled()
    make_comment(consultation, decision="noted", proposed='=HYPERLINK("http://zlo.example")')
    sheet = python_calamine.load_workbook(BytesIO(annex.xlsx(consultation))).get_sheet_by_name("připomínky")
    rows: list[list[Any]] = sheet.to_python()
    assert [int(row[0]) for row in rows[1:]] == [1, 2, 3, 4, 5, 6]
    assert rows[6][4].startswith("'=")
    assert rows[1][12].endswith(reverse("consult:comment", args=[consultation.slug, 1]))
    assert rows[4][12] == ""


def test_what_changed_in_the_text_is_told_word_by_word() -> None:
    marked = [block for block in annex.document(settled()).blocks if isinstance(block, Marked)]
    assert [{run.mark for run in block.runs} >= {"+", "-"} for block in marked] == [True]


def test_an_erased_name_is_gone_from_the_next_document(client: Client) -> None:
    consultation = settled()
    assert ORGANISATION in told(consultation, "pdf", client)
    Comment.objects.update(organisation="")
    assert ORGANISATION not in told(consultation, "pdf", client)


def test_a_paper_is_made_once_and_kept_until_something_in_it_changes(client: Client) -> None:
    consultation = settled()
    address = reverse("consult:settlement_docx", args=[consultation.slug])
    page = client.get(address).content.decode()
    assert "Připravit DOCX" in page
    assert not Job.objects.exists(), "looking makes nothing"
    progress = client.post(address)["Location"]
    assert "Stáhnout" in client.get(progress).content.decode()
    first = client.get(address)
    assert first["Content-Disposition"] == f'attachment; filename="vyporadani-{consultation.slug}.docx"'
    assert taken(first) == taken(client.get(address))
    client.post(address)
    assert Job.objects.filter(kind=annex_papers.KIND).count() == 1, "what is there is not made again"
    Comment.objects.filter(consultation=consultation, number=1).update(decision_reason="Jinak.")
    assert "Připravit DOCX" in client.get(address).content.decode()


def test_a_file_with_older_words_is_deleted_once_there_is_a_newer_one(client: Client) -> None:
    consultation = settled()
    told(consultation, "pdf", client)
    told(consultation, "docx", client)
    old = Job.objects.get(kind=annex_papers.KIND, parameters__form="pdf")
    Comment.objects.update(organisation="")
    told(consultation, "pdf", client)
    old.refresh_from_db()
    assert (old.state, old.result.name) == (Job.State.DONE, "")
    assert client.get(reverse("jobs:result", args=[old.key])).status_code == 404
    assert not Job.objects.get(parameters__form="docx").result, "nor does the other form say the name any more"


def test_what_an_author_takes_back_is_in_no_file_any_more(client: Client) -> None:
    consultation, other = settled(), settled()
    for one in (consultation, other):
        told(one, "docx", client)
    authors.take_back(comment=consultation.comments.get(number=2))
    kept = [job.parameters["consultation"] for job in Job.objects.filter(kind=annex_papers.KIND).exclude(result="")]
    assert kept == [other.pk]
    Comment.objects.filter(consultation=other).update(organisation="")
    authors.forget_authors(365)
    assert not Job.objects.filter(kind=annex_papers.KIND).exclude(result="").exists()


def test_closing_has_the_papers_made_without_anybody_asking(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    consultation = make_consultation(phase="settling", paragraphs=1)
    make_comment(consultation, decision="noted")
    with django_capture_on_commit_callbacks(execute=True):
        actions.close(consultation=consultation, actor=make.person("coordinator"))
    for form in annex_papers.FORMS:
        assert client.get(reverse(f"consult:settlement_{form}", args=[consultation.slug])).streaming


def test_a_paper_that_cannot_be_typeset_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> bytes:
        raise NotTypeset("chybí písmo")

    monkeypatch.setattr(annex, "typeset", broken)
    consultation = settled()
    address = reverse("consult:settlement_pdf", args=[consultation.slug])
    assert "vysázet nepodařilo" in client.get(client.post(address)["Location"]).content.decode()
    assert "Připravit PDF" in client.get(address).content.decode()


def test_nobody_reads_of_a_consultation_in_preparation_unless_they_prepare_it(client: Client) -> None:
    town = make.municipality("Svornov")
    consultation = make_consultation(phase="prepared", paragraphs=1, town=town)
    address = reverse("consult:settlement", args=[consultation.slug])
    assert client.get(address).status_code == 404
    client.force_login(make.person("coordinator"))
    assert client.get(address).status_code == 200


def test_before_the_end_the_page_says_what_is_left(client: Client) -> None:
    consultation = make_consultation(phase="settling", paragraphs=12)
    make_comment(consultation)
    make_comment(consultation, decision="noted")
    text = told(consultation, "", client)
    assert "Zbývá vypořádat 1" in text.replace("\xa0", " ")
    assert "zatím nevypořádáno" in text
    assert "Připomínky se přijímaly od" in text


def test_while_comments_are_taken_the_page_does_not_say_that_they_were(client: Client) -> None:
    text = told(make_consultation(phase="open", paragraphs=12), "", client)
    assert "Připomínky se přijímají od" in text


def test_the_page_chooses_by_the_decision(client: Client) -> None:
    consultation = settled()
    answer = client.get(reverse("consult:settlement", args=[consultation.slug]), {"vyporadani": "partly"})
    assert [row.number for row in answer.context["rows"]] == [2]


def test_the_page_costs_the_same_with_ten_times_the_comments(client: Client) -> None:
    consultation = make_consultation(phase="closed", paragraphs=12)
    first = consultation.paragraphs.get(order=2)
    address = reverse("consult:settlement", args=[consultation.slug])
    counts = []
    for many in (6, 60):
        for _ in range(many):
            make_comment(consultation, paragraph=first, decision="noted", reason="Slovo " * 300)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        counts.append(len(queries))
        assert len(answer.content) <= 60 * 1024
    assert counts[0] == counts[1] <= 10


def test_a_visitor_does_not_keep_the_typesetter_busy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.consult.annex_views.DOCUMENTS_PER_MINUTE", 2)
    consultation = make_consultation(phase="closed", paragraphs=1)

    def ask() -> int:
        address = reverse("consult:settlement_xlsx", args=[consultation.slug])
        return client.get(address, REMOTE_ADDR="203.0.113.77").status_code

    answers = []
    for _ in range(3):
        make_comment(consultation, decision="noted")
        answers += [ask(), ask()]
    assert answers == [200, 200, 200, 200, 429, 429]
    paper = reverse("consult:settlement_pdf", args=[consultation.slug])
    assert client.post(paper, REMOTE_ADDR="203.0.113.77").status_code == 429
    assert not Job.objects.exists()


def test_what_is_kept_is_made_anew_when_anything_in_it_changes() -> None:
    consultation = settled()
    states = {annex.digest(consultation)}
    one = consultation.comments.get(number=2)
    for name, value in (("organisation", "Jiný spolek"), ("shown_as", "nobody"), ("decision_reason", "Jinak.")):
        Comment.objects.filter(pk=one.pk).update(**{name: value})
        states.add(annex.digest(consultation))
    consultation.paragraphs.filter(order=3).update(now="Jinak.")
    states.add(annex.digest(consultation))
    consultation.title = "Jiný název"
    states.add(annex.digest(consultation))
    assert len(states) == 6
