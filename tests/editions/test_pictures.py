"""Pictures of chapters in the document: drawn on paper, linked on the web, in words where the file is gone."""

from __future__ import annotations

import re
from io import BytesIO

import docx as word
import pytest
from django.test import Client
from pypdf import PdfReader

from portal.accounts.models import Person
from portal.chapters.models import Chapter
from portal.editions import actions, exports
from portal.editions.models import Edition
from portal.files.models import StoredFile
from tests import make
from tests.paper.checks import faults
from tests.plan import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana() -> Person:
    person: Person = plans.coordinator()
    return person


@pytest.fixture
def image() -> StoredFile:
    return make.stored_image(alt="Graf: lidí nad 80 let přibývá")


@pytest.fixture
def edition(jana: Person, image: StoredFile) -> Edition:
    plan = plans.grown(plans.plan(actor=jana))
    text = f'Úvod.\n\n![Graf: lidí nad 80 let přibývá]({image.url} "Zdroj: ČSÚ")\n\nZávěr.'
    Chapter.objects.filter(plan=plan).delete()
    Chapter.objects.create(plan=plan, title="Kdo tu žije", text=text, order=1)
    made = actions.freeze(plan=plan, sort="concept", name="Koncept", publicity="", actor=jana)
    return actions.publish(edition=made, actor=jana) or made


def test_a_picture_of_a_chapter_is_on_paper_with_its_words(edition: Edition) -> None:
    paper = exports.made(edition, "", "pdf")
    assert faults(paper) == []
    pages = PdfReader(BytesIO(paper)).pages
    assert sum(len(page.images) for page in pages) == 1
    text = "\n".join(page.extract_text() for page in pages)
    assert "Zdroj: ČSÚ" in text
    assert "Obrázek:" not in text
    office = word.Document(BytesIO(exports.made(edition, "", "docx")))
    assert re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', office.element.xml) == ["Graf: lidí nad 80 let přibývá"]
    assert exports.made(edition, "", "pdf") == paper


def test_a_page_on_the_web_links_the_picture(edition: Edition, image: StoredFile, client: Client) -> None:
    edition.refresh_from_db()
    address = f"/plan/{edition.plan.slug}/verze/{edition.number}/cele/"
    page = client.get(address)
    html = page.content.decode()
    assert f'<img src="{image.url}" alt="Graf: lidí nad 80 let přibývá"' in html
    assert "data:image" not in html


def test_a_picture_whose_file_is_gone_is_told_in_words(edition: Edition, image: StoredFile) -> None:
    image.content.delete(save=False)
    image.content.name = "files/neni"
    image.save()
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(exports.made(edition, "", "pdf"))).pages)
    assert "Obrázek: Graf" in text
