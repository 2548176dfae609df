"""Papers made in the background: of what is approved once and for good, of anything else as it stands when made.

A report, an action plan and the timetable of a plan come as PDF and DOCX from the queue; a workbook is made at once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from paper.pdf import NotTypeset
from portal.jobs import actions as jobs
from portal.jobs.models import Job
from portal.jobs.work import work
from portal.plan.models import Plan

from . import printing, timetable, year_plan
from . import report as reports
from .models import ActionPlan, FulfilmentReport, PaperFile

type Source = FulfilmentReport | ActionPlan | Plan
Form = PaperFile.Form
KIND = "fulfilment-paper"
SORTS: dict[str, type[Source]] = {"report": FulfilmentReport, "action_plan": ActionPlan, "timetable": Plan}


def sort_of(source: Source) -> str:
    return next(sort for sort, model in SORTS.items() if isinstance(source, model))


def title(source: Source) -> str:
    return f"Harmonogram: {source}" if isinstance(source, Plan) else f"{source}: {source.plan}"


def stays(source: Source) -> bool:
    """Whether its words never change any more."""
    match source:
        case FulfilmentReport():
            return source.is_frozen
        case ActionPlan():
            return source.is_approved
    return False


def filename(source: Source, form: str) -> str:
    match source:
        case FulfilmentReport():
            name = f"zprava-{source.plan.slug}-{source.key}"
        case ActionPlan():
            name = f"akcni-plan-{source.plan.slug}-{source.year}"
        case _:
            name = f"harmonogram-{source.slug}"
    return f"{name}.{form}"


def made(source: Source, form: str) -> bytes:
    match source:
        case FulfilmentReport():
            return printing.report_made(source, form)
        case ActionPlan():
            return printing.action_plan_made(source, form)
    return printing.timetable_made(source, form)


# --- kept --------------------------------------------------------------------------------------------------------


def _key(source: Source) -> dict[str, Any]:
    return {sort_of(source): source}


def kept(source: Source, form: str) -> PaperFile | None:
    return PaperFile.objects.filter(**_key(source), form=form).first() if stays(source) else None


@transaction.atomic
def keep(*, source: Source, form: str, content: bytes) -> PaperFile:
    """One that is kept already stays as it is: what people downloaded must not change."""
    type(source)._default_manager.select_for_update().get(pk=source.pk)
    there = kept(source, form)
    if there is not None:
        return there
    row = PaperFile(**_key(source), form=form, size=len(content), made_at=timezone.now())
    row.digest = hashlib.sha256(content).hexdigest()
    row.content.save(f"{sort_of(source)}-{source.pk}-{row.digest[:16]}.{form}", ContentFile(content), save=False)
    row.save()
    return row


# --- made --------------------------------------------------------------------------------------------------------


def order(*, source: Source, forms: list[str], back: str = "", actor: Any = None) -> Job:
    """Put papers in the queue. Who asks for what is being made, or for what nobody changed since it was made, gets
    the work that is there."""
    wanted = {"sort": sort_of(source), "pk": source.pk, "forms": forms, "digest": _digest(source)}
    states = [Job.State.WAITING, Job.State.RUNNING, *([] if stays(source) else [Job.State.DONE])]
    there = Job.objects.filter(kind=KIND, parameters=wanted, state__in=states).first()
    if there is not None:
        return there
    return jobs.start(task=print_papers, kind=KIND, title=title(source), actor=actor, parameters=wanted, next_url=back)


def order_at_commit(source: Source) -> None:
    """Once the approval stands, what everybody will want is made without anybody asking."""
    transaction.on_commit(partial(order, source=source, forms=list(Form.values)), robust=True)


def _digest(source: Source) -> str:
    """Of what the papers would say."""
    match source:
        case FulfilmentReport():
            told: Any = reports.shown(source)
        case ActionPlan():
            told = year_plan.shown(source)
        case _:
            told = asdict(timetable.timetable(source, whole=True))
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@work
def print_papers(job: Job) -> None:
    """Papers in the forms asked for: kept where they stay, and a single one to be taken from the page of the job."""
    source: Source = SORTS[job.parameters["sort"]]._default_manager.get(pk=job.parameters["pk"])
    forms: list[str] = job.parameters["forms"]
    content = b""
    for done, form in enumerate(forms):
        jobs.advance(job=job, done=done, total=len(forms), message=f"připravujeme {Form(form).label}")
        if len(forms) > 1 and kept(source, form):
            continue
        try:
            content = made(source, form)
        except NotTypeset as problem:
            raise ValidationError(f"PDF se vysázet nepodařilo: {problem}") from problem
        if stays(source):
            keep(source=source, form=form, content=content)
    result = (filename(source, forms[0]), content) if len(forms) == 1 else None
    jobs.finish(job=job, message="Hotovo.", result=result)
