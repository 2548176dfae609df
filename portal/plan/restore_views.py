"""Bringing back from the journal what a plan and its points said, how it was set and where the points stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from portal.audit import restoring
from portal.audit.models import Deed
from portal.web.doors import View

from . import actions, card_actions, cards, rules, setup_actions
from .models import Level, Node, Plan

type Now = Callable[[Plan, Deed], dict[str, Any]]


def _plan(deed: Deed) -> Plan | None:
    return Plan.objects.filter(pk=deed.thing_id).first()


def _setting(
    name: str,
    *,
    page: str,
    now: Now,
    act: Callable[..., None],
    names: Callable[[Plan, Deed], dict[str, str]] = lambda *_: {},
) -> View:
    """The page called `name` for one setting of a plan, which is changed on `page`."""
    way = restoring.Way(
        find=_plan,
        may_read=rules.may_read_draft,
        may_write=rules.may_edit_plan,
        now=now,
        act=lambda plan, deed, person, _: act(plan=plan, deed=deed, actor=person),
        back=lambda plan: reverse(page, args=[plan.slug]),
        names=names,
    )
    return restoring.view(f"plan:{name}", way)


def _areas_now(plan: Plan, deed: Deed) -> dict[str, Any]:
    rows = setup_actions.areas_told(plan)["plan_areas"]
    return {"plan_areas": setup_actions.beside(deed.before["plan_areas"], rows)}


def _fields_now(plan: Plan, deed: Deed) -> dict[str, Any]:
    rows = setup_actions.fields_told(plan)["own_fields"]
    return {"own_fields": setup_actions.beside(deed.before["own_fields"], rows)}


def _plan_act(*, plan: Plan, deed: Deed, actor: Any) -> None:
    values = setup_actions.plan_meant(deed.before)
    setup_actions.plan_change(plan=plan, actor=actor, restores=deed, **values)


plan_restore = _setting(
    "plan_restore",
    page="plan:plan_change",
    now=lambda plan, deed: setup_actions.plan_told(plan, deed.before),
    act=_plan_act,
    names=lambda *_: dict(Plan.objects.values_list("slug", "title")),
)
levels_restore = _setting(
    "levels_restore",
    page="plan:levels",
    now=lambda plan, _: setup_actions.levels_told(plan),
    act=setup_actions.levels_restore,
)
areas_restore = _setting(
    "areas_restore",
    page="plan:areas",
    now=_areas_now,
    act=setup_actions.areas_restore,
    names=lambda plan, _: setup_actions.groups_named(setup_actions.areas_told(plan)["plan_areas"]),
)
fields_restore = _setting(
    "fields_restore",
    page="plan:fields",
    now=_fields_now,
    act=setup_actions.fields_restore,
    names=lambda *_: setup_actions.SORTS,
)


def _node(deed: Deed) -> Node | None:
    return Node.objects.select_related("plan", "level", "parent").filter(pk=deed.thing_id).first()


def _shut(node: Node, _deed: Deed) -> str:
    """Why the node changes no more."""
    if not node.plan.is_open:
        return actions.APPROVED
    return actions.REMOVED if node.removed_at is not None else ""


def _words(node: Node, deed: Deed) -> dict[str, Any]:
    """What the point, or the card of a measure, says now."""
    if node.level.role == Level.Role.MEASURE:
        return cards.told(cards.read(node), [name for name in cards.LABELS if name in deed.before])
    return {name: getattr(node, name) for name in ("title", "text") if name in deed.before}


def _words_act(node: Node, deed: Deed, person: Any, _said: dict[str, Any]) -> Node:
    if node.level.role == Level.Role.MEASURE:
        return card_actions.card_restore(node=node, deed=deed, actor=person)
    values = {"title": node.title, "text": node.text} | restoring.former(deed, ("title", "text"))
    return actions.node_change(node=node, **values, seen=node.version, actor=person, restores=deed)


node_restore = restoring.view(
    "plan:node_restore",
    restoring.Way(
        find=_node,
        may_read=lambda person, node: rules.may_read_draft(person, node.plan),
        may_write=lambda person, node: rules.may_edit_plan(person, node.plan),
        now=_words,
        act=_words_act,
        back=lambda node: reverse("plan:node_of", args=[node.pk]),
        names=lambda node, deed: cards.names_in(_words(node, deed)) if node.level.role == Level.Role.MEASURE else {},
        obstacle=_shut,
        stale=(actions.Stale,),
    ),
)
place_restore = restoring.view(
    "plan:place_restore",
    restoring.Way(
        find=_node,
        may_read=lambda person, node: rules.may_read_draft(person, node.plan),
        may_write=lambda person, node: rules.may_edit_plan(person, node.plan),
        now=lambda node, _: actions.place_told(node),
        act=lambda node, deed, person, _: actions.node_move_back(node=node, deed=deed, actor=person),
        back=lambda node: reverse("plan:tree", args=[node.plan.slug]),
        names=lambda node, _: {node.parent.code: str(node.parent)} if node.parent else {},
        obstacle=_shut,
    ),
)
