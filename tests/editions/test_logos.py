"""Logos on the cover: kept with words, frozen with an edition, in the document that a checker calls accessible."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import docx as word
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from portal.accounts.models import Person
from portal.editions import actions, exports
from portal.editions.models import Edition, Logo
from portal.files.models import StoredFile
from portal.plan.models import Plan
from tests import make
from tests.paper.checks import faults
from tests.plan import plans

pytestmark = pytest.mark.django_db
ALT = "Spolufinancováno Evropskou unií"


@pytest.fixture
def jana() -> Person:
    person: Person = plans.coordinator()
    return person


@pytest.fixture
def plan(jana: Person) -> Plan:
    return plans.grown(plans.plan(actor=jana))


def logo(plan: Plan, actor: Person, alt: str = ALT) -> Logo:
    upload = SimpleUploadedFile("eu.png", make.picture((300, 90)), "image/png")
    return actions.logo_add(plan=plan, upload=upload, alt=alt, actor=actor)


def frozen(plan: Plan, actor: Person) -> Edition:
    return actions.freeze(plan=plan, sort="concept", name="Koncept", publicity="Zaplatila EU.", actor=actor)


def test_a_logo_stands_on_the_cover_of_pdf_and_docx_with_its_words(plan: Plan, jana: Person) -> None:
    logo(plan, jana)
    edition = frozen(plan, jana)
    paper = exports.made(edition, "", "pdf")
    assert faults(paper) == []
    cover = PdfReader(BytesIO(paper)).pages[0]
    assert len(cover.images) == 1
    assert "Zaplatila EU." in cover.extract_text()
    office = word.Document(BytesIO(exports.made(edition, "", "docx")))
    assert re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', office.element.xml) == [ALT]
    assert exports.made(edition, "", "pdf") == paper


def test_an_edition_keeps_its_logos_when_the_plan_has_them_no_more(plan: Plan, jana: Person, client: Client) -> None:
    made = logo(plan, jana)
    edition = frozen(plan, jana)
    before = exports.made(edition, "", "pdf")
    actions.logo_remove(logo=made, actor=jana)
    assert exports.made(edition, "", "pdf") == before
    assert frozen(plan, jana).logos.count() == 0
    file = StoredFile.objects.get()
    assert (file.thing, file.public) == ("editions.editionlogo", True)
    client.force_login(jana)
    assert f'alt="{ALT}"' in client.get(edition.get_absolute_url()).content.decode()


def test_a_logo_that_no_edition_has_is_let_go(plan: Plan, jana: Person) -> None:
    actions.logo_remove(logo=logo(plan, jana), actor=jana)
    assert StoredFile.objects.get().thing == ""


def test_a_logo_needs_words_and_a_right_and_there_are_not_too_many(plan: Plan, jana: Person) -> None:
    with pytest.raises(ValidationError, match="Napište"):
        logo(plan, jana, " ")
    with pytest.raises(PermissionDenied):
        logo(plan, make.person("auditor"))
    for _ in range(actions.MOST_LOGOS):
        logo(plan, jana)
    with pytest.raises(ValidationError, match="odeberte"):
        logo(plan, jana)


def test_the_desk_adds_and_removes(plan: Plan, jana: Person, client: Client) -> None:
    client.force_login(jana)
    address = f"/sprava/plany/{plan.slug}/titulni-strana/"

    def upload() -> Any:
        return SimpleUploadedFile("eu.png", make.picture(), "image/png")

    assert client.post(address, {"image": upload(), "alt": ""}).status_code == 422
    assert client.post(address, {"image": SimpleUploadedFile("eu.png", b"nic"), "alt": ALT}).status_code == 422
    assert client.post(address, {"image": upload(), "alt": ALT}).status_code == 302
    page = client.get(address).content.decode()
    assert ALT in page
    made = Logo.objects.get()
    other = plans.grown(plans.plan(actor=jana, title="Jiný"))
    assert client.post(f"/sprava/plany/{other.slug}/titulni-strana/{made.pk}/odebrat/").status_code == 404
    assert client.post(f"{address}{made.pk}/odebrat/").status_code == 302
    assert not Logo.objects.exists()
