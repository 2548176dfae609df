"""Writes of the bodies themselves: what a group says of itself and its rules of procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Field, Model
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import TargetGroup

from . import rules
from .models import Group, Procedure

OF_GROUP = (
    *("name", "abbreviation", "sort", "above", "about", "mandate", "since", "until", "contact_name", "contact_email"),
    *("contact_phone", "open_to_public", "accepts", "shown", "closed_on"),
)
OF_PROCEDURE = tuple(field.name for field in Procedure._meta.concrete_fields if field.name not in {"id", "group"})
# Words that stand where the name of a group would in the addresses of the desk.
RESERVED = {"nova", "prihlasky", "obnovit", "clenstvi"}
STALE = "Mezitím to upravil někdo jiný. Podívejte se, co se změnilo, a uložte to znovu."
# In lists the steering group comes first, then the coordinating ones.
ORDER = {Group.Sort.STEERING: 0, Group.Sort.COORDINATING: 1, Group.Sort.WORKING: 2, Group.Sort.OTHER: 3}


class Stale(ValidationError):
    """Somebody saved the same row meanwhile."""

    def __init__(self) -> None:
        super().__init__(STALE)


def locked(group: Group, actor: Any, seen: int | None = None) -> Group:
    """The group as it is now, held for this write; `seen` is the version that the person was looking at."""
    if not rules.may_edit_group(actor, group):
        raise PermissionDenied
    fresh = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if seen is not None and fresh.version != seen:
        raise Stale
    return fresh


@transaction.atomic
def group_add(
    *, span_kind: str, span_code: str, span_name: str, actor: Any, target_groups: Any = (), **values: Any
) -> Group:
    """A new body with the usual rules of procedure."""
    group = Group(span_kind=span_kind, span_code=span_code, span_name=span_name, **values)
    if not rules.may_edit_group(actor, group):
        raise PermissionDenied
    group.slug = _free_slug(group.name)
    _check(group)
    group.order = ORDER[Group.Sort(group.sort)]
    group.save()
    group.target_groups.set(target_groups)
    Procedure.objects.create(group=group)
    record(verb="group_added", thing=group, actor=actor, after={"name": group.name, "sort": group.sort})
    return group


def _free_slug(name: str) -> str:
    base = slugify(name)[:100] or "skupina"
    if base in RESERVED:
        base = f"skupina-{base}"
    taken = set(Group.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _check(group: Group) -> None:
    if group.since and group.until and group.until < group.since:
        raise ValidationError({"until": "Funkční období nemůže skončit dřív, než začne."})
    above = group.above
    while above is not None:
        if above.pk == group.pk:
            raise ValidationError({"above": "Skupina nemůže předkládat sama sobě."})
        above = above.above


@transaction.atomic
def group_change(*, group: Group, seen: int | None, actor: Any, restores: Deed | None = None, **values: Any) -> Group:
    """What the group says of itself (OF_GROUP and `target_groups`, keys in any order)."""
    group = locked(group, actor, seen)
    names = [name for name in (*OF_GROUP, "target_groups") if name in values]
    before = told_group(group, names)
    for name in names:
        if name != "target_groups":
            setattr(group, name, values[name])
    _check(group)
    if "target_groups" in values:
        group.target_groups.set(values["target_groups"])
    after = told_group(group, names)
    changed = [name for name in names if before[name] != after[name]]
    if changed:
        group.version += 1
        group.order = ORDER[Group.Sort(group.sort)]
        group.save()
        told = [{name: values[name] for name in changed} for values in (before, after)]
        record(
            verb="group_changed",
            thing=group,
            actor=actor,
            before=told[0],
            after=told[1],
            names=choice_names(Group, *told),
            restores=restores,
        )
    return group


def told_group(group: Group, names: list[str]) -> dict[str, Any]:
    """Values as the journal keeps them: the group above by its slug, target groups by their keys."""
    told: dict[str, Any] = {}
    for name in names:
        if name == "target_groups":
            told[name] = sorted(group.target_groups.values_list("key", flat=True))
        elif name == "above":
            told[name] = group.above.slug if group.above else None
        else:
            told[name] = getattr(group, name)
    return told


def group_restore(*, group: Group, deed: Deed, actor: Any) -> Group:
    """The values from before the deed."""
    values = {name: value for name, value in deed.before.items() if name in (*OF_GROUP, "target_groups")}
    if "above" in values:
        values["above"] = Group.objects.filter(slug=values["above"] or "").first()
    if "target_groups" in values:
        values["target_groups"] = TargetGroup.objects.filter(key__in=values["target_groups"])
    for name in ("since", "until", "closed_on"):
        if name in values:
            values[name] = column(Group, name).to_python(values[name])
    return group_change(group=group, seen=None, actor=actor, restores=deed, **values)


@transaction.atomic
def procedure_change(
    *, group: Group, seen: int | None, actor: Any, restores: Deed | None = None, **values: Any
) -> Procedure:
    group = locked(group, actor, seen)
    procedure = Procedure.objects.get(group=group)
    names = [name for name in OF_PROCEDURE if name in values]
    before = {name: getattr(procedure, name) for name in names}
    for name in names:
        setattr(procedure, name, values[name])
    changed = [name for name in names if before[name] != getattr(procedure, name)]
    if changed:
        procedure.save()
        group.version += 1
        group.save(update_fields=["version"])
        told = [{name: before[name] for name in changed}, {name: getattr(procedure, name) for name in changed}]
        record(
            verb="group_procedure_changed",
            thing=group,
            actor=actor,
            before=told[0],
            after=told[1],
            names=choice_names(Procedure, *told),
            restores=restores,
        )
    return procedure


def column(model: type[Model], name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", model._meta.get_field(name))


def choice_names(model: type[Model], *told: Mapping[str, Any]) -> dict[str, str]:
    """Czech words of the choices among the values."""
    names: dict[str, str] = {}
    for values in told:
        for name, value in values.items():
            if name == "target_groups":
                rows = TargetGroup.objects.filter(key__in=value)
                names |= {row.key: str(row) for row in rows}
            elif name == "above":
                names |= {row.slug: row.name for row in Group.objects.filter(slug=value or "")}
            elif choices := column(model, name).flatchoices:
                names |= {str(key): str(word) for key, word in choices if key == value}
    return names
