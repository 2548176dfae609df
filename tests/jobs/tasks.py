"""Work for the tests of jobs; the queue finds it by its dotted path."""

import os
import signal
from pathlib import Path

from django.core.exceptions import ValidationError

from portal.jobs.actions import advance, finish
from portal.jobs.models import Job
from portal.jobs.work import work


@work
def count_to_three(job: Job) -> None:
    for done in range(1, 4):
        advance(job=job, done=done, total=3, message=f"krok {done}")
    finish(job=job, message="Spočítáno.", result=("pocty.txt", b"1 2 3"))


@work
def refuse(job: Job) -> None:
    raise ValidationError("Tohle nejde, protože je neděle.")


@work
def break_down(job: Job) -> None:
    raise ZeroDivisionError("tajná podrobnost")


@work
def die_first_time(job: Job) -> None:
    """Kills its own worker without mercy, once; `flag` is a file that remembers."""
    flag = Path(job.parameters["flag"])
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    finish(job=job, message="Napodruhé.")
