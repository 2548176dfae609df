"""Bringing back from the journal what action plans, answers, reports and their way said before a deed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.audit import restoring
from portal.audit.models import Deed
from portal.plan.models import Plan

from . import actions, collecting_actions, report_actions, rules
from .models import ActionItem, ActionPlan, FulfilmentReport, Progress

report_restore = restoring.view(
    "fulfilment:report_restore",
    restoring.Way(
        find=lambda deed: FulfilmentReport.objects.select_related("plan").filter(pk=deed.thing_id).first(),
        may_read=lambda person, report: rules.may_read_desk(person, report.plan),
        may_write=lambda person, report: rules.may_write(person, report.plan),
        now=lambda report, _: {"intro": report.intro},
        act=lambda report, deed, person, _: report_actions.intro_set(
            report=report, intro=deed.before["intro"], actor=person, restores=deed
        ),
        back=lambda report: reverse("fulfilment:report", args=[report.plan.slug, report.key]),
        obstacle=lambda report, _: report_actions.FROZEN if report.is_frozen else "",
    ),
)


chain_restore = restoring.view(
    "fulfilment:chain_restore",
    restoring.Way(
        find=lambda deed: Plan.objects.filter(pk=deed.thing_id).first(),
        may_read=rules.may_read_desk,
        may_write=rules.may_write,
        now=lambda plan, _: report_actions.chain_told(plan),
        act=lambda plan, deed, person, _: report_actions.chain_restore(plan=plan, deed=deed, actor=person),
        back=lambda plan: reverse("fulfilment:action_plans", args=[plan.slug]),
        names=lambda *_: report_actions.SORTS,
    ),
)


def _item(deed: Deed) -> ActionItem | None:
    return ActionItem.objects.select_related("action_plan__plan", "node").filter(pk=deed.thing_id).first()


item_restore = restoring.view(
    "fulfilment:item_restore",
    restoring.Way(
        find=_item,
        may_read=lambda person, item: rules.may_read_desk(person, item.action_plan.plan),
        may_write=lambda person, item: rules.may_write(person, item.action_plan.plan),
        now=lambda item, _: actions.item_told(item),
        act=lambda item, deed, person, _: actions.item_restore(item=item, deed=deed, actor=person),
        back=lambda item: reverse("fulfilment:action_plan", args=[item.action_plan.plan.slug, item.action_plan.year]),
        names=lambda item, _: actions.money_named(actions.item_told(item)["money"]),
        obstacle=lambda item, _: actions.APPROVED if item.action_plan.is_approved else "",
    ),
)


def _action_plan(deed: Deed) -> ActionPlan | None:
    rows = ActionPlan.objects.select_related("plan").filter(plan__slug=deed.before["plan"], year=deed.before["year"])
    return rows.first()


def _items_now(action_plan: ActionPlan, deed: Deed) -> dict[str, Any]:
    """Those of the removed items that are back; nothing where none is."""
    back = action_plan.items.filter(node__code__in=[row["code"] for row in deed.before["items"]])
    return actions.items_told(action_plan, back) if back.exists() else {}


items_return = restoring.view(
    "fulfilment:items_return",
    restoring.Way(
        find=_action_plan,
        may_read=lambda person, action_plan: rules.may_read_desk(person, action_plan.plan),
        may_write=lambda person, action_plan: rules.may_write(person, action_plan.plan),
        now=_items_now,
        act=lambda action_plan, deed, person, _: actions.items_return(action_plan=action_plan, deed=deed, actor=person),
        back=lambda action_plan: reverse("fulfilment:action_plan", args=[action_plan.plan.slug, action_plan.year]),
        obstacle=lambda action_plan, _: actions.APPROVED if action_plan.is_approved else "",
    ),
)


def _progress(deed: Deed) -> Progress | None:
    rows = Progress.objects.select_related("item__action_plan__plan", "state")
    return rows.filter(pk=deed.thing_id).first()


def _frozen(progress: Progress, _deed: Deed) -> str:
    report = collecting_actions.report_of(progress.item)
    return collecting_actions.FROZEN if report is not None and report.is_frozen else ""


progress_restore = restoring.view(
    "fulfilment:progress_restore",
    restoring.Way(
        find=_progress,
        may_read=lambda person, progress: rules.may_read_desk(person, progress.item.action_plan.plan),
        may_write=lambda person, progress: rules.may_write(person, progress.item.action_plan.plan),
        now=lambda progress, _: collecting_actions.answer_told(progress),
        act=lambda progress, deed, person, _: collecting_actions.answer_restore(
            progress=progress, deed=deed, actor=person
        ),
        back=lambda progress: reverse(
            "fulfilment:collecting", args=[progress.item.action_plan.plan.slug, progress.item.action_plan.year]
        ),
        names=lambda progress, _: collecting_actions.answer_named(collecting_actions.answer_told(progress)),
        obstacle=_frozen,
        stale=(collecting_actions.Stale,),
    ),
)
