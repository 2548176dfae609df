"""The invented documents: every file is one that the portal would take, what is private stays so."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.documents import inside
from portal.documents.models import Document, DocumentVersion
from portal.files.models import StoredFile
from portal.home import demo_documents
from tests import make
from tests.documents import papers

pytestmark = pytest.mark.django_db


def stand_in_groups() -> None:
    """Groups and the territory the documents speak of, without the rest of the demo."""
    town = make.municipality("Svornov", orp=make.orp("9902", "Svornov"))
    for slug in {said["group"] for said in demo_documents.read_documents().values() if "group" in said}:
        papers.group(town, slug, slug=slug)


def test_documents_are_loaded_once_read_and_taken_away() -> None:
    stand_in_groups()
    count = demo_documents.load()
    assert count >= 20
    assert demo_documents.load() == 0
    assert Document.objects.count() == count
    version = DocumentVersion.objects.get(document__slug="analyza-potreb-senioru", number=2)
    with version.file.content.open("rb") as stored:
        said = inside.read(stored.read(), "pdf")
    assert "Pečující rodiny" in said.replace("\n", " ")
    client = Client()
    for document in Document.objects.all():
        answer = client.get(reverse("documents:public_document", args=[document.slug]))
        assert answer.status_code == (200 if document.audience == Document.Audience.PUBLIC else 404), document
    assert demo_documents.remove() == count
    assert not DocumentVersion.objects.exists()
    assert not StoredFile.objects.exists()
