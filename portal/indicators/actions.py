"""Every write of indicators."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from portal.accounts.models import Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.plan import rules as plans
from portal.plan.actions import writable
from portal.plan.models import Node, Plan

from . import computed, rules
from .models import Actual, Definition, Indicator, Target

WORDS = ("name", "description", "source", "supplier", "often", "active")
MEANING = ("unit", "adds_up", "more_is_better", "formula", "kind", "form", "capacity_unit")


class Stale(Exception):
    """Somebody else saved the indicator meanwhile. Nothing was written."""


# --- definitions -----------------------------------------------------------------------------------------------


@transaction.atomic
def definition_save(
    *, values: Mapping[str, Any], actor: Any, definition: Definition | None = None, restores: Deed | None = None
) -> Definition:
    """A new definition, or other words of one that is there. `values`: WORDS and MEANING. What is measured does not
    change once a plan uses it: numbers written before would mean something else."""
    if not rules.may_edit_definitions(actor):
        raise PermissionDenied
    kept = Definition.objects.select_for_update().get(pk=definition.pk) if definition else Definition()
    before = definition_told(kept) if definition else {}
    if definition and kept.uses.exists() and any(getattr(kept, name) != values[name] for name in MEANING):
        raise ValidationError("Ukazatel už plány používají. Co a jak se měří, se proto nemění. Založte nový.")
    for name in (*WORDS, *MEANING):
        setattr(kept, name, values[name])
    _check(kept)
    if not definition:
        kept.key = _free_key(kept.name)
    kept.full_clean()
    kept.save()
    if not definition:
        record(verb="definition_added", thing=kept, actor=actor, after=definition_told(kept))
    elif before != (after := definition_told(kept)):
        record(verb="definition_changed", thing=kept, actor=actor, before=before, after=after, restores=restores)
    return kept


def _check(kept: Definition) -> None:
    if kept.formula == Definition.Formula.CAPACITY and not (kept.kind and kept.capacity_unit):
        raise ValidationError({"kind": "Vyberte druh služby a jednotku kapacity. Bez nich není co sčítat."})
    if kept.formula == Definition.Formula.CONFIRMED and kept.adds_up:
        raise ValidationError({"adds_up": "Podíl se sčítat nedá."})


def _free_key(name: str) -> str:
    base = slugify(name)[:50] or "ukazatel"
    taken = set(Definition.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := base if n == 1 else f"{base}-{n}") not in taken)


def definition_told(definition: Definition) -> dict[str, Any]:
    told = {name: getattr(definition, name) for name in (*WORDS, *MEANING)}
    return {name: value.key if hasattr(value, "key") else value for name, value in told.items()}


# --- on a point of a plan ----------------------------------------------------------------------------------------


def _writable(person: Any, plan: Plan) -> Plan:
    if not plans.may_edit_plan(person, plan):
        raise PermissionDenied
    return writable(plan)


@transaction.atomic
def indicator_add(*, node: Node, definition: Definition, actor: Any) -> Indicator:
    """Measure this on a measure or a goal. A computed one begins with what the catalogue says today."""
    plan = _writable(actor, node.plan)
    _free(node, definition)
    today = timezone.localdate()
    said = computed.figure(definition, plan, today)
    baseline = said.value if said else None
    indicator = Indicator.objects.create(
        node=node,
        definition=definition,
        order=node.indicators.count() + 1,
        baseline=baseline,
        baseline_year=today.year if baseline is not None else None,
    )
    record(verb="indicator_added", thing=indicator, actor=actor, after=indicator_told(indicator))
    return indicator


def _free(node: Node, definition: Definition) -> None:
    """The definition may be measured on the node and is not measured there yet."""
    if node.level.role not in Indicator.ON:
        raise ValidationError("Ukazatel patří k opatření nebo k cíli.")
    if node.removed_at is not None:
        raise ValidationError("Tenhle bod je z plánu vyřazený.")
    if Indicator.objects.filter(node=node, definition=definition).exists():
        raise ValidationError("Tenhle ukazatel už tu je.")


@transaction.atomic
def indicator_change(
    *,
    indicator: Indicator,
    baseline: Decimal | None,
    baseline_year: int | None,
    note: str,
    targets: Mapping[int, Decimal | None],
    seen: int,
    actor: Any,
    restores: Deed | None = None,
) -> Indicator:
    """Where it stood and where it should get. Years of `targets` with None have no target; other years stay."""
    plan = _writable(actor, indicator.node.plan)
    kept = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if kept.version != seen:
        raise Stale
    if outside := sorted(year for year in targets if year not in plan.years):
        raise ValidationError(f"Rok {outside[0]} je mimo dobu plánu.")
    before = indicator_told(kept)
    kept.baseline, kept.baseline_year, kept.note = baseline, baseline_year, note.strip()
    kept.version += 1
    kept.save()
    Target.objects.filter(indicator=kept, year__in=list(targets)).delete()
    rows = [Target(indicator=kept, year=year, value=value) for year, value in targets.items() if value is not None]
    Target.objects.bulk_create(rows)
    after = indicator_told(kept)
    if before != after:
        record(verb="indicator_changed", thing=kept, actor=actor, before=before, after=after, restores=restores)
    return kept


def indicator_told(indicator: Indicator) -> dict[str, Any]:
    targets = Target.objects.filter(indicator=indicator).values_list("year", "value")
    return {
        "definition": indicator.definition.name,
        "baseline": indicator.baseline,
        "baseline_year": indicator.baseline_year,
        "note": indicator.note,
        "targets": {str(year): value for year, value in targets},
    }


@transaction.atomic
def indicator_remove(*, indicator: Indicator, actor: Any) -> None:
    """Off the point. One that has values stays: what was measured is not thrown away."""
    _writable(actor, indicator.node.plan)
    if indicator.actuals.filter(computed=False).exists():
        raise ValidationError("Ukazatel už má zapsané hodnoty. Odebrat nejde, aby se neztratily.")
    rows = Indicator.objects.select_for_update(of=("self",)).select_related("definition", "node__plan")
    indicator = rows.get(pk=indicator.pk)
    before, node = removed_told(indicator), indicator.node
    names = {_address(node): str(node), indicator.definition.key: indicator.definition.name}
    record(verb="indicator_removed", thing=indicator, actor=actor, before=before, names=names)
    indicator.delete()


def removed_told(indicator: Indicator) -> dict[str, Any]:
    """What the journal keeps of an indicator whose row is gone: also where it stood, and the key of its definition."""
    return indicator_told(indicator) | {"node": _address(indicator.node), "definition": indicator.definition.key}


def _address(node: Node) -> str:
    return f"{node.plan.slug}/{node.code}"


@transaction.atomic
def indicator_return(*, node: Node, deed: Deed, actor: Any) -> Indicator:
    """Back on the point with what the deed took away: where it stood and where it should get."""
    plan = _writable(actor, node.plan)
    former: dict[str, Any] = deed.before
    definition = Definition.objects.filter(key=former["definition"]).first()
    if definition is None:
        name = deed.names.get(former["definition"], former["definition"])
        raise ValidationError(f"Ukazatel „{name}“ už v číselníku není.")
    _free(node, definition)
    indicator = Indicator.objects.create(
        node=node,
        definition=definition,
        order=node.indicators.count() + 1,
        baseline=former["baseline"],
        baseline_year=former["baseline_year"],
        note=former["note"],
    )
    Target.objects.bulk_create(
        Target(indicator=indicator, year=int(year), value=value)
        for year, value in former["targets"].items()
        if int(year) in plan.years
    )
    indicator.refresh_from_db()
    after = indicator_told(indicator)
    record(verb="indicator_added", thing=indicator, actor=actor, after=after, restores=deed)
    return indicator


# --- what really is ----------------------------------------------------------------------------------------------


def actual_say(
    *,
    indicator: Indicator,
    year: int,
    value: Decimal | None,
    note: str = "",
    actor: Any,
    restores: Deed | None = None,
) -> Actual | None:
    """What somebody says it really was in a year; None takes the value back to unknown."""
    if not rules.may_say_actual(actor, indicator):
        raise PermissionDenied
    return actual_write(indicator=indicator, year=year, value=value, note=note, said_by=actor, restores=restores)


def actual_told(indicator: Indicator, year: int) -> dict[str, Any]:
    """What the journal keeps of a year."""
    stored = Actual.objects.filter(indicator=indicator, year=year).first()
    return {"year": year, "value": stored.value if stored else None, "note": stored.note if stored else ""}


@transaction.atomic
def actual_write(
    *,
    indicator: Indicator,
    year: int,
    value: Decimal | None,
    note: str = "",
    said_by: Person | None,
    restores: Deed | None = None,
) -> Actual | None:
    """The same for those whose right to say it was asked elsewhere (a link in a letter)."""
    if indicator.definition.is_computed:
        raise ValidationError("Tuhle hodnotu počítá systém z katalogu. Psát ji nejde.")
    if year > timezone.localdate().year:
        raise ValidationError("Skutečnost budoucího roku ještě nikdo nezná.")
    stored = Actual.objects.filter(indicator=indicator, year=year).first()
    before = actual_told(indicator, year)
    after = {"year": year, "value": value, "note": note.strip()}
    if before == after:
        return stored
    if value is None:
        Actual.objects.filter(indicator=indicator, year=year).delete()
        said = None
    else:
        said, _ = Actual.objects.update_or_create(
            indicator=indicator, year=year, defaults={"value": value, "note": note.strip(), "said_by": said_by}
        )
    record(verb="actual_said", thing=indicator, actor=said_by, before=before, after=after, restores=restores)
    return said


@transaction.atomic
def count_today() -> int:
    """Write what the catalogue says now as this year's value of every computed indicator of a plan in force. Run
    daily, so that the last day of a year stays as its value. Returns how many were written."""
    today = timezone.localdate()
    asked = (
        Indicator.objects.standing()
        .exclude(definition__formula="")
        .filter(
            node__plan__in=Plan.objects.valid_in(today.year).exclude(
                state__in=(Plan.State.CLOSED, Plan.State.EVALUATED)
            )
        )
    )
    known: dict[tuple[int, str, str], computed.Figure | None] = {}
    rows = []
    for one in asked.select_related("node__plan", "definition__kind", "definition__form", "definition__capacity_unit"):
        plan = one.node.plan
        key = (one.definition_id, plan.span_kind, plan.span_code)
        if key not in known:
            known[key] = computed.figure(one.definition, plan, today)
        said = known[key]
        if said is not None and said.value is not None:
            note = f"Kolik služeb kapacitu neuvádí: {said.silent}" if said.silent else ""
            rows.append(Actual(
                indicator=one, year=today.year, value=said.value, note=note, computed=True, said_at=timezone.now()
            ))  # fmt: skip
    Actual.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["indicator", "year"],
        update_fields=["value", "note", "computed", "said_at"],
    )
    return len(rows)
