"""Videos among documents: with captions, with a transcript, and nobody is left out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.documents import actions
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.home import texts
from portal.territory.models import Municipality
from tests import make
from tests.documents import papers
from tests.files import films

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Municipality:
    return make.municipality("Svornov", people=5000)


@pytest.fixture
def actor() -> Any:
    return papers.coordinator()


def film(content: bytes = films.mp4()) -> SimpleUploadedFile:
    return SimpleUploadedFile("setkani.mp4", content)


def words(content: bytes = films.CAPTIONS) -> SimpleUploadedFile:
    return SimpleUploadedFile("setkani.vtt", content)


def captions_address(document: Document) -> str:
    version = document.versions.select_related("captions").latest("number")
    assert version.captions is not None
    return reverse("documents:captions", args=[document.slug, version.number, version.captions.name])


def test_a_video_is_shown_with_captions_and_transcript(town: Municipality, actor: Any, client: Client) -> None:
    document = papers.document("Setkání", town=town, actor=actor, upload=film(), captions=words(), text=None)
    answer = client.get(reverse("documents:public_document", args=[document.slug]))
    page = answer.content.decode()
    version = document.versions.get()
    file = reverse("documents:file", args=[document.slug, 1, version.file.name])
    assert '<video class="document-picture" controls preload="metadata"' in page
    assert f'src="{file}"' in page
    assert '<track kind="captions" srclang="cs"' in page
    assert f'src="{captions_address(document)}" default>' in page
    assert "Přijedeme k vám &lt;domů&gt;." in page
    # Films and captions of our own address may be played.
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "media-src" not in answer["Content-Security-Policy"]
    assert client.get(file, headers={"range": "bytes=0-3"}).status_code == 206
    said = client.get(captions_address(document))
    assert said["Content-Type"] == "text/vtt"
    assert said.getvalue().startswith(b"WEBVTT\n")


def test_what_is_said_in_a_video_is_found(town: Municipality, actor: Any) -> None:
    document = papers.document("Setkání", town=town, actor=actor, upload=film(), captions=words(), text=None)
    version = document.versions.get()
    assert version.text.startswith("Jana Malá: Dobrý den")
    assert version.read_at is not None
    assert "pečovatelské služby" in next(iter(texts._document_texts())).body


def test_a_public_video_needs_captions_or_the_word_that_nobody_speaks(town: Municipality, actor: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        papers.document("Setkání", town=town, actor=actor, upload=film())
    assert "neslyší" in refusal.value.message_dict["captions"][0]
    assert not Document.objects.exists()
    document = papers.document("Setkání", town=town, actor=actor, upload=film(), silent=True, text=None)
    assert document.versions.get().silent
    with pytest.raises(ValidationError):
        actions.version_add(document=document, upload=film(), actor=actor)


def test_a_video_without_captions_does_not_become_public(town: Municipality, actor: Any) -> None:
    document = papers.document("Setkání", town=town, actor=actor, upload=film(), audience=Document.Audience.DESK)
    wanted = actions.wanted_of(document, {"audience": Document.Audience.PUBLIC})
    with pytest.raises(ValidationError, match="nemůže být veřejné"):
        actions.document_change(document=document, wanted=wanted, seen=document.version, actor=actor)
    bare = document.versions.get()
    second = actions.version_add(document=document, upload=film(), captions=words(), actor=actor)
    actions.version_remove(version=bare, actor=actor)
    document.refresh_from_db()
    actions.document_change(document=document, wanted=wanted, seen=document.version, actor=actor)
    with pytest.raises(ValidationError, match="nemá titulky"):
        actions.version_return(version=bare, actor=actor)
    assert list(document.versions.standing()) == [second]


def test_captions_are_read_by_those_who_see_the_video(town: Municipality, actor: Any, client: Client) -> None:
    document = papers.document("Setkání", town=town, actor=actor, upload=film(), captions=words(), text=None)
    address = captions_address(document)
    assert client.get(address).status_code == 200
    assert client.get(address.replace("setkani.vtt", "setkani.mp4")).status_code == 404
    actions.document_withdraw(document=document, actor=actor)
    assert client.get(address).status_code == 404
    for file in StoredFile.objects.all():
        assert client.get(file.url).status_code == 404


def test_the_form_says_at_the_field_what_is_wrong(town: Municipality, actor: Any, client: Client) -> None:
    client.force_login(actor)
    said: dict[str, Any] = {"title": "Setkání", "sort": papers.sort().pk, "audience": "public", "where": "Svornov"}
    address = reverse("documents:document_add")
    for files, wrong in (
        ({"upload": film()}, "captions"),
        ({"upload": film(), "captions": words(b"WEBVTT\n\n00:01.000 --> 00:02.000\n<script>")}, "captions"),
        ({"upload": papers.sheet(), "captions": words()}, "captions"),
        ({"upload": film(films.mp4()[:-1]), "captions": words()}, "upload"),
    ):
        answer = client.post(address, said | files)
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {wrong}
    assert not StoredFile.objects.filter(thing="documents.documentversion").exists()
    assert client.post(address, said | {"upload": film(), "captions": words()}).status_code == 302
    document = Document.objects.get()
    again = reverse("documents:version_add", args=[document.pk])
    assert client.post(again, {"upload": film()}).status_code == 422
    assert client.post(again, {"upload": film(), "silent": "on"}).status_code == 302
    assert document.versions.get(number=2).silent
