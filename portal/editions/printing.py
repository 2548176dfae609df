"""Documents made in the background. Each work can be begun anew after its worker died: what is kept stays."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import slugify

from paper.docx import docx
from paper.pdf import NotTypeset
from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.jobs.work import work

from . import actions, exports, marking, telling
from .document import blocks
from .models import Edition, EditionFile


def order(*, edition: Edition, part: str, forms: list[str], actor: Any = None) -> Job:
    """Put documents of a part in the queue, those that are not kept yet."""
    return jobs.start(
        task=print_documents,
        kind="edition",
        title=f"Dokumenty: {edition.plan.title}, vydání {edition.number}",
        actor=actor,
        parameters={"edition": edition.pk, "part": part, "forms": forms},
        next_url=reverse("editions:documents", args=[edition.plan.slug, edition.number]),
    )


@work
def print_documents(job: Job) -> None:
    edition = Edition.objects.select_related("plan", "resolution").get(pk=job.parameters["edition"])
    part, forms = job.parameters["part"], job.parameters["forms"]
    kept = set(EditionFile.objects.filter(edition=edition, part=part).values_list("form", flat=True))
    for done, form in enumerate(forms):
        jobs.advance(job=job, done=done, total=len(forms), message=f"připravujeme {EditionFile.Form(form).label}")
        if form in kept:
            continue
        try:
            actions.keep(edition=edition, part=part, form=form, made=exports.made(edition, part, form))
        except NotTypeset as problem:
            raise ValidationError(f"Z tohohle vydání se PDF vysázet nepodařilo: {problem}") from problem
    jobs.finish(job=job, message="Dokumenty jsou připravené.")


def order_redline(*, older: Edition, newer: Edition, actor: Any = None) -> Job:
    """Put a DOCX with the changes between two editions in the queue."""
    return jobs.start(
        task=print_redline,
        kind="redline",
        title=f"Změny: {newer.plan.title}, vydání {older.number} a {newer.number}",
        actor=actor,
        parameters={"older": older.pk, "newer": newer.pk},
    )


@work
def print_redline(job: Job) -> None:
    editions = Edition.objects.select_related("plan")
    older, newer = (editions.get(pk=job.parameters[name]) for name in ("older", "newer"))
    jobs.advance(job=job, done=0, total=2, message="hledáme rozdíly")
    told = telling.sections(older.frozen, newer.frozen)
    jobs.advance(job=job, done=1, total=2, message="píšeme dokument")
    whole = list(marking.marked(*(blocks(one.frozen, exports.imprint(one)) for one in (older, newer)))) if told else []
    document = telling.document(told, newer.plan.title, str(older), str(newer), whole)
    made = docx(document, reviser=f"vydání {newer.number}")
    name = f"zmeny-{slugify(newer.plan.title)[:60]}-{older.number}-{newer.number}.docx"
    jobs.finish(job=job, message="Dokument se změnami je připravený.", result=(name, made))
