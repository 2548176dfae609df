"""Every write of this app."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import CapacityUnit, Kind
from portal.territory.models import Statistic

from . import rules
from .models import ReferenceValue

COLUMNS = ("name", "unit", "measure", "amount", "year", "source", "note")


def _may_edit(person: Any) -> None:
    if not rules.may_edit_references(person):
        raise PermissionDenied


@transaction.atomic
def reference_save(
    *, values: dict[str, Any], actor: Any, reference: ReferenceValue | None = None, restores: Deed | None = None
) -> ReferenceValue:
    """A new reference value, or new contents of one that is there. `values`: COLUMNS and `kinds`."""
    _may_edit(actor)
    if not values["source"].strip():
        raise ValidationError(_("Napište zdroj. Bez něj se s hodnotou nedá srovnávat."))
    if not values["kinds"]:
        raise ValidationError(_("Vyberte aspoň jeden druh služby."))
    before = reference_told(reference) if reference else {}
    kept = reference or ReferenceValue()
    for name in COLUMNS:
        setattr(kept, name, values[name])
    kept.full_clean()
    kept.save()
    kept.kinds.set(values["kinds"])
    after = reference_told(kept)
    names = reference_names(before, after)
    if reference:
        record(
            verb="reference_changed",
            thing=kept,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    else:
        record(verb="reference_added", thing=kept, actor=actor, after=after, names=names, restores=restores)
    return kept


@transaction.atomic
def reference_remove(*, reference: ReferenceValue, actor: Any) -> None:
    _may_edit(actor)
    told = reference_told(reference)
    record(verb="reference_removed", thing=reference, actor=actor, before=told, names=reference_names(told))
    reference.delete()


def reference_told(reference: ReferenceValue) -> dict[str, Any]:
    stored = ReferenceValue.objects.select_related("unit").prefetch_related("kinds").get(pk=reference.pk)
    return {
        "name": stored.name,
        "kinds": sorted(kind.key for kind in stored.kinds.all()),
        "unit": stored.unit.key if stored.unit else None,
        "measure": stored.measure,
        "amount": stored.amount,
        "year": stored.year,
        "source": stored.source,
        "note": stored.note,
    }


@transaction.atomic
def reference_restore(*, deed: Deed, actor: Any) -> ReferenceValue:
    """The value as it stood before the deed; written anew when it was removed since."""
    former = dict(deed.before)
    keys = former.pop("kinds")
    kinds = list(Kind.objects.filter(key__in=keys))
    if len(kinds) < len(keys):
        raise ValidationError(_("Některý z druhů už v číselníku není. Obnovit to proto nejde."))
    values = former | {"kinds": kinds, "unit": unit_of(former["unit"])}
    reference = ReferenceValue.objects.filter(pk=deed.thing_id).first()
    return reference_save(values=values, actor=actor, reference=reference, restores=deed)


def unit_of(key: str | None) -> CapacityUnit | None:
    if key is None:
        return None
    unit = CapacityUnit.objects.filter(key=key).first()
    if unit is None:
        raise ValidationError(_("Jednotka kapacity už v číselníku není. Obnovit to proto nejde."))
    return unit


def reference_names(*told: dict[str, Any]) -> dict[str, str]:
    """What the kinds, the unit and the group of people are called today, by their keys."""
    keys = {key for values in told for key in [*values.get("kinds", []), values.get("kind")] if key}
    units = {values["unit"] for values in told if values.get("unit")}
    kinds = Kind.objects.filter(key__in=keys).values_list("key", "name")
    named = CapacityUnit.objects.filter(key__in=units).values_list("key", "name")
    return {**dict(kinds), **dict(named), **{key: str(word) for key, word in Statistic.Measure.choices}}
