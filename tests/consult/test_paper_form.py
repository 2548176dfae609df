"""A form on paper asks for what the form on the web asks for, and comes back filled."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from portal.consult import paper_form
from portal.consult.comment_forms import CommentForm
from portal.consult.fields import BY_NAME, FIELDS, SIDE
from portal.consult.models import Consultation
from tests.paper.checks import faults, through_office

from .make import make_consultation

pytestmark = pytest.mark.django_db

ANSWERS = {
    "place": "odstavec 3",
    "original": "v pracovní dny",
    "proposed": "každý den\ni o svátcích",
    "reason": "O víkendu zůstávají lidé sami.",
    "kind": "formální",
    "side": "poskytovatel",
    "name": "Jan Novák",
    "organisation": "Spolek Lípa",
    "shown_as": "organizace",
    "email": "jan@example.org",
}
MEANT = {**ANSWERS, "kind": "formal", "side": "provider", "shown_as": "organisation"}


@pytest.fixture
def consultation() -> Consultation:
    return make_consultation(paragraphs=3, printed_at="Podatelna, náměstí 1")


def filled(blank: bytes, answers: dict[str, str]) -> bytes:
    """As a word processor leaves it: text of the control replaced, a line break where Enter was pressed."""
    document: Any = word.Document(BytesIO(blank))
    for control in document.element.body.iter(paper_form.W + "sdt"):
        name = control.find(f"{paper_form.W}sdtPr/{paper_form.W}tag").get(paper_form.W + "val")
        run = next(control.iter(paper_form.W + "r"))
        texts = list(run.iter(paper_form.W + "t"))
        if name not in answers:
            continue
        first, *rest = answers[name].split("\n")
        texts[0].text = first
        for line in rest:
            run.append(run.makeelement(paper_form.W + "br", {}))
            more = run.makeelement(paper_form.W + "t", {})
            more.text = line
            run.append(more)
    return saved(document)


def saved(document: Any) -> bytes:
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def test_paper_and_web_ask_for_the_same(consultation: Consultation) -> None:
    names = [field.name for field in FIELDS]
    asked = CommentForm(consultation, None).fields
    assert [name for name in asked if name in names] == [name for name in names if name in asked]
    text = pdf_text(paper_form.form_pdf(consultation))
    office: Any = word.Document(BytesIO(paper_form.form_docx(consultation)))
    rows = [row.cells[0].text for row in office.tables[0].rows[1:]]
    for field, row in zip(FIELDS, rows, strict=True):
        assert row.startswith(field.label)
        assert field.label in text
        assert all(called in text for _code, called in field.choices)


def pdf_text(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())


def test_the_pdf_is_accessible_and_says_where_to_bring_it(consultation: Consultation) -> None:
    made = paper_form.form_pdf(consultation)
    assert faults(made) == []
    assert "Podatelna, náměstí 1" in pdf_text(made)
    assert "E-mail nezveřejníme nikdy" in pdf_text(made)


def test_the_docx_opens_in_libreoffice(consultation: Consultation, tmp_path: Path) -> None:
    text = pdf_text(through_office(paper_form.form_docx(consultation), tmp_path))
    assert "Navrhované znění" in text
    assert consultation.title in text


def test_a_filled_form_is_read_back(consultation: Consultation) -> None:
    read = paper_form.read(filled(paper_form.form_docx(consultation), ANSWERS))
    assert read.values == MEANT
    assert read.doubts == []


def test_a_form_left_empty_says_nothing(consultation: Consultation) -> None:
    read = paper_form.read(paper_form.form_docx(consultation))
    assert {name: text for name, text in read.values.items() if not BY_NAME[name].choices} == dict.fromkeys(
        (field.name for field in FIELDS if not field.choices), ""
    )
    assert read.values["side"] == SIDE.initial
    assert read.doubts == []


def test_without_controls_the_words_of_the_table_lead(consultation: Consultation) -> None:
    """Older programs and copies into another document lose the controls; the table stays, in any order."""
    document: Any = word.Document()
    table = document.add_table(rows=0, cols=2)
    for label, answer in (
        ("NAVRHOVANE ZNENI:", "každý den"),
        ("Zdůvodnění (nepovinné)", "Sami."),
        ("za koho pisete", "Uživatel"),
        ("Poznámka úřadu", "nic"),
    ):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, answer
    assert paper_form.read(saved(document)).values == {"proposed": "každý den", "reason": "Sami.", "side": "user"}


def test_a_choice_that_is_none_is_doubted(consultation: Consultation) -> None:
    read = paper_form.read(filled(paper_form.form_docx(consultation), {"side": "soused"}))
    assert read.values["side"] == SIDE.initial
    assert "soused" in read.doubts[0]


def test_a_text_too_long_is_cut_and_said(consultation: Consultation) -> None:
    read = paper_form.read(filled(paper_form.form_docx(consultation), {"reason": "a" * 5000}))
    assert len(read.values["reason"]) == 4000
    assert "4000" in read.doubts[0]


def _zip(files: dict[str, bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return made.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="x">&a;</w:document>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04 not really",
        _zip({"word/other.xml": b"<a/>"}),
        _zip({"word/document.xml": b"<a>"}),
        _zip({"word/document.xml": ENTITIES}),
        _zip({"word/document.xml": ENTITIES.decode().encode("utf-16")}),
        _zip({"word/document.xml": b"<a>" + b" " * (40 * 1024 * 1024) + b"</a>"}),
    ],
)
def test_what_is_no_form_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValidationError) as refusal:
        paper_form.read(content)
    assert refusal.value.messages[0].endswith(".")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    with pytest.raises(ValidationError):
        paper_form.read(content)


def test_everybody_takes_the_form_of_an_announced_consultation(consultation: Consultation, client: Client) -> None:
    for form in ("pdf", "docx"):
        answer = client.get(reverse(f"consult:comment_form_{form}", args=[consultation.slug]))
        assert answer.status_code == 200
        assert f"pripominka-{consultation.slug}.{form}" in answer["Content-Disposition"]
