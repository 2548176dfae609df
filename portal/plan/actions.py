"""Every write of plans: the plan itself, its tree, its codes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed

from . import rules
from .levels import TEMPLATES, next_code
from .models import Area, Card, Level, Node, Plan, Resolution, Step

Role = Level.Role
# Words that stand in addresses where the name of a plan would.
RESERVED = frozenset({"novy", "bod", "obnovit", "sluzby"})


APPROVED = "Plán je schválený. Jeho text už se nemění, změna je nové vydání."
REMOVED = "Tenhle bod je z plánu vyřazený. Nejdřív ho vraťte."


class Stale(Exception):
    """Somebody else saved the node meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: Node) -> None:
        super().__init__("Tuhle část mezitím uložil někdo jiný.")
        self.stored = stored


def _may_edit(person: Any, plan: Plan) -> None:
    if not rules.may_edit_plan(person, plan):
        raise PermissionDenied


def writable(plan: Plan) -> Plan:
    """The plan's row, locked, if its tree may still change. An approved plan is changed by another edition: the
    coordinator takes it back to drafting with a resolution."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not plan.is_open:
        raise ValidationError(APPROVED)
    return plan


# --- the plan --------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_add(
    *,
    title: str,
    span_kind: str,
    span_code: str,
    span_name: str,
    starts_on: date,
    ends_on: date,
    template: str,
    actor: Any,
    areas: tuple[str, ...] = (),
    follows: Plan | None = None,
    above: Plan | None = None,
    organiser: str = "",
) -> Plan:
    """A plan with the levels of a template and the areas of its working groups."""
    plan = Plan(
        title=title,
        span_kind=span_kind,
        span_code=span_code,
        span_name=span_name,
        starts_on=starts_on,
        ends_on=ends_on,
        follows=follows,
        above=above,
        organiser=organiser,
        slug=_free_slug(title),
    )
    _may_edit(actor, plan)
    if ends_on < starts_on:
        raise ValidationError({"ends_on": "Plán nemůže skončit dřív, než začne."})
    plan.save()
    for depth, one in enumerate(TEMPLATES[template].levels, 1):
        Level.objects.create(plan=plan, depth=depth, role=one.role, name=one.name, many=one.many)
    for order, name in enumerate(areas):
        Area.objects.create(plan=plan, name=name, order=order)
    record(verb="plan_added", thing=plan, actor=actor, after={"title": title, "starts_on": starts_on})
    return plan


@transaction.atomic
def plan_move(
    *,
    plan: Plan,
    to: str,
    actor: Any,
    resolution: Resolution | None = None,
    prolonged_until: date | None = None,
) -> Plan:
    """Move the plan to another state. Approval and prolongation need the resolution that decided them."""
    _may_edit(actor, plan)
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    state = Plan.State(to)
    if state not in Plan.MOVES[Plan.State(plan.state)]:
        raise ValidationError(f"Plán je {plan.get_state_display()}. Do stavu „{state.label}“ odtud nejde.")
    needs = {Plan.State.APPROVED: Resolution.Sort.APPROVAL, Plan.State.PROLONGED: Resolution.Sort.PROLONGATION}
    if state in needs and (resolution is None or resolution.sort != needs[state]):
        raise ValidationError("Chybí usnesení: číslo, kdo rozhodl a kdy.")
    before = {"state": plan.state, "prolonged_until": plan.prolonged_until}
    if state == Plan.State.PROLONGED:
        if prolonged_until is None or prolonged_until <= plan.until:
            raise ValidationError("Napište den, do kdy se plán prodlužuje. Musí být po dosavadním konci.")
        plan.prolonged_until = prolonged_until
    plan.state = state
    plan.save()
    if resolution is not None:
        resolution.plan = plan
        resolution.save()
    after = {"state": plan.state, "prolonged_until": plan.prolonged_until}
    record(verb="plan_moved", thing=plan, actor=actor, before=before, after=after)
    return plan


def _free_slug(title: str) -> str:
    base = slugify(title)[:110] or "plan"
    taken = RESERVED | set(Plan.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


# --- the tree --------------------------------------------------------------------------------------------------


@transaction.atomic
def node_add(
    *, plan: Plan, parent: Node | None, level: Level, title: str, actor: Any, text: str = "", code: str = ""
) -> Node:
    """A node at the end of its parent's children. Its code is the next free one, or the one given (an import)."""
    _may_edit(actor, plan)
    plan = writable(plan)
    _fits(plan, parent, level)
    taken = set(Node.objects.filter(plan=plan).values_list("code", flat=True))
    if code and code in taken:
        raise ValidationError({"code": f"Kód {code} už v plánu je, nebo byl. Použijte jiný."})
    above = "" if parent is None or parent.level.role == Role.VISION else parent.code
    node = Node.objects.create(
        plan=plan,
        level=level,
        parent=parent,
        code=code or next_code(level.role, above, taken),
        title=title.strip(),
        text=text.strip(),
        order=_last(plan, parent) + 1,
    )
    if level.role == Role.MEASURE:
        Card.objects.create(node=node)
    elif level.role == Role.ACTIVITY:
        Step.objects.create(node=node)
    _told_to_card(parent)
    record(verb="plan_node_added", thing=node, actor=actor, after={"title": node.title, "text": node.text})
    return node


@transaction.atomic
def node_change(*, node: Node, title: str, text: str, seen: int, actor: Any, restores: Deed | None = None) -> Node:
    """Other words for the same code. `seen` is the version the person began from."""
    _may_edit(actor, node.plan)
    writable(node.plan)
    node = locked(node, seen)
    before = {"title": node.title, "text": node.text}
    after = {"title": title.strip(), "text": text.strip()}
    if before == after:
        return node
    node.title, node.text = after["title"], after["text"]
    node.version += 1
    node.save()
    _told_to_card(node.parent)
    record(verb="plan_node_changed", thing=node, actor=actor, before=before, after=after, restores=restores)
    return node


def _told_to_card(*parents: Node | None) -> None:
    """Activities stand on the card of their measure: whoever has it open learns that it changed."""
    keys = {one.pk for one in parents if one is not None}
    Node.objects.filter(pk__in=keys, level__role=Role.MEASURE).update(version=F("version") + 1)


def locked(node: Node, seen: int) -> Node:
    """The node's row, locked, if it is still the version that was seen; else `Stale`."""
    rows = Node.objects.select_for_update(of=("self",))
    stored = rows.select_related("plan", "level", "parent").get(pk=node.pk)
    if stored.version != seen:
        raise Stale(stored)
    if stored.removed_at is not None:
        raise ValidationError("Tenhle bod mezitím někdo z plánu vyřadil. Můžete ho vrátit v historii.")
    return stored


@transaction.atomic
def node_move(*, node: Node, parent: Node | None, after: Node | None, actor: Any, restores: Deed | None = None) -> Node:
    """Put the node under another parent, behind one of its children (`after`) or first. The code stays."""
    _may_edit(actor, node.plan)
    plan = writable(node.plan)
    node = Node.objects.select_for_update(of=("self",)).select_related("level", "parent").get(pk=node.pk)
    if node.removed_at is not None:
        raise ValidationError(REMOVED)
    if parent is not None and parent.pk in _below(plan, node):
        raise ValidationError("Bod nemůže být sám pod sebou.")
    _fits(plan, parent, node.level)
    siblings = list(Node.objects.filter(plan=plan, parent=parent).standing().exclude(pk=node.pk))
    if after is not None and after not in siblings:
        raise ValidationError("Místo, kam bod přesouváte, se mezitím změnilo. Načtěte stránku znovu.")
    before, names = place_told(node), _named(node.parent, parent)
    _told_to_card(node.parent, parent)
    siblings.insert(0 if after is None else siblings.index(after) + 1, node)
    node.parent = parent
    for order, one in enumerate(siblings, 1):
        if one.pk == node.pk:
            node.order = order
        elif one.order != order:
            Node.objects.filter(pk=one.pk).update(order=order)
    Node.objects.filter(pk=node.pk).update(parent=parent, order=node.order)
    record(
        verb="plan_node_moved",
        thing=node,
        actor=actor,
        before=before,
        after=place_told(node),
        names=names,
        restores=restores,
    )
    return node


def place_told(node: Node) -> dict[str, Any]:
    """Where the node stands, as the journal keeps it: under which code, and which one there, from one."""
    rows = Node.objects.filter(plan=node.plan_id, parent=node.parent_id).standing()
    keys = list(rows.values_list("pk", flat=True))
    place = keys.index(node.pk) + 1 if node.pk in keys else None
    return {"parent": node.parent.code if node.parent else None, "place": place}


def _named(*nodes: Node | None) -> dict[str, str]:
    """Points by their codes, for the journal."""
    return {one.code: str(one) for one in nodes if one is not None}


@transaction.atomic
def node_move_back(*, node: Node, deed: Deed, actor: Any) -> Node:
    """To where the node stood before the deed; to the end where fewer stand there now."""
    _may_edit(actor, node.plan)
    plan = writable(node.plan)
    code, place = deed.before["parent"], deed.before["place"]
    parent = Node.objects.select_related("level").get(plan=plan, code=code) if code else None
    others = list(Node.objects.filter(plan=plan, parent=parent).standing().exclude(pk=node.pk)[: place - 1])
    return node_move(node=node, parent=parent, after=others[-1] if others else None, actor=actor, restores=deed)


@transaction.atomic
def node_shift(*, node: Node, by: int, actor: Any) -> Node:
    """One place up (-1) or down (1) among the children of the same node; nothing where there is no such place."""
    siblings = list(Node.objects.filter(plan=node.plan, parent=node.parent).standing())
    here = siblings.index(node)
    place = here + by
    if not 0 <= place < len(siblings):
        return node
    before = place - 1 if by < 0 else place
    return node_move(node=node, parent=node.parent, after=siblings[before] if before >= 0 else None, actor=actor)


@transaction.atomic
def node_remove(*, node: Node, actor: Any) -> Node:
    """Take the node and all below it out of the plan. Rows and codes stay: nobody gets them again."""
    _may_edit(actor, node.plan)
    plan = writable(node.plan)
    gone = [node.pk, *_below(plan, node)]
    Node.objects.filter(pk__in=gone).standing().update(removed_at=timezone.now(), version=F("version") + 1)
    node.refresh_from_db()
    _told_to_card(node.parent)
    record(verb="plan_node_removed", thing=node, actor=actor, after={"removed": len(gone)})
    return node


def number_below(node: Node) -> int:
    """How many standing points would leave along with the node."""
    return Node.objects.filter(pk__in=_below(node.plan, node)).standing().count()


@transaction.atomic
def node_return(*, node: Node, actor: Any) -> Node:
    """Back into the plan with what was removed along with it, if the place above it is still there."""
    _may_edit(actor, node.plan)
    plan = writable(node.plan)
    if node.removed_at is None:
        raise ValidationError("Tenhle bod v plánu je.")
    if node.parent is not None and node.parent.removed_at is not None:
        raise ValidationError(f"Nejdřív vraťte nadřazený bod {node.parent.code}.")
    together = Node.objects.filter(pk__in=[node.pk, *_below(plan, node)], removed_at=node.removed_at)
    together.update(removed_at=None, version=F("version") + 1)
    node.refresh_from_db()
    _told_to_card(node.parent)
    record(verb="plan_node_returned", thing=node, actor=actor)
    return node


def _fits(plan: Plan, parent: Node | None, level: Level) -> None:
    """A node stands right under a node of the level above its own, a top one under nothing."""
    if level.plan_id != plan.pk or (parent is not None and parent.plan_id != plan.pk):
        raise ValidationError("Tahle úroveň je z jiného plánu.")
    if parent is None:
        if level.depth != 1:
            raise ValidationError(f"{level.name.capitalize()} musí mít nadřazený bod.")
        return
    if parent.removed_at is not None:
        raise ValidationError("Nadřazený bod je z plánu vyřazený.")
    if parent.level.depth + 1 != level.depth:
        raise ValidationError(f"{level.name.capitalize()} nemůže být pod bodem {parent.code}.")


def _last(plan: Plan, parent: Node | None) -> int:
    return Node.objects.filter(plan=plan, parent=parent).aggregate(last=Max("order"))["last"] or 0


def _below(plan: Plan, node: Node) -> list[int]:
    """Keys of all nodes under the node, removed ones too; one query."""
    children: dict[int | None, list[int]] = {}
    for key, parent in Node.objects.filter(plan=plan).values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    found, waiting = [], list(children.get(node.pk, []))
    while waiting:
        key = waiting.pop()
        found.append(key)
        waiting += children.get(key, [])
    return found
