"""The annex as PDF and DOCX from the queue: thousands of comments take many seconds, and nobody waits for that in a
request. A paper is served to everybody as long as it says what the register says; then it is made anew and the file
with the older words is deleted."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from paper.pdf import NotTypeset
from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.jobs.work import work

from . import annex
from .models import Consultation

KIND = "annex"
FORMS = ("pdf", "docx")


def title(consultation: Consultation) -> str:
    return f"Vypořádání připomínek: {consultation.title}"[:200]


def filename(consultation: Consultation, form: str) -> str:
    return f"{f'vyporadani-{consultation.slug}'[:80]}.{form}"


def kept(consultation: Consultation, form: str) -> File[bytes] | None:
    """The paper that says what the register says now, open; None where none was made since."""
    for job in _made(_wanted(consultation, form), Job.State.DONE).exclude(result=""):
        try:
            opened: File[bytes] = job.result.open("rb")
        except OSError:
            continue
        return opened
    return None


def order(*, consultation: Consultation, form: str, actor: Any = None) -> Job:
    """Put the paper in the queue. Who asks for what is being made gets the work that is there."""
    wanted = _wanted(consultation, form)
    there = _made(wanted, Job.State.WAITING, Job.State.RUNNING).first()
    if there is not None:
        return there
    return jobs.start(
        task=print_annex,
        kind=KIND,
        title=title(consultation),
        actor=actor,
        parameters=wanted,
        next_url=reverse("consult:settlement", args=[consultation.slug]),
    )


def order_at_commit(consultation: Consultation) -> None:
    """Once the consultation is closed, what everybody will want is made without anybody asking."""
    for form in FORMS:
        transaction.on_commit(partial(order, consultation=consultation, form=form), robust=True)


@work
def print_annex(job: Job) -> None:
    """The paper as the register stands when it is made; those that say something else by now are forgotten."""
    consultation = Consultation.objects.select_related("hearing", "plan").get(pk=job.parameters["consultation"])
    form: str = job.parameters["form"]
    jobs.advance(job=job, done=0, total=2, message="čteme připomínky")
    wanted, told = _wanted(consultation, form), annex.document(consultation)
    jobs.advance(job=job, done=1, total=2, message=f"sázíme {form.upper()}")
    try:
        made = annex.typeset(told, form)
    except NotTypeset as problem:
        raise ValidationError(f"PDF se vysázet nepodařilo: {problem}") from problem
    # Somebody may have settled a comment since it was asked for: it is kept under what it says.
    Job.objects.filter(pk=job.pk).update(parameters=wanted)
    jobs.finish(job=job, message="Hotovo.", result=(filename(consultation, form), made))
    forget_stale(consultation)


def _wanted(consultation: Consultation, form: str) -> dict[str, Any]:
    return {"consultation": consultation.pk, "form": form, "digest": annex.digest(consultation)}


def _made(wanted: dict[str, Any], *states: str) -> QuerySet[Job]:
    return Job.objects.filter(kind=KIND, parameters=wanted, state__in=states)


def forget_stale(consultation: Consultation | None = None) -> int:
    """Delete files that do not say what the register says any more, of all consultations or of one: a name that was
    erased must not stay in a file of yesterday. How many."""
    made = Job.objects.filter(kind=KIND, state=Job.State.DONE).exclude(result="")
    if consultation is not None:
        made = made.filter(parameters__consultation=consultation.pk)
    there = {
        one.pk: one for one in Consultation.objects.filter(pk__in={job.parameters["consultation"] for job in made})
    }
    digests = {pk: annex.digest(one) for pk, one in there.items()}
    stale = [job for job in made if digests.get(job.parameters["consultation"]) != job.parameters["digest"]]
    for job in stale:
        job.result.delete(save=False)
        Job.objects.filter(pk=job.pk).update(result="")
    return len(stale)
