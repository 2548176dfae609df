"""Runs of the import in the background: the preview, and the writing after a person's yes."""

from __future__ import annotations

from portal.jobs.models import Job
from portal.jobs.work import work

from . import actions


@work
def preview(job: Job) -> None:
    actions.preview(run_id=job.parameters["run"], job=job)


@work
def write(job: Job) -> None:
    actions.write_run(run_id=job.parameters["run"], job=job)
