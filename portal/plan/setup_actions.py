"""Writes of what a plan is made of beside its tree: what it says of itself, names of levels, areas, own fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.groups.models import Group

from . import rules
from .models import Area, ExtraField, Level, Plan

OF_PLAN = ("title", "organiser", "about", "starts_on", "ends_on", "follows", "above", "shown")


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area as it is wanted; `id` is None for a new one, `group` the number of the group that looks after it.
    Order is that of the rows."""

    name: str
    id: int | None = None
    group: int | None = None

    @classmethod
    def of(cls, area: Area) -> AreaRow:
        return cls(area.name, area.pk, area.group_id)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of the plan's own as it is wanted; the sort of one that exists does not change."""

    name: str
    sort: str
    choices: str = ""
    id: int | None = None


def _editable(person: Any, plan: Plan) -> Plan:
    if not rules.may_edit_plan(person, plan):
        raise PermissionDenied
    return Plan.objects.select_for_update().get(pk=plan.pk)


@transaction.atomic
def plan_change(*, plan: Plan, actor: Any, restores: Deed | None = None, **values: Any) -> Plan:
    """What the plan says of itself (OF_PLAN). The days of an approved plan are changed by its states alone."""
    plan = _editable(actor, plan)
    before = {name: getattr(plan, name) for name in OF_PLAN if name in values}
    for name in before:
        setattr(plan, name, values[name])
    if not plan.is_open and any(before.get(name) != values.get(name) for name in ("starts_on", "ends_on")):
        raise ValidationError("Období schváleného plánu se mění jen prodloužením.")
    if plan.ends_on < plan.starts_on:
        raise ValidationError({"ends_on": "Plán nemůže skončit dřív, než začne."})
    for name in ("follows", "above"):
        if _leads_to(getattr(plan, name), plan, name):
            raise ValidationError({name: "Plán nemůže navazovat sám na sebe."})
    after = {name: getattr(plan, name) for name in before}
    names = [name for name in before if before[name] != after[name]]
    if names:
        plan.save()
        told = [{name: _told(values[name]) for name in names} for values in (before, after)]
        record(verb="plan_changed", thing=plan, actor=actor, before=told[0], after=told[1], restores=restores)
    return plan


def plan_told(plan: Plan, names: Iterable[str]) -> dict[str, Any]:
    """What the plan says of itself now, of these fields (OF_PLAN), as the journal keeps it."""
    return {name: _told(getattr(plan, name)) for name in names if name in OF_PLAN}


def plan_meant(told: dict[str, Any]) -> dict[str, Any]:
    """Values for `plan_change` from those of the journal; a plan that is no longer there is none."""
    meant = {name: value for name, value in told.items() if name in OF_PLAN}
    for name in meant.keys() & {"starts_on", "ends_on"}:
        meant[name] = date.fromisoformat(meant[name])
    for name in meant.keys() & {"follows", "above"}:
        meant[name] = Plan.objects.filter(slug=meant[name]).first()
    return meant


def _leads_to(other: Plan | None, plan: Plan, name: str) -> bool:
    while other is not None:
        if other.pk == plan.pk:
            return True
        other = getattr(other, name)
    return False


def _told(value: Any) -> Any:
    return value.slug if isinstance(value, Plan) else value


@transaction.atomic
def levels_name(*, plan: Plan, names: dict[int, tuple[str, str]], actor: Any) -> None:
    """What the levels are called, by their depth: (one, many)."""
    plan = _editable(actor, plan)
    levels = list(plan.levels.select_for_update())
    before = {level.depth: level.name for level in levels}
    many = {level.depth: level.many for level in levels}
    for level in levels:
        level.name, level.many = names.get(level.depth, (level.name, level.many))
    Level.objects.bulk_update(levels, ["name", "many"])
    after = {level.depth: level.name for level in levels}
    if before != after or many != {level.depth: level.many for level in levels}:
        told = ", ".join(before.values()), ", ".join(after.values())
        record(verb="plan_levels_named", thing=plan, actor=actor, before={"levels": told[0]}, after={"levels": told[1]})


@transaction.atomic
def areas_save(*, plan: Plan, wanted: Iterable[AreaRow], actor: Any) -> None:
    """The areas of the plan in their order. One with measures is not taken away: they would lose their group."""
    plan = _editable(actor, plan)
    areas = list(wanted)
    _once([one.name for one in areas])
    stored = {one.pk: one for one in Area.objects.filter(plan=plan)}
    before = _areas_told(AreaRow.of(one) for one in stored.values())
    gone = set(stored) - {one.id for one in areas}
    for taken in Area.objects.filter(pk__in=gone).annotate(number=Count("card")):
        if taken.number:
            raise ValidationError(f"Oblast „{taken.name}“ má opatření. Nejdřív je dejte jiné oblasti.")
    Area.objects.filter(pk__in=gone).delete()
    _let_names_go(stored.values(), gone)
    for order, row in enumerate(areas):
        area = stored.get(row.id or 0) or Area(plan=plan)
        area.name, area.order, area.group_id = row.name, order, row.group
        area.save()
    after = _areas_told(areas)
    if before != after:
        record(verb="plan_areas_changed", thing=plan, actor=actor, before={"areas": before}, after={"areas": after})


def _areas_told(rows: Iterable[AreaRow]) -> list[str]:
    """Names of areas with the groups that look after them."""
    areas = list(rows)
    names = dict(Group.objects.filter(pk__in=[one.group for one in areas if one.group]).values_list("pk", "name"))
    return [f"{one.name} ({names[one.group]})" if one.group in names else one.name for one in areas]


@transaction.atomic
def fields_save(*, plan: Plan, wanted: Iterable[FieldRow], actor: Any) -> None:
    """The plan's own fields in their order. One that some card has filled in is not taken away."""
    plan = _editable(actor, plan)
    wanted = list(wanted)
    _once([one.name for one in wanted])
    stored = {one.pk: one for one in ExtraField.objects.filter(plan=plan).annotate(number=Count("values"))}
    before = [_field_told(one) for one in stored.values()]
    gone = set(stored) - {one.id for one in wanted}
    for key in gone:
        if stored[key].number:
            raise ValidationError(
                f"Pole „{stored[key].name}“ je na některých kartách vyplněné. Nejdřív ho tam vymažte."
            )
    ExtraField.objects.filter(pk__in=gone).delete()
    _let_names_go(stored.values(), gone)
    for order, row in enumerate(wanted):
        one = stored.get(row.id or 0) or ExtraField(plan=plan, sort=row.sort)
        if one.sort == ExtraField.Sort.CHOICE and not row.choices.strip():
            raise ValidationError(f"U výběru „{row.name}“ napište možnosti, každou na řádek.")
        one.name, one.choices, one.order = row.name, row.choices, order
        one.save()
    after = [_field_told(one) for one in ExtraField.objects.filter(plan=plan)]
    if before != after:
        record(verb="plan_fields_changed", thing=plan, actor=actor, before={"fields": before}, after={"fields": after})


def _field_told(field: ExtraField) -> str:
    choices = ", ".join(field.choices.splitlines())
    return f"{field.name} ({field.get_sort_display()}{': ' + choices if choices else ''})"


def _once(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationError(f"„{twice[0]}“ je tu dvakrát.")


def _let_names_go(rows: Iterable[Any], gone: set[int]) -> None:
    """Names are unique in a plan: rows that swap theirs must give them up before they take the new ones."""
    for row in rows:
        if row.pk not in gone:
            type(row).objects.filter(pk=row.pk).update(name=f"~{row.pk}~")
