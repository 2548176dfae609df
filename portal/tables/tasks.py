"""Large tables in the background. Each of the works can be begun anew after its worker died."""

from __future__ import annotations

from portal.jobs.models import Job
from portal.jobs.work import work

from . import actions
from .models import TableImport


def _run_of(job: Job) -> TableImport:
    return TableImport.objects.select_related("person").get(pk=job.parameters["run"])


@work
def preview(job: Job) -> None:
    run = _run_of(job)
    if run.state == TableImport.State.CHECKING:
        actions.preview(run=run, job=job)


@work
def write(job: Job) -> None:
    actions.write(run=_run_of(job), job=job)


@work
def take_back(job: Job) -> None:
    actions.take_back(run=_run_of(job), job=job)
