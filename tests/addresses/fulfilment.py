"""Addresses of `fulfilment`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from portal.audit.models import Deed
from portal.fulfilment import actions, asking, report_actions
from portal.fulfilment.models import ActionItem, ChainStep, Request
from tests.fulfilment import years
from tests.plan import plans
from tests.world import World

from .table import Address, Role, data, desk

TOKEN = "nikdo-neuhodne-dopis-garantovi"
PLAN_READERS = frozenset({Role.COORDINATOR, Role.REGION, Role.AUDITOR, Role.MUNICIPALITY})
WRITERS = frozenset({Role.COORDINATOR, Role.REGION})
PUBLISHED = report_actions.StepDraft("publish", "zveřejní se")


def build(world: World) -> World:
    """A plan in force: 2026 approved and its report published, 2027 approved and asked about, 2028 being chosen."""
    actor = plans.coordinator()
    years.states()
    plan = years.approved_plan(actor, town=world.town, title="Plán pro akční plány")
    published = years.approve(years.chosen(plan, 2026, actor), actor)
    told = years.report(plan, 2026, actor)
    years.say(published.items.order_by("pk")[0], "splneno", actor=actor)
    for order, _ in enumerate(ChainStep.objects.filter(plan=plan), 1):
        report_actions.step_pass(
            report=told, order=order, day=date(2026, 2, 1), body="Rada města", resolution="R/1", actor=actor
        )
    report_actions.intro_set(report=years.report(plan, None, actor), intro="Povedlo se.", actor=actor)
    world.more["report_deed"] = Deed.objects.filter(verb="fulfilment_report_changed").latest("pk")
    running = years.approve(years.chosen(plan, 2027, actor), actor)
    asked = years.report(plan, 2027, actor)
    item = running.items.order_by("pk")[0]
    item.email = "garant@example.org"
    item.save()
    Request.objects.create(
        report=asked,
        email=item.email,
        token_hash=asking.token_hash(TOKEN),
        expires_on=timezone.localdate() + timedelta(days=60),
        written_on=timezone.localdate(),
    )
    for state in ("nezahajeno", "splneno"):
        years.say(ActionItem.objects.get(pk=item.pk), state, actor=actor)
    drafted = years.chosen(plan, 2028, actor)
    kept, gone = drafted.items.order_by("pk")[:2]
    actions.item_change(item=kept, steps="Sejít se.", responsible="město", money={}, actor=actor)
    actions.item_remove(item=gone, actor=actor)
    report_actions.chain_set(
        plan=plan, steps=[*(report_actions.StepDraft("discuss", "Řeč") for _ in range(5)), PUBLISHED], actor=actor
    )
    verbs = ("chain_changed", "action_item_changed", "action_item_removed", "progress_told")
    world.more["year_deeds"] = {verb: Deed.objects.filter(verb=verb).latest("pk") for verb in verbs}
    world.more.update({"year_plan": plan, "told_item": item, "drafted_item": drafted.items.order_by("pk")[0]})
    return world


def of(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"slug": world.more["year_plan"].slug, **more}


def of_item(world: World) -> dict[str, Any]:
    return {"slug": world.more["year_plan"].slug, "year": 2028, "pk": world.more["drafted_item"].pk}


def of_answer(world: World) -> dict[str, Any]:
    return {"slug": world.more["year_plan"].slug, "period": 2027, "pk": world.more["told_item"].pk}


def of_letter(_world: World) -> dict[str, Any]:
    return {"token": TOKEN}


def of_letter_item(world: World) -> dict[str, Any]:
    return {"token": TOKEN, "pk": world.more["told_item"].pk}


def reads(**more: Any) -> Address:
    return desk(who=PLAN_READERS, **more)


def writes(**more: Any) -> Address:
    return desk(who=WRITERS, **more)


def restoring(verb: str) -> Address:
    """Of those who read the plan, whoever reads the journal too."""
    readers = PLAN_READERS - {Role.MUNICIPALITY}
    return desk(who=readers, arguments=lambda world: {"deed": world.more["year_deeds"][verb].pk})


def deed(**more: Any) -> Address:
    return desk(who=WRITERS, answer=405, html=False, **more)


ADDRESSES: dict[str, Address] = {
    "fulfilment:public_years": Address(arguments=of()),
    "fulfilment:public_action_plan": Address(arguments=of(year=2026)),
    "fulfilment:public_timetable": Address(arguments=of()),
    "fulfilment:public_report": Address(arguments=of(period=2026)),
    "fulfilment:public_timetable_file": data(arguments=of(form="xlsx")),
    # A page while the paper is being made, the paper itself once it is.
    "fulfilment:public_report_file": Address(arguments=of(period=2026, form="docx"), html=False),
    "fulfilment:public_action_plan_file": data(arguments=of(year=2026, form="xlsx")),
    "fulfilment:told": Address(arguments=of_letter),
    "fulfilment:told_item": Address(arguments=of_letter_item),
    "fulfilment:action_plans": reads(arguments=of()),
    "fulfilment:timetable": reads(arguments=of()),
    "fulfilment:timetable_file": reads(arguments=of(form="pdf")),
    "fulfilment:action_plan": reads(arguments=of(year=2028)),
    "fulfilment:items_add": writes(arguments=of(year=2028)),
    "fulfilment:items_carry": deed(arguments=of(year=2028)),
    "fulfilment:item_change": writes(arguments=of_item),
    "fulfilment:item_remove": deed(arguments=of_item),
    "fulfilment:reporter": deed(arguments=of_item),
    "fulfilment:approve": deed(arguments=of(year=2028)),
    "fulfilment:report": reads(arguments=of(period=2027)),
    "fulfilment:report_open": deed(arguments=of(period=2027)),
    "fulfilment:intro": deed(arguments=of(period=2027)),
    "fulfilment:step_pass": deed(arguments=of(period=2027)),
    "fulfilment:report_restore": desk(
        who=PLAN_READERS - {Role.MUNICIPALITY}, arguments=lambda world: {"deed": world.more["report_deed"].pk}
    ),
    "fulfilment:chain_restore": restoring("chain_changed"),
    "fulfilment:item_restore": restoring("action_item_changed"),
    "fulfilment:items_return": restoring("action_item_removed"),
    "fulfilment:progress_restore": restoring("progress_told"),
    "fulfilment:report_file": desk(who=PLAN_READERS, html=False, arguments=of(period=2027, form="xlsx")),
    "fulfilment:action_plan_file": reads(arguments=of(year=2028, form="docx")),
    "fulfilment:collecting": reads(arguments=of(period=2027)),
    "fulfilment:progress": writes(arguments=of_answer),
    "fulfilment:file_remove": deed(arguments=lambda world: of_answer(world) | {"file": 1}),
    "fulfilment:chain": writes(arguments=of()),
    "fulfilment:carry_over": writes(arguments=of()),
}
