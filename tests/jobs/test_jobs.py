"""Jobs go through their states, tell how they ended in words, and survive a killed worker."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal.jobs import actions
from portal.jobs.models import Job

from . import tasks

pytestmark = pytest.mark.django_db


def begun(**more: object) -> Job:
    job = Job.objects.create(key="klic", kind="test", title="Zkouška", task="tests.jobs.tasks.count_to_three", **more)
    taken = actions.begin(key=job.key)
    assert taken is not None
    return taken


def test_work_advances_and_leaves_its_result(client: Client) -> None:
    job = actions.start(task=tasks.count_to_three, kind="test", title="Počítání")
    assert (job.state, job.done, job.total, job.percent, job.message) == ("done", 3, 3, 100, "Spočítáno.")
    assert len(job.key) >= 30
    answer = client.get(f"/ukoly/{job.key}/soubor/")
    assert b"".join(answer) == b"1 2 3"
    assert answer["Content-Disposition"] == 'attachment; filename="pocty.txt"'


def test_refusal_of_the_domain_is_told_as_it_is_and_a_fault_is_not() -> None:
    assert actions.start(task=tasks.refuse, kind="t", title="t").message == "Tohle nejde, protože je neděle."
    job = actions.start(task=tasks.break_down, kind="t", title="t")
    assert job.state == Job.State.FAILED
    assert "tajná" not in job.message


def test_a_job_is_taken_only_once() -> None:
    job = begun()
    assert actions.begin(key=job.key) is None
    actions.finish(job=job)
    assert actions.begin(key=job.key) is None
    actions.fail(job=job, message="pozdě")
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_progress_shows_on_the_page_and_as_json(client: Client) -> None:
    job = begun()
    actions.advance(job=job, done=25, total=100, message="čteme soubor")
    page = client.get(f"/ukoly/{job.key}/").content.decode()
    assert "25" in page
    assert "čteme soubor" in page
    state = client.get(f"/ukoly/{job.key}.json")
    assert state.json()["percent"] == 25
    assert state.json()["finished"] is False
    assert "no-store" in state["Cache-Control"]
    assert client.get(f"/ukoly/{job.key}/soubor/").status_code == 404
    assert client.get("/ukoly/neexistuje/").status_code == 404
    assert client.get("/ukoly/neexistuje.json").status_code == 404


def test_a_person_goes_on_when_it_is_done_but_the_background_question_stays(client: Client) -> None:
    job = begun(next_url="/dal/")
    actions.finish(job=job)
    assert client.get(f"/ukoly/{job.key}/")["Location"] == "/dal/"
    assert client.get(f"/ukoly/{job.key}/", headers={"Sec-Fetch-Dest": "empty"}).status_code == 200


def test_a_silent_job_starts_again_and_the_first_worker_may_no_longer_write() -> None:
    job = begun()
    assert actions.rescue() == []
    Job.objects.update(beat_at=timezone.now() - timedelta(hours=1))
    assert [one.pk for one in actions.rescue()] == [job.pk]
    again = Job.objects.get()
    assert (again.state, again.message, again.attempts) == ("done", "Spočítáno.", 1)
    actions.fail(job=job, message="zombie")
    assert Job.objects.get().state == Job.State.DONE


def test_a_job_that_keeps_dying_is_given_up() -> None:
    begun(attempts=2)
    Job.objects.update(beat_at=timezone.now() - timedelta(hours=1))
    assert actions.rescue() == []
    assert Job.objects.get().state == Job.State.FAILED


def test_old_jobs_are_cleared_with_their_files() -> None:
    job = actions.start(task=tasks.count_to_three, kind="t", title="t")
    path = Path(job.result.path)
    assert path.exists()
    assert actions.clear(older_than=timedelta(days=1)) == 0
    Job.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert actions.clear(older_than=timedelta(days=1)) == 1
    assert not path.exists()


def test_a_killed_worker_leaves_a_job_that_the_next_worker_finishes(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'jobs.sqlite3'}",
        "VAR_DIR": str(tmp_path),
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }

    def run(code: str) -> subprocess.CompletedProcess[str]:
        start = "import django; django.setup(); from django.core.management import call_command\n"
        return subprocess.run(
            [sys.executable, "-c", start + code],
            env=environment, cwd=settings.ROOT, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip

    worker = 'call_command("db_worker", batch=True, reload=False, interval=0, startup_delay=False, verbosity=0)'
    prepared = run(
        'call_command("migrate", verbosity=0)\n'
        "from portal.jobs import actions; from tests.jobs import tasks\n"
        f'actions.start(task=tasks.die_first_time, kind="t", title="t", parameters={{"flag": {str(tmp_path / "f")!r}}})'
    )
    assert prepared.returncode == 0, prepared.stderr
    assert run(worker).returncode == -9
    finished = run(
        "from portal.jobs import actions; from portal.jobs.models import Job\n"
        "from datetime import timedelta\n"
        'assert Job.objects.get().state == "running"\n'
        "actions.SILENT_AFTER = timedelta(0)\n"
        "assert len(actions.rescue()) == 1\n" + worker + "\nprint(Job.objects.get().message)"
    )
    assert finished.stdout.strip() == "Napodruhé.", finished.stderr
