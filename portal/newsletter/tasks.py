"""Sending an issue in the background."""

from __future__ import annotations

from portal.jobs.actions import finish
from portal.jobs.models import Job
from portal.jobs.work import work
from words.plural import counted

from . import actions
from .models import Issue


@work
def send(job: Job) -> None:
    issue = Issue.objects.get(pk=job.parameters["issue"])
    count = actions.write_letters(issue=issue, job=job)
    said = counted(count, "dopis leží", "dopisy leží", "dopisů leží")
    finish(job=job, message=f"{said} v poště k odeslání.")
