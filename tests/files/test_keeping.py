"""Files at their addresses: who may read them, how they are answered, when they go."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from portal.files.actions import attach, attach_keys, release, release_of, sweep
from portal.files.models import StoredFile
from tests import make

pytestmark = pytest.mark.django_db


def test_a_picture_is_shown_and_a_document_downloaded_and_neither_runs(client: Client) -> None:
    for kept, how in ((make.stored_image(), "inline"), (make.stored_document(), "attachment")):
        answer = client.get(kept.url)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith(f"{how};")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Content-Type"] in {"image/jpeg", "application/pdf"}
        assert "immutable" in answer["Cache-Control"]


def test_a_wrong_key_a_wrong_name_and_a_missing_content_are_the_same_nothing(client: Client) -> None:
    kept = make.stored_image()
    for address in (
        kept.url.replace(kept.key, "x" * 22),
        kept.url.replace("vchod", "jiny"),
        "/soubory/x/../settings.py",
    ):
        assert client.get(address).status_code == 404, address
    default_storage.delete(kept.content.name or "")
    assert client.get(kept.url).status_code == 404
    assert client.get("/media/" + (kept.small.name or "")).status_code == 404


def test_a_file_that_waits_is_seen_by_its_uploader_and_at_the_desk(client: Client) -> None:
    author, coordinator, stranger = make.person("provider_editor"), make.person("coordinator"), make.person()
    kept = make.stored_image(public=False, actor=author)
    desk = f"/sprava/soubory/{kept.key}/{kept.name}"
    for person, at_its_own, at_the_desk in ((author, 200, 200), (coordinator, 404, 200), (stranger, 404, 404)):
        client.force_login(person)
        assert client.get(kept.url).status_code == at_its_own
        assert client.get(desk).status_code == at_the_desk
    client.logout()
    assert client.get(kept.url).status_code == 404
    client.force_login(author)
    assert client.get(kept.url)["Cache-Control"] == "private, no-store"


def test_keys_are_not_to_be_guessed() -> None:
    keys = {make.stored_document().key for _ in range(5)}
    assert len(keys) == 5
    assert min(map(len, keys)) >= 21


def test_what_nobody_keeps_is_swept_up_with_its_content(django_capture_on_commit_callbacks: Any) -> None:
    service = make.service()
    orphan, kept, fresh, released = (make.stored_image() for _ in range(4))
    attach(file=kept, thing=service, public=True)
    attach(file=released, thing=service, public=True)
    release(file=released)
    make.photo(service)
    shown = StoredFile.objects.latest("pk")
    long_ago = timezone.now() - timedelta(days=31)
    StoredFile.objects.exclude(pk=fresh.pk).update(created_at=long_ago)
    contents = [orphan.content.name or "", orphan.small.name or ""]
    assert all(default_storage.exists(name) for name in contents)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep() == 1
    assert not StoredFile.objects.filter(pk=orphan.pk).exists()
    assert not any(default_storage.exists(name) for name in contents)
    StoredFile.objects.filter(pk=released.pk).update(released_at=long_ago)
    assert sweep() == 1
    assert set(StoredFile.objects.filter(pk__in=[kept.pk, fresh.pk, shown.pk])) == {kept, fresh, shown}


def test_a_proposal_keeps_its_files_and_lets_them_go() -> None:
    service, file = make.service(), make.stored_image(public=False)
    attach_keys(keys=[file.key], thing=service)
    StoredFile.objects.update(created_at=timezone.now() - timedelta(days=99))
    assert sweep() == 0
    release_of(thing=service)
    file.refresh_from_db()
    assert (file.thing, file.public) == ("", False)
