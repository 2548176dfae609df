"""Every write of this app."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record

from . import rules
from .models import ReferenceValue

COLUMNS = ("name", "unit", "measure", "amount", "year", "source", "note")


def _may_edit(person: Any) -> None:
    if not rules.may_edit_references(person):
        raise PermissionDenied


@transaction.atomic
def reference_save(*, values: dict[str, Any], actor: Any, reference: ReferenceValue | None = None) -> ReferenceValue:
    """A new reference value, or new contents of one that is there. `values`: COLUMNS and `kinds`."""
    _may_edit(actor)
    if not values["source"].strip():
        raise ValidationError(_("Napište zdroj. Bez něj se s hodnotou nedá srovnávat."))
    if not values["kinds"]:
        raise ValidationError(_("Vyberte aspoň jeden druh služby."))
    before = _told(reference) if reference else {}
    kept = reference or ReferenceValue()
    for name in COLUMNS:
        setattr(kept, name, values[name])
    kept.full_clean()
    kept.save()
    kept.kinds.set(values["kinds"])
    verb = "reference_changed" if reference else "reference_added"
    _record(verb, kept, actor, before)
    return kept


def _record(verb: str, reference: ReferenceValue, actor: Any, before: dict[str, Any]) -> None:
    if verb == "reference_added":
        record(verb="reference_added", thing=reference, actor=actor, after=_told(reference))
    else:
        record(verb="reference_changed", thing=reference, actor=actor, before=before, after=_told(reference))


@transaction.atomic
def reference_remove(*, reference: ReferenceValue, actor: Any) -> None:
    _may_edit(actor)
    record(verb="reference_removed", thing=reference, actor=actor, before=_told(reference))
    reference.delete()


def _told(reference: ReferenceValue) -> dict[str, Any]:
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
