"""A person brings a file, reads what it would change, and says yes: the pages of the administration."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Deed
from portal.catalogue.models import Service
from portal.jobs.models import Job
from portal.register import actions
from portal.register.models import ImportRun
from tests import make

from .samples import national, national_facility, national_item
from .test_import import bring, items, lists  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("lists")


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make.person("region"))
    return client


def file_of(content: object, name: str = "registr.json") -> SimpleUploadedFile:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile(name, raw)


def send(client: Client, content: object, **more: Any) -> ImportRun:
    answer = client.post("/sprava/registr/nahrat/", {"file": file_of(content), **more})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith("/ukoly/")
    return ImportRun.objects.latest("pk")


def page(client: Client, run: ImportRun, query: str = "") -> str:
    answer = client.get(f"/sprava/registr/{run.pk}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_from_upload_to_catalogue(admin: Client) -> None:
    run = send(admin, national(*items(2), national_item(3, poskytovatel=None)))
    assert (run.state, run.message) == (ImportRun.State.CHECKED, "")
    assert not Service.objects.exists(), "a preview writes nothing"
    shown = page(admin, run)
    assert "2\xa0nové" in shown
    assert "chybí název poskytovatele" in shown
    assert "velká změna" not in shown
    answer = admin.post(f"/sprava/registr/{run.pk}/potvrdit/")
    job = Job.objects.get(key=answer["Location"].split("/")[2])
    assert (job.state, job.next_url) == (Job.State.DONE, f"/sprava/registr/{run.pk}/")
    run.refresh_from_db()
    assert run.state == ImportRun.State.DONE
    assert run.applied_at is not None
    assert not run.file, "what is written needs no copy of the file"
    assert Service.objects.public().count() == 2
    assert Deed.objects.get().actor_name == run.person.name if run.person else False
    assert "Zapsáno do katalogu" in page(admin, run)


def test_preview_shows_old_and_new_by_what_happens(admin: Client) -> None:
    bring(national(*items(3)))
    run = send(admin, national(national_item(1, datumPoskytovaniOd="2012-01-01"), national_item(2)))
    shown = page(admin, run)
    assert "<del>1. 1. 2010</del> <ins>1. 1. 2012</ins>" in shown
    only_gone = page(admin, run, "?co=vanished")
    assert "zmizela ze zdroje" in only_gone
    assert "<del>" not in only_gone
    assert page(admin, run, "?co=nesmysl&strana=999999")
    content = b"".join(admin.get(f"/sprava/registr/{run.pk}/rozdily.csv")).decode("utf-8-sig")
    assert "1. 1. 2012" in content


def test_large_change_needs_its_own_tick(admin: Client) -> None:
    bring(national(*items(5)))
    run = send(admin, national(*items(3)))
    assert "velká změna" in page(admin, run)
    refused = admin.post(f"/sprava/registr/{run.pk}/potvrdit/")
    assert refused.status_code == 422
    assert "Zaškrtněte" in refused.content.decode()
    assert Service.objects.public().count() == 5
    admin.post(f"/sprava/registr/{run.pk}/potvrdit/", {"agreed": "on"})
    assert Service.objects.public().count() == 3


def test_what_a_daily_run_left_waits_for_a_person(admin: Client) -> None:
    bring(national(*items(5)))
    with pytest.raises(actions.NeedsConfirmation):
        bring(national(*items(3)), confirmed=False)
    run = ImportRun.objects.get(state=ImportRun.State.CHECKED)
    assert "velká změna" in page(admin, run)
    admin.post(f"/sprava/registr/{run.pk}/potvrdit/", {"agreed": "on"})
    assert Service.objects.public().count() == 3


def test_what_was_not_shown_is_not_written(admin: Client) -> None:
    run = send(admin, national(*items(2)))
    bring(national(*items(1)))
    admin.post(f"/sprava/registr/{run.pk}/potvrdit/", {"agreed": "on"})
    run.refresh_from_db()
    assert run.state == ImportRun.State.CHECKED
    assert "mezitím" in page(admin, run)
    assert Service.objects.count() == 1
    admin.post(f"/sprava/registr/{run.pk}/potvrdit/", {"agreed": "on"})
    assert Service.objects.count() == 2


def test_file_without_news_says_so_and_one_can_drop_a_file(admin: Client) -> None:
    bring(national(*items(1)))
    assert send(admin, national(*items(1))).state == ImportRun.State.UNCHANGED
    run = send(admin, national(*items(2)))
    path = Path(run.file.path)
    assert path.exists()
    admin.post(f"/sprava/registr/{run.pk}/zahodit/")
    run.refresh_from_db()
    assert run.state == ImportRun.State.DROPPED
    assert not path.exists()
    again = admin.post(f"/sprava/registr/{run.pk}/potvrdit/", {"agreed": "on"}, follow=True)
    assert "už to nejde" in again.content.decode()
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\x81\x83", None), (b'{"polozky": ', None), (b'{"jine": 1}', "nerozumíme"), (b"", "prázdný")],
)
def test_broken_files_are_refused_with_words_and_never_break(admin: Client, content: bytes, words: str | None) -> None:
    answer = admin.post("/sprava/registr/nahrat/", {"file": file_of(content)}, follow=True)
    assert answer.status_code in (200, 422)
    if words is not None:
        assert words in answer.content.decode()
    assert not Service.objects.exists()
    assert not ImportRun.objects.filter(state__in=["checked", "done"]).exists()


def test_upload_without_a_file_and_too_large(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert admin.post("/sprava/registr/nahrat/").status_code == 422
    monkeypatch.setattr("portal.register.forms.LARGEST_UPLOAD", 10)
    answer = admin.post("/sprava/registr/nahrat/", {"file": file_of(national(*items(1)))})
    assert "příliš velký" in answer.content.decode()


def test_secret_address_is_in_no_page_and_no_report(admin: Client) -> None:
    secret = national_facility(utajenaAdresa=True, nazev="Úkryt Tajná 7")
    run = send(admin, national(national_item(1, zarizeni=[secret])))
    report = b"".join(admin.get(f"/sprava/registr/{run.pk}/rozdily.csv")).decode("utf-8-sig")
    for told in (page(admin, run), report):
        assert not any(word in told for word in ("Nemocniční", "Tajná", "Úkryt"))


def test_register_from_its_address(admin: Client, settings: Any, tmp_path: Path) -> None:
    settings.REGISTER_URL = "http://127.0.0.1:1/registr.json"
    admin.post("/sprava/registr/stahnout/")
    run = ImportRun.objects.get()
    assert run.state == ImportRun.State.REFUSED
    assert "nepodařilo stáhnout" in run.message
    assert "nepodařilo stáhnout" in Job.objects.get().message


def test_a_run_that_failed_can_be_read_again(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(actions, "compare", lambda **_: 1 / 0)
        run = send(admin, national(*items(1)))
    assert run.state == ImportRun.State.FAILED
    assert "Zkusit znovu" in page(admin, run)
    admin.post(f"/sprava/registr/{run.pk}/znovu/")
    run.refresh_from_db()
    assert run.state == ImportRun.State.CHECKED


def test_a_run_whose_work_was_given_up_can_be_read_again(admin: Client) -> None:
    run = send(admin, national(*items(1)))
    ImportRun.objects.update(state=ImportRun.State.CHECKING)
    assert "Zkusit znovu" not in page(admin, run)
    admin.post(f"/sprava/registr/{run.pk}/znovu/")
    assert ImportRun.objects.get().state == ImportRun.State.CHECKING, "it may still be running"
    Job.objects.update(state=Job.State.FAILED)
    assert "Zkusit znovu" in page(admin, run)
    admin.post(f"/sprava/registr/{run.pk}/znovu/")
    assert ImportRun.objects.get().state == ImportRun.State.CHECKED


@pytest.mark.parametrize(
    ("role", "sees", "brings"),
    [
        ("region", True, True),
        ("technical", True, True),
        ("auditor", True, False),
        ("coordinator", False, False),
        ("", False, False),
    ],
)
def test_who_may(client: Client, role: str, sees: bool, brings: bool) -> None:
    bring(national(*items(1)))
    run = ImportRun.objects.get()
    client.force_login(make.person(*filter(None, [role])))
    for path in ("/sprava/registr/", f"/sprava/registr/{run.pk}/"):
        assert (client.get(path).status_code == 200) is sees
    for path in ("/sprava/registr/nahrat/", "/sprava/registr/vzor.csv"):
        assert (client.get(path).status_code == 200) is brings
    for what in ("potvrdit", "znovu", "zahodit"):
        status = client.post(f"/sprava/registr/{run.pk}/{what}/").status_code
        assert (status == 302) is brings


def test_anonymous_people_are_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/sprava/registr/")
    assert answer.status_code == 302
    assert "prihlaseni" in answer["Location"]


def test_queries_do_not_grow(admin: Client) -> None:
    counts = []
    for size in (2, 30):
        run = send(admin, national(*items(size)))
        with CaptureQueriesContext(connection) as queries:
            page(admin, run)
            admin.get("/sprava/registr/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_template_of_a_table_reads_back(admin: Client) -> None:
    content = admin.get("/sprava/registr/vzor.csv").content
    plan = bring(content)
    assert plan.counts["added"] == 1
    assert Service.objects.get().name == "Pečovatelská služba Pohoda"
