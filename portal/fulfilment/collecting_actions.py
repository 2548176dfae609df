"""Every write of collecting: open a report, ask, remind, answer by a link or at the desk."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.files.actions import attach, keep, release
from portal.indicators.actions import actual_write
from portal.mail.actions import write
from portal.plan.models import FulfilmentState, Plan

from . import asking, measured, rules
from .actions import money_meant, money_named, money_told, whole_crowns
from .models import ActionItem, ActionPlan, FulfilmentReport, Progress, ProgressFile, Request, SpentMoney

# A link lives so long after the deadline; a late answer is better than none.
LINK_LIVES = timedelta(days=60)
# When whoever is silent is reminded, in days from the deadline.
REMIND = (-7, 3)
LETTERS = (
    "fulfilment/letters/ask.txt",
    "fulfilment/letters/remind.txt",
    "fulfilment/letters/remind_again.txt",
)
MOST_FILES = 5
FROZEN = "Zpráva za tento rok je schválená. Už se nemění."
# Who answered by a link without our knowing their name; their address stays with the letter.
GARANT = "garant"


class Stale(Exception):
    """Somebody else answered meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Progress) -> None:
        super().__init__("Zprávu o tomto bodu mezitím uložil někdo jiný.")
        self.stored = stored


@transaction.atomic
def report_open(*, plan: Plan, year: int | None, actor: Any) -> FulfilmentReport:
    """The report on a year whose action plan is approved, or on the whole period (`year` None)."""
    if not rules.may_write(actor, plan):
        raise PermissionDenied
    approved = ActionPlan.objects.filter(plan=plan, frozen__isnull=False)
    if not (approved.filter(year=year) if year else approved).exists():
        raise ValidationError("Nejdřív je potřeba schválený akční plán. Zpráva říká, jak se plnil.")
    made, created = FulfilmentReport.objects.get_or_create(plan=plan, year=year)
    if created:
        record(verb="fulfilment_report_opened", thing=made, actor=actor, after={"year": year})
    return made


# --- letters -----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, report: FulfilmentReport, deadline: date, actor: Any, today: date) -> int:
    """Write to everybody who has not answered yet. A second asking moves the deadline and writes only to those who
    have had no letter. Returns how many letters were written."""
    if not rules.may_write(actor, report.plan):
        raise PermissionDenied
    report = FulfilmentReport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=report.pk)
    if report.year is None:
        raise ValidationError("Ptáme se na jednotlivé roky. Zpráva za celé období se z nich složí.")
    if report.is_frozen:
        raise ValidationError("Zpráva je schválená. Už se nemění.")
    if deadline <= today:
        raise ValidationError({"deadline": "Termín musí být později než dnes."})
    report.deadline, report.asked_on = deadline, report.asked_on or today
    report.save(update_fields=["deadline", "asked_on"])
    written = sum(_write(report, one, 0, today) for one in asking.reporters(report) if one.missing)
    record(verb="fulfilment_asked", thing=report, actor=actor, after={"deadline": deadline, "letters": written})
    return written


def remind() -> int:
    """What the clock runs: reminders to those who are silent; a second run of the day writes nothing."""
    today, written = timezone.localdate(), 0
    for report in FulfilmentReport.objects.collecting(today).filter(deadline__isnull=False).select_related("plan"):
        waited = (today - (report.deadline or today)).days
        step = sum(waited >= day for day in REMIND)
        if step and waited < LINK_LIVES.days:
            with transaction.atomic():
                locked = FulfilmentReport.objects.select_for_update(of=("self",)).select_related("plan")
                still = locked.get(pk=report.pk)
                silent = [one for one in asking.reporters(still) if one.missing and one.letters]
                written += sum(_write(still, one, step, today) for one in silent)
    return written


def _write(report: FulfilmentReport, to: asking.Reporter, step: int, today: date) -> int:
    """One letter with a link of its own, unless it has gone already or there is nobody to write to."""
    if not to.email or any(one.step >= step for one in to.letters) or (step and to.letters[-1].written_on == today):
        return 0
    token, deadline = secrets.token_urlsafe(32), report.deadline or today
    request = Request.objects.create(
        report=report,
        email=to.email,
        name=to.name,
        step=step,
        token_hash=asking.token_hash(token),
        expires_on=deadline + LINK_LIVES,
        written_on=today,
    )
    write(
        template=LETTERS[step],
        to=to.email,
        name=to.name,
        context={
            "plan": report.plan.title,
            "year": str(report.year),
            "items": [str(one.node) for one in to.missing],
            "page": settings.SITE_URL + reverse("fulfilment:told", args=[token]),
            "deadline": f"{deadline:%-d. %-m. %Y}",
            "valid_to": f"{request.expires_on:%-d. %-m. %Y}",
        },
        about=report,
    )
    return 1


# --- answers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says of an item: two or three fields, money where they know it (sort, source -> crowns), values
    of the measure's indicators."""

    state: FulfilmentState
    text: str = ""
    explanation: str = ""
    share: int | None = None
    money: Mapping[tuple[str, int | None], Decimal] = field(default_factory=dict)
    # Of an indicator (by its number) what it really was; None takes the value back to unknown.
    values: Mapping[int, Decimal | None] = field(default_factory=dict)


@transaction.atomic
def answer_by_link(
    *,
    request: Request,
    item: ActionItem,
    answer: Answer,
    seen: int,
    today: date,
    uploads: Sequence[UploadedFile[bytes]] = (),
) -> Progress:
    """The answer of whoever holds the link of a letter."""
    if request.expires_on < today:
        raise ValidationError("Odkaz už neplatí. Ozvěte se nám prosím.")
    if not asking.items_of(request).filter(pk=item.pk).exists():
        raise PermissionDenied
    return _save(item, request.report, answer, seen, said_by=request.name or GARANT, uploads=uploads, actor=None)


@transaction.atomic
def answer_at_desk(
    *, report: FulfilmentReport, item: ActionItem, answer: Answer, seen: int, actor: Any,
    uploads: Sequence[UploadedFile[bytes]] = (), restores: Deed | None = None,
) -> Progress:  # fmt: skip
    """The same by the coordinator, for somebody who said it by telephone."""
    if not rules.may_write(actor, item.action_plan.plan):
        raise PermissionDenied
    return _save(item, report, answer, seen, said_by=str(actor), uploads=uploads, actor=actor, restores=restores)


def answer_restore(*, progress: Progress, deed: Deed, actor: Any) -> Progress:
    """What was said of the item before the deed. Attachments and values of indicators are not part of it."""
    former = deed.before
    state = FulfilmentState.objects.filter(key=former["state"]).first()
    if state is None:
        name = deed.names.get(former["state"], former["state"])
        raise ValidationError(f"Stav „{name}“ už v číselníku není.")
    answer = Answer(
        state=state,
        text=former["text"],
        explanation=former["explanation"],
        share=former["share"],
        money=money_meant(former["money"], deed.names),
    )
    item = progress.item
    report = report_of(item)
    if report is None:
        raise ValidationError("Zpráva za tento rok tu není.")
    return answer_at_desk(report=report, item=item, answer=answer, seen=progress.version, actor=actor, restores=deed)


def report_of(item: ActionItem) -> FulfilmentReport | None:
    """The report that tells of the item's year."""
    action_plan = item.action_plan
    return FulfilmentReport.objects.filter(plan=action_plan.plan_id, year=action_plan.year).first()


def _save(
    item: ActionItem, report: FulfilmentReport, answer: Answer, seen: int, *,
    said_by: str, uploads: Sequence[UploadedFile[bytes]], actor: Any, restores: Deed | None = None,
) -> Progress:  # fmt: skip
    """`seen` is the version that the form began from, 0 where nothing stood there."""
    report = FulfilmentReport.objects.select_for_update().get(pk=report.pk)
    if report.is_frozen:
        raise ValidationError(FROZEN)
    if answer.state.explained and not answer.explanation.strip():
        raise ValidationError({"explanation": f"U stavu „{answer.state.name}“ napište, proč to tak je."})
    stored = Progress.objects.select_for_update().filter(item=item).first()
    if (stored.version if stored else 0) != seen:
        raise Stale(stored or Progress(item=item))
    before = answer_told(stored) if stored else None
    one = stored or Progress(item=item, version=0)
    one.state, one.text, one.share = answer.state, answer.text.strip(), answer.share
    one.explanation = answer.explanation.strip()
    one.said_by, one.version = said_by[:200], one.version + 1
    one.save()
    one.money.all().delete()
    SpentMoney.objects.bulk_create(
        SpentMoney(progress=one, sort=sort, source_id=source, amount=whole_crowns(amount))
        for (sort, source), amount in answer.money.items()
    )
    _measure(item, answer.values, actor)
    _keep(one, uploads, actor)
    after = answer_told(one)
    names = answer_named(before or after, after)
    record(verb="progress_told", thing=one, actor=actor, before=before, after=after, names=names, restores=restores)
    return one


def _measure(item: ActionItem, values: Mapping[int, Decimal | None], actor: Any) -> None:
    """What indicators of the measure were in the year of the action plan. Those that the system counts are not asked
    about, and a note that somebody wrote beside a value stays."""
    year = item.action_plan.year
    for one in measured.asked(item.node):
        if one.pk in values and not one.definition.is_computed:
            notes = {row.year: row.note for row in one.actuals.all()}
            actual_write(indicator=one, year=year, value=values[one.pk], note=notes.get(year, ""), said_by=actor)


def answer_told(one: Progress) -> dict[str, Any]:
    """The answer as the journal keeps it."""
    return {
        "state": one.state.key,
        "text": one.text,
        "explanation": one.explanation,
        "share": one.share,
        "money": money_told(one.money.all()),
    }


def answer_named(*told: dict[str, Any]) -> dict[str, str]:
    """What the keys in answers of the journal are called."""
    states = FulfilmentState.objects.filter(key__in=[one["state"] for one in told])
    return dict(states.values_list("key", "name")) | money_named(*(one["money"] for one in told))


def _keep(one: Progress, uploads: Sequence[UploadedFile[bytes]], actor: Any) -> None:
    if one.files.count() + len(uploads) > MOST_FILES:
        raise ValidationError({"files": f"K jedné zprávě se vejde {MOST_FILES} příloh."})
    for upload in uploads:
        sort: Any = "image" if (upload.content_type or "").startswith("image/") else "document"
        try:
            file = keep(upload=upload, sort=sort, actor=actor, public=False)
        except ValidationError as refusal:
            raise ValidationError({"files": refusal.messages}) from refusal
        attach(file=file, thing=one, public=False)
        ProgressFile.objects.create(progress=one, file=file, title=file.name)


@transaction.atomic
def file_remove(*, file: ProgressFile, report: FulfilmentReport, actor: Any) -> None:
    if not rules.may_write(actor, file.progress.item.action_plan.plan):
        raise PermissionDenied
    report = FulfilmentReport.objects.select_for_update().get(pk=report.pk)
    if report.is_frozen:
        raise ValidationError(FROZEN)
    record(verb="progress_file_removed", thing=file.progress, actor=actor, before={"file": str(file)})
    stored = file.file
    file.delete()
    release(file=stored)
