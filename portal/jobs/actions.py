"""Every write of jobs: start, advance, finish, fail, and start again what a dead worker left behind."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.tasks import Task
from django.utils import timezone
from django.utils.module_loading import import_string

from .models import Job

# A worker says it lives every few seconds (`work.BEAT_SECONDS`), but on SQLite it cannot while it writes a lot.
SILENT_AFTER = timedelta(minutes=3)
MOST_ATTEMPTS = 3


@transaction.atomic
def start(
    *,
    task: Task[[str], None],
    kind: str,
    title: str,
    actor: Any = None,
    parameters: dict[str, Any] | None = None,
    next_url: str = "",
) -> Job:
    """Put work in the queue; `task` is made by `work.work`.

    The page of the job is `/ukoly/<key>/`, known to whoever has the key.
    """
    job = Job.objects.create(
        key=secrets.token_urlsafe(24),
        kind=kind,
        title=title,
        task=task.module_path,
        parameters=parameters or {},
        actor_id=getattr(actor, "pk", None),
        next_url=next_url,
    )
    task.enqueue(job.key)
    job.refresh_from_db()  # a queue that works at once has finished it already
    return job


def begin(*, key: str) -> Job | None:
    """Take a waiting job; None when somebody else has it or it is over."""
    now = timezone.now()
    taken = Job.objects.filter(key=key, state=Job.State.WAITING).update(
        state=Job.State.RUNNING, started_at=now, beat_at=now, done=0, total=0, message=""
    )
    return Job.objects.get(key=key) if taken else None


def advance(*, job: Job, done: int, total: int, message: str = "") -> None:
    """Say how far the work is. Inside a transaction nobody sees it before the end: advance before and after."""
    job.done, job.total, job.message, job.beat_at = done, total, message, timezone.now()
    _running(job).update(done=done, total=total, message=message, beat_at=job.beat_at)


def beat(*, key: str) -> None:
    Job.objects.filter(key=key, state=Job.State.RUNNING).update(beat_at=timezone.now())


def finish(*, job: Job, message: str = "", result: tuple[str, bytes] | None = None, next_url: str = "") -> None:
    """The work is done; `result` is a file (name, content) to download from the job's page."""
    if result is not None:
        name, content = result
        job.result.save(f"{job.key}/{name}", ContentFile(content), save=False)
    _running(job).update(
        state=Job.State.DONE,
        message=message,
        result=job.result.name or "",
        next_url=next_url or job.next_url,
        finished_at=timezone.now(),
    )


def fail(*, job: Job, message: str) -> None:
    """The work did not succeed; `message` is for the person who waits: what happened and what to do."""
    _running(job).update(state=Job.State.FAILED, message=message, finished_at=timezone.now())


def rescue() -> list[Job]:
    """Start again the jobs whose worker fell silent; one that died too many times is given up."""
    silent = Job.objects.filter(state=Job.State.RUNNING, beat_at__lt=timezone.now() - SILENT_AFTER)
    rescued = []
    for job in silent:
        if job.attempts + 1 >= MOST_ATTEMPTS:
            fail(job=job, message="Práce se opakovaně přerušila. Zkuste to později, nebo zavolejte správci.")
            continue
        with transaction.atomic():
            mine = _running(job).filter(beat_at=job.beat_at)
            if mine.update(state=Job.State.WAITING, attempts=job.attempts + 1):
                import_string(job.task).enqueue(job.key)
                rescued.append(job)
    return rescued


def clear(*, older_than: timedelta) -> int:
    """Forget finished jobs and their files."""
    old = Job.objects.exclude(finished_at=None).filter(finished_at__lt=timezone.now() - older_than)
    count = 0
    for job in old.iterator():
        if job.result:
            job.result.delete(save=False)
        job.delete()
        count += 1
    return count


def _running(job: Job) -> Any:
    """The row, if it is still this work's: a job taken over by somebody else is not written to."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
