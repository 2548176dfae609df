"""From a function over a job to a task of the queue.

    @work
    def print_guide(job: Job) -> None:
        advance(job=job, done=1, total=10)
        ...
        finish(job=job, result=("pruvodce.pdf", pdf))

The wrapper takes the job, keeps saying that it lives, and turns every end into a state that a person can read.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.tasks import Task, task

from . import actions
from .models import Job

logger = logging.getLogger("portal.jobs")

BEAT_SECONDS = 10
BROKEN = "Něco se u nás pokazilo. Zkuste to znovu; když to nepomůže, řekněte nám to."


def work(function: Callable[[Job], None]) -> Task[[str], None]:
    """A task whose only argument is the key of the job. Errors of the domain (ValidationError) are told as they are."""

    @functools.wraps(function)
    def run(key: str) -> None:
        job = actions.begin(key=key)
        if job is None:
            return
        with _beating(key):
            try:
                function(job)
            except ValidationError as problem:
                actions.fail(job=job, message=" ".join(problem.messages))
            except Exception:
                logger.exception("Job %s (%s) failed", job.kind, job.pk)
                actions.fail(job=job, message=BROKEN)
            else:
                actions.finish(job=job, message=job.message)  # only where the function has not said how it ended

    return task(run)


@contextmanager
def _beating(key: str) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_SECONDS):
                try:
                    actions.beat(key=key)
                except DatabaseError:  # the work itself may hold the database for a while
                    logger.info("Job %s could not say that it lives", key)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
