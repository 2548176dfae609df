"""Writes of what a plan is made of beside its tree: what it says of itself, names of levels, areas, own fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

type Rows = Sequence[dict[str, Any]]  # a setting as the journal keeps it, one row after another
SORTS: dict[str, str] = {value: str(label) for value, label in ExtraField.Sort.choices}
OF_PLAN = ("title", "organiser", "about", "starts_on", "ends_on", "follows", "above", "shown")


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area as it is wanted; `id` is None for a new one, `group` the number of the group that looks after it.
    Order is that of the rows."""

    name: str
    id: int | None = None
    group: int | None = None


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
def levels_name(*, plan: Plan, names: dict[int, tuple[str, str]], actor: Any, restores: Deed | None = None) -> None:
    """What the levels are called, by their depth: (one, many)."""
    plan = _editable(actor, plan)
    before = levels_told(plan)
    levels = list(plan.levels.select_for_update())
    for level in levels:
        level.name, level.many = names.get(level.depth, (level.name, level.many))
    Level.objects.bulk_update(levels, ["name", "many"])
    after = levels_told(plan)
    if before != after:
        record(verb="plan_levels_named", thing=plan, actor=actor, before=before, after=after, restores=restores)


def levels_told(plan: Plan) -> dict[str, Rows]:
    """Names of the levels from the top, as the journal keeps them."""
    return {"level_names": [dict(row) for row in plan.levels.values("name", "many")]}


def levels_restore(*, plan: Plan, deed: Deed, actor: Any) -> None:
    former: Rows = deed.before["level_names"]
    names = {depth: (row["name"], row["many"]) for depth, row in enumerate(former, 1)}
    levels_name(plan=plan, names=names, actor=actor, restores=deed)


@transaction.atomic
def areas_save(*, plan: Plan, wanted: Iterable[AreaRow], actor: Any, restores: Deed | None = None) -> None:
    """The areas of the plan in their order. One with measures is not taken away: they would lose their group."""
    plan = _editable(actor, plan)
    areas = list(wanted)
    _once([one.name for one in areas])
    stored = {one.pk: one for one in Area.objects.filter(plan=plan)}
    before = areas_told(plan)
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
    after = areas_told(plan)
    if before != after:
        names = groups_named(before["plan_areas"], after["plan_areas"])
        record(
            verb="plan_areas_changed",
            thing=plan,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )


def areas_told(plan: Plan) -> dict[str, Rows]:
    """Areas with the groups that look after them, as the journal keeps them."""
    rows = Area.objects.filter(plan=plan).values_list("pk", "name", "group__slug")
    return {"plan_areas": [{"id": pk, "name": name, "group": group} for pk, name, group in rows]}


def groups_named(*told: Rows) -> dict[str, str]:
    """What the groups of areas are called, by their keys in the journal."""
    slugs = {row["group"] for rows in told for row in rows if row["group"]}
    return dict(Group.objects.filter(slug__in=slugs).values_list("slug", "name"))


def areas_restore(*, plan: Plan, deed: Deed, actor: Any) -> None:
    former: Rows = deed.before["plan_areas"]
    groups = dict(Group.objects.filter(slug__in=[row["group"] for row in former]).values_list("slug", "pk"))
    known = _known(former, areas_told(plan)["plan_areas"])
    wanted = []
    for row in former:
        if row["group"] and row["group"] not in groups:
            raise ValidationError(f"Skupina „{deed.names.get(row['group'], row['group'])}“ už tu není.")
        wanted.append(AreaRow(row["name"], known.get(row["id"]), groups.get(row["group"])))
    areas_save(plan=plan, wanted=wanted, actor=actor, restores=deed)


@transaction.atomic
def fields_save(*, plan: Plan, wanted: Iterable[FieldRow], actor: Any, restores: Deed | None = None) -> None:
    """The plan's own fields in their order. One that some card has filled in is not taken away."""
    plan = _editable(actor, plan)
    wanted = list(wanted)
    _once([one.name for one in wanted])
    stored = {one.pk: one for one in ExtraField.objects.filter(plan=plan).annotate(number=Count("values"))}
    before = fields_told(plan)
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
    after = fields_told(plan)
    if before != after:
        record(
            verb="plan_fields_changed",
            thing=plan,
            actor=actor,
            before=before,
            after=after,
            names=SORTS,
            restores=restores,
        )


def fields_told(plan: Plan) -> dict[str, Rows]:
    """The plan's own fields as the journal keeps them."""
    rows = ExtraField.objects.filter(plan=plan).values("id", "name", "sort", "choices")
    return {"own_fields": [dict(row) for row in rows]}


def fields_restore(*, plan: Plan, deed: Deed, actor: Any) -> None:
    former: Rows = deed.before["own_fields"]
    known = _known(former, fields_told(plan)["own_fields"])
    wanted = [FieldRow(row["name"], row["sort"], row["choices"], known.get(row["id"])) for row in former]
    fields_save(plan=plan, wanted=wanted, actor=actor, restores=deed)


def _known(former: Rows, now: Rows) -> dict[int, int]:
    """Numbers of former rows and of the rows that are them now: the same ones, or those made anew since under the
    same name (and of the same sort)."""
    here = {row["id"] for row in now}
    known = {row["id"]: row["id"] for row in former if row["id"] in here}
    free = {(row["name"], row.get("sort")): row["id"] for row in now if row["id"] not in known}
    anew = {row["id"]: free.get((row["name"], row.get("sort"))) for row in former if row["id"] not in known}
    return known | {old: new for old, new in anew.items() if new is not None}


def beside(former: Rows, now: Rows) -> Rows:
    """The rows of now under the numbers that they had before, so that one made anew does not look changed."""
    old = {new: old for old, new in _known(former, now).items()}
    return [row | {"id": old.get(row["id"], row["id"])} for row in now]


def _once(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationError(f"„{twice[0]}“ je tu dvakrát.")


def _let_names_go(rows: Iterable[Any], gone: set[int]) -> None:
    """Names are unique in a plan: rows that swap theirs must give them up before they take the new ones."""
    for row in rows:
        if row.pk not in gone:
            type(row).objects.filter(pk=row.pk).update(name=f"~{row.pk}~")
