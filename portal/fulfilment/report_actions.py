"""Every write of reports: the chain of a plan, passing its steps, freezing, publishing, carrying over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.files.actions import attach
from portal.plan import actions as plan_actions
from portal.plan import outcome_actions
from portal.plan.models import Level, Node, Plan

from . import papers, rules
from . import report as reports
from .models import CarriedMeasure, ChainStep, FulfilmentReport, PassedStep, ProgressFile

Sort = ChainStep.Sort
SORTS: dict[str, str] = {value: str(label) for value, label in Sort.choices}
FROZEN = "Zpráva je schválená. Už se nemění."


def _may_write(person: Any, plan: Plan) -> None:
    if not rules.may_write(person, plan):
        raise PermissionDenied


@dataclass(frozen=True, slots=True)
class StepDraft:
    sort: str
    name: str
    needs_resolution: bool = False


@transaction.atomic
def chain_set(*, plan: Plan, steps: Sequence[StepDraft], actor: Any, restores: Deed | None = None) -> None:
    """The way of the plan's reports. It ends by publishing and freezes what it publishes before or at that. Reports
    that are on their way already finish it by the new chain; what they have passed stays as it was."""
    _may_write(actor, plan)
    Plan.objects.select_for_update().get(pk=plan.pk)
    if not steps or steps[-1].sort != Sort.PUBLISH or sum(one.sort == Sort.PUBLISH for one in steps) != 1:
        raise ValidationError("Posledním krokem je zveřejnění, a jen ono.")
    if any(not one.name.strip() for one in steps):
        raise ValidationError("Každý krok potřebuje jméno.")
    most = max(
        (one.order for one in PassedStep.objects.filter(report__plan=plan, report__published_at=None)), default=0
    )
    if most >= len(steps):
        raise ValidationError(f"Některá zpráva má za sebou už {most}. krok. Řetěz musí být delší.")
    before = chain_told(plan)
    ChainStep.objects.filter(plan=plan).delete()
    ChainStep.objects.bulk_create(
        ChainStep(plan=plan, order=order, sort=one.sort, name=one.name.strip(), needs_resolution=one.needs_resolution)
        for order, one in enumerate(steps, 1)
    )
    record(
        verb="chain_changed",
        thing=plan,
        actor=actor,
        before=before,
        after=chain_told(plan),
        names=SORTS,
        restores=restores,
    )


def chain_told(plan: Plan) -> dict[str, Any]:
    """The way of the plan's reports as the journal keeps it."""
    return {"chain": list(ChainStep.objects.filter(plan=plan).values("name", "sort", "needs_resolution"))}


def chain_restore(*, plan: Plan, deed: Deed, actor: Any) -> None:
    """The way from before the deed."""
    chain_set(plan=plan, steps=[StepDraft(**row) for row in deed.before["chain"]], actor=actor, restores=deed)


def next_step(report: FulfilmentReport) -> ChainStep | None:
    """The step that the report waits for; None once it has passed the last one."""
    if report.published_at is not None:
        return None
    done = max((one.order for one in report.passed.all()), default=0)
    return ChainStep.objects.filter(plan=report.plan_id, order__gt=done).order_by("order").first()


@transaction.atomic
def step_pass(
    *, report: FulfilmentReport, order: int, day: date, actor: Any, body: str = "", resolution: str = "", note: str = ""
) -> FulfilmentReport:
    """The report has passed the step `order` of its chain. Approval freezes it, the last step publishes it."""
    _may_write(actor, report.plan)
    report = FulfilmentReport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=report.pk)
    step = next_step(report)
    if step is None or step.order != order:
        raise ValidationError("Zpráva mezitím postoupila. Načtěte stránku znovu.")
    if step.needs_resolution and not (resolution.strip() and body.strip()):
        raise ValidationError("Napište číslo usnesení a kdo rozhodl.")
    if day > timezone.localdate():
        raise ValidationError({"day": "Tenhle den ještě nebyl."})
    PassedStep.objects.create(
        report=report,
        order=step.order,
        sort=step.sort,
        name=step.name,
        day=day,
        body=body.strip(),
        resolution=resolution.strip(),
        note=note.strip(),
    )
    if step.sort in (Sort.APPROVE, Sort.NOTE, Sort.PUBLISH) and not report.is_frozen:
        _freeze(report)
    if step.sort == Sort.PUBLISH:
        report.published_at = timezone.now()
        for one in ProgressFile.objects.filter(progress__item__in=reports.items(report)).select_related("file"):
            attach(file=one.file, thing=one.progress, public=True)
        outcome_actions.tell(told=reports.outcomes(report), on=timezone.localdate())
    report.save()
    after = {"step": step.name, "resolution": resolution.strip(), "body": body.strip()}
    record(verb="fulfilment_report_moved", thing=report, actor=actor, after=after)
    return report


def _freeze(report: FulfilmentReport) -> None:
    made = reports.content(report)
    if not made["items"]:
        raise ValidationError("Zpráva je prázdná. Nejdřív schvalte akční plán.")
    report.frozen = made
    papers.order_at_commit(report)


@transaction.atomic
def intro_set(*, report: FulfilmentReport, intro: str, actor: Any, restores: Deed | None = None) -> FulfilmentReport:
    _may_write(actor, report.plan)
    report = FulfilmentReport.objects.select_for_update(of=("self",)).select_related("plan").get(pk=report.pk)
    if report.is_frozen:
        raise ValidationError(FROZEN)
    before, report.intro = report.intro, intro.strip()
    report.save(update_fields=["intro"])
    record(
        verb="fulfilment_report_changed",
        thing=report,
        actor=actor,
        before={"intro": before},
        after={"intro": report.intro},
        restores=restores,
    )
    return report


# --- into the next plan ------------------------------------------------------------------------------------------


@transaction.atomic
def measure_carry(*, origin: Node, parent: Node, actor: Any) -> Node:
    """A new node with the measure's words in a draft that follows its plan; its code is the draft's own."""
    draft = parent.plan
    _may_write(actor, origin.plan)
    if draft.follows_id != origin.plan_id:
        raise ValidationError("Převzít jde jen do plánu, který na tento navazuje.")
    if CarriedMeasure.objects.filter(origin=origin, copy__plan=draft, copy__removed_at=None).exists():
        raise ValidationError(f"Opatření {origin.code} už v novém plánu je.")
    level = Level.objects.filter(plan=draft, role=Level.Role.MEASURE).get()
    copy = plan_actions.node_add(
        plan=draft, parent=parent, level=level, title=origin.title, text=origin.text, actor=actor
    )
    CarriedMeasure.objects.create(origin=origin, copy=copy)
    record(verb="measure_carried", thing=origin, actor=actor, after={"copy": copy.code})
    return copy
