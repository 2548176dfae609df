"""Writing the card of a measure: the one way for a form, a sheet and a deed of the journal brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import Capacity, CapacityUnit, Form, Kind, Provider, Service, TargetGroup
from portal.territory.models import Municipality, Orp

from . import actions, cards, rules
from .cards import CapacityDraft, CardDraft, StepDraft
from .levels import next_code
from .models import (
    Area,
    CapacityChange,
    Card,
    Cost,
    Evidence,
    ExtraField,
    ExtraValue,
    Funding,
    Level,
    MeasureKind,
    MoneySort,
    MoneySource,
    Node,
    Risk,
    Step,
    whole,
)

PLAIN = ("reason", "impact", "responsible", "partners", "starts_on", "ends_on", "ongoing", "agreement", "importance")
MOST_MONEY = Decimal(10) ** 13
Errors = dict[str, list[str]]
type Wrong = Callable[[str, str], None]


@transaction.atomic
def card_save(*, node: Node, draft: CardDraft, seen: int, actor: Any, restores: Deed | None = None) -> Node:
    """Write what the draft says of the measure, its activities with it.

    `seen` is the version of the node that the person began from: `actions.Stale` when somebody saved meanwhile.
    A ValidationError names the fields of the draft. Nothing is written where nothing differs.
    """
    if not rules.may_edit_plan(actor, node.plan):
        raise PermissionDenied
    actions.writable(node.plan)
    node = actions.locked(node, seen)
    if node.level.role != Level.Role.MEASURE:
        raise ValidationError("Kartu má jen opatření.")
    before = cards.read(node)
    after = _with_baselines(cards.tidy(draft))
    names = cards.changed(before, after)
    if not names:
        return node
    _check(node, after, names)
    _write(node, after, names)
    written = cards.read(node)
    told = cards.told(before, names), cards.told(written, names)
    known = cards.names_in(*told)
    record(
        verb="plan_card_changed",
        thing=node,
        actor=actor,
        before=told[0],
        after=told[1],
        names=known,
        restores=restores,
    )
    return node


@transaction.atomic
def card_restore(*, node: Node, deed: Deed, actor: Any) -> Node:
    """The values from before the deed; what is written since in other fields stays."""
    former = cards.from_told({name: value for name, value in deed.before.items() if name in cards.LABELS})
    names = [name for name in cards.LABELS if name in deed.before]
    draft = replace(cards.read(node), **{name: getattr(former, name) for name in names})
    return card_save(node=node, draft=draft, seen=node.version, actor=actor, restores=deed)


# --- what may be written -----------------------------------------------------------------------------------------


def _check(node: Node, draft: CardDraft, names: list[str]) -> None:
    errors: Errors = {}

    def wrong(name: str, message: str) -> None:
        errors.setdefault(name, []).append(message)

    if not draft.title.strip():
        wrong("title", "Opatření musí mít název.")
    _check_days(draft, wrong)
    _check_money(draft, wrong)
    for name, model, key, wanted in _references(node, draft):
        if name in names and (missing := _missing(model, key, wanted)):
            wrong(name, f"{cards.LABELS[name].capitalize()}: {', '.join(missing)} neznáme.")
    if "above" in names and draft.above and _node_above(draft.above) is None:
        wrong("above", "Takový bod žádný plán nemá.")
    _check_capacities(draft, wrong)
    if "extra" in names:
        _check_extra(node, draft, wrong)
    if errors:
        raise ValidationError(errors)


def _check_days(draft: CardDraft, wrong: Wrong) -> None:
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        wrong("ends_on", "Opatření nemůže skončit dřív, než začne.")
    for step in draft.steps:
        if not step.title.strip():
            wrong("steps", "Aktivita musí mít název.")
        if step.starts_on and step.ends_on and step.ends_on < step.starts_on:
            wrong("steps", f"Aktivita „{step.title}“ nemůže skončit dřív, než začne.")


def _check_capacities(draft: CardDraft, wrong: Wrong) -> None:
    for change in draft.capacities:
        if not change.amount:
            wrong("capacities", "Změna kapacity o nulu nic nemění. Řádek vymažte.")
        if not change.service and not change.kind:
            wrong("capacities", "U změny kapacity vyberte službu nebo aspoň její druh.")


def _check_money(draft: CardDraft, wrong: Wrong) -> None:
    amounts = [("costs", one.amount) for one in draft.costs] + [("funding", one.amount) for one in draft.funding]
    for name, amount in amounts + [("steps", one.cost) for one in draft.steps if one.cost is not None]:
        try:
            if not 0 <= whole(amount) < MOST_MONEY:
                wrong(name, "Částka musí být nula nebo víc, nejvýš 13 číslic.")
        except ValueError as fault:
            wrong(name, str(fault))
    sorts = {one.sort for one in draft.costs} | {one.sort for one in draft.funding}
    if sorts - set(MoneySort.values):
        wrong("costs", "Peníze jsou buď na provoz, nebo na investice.")
    twice = "Stejný rok, druh a zdroj je tu dvakrát. Sečtěte je do jednoho řádku."
    if len({(one.year, one.sort) for one in draft.costs}) != len(draft.costs):
        wrong("costs", twice)
    if len({(one.year, one.sort, one.source) for one in draft.funding}) != len(draft.funding):
        wrong("funding", twice)


def _references(node: Node, draft: CardDraft) -> list[tuple[str, Any, str, set[Any]]]:
    """What the draft names and where it is looked for: (field, rows, column, wanted)."""
    changes = draft.capacities
    return [
        ("kind", MeasureKind.objects.all(), "key", {draft.kind}),
        ("area", Area.objects.filter(plan=node.plan), "name", {draft.area}),
        ("responsible_person", Person.objects.filter(erased_at=None), "pk", {draft.responsible_person}),
        ("partner_providers", Provider.objects.all(), "slug", set(draft.partner_providers)),
        ("target_groups", TargetGroup.objects.all(), "key", set(draft.target_groups)),
        ("municipalities", Municipality.objects.all(), "code", set(draft.municipalities)),
        ("orps", Orp.objects.all(), "code", set(draft.orps)),
        ("services", Service.objects.all(), "slug", set(draft.services)),
        ("funding", MoneySource.objects.all(), "key", {one.source for one in draft.funding}),
        ("capacities", Service.objects.all(), "slug", {one.service for one in changes}),
        ("capacities", Kind.objects.all(), "key", {one.kind for one in changes}),
        ("capacities", Form.objects.all(), "key", {one.form for one in changes}),
        ("capacities", CapacityUnit.objects.all(), "key", {one.unit for one in changes}),
        ("extra", ExtraField.objects.filter(plan=node.plan), "name", {one.field for one in draft.extra}),
    ]


def _missing(rows: Any, column: str, wanted: set[Any]) -> list[str]:
    named = {one for one in wanted if one}
    if not named:
        return []
    known = set(rows.filter(**{f"{column}__in": named}).values_list(column, flat=True))
    return sorted(str(one) for one in named - known)


def _check_extra(node: Node, draft: CardDraft, wrong: Wrong) -> None:
    known = {one.name: one for one in ExtraField.objects.filter(plan=node.plan)}
    for one in draft.extra:
        if one.field in known and (fault := extra_fault(known[one.field], one.value)):
            wrong("extra", fault)


def extra_fault(field: ExtraField, value: str) -> str:
    """Why the value does not fit the field; empty when it does."""
    try:
        if field.sort == ExtraField.Sort.NUMBER and not Decimal(value).is_finite():
            raise ValueError(value)
        if field.sort == ExtraField.Sort.DATE:
            date.fromisoformat(value)
    except (InvalidOperation, ValueError):
        return f"{field.name}: napište {'číslo' if field.sort == ExtraField.Sort.NUMBER else 'den'}."
    if field.sort == ExtraField.Sort.CHOICE and value not in field.choices.splitlines():
        return f"{field.name}: vyberte jednu z možností."
    return ""


def _node_above(text: str) -> Node | None:
    """The point of another plan that "slug/code" names."""
    slug, _, code = text.partition("/")
    return Node.objects.standing().filter(plan__slug=slug, code=code).first()


# --- capacities in the catalogue -----------------------------------------------------------------------------------


def baseline(service: str, form: str, unit: str) -> Decimal | None:
    """What the catalogue says today about the capacity of the service (its slug) in the form and the unit (keys);
    None where it says nothing or more things at once. Units of different forms are never put together."""
    rows = Capacity.objects.filter(service_form__service__slug=service, unit__key=unit)
    if form:
        rows = rows.filter(service_form__form__key=form)
    amounts = list(rows.values_list("amount", flat=True)[:2])
    return Decimal(amounts[0]) if len(amounts) == 1 and amounts[0] is not None else None


def _with_baselines(draft: CardDraft) -> CardDraft:
    """Each change of a service knows the kind of the service, and where nobody wrote it, what the capacity is today."""
    slugs = {one.service for one in draft.capacities if one.service}
    kinds = dict(Service.objects.filter(slug__in=slugs).values_list("slug", "kind__key")) if slugs else {}

    def filled(one: CapacityDraft) -> CapacityDraft:
        if not one.service:
            return one
        now = one.baseline if one.baseline is not None else baseline(one.service, one.form, one.unit)
        return replace(one, kind=kinds.get(one.service, one.kind), baseline=now)

    return replace(draft, capacities=tuple(filled(one) for one in draft.capacities))


# --- writing -----------------------------------------------------------------------------------------------------


def _write(node: Node, draft: CardDraft, names: list[str]) -> None:
    card = Card.objects.get(pk=node.pk)
    for name in names:
        if name in PLAIN:
            setattr(card, name, getattr(draft, name))
    card.kind = _one(MeasureKind.objects.all(), key=draft.kind)
    card.area = _one(Area.objects.filter(plan=node.plan), name=draft.area)
    card.responsible_person_id = draft.responsible_person
    card.above = _node_above(draft.above) if draft.above else None
    card.save()
    for name, rows, key in (
        ("partner_providers", Provider.objects.all(), "slug"),
        ("target_groups", TargetGroup.objects.all(), "key"),
        ("municipalities", Municipality.objects.all(), "code"),
        ("orps", Orp.objects.all(), "code"),
        ("services", Service.objects.all(), "slug"),
    ):
        if name in names:
            getattr(card, name).set(rows.filter(**{f"{key}__in": getattr(draft, name)}))
    for name, write in WRITERS.items():
        if name in names:
            write(card, draft)
    node.title, node.text = draft.title.strip(), draft.text.strip()
    node.version += 1
    node.save()


def _one(rows: Any, **wanted: str) -> Any:
    return rows.get(**wanted) if all(wanted.values()) else None


def _write_costs(card: Card, draft: CardDraft) -> None:
    card.costs.all().delete()
    Cost.objects.bulk_create(
        Cost(card=card, year=one.year, sort=one.sort, amount=whole(one.amount)) for one in draft.costs
    )


def _write_funding(card: Card, draft: CardDraft) -> None:
    sources = {one.key: one for one in MoneySource.objects.all()}
    card.funding.all().delete()
    Funding.objects.bulk_create(
        Funding(card=card, year=one.year, sort=one.sort, source=sources[one.source], amount=whole(one.amount))
        for one in draft.funding
    )


def _write_capacities(card: Card, draft: CardDraft) -> None:
    """Rows keep their numbers: reports on fulfilment count from them."""
    stored = {one.pk: one for one in card.capacities.all()}
    kept = {one.id for one in draft.capacities if one.id in stored and one.id is not None}
    card.capacities.exclude(pk__in=kept).delete()
    for one in draft.capacities:
        row = stored[one.id] if one.id in kept and one.id is not None else CapacityChange(card=card)
        row.service = _one(Service.objects.all(), slug=one.service)
        row.kind = Kind.objects.get(key=one.kind)
        row.form = _one(Form.objects.all(), key=one.form)
        row.unit = CapacityUnit.objects.get(key=one.unit)
        row.amount, row.since, row.baseline, row.note = one.amount, one.since, one.baseline, one.note
        row.save()


def _write_evidence(card: Card, draft: CardDraft) -> None:
    Evidence.objects.filter(node=card.pk).delete()
    Evidence.objects.bulk_create(Evidence(node_id=card.pk, text=one.text, url=one.url) for one in draft.evidence)


def _write_risks(card: Card, draft: CardDraft) -> None:
    card.risks.all().delete()
    Risk.objects.bulk_create(
        Risk(card=card, text=one.text, likelihood=one.likelihood, severity=one.severity, response=one.response)
        for one in draft.risks
    )


def _write_extra(card: Card, draft: CardDraft) -> None:
    known = {one.name: one for one in ExtraField.objects.filter(plan=card.node.plan)}
    card.extra_values.all().delete()
    ExtraValue.objects.bulk_create(
        ExtraValue(card=card, field=known[one.field], value=one.value) for one in draft.extra if one.value
    )


def _write_steps(card: Card, draft: CardDraft) -> None:
    """Activities in the order of the draft: known codes are rewritten (and come back if they were taken out), new
    ones get the next free code, those that are not named are taken out of the plan."""
    measure = card.node
    level = Level.objects.filter(plan=measure.plan, role=Level.Role.ACTIVITY).first()
    if level is None:
        if draft.steps:
            raise ValidationError({"steps": "Tenhle plán aktivity nemá."})
        return
    every = {one.code: one for one in Node.objects.filter(plan=measure.plan)}
    kept = []
    for order, one in enumerate(draft.steps, 1):
        row = every.get(one.code) if one.code else None
        if row is not None and row.parent_id != measure.pk:
            raise ValidationError({"steps": f"Kód {one.code} má v plánu jiný bod."})
        if row is None:
            code = one.code or next_code(level.role, measure.code, every)
            row = Node(plan=measure.plan, level=level, parent=measure, code=code, version=0)
        row.title, row.text, row.order, row.removed_at = one.title.strip(), one.text.strip(), order, None
        row.version += 1
        row.save()
        every[row.code] = row
        kept.append(row.pk)
        _write_step(row, one)
    gone = Node.objects.filter(parent=measure, level=level).standing().exclude(pk__in=kept)
    gone.update(removed_at=timezone.now())


def _write_step(row: Node, draft: StepDraft) -> None:
    values = {name: getattr(draft, name) for name in ("responsible", "starts_on", "ends_on")}
    cost = None if draft.cost is None else whole(draft.cost)
    Step.objects.update_or_create(node=row, defaults=values | {"cost": cost})


WRITERS: dict[str, Callable[[Card, CardDraft], None]] = {
    "steps": _write_steps,
    "costs": _write_costs,
    "funding": _write_funding,
    "capacities": _write_capacities,
    "evidence": _write_evidence,
    "risks": _write_risks,
    "extra": _write_extra,
}
