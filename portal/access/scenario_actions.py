"""Every write of scenarios, unit costs and proposals of places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.catalogue.models import Kind

from . import rules, scenario, study
from .actions import reference_names, unit_of
from .models import Scenario, ScenarioChange, ScenarioComment, UnitCost
from .question import Amount, Method, Question

MOST_CHANGES = 40
COST_COLUMNS = ("kind", "unit", "amount", "year", "source", "note")


class Stale(ValidationError):
    """Somebody else has changed the scenario since the page was read. Nothing was written."""


def _may_edit(person: Any) -> None:
    if not rules.may_edit_scenarios(person):
        raise PermissionDenied


def _locked(one: Scenario, seen: int) -> Scenario:
    """The row, locked until the end of the transaction, if it is still the version that the person saw."""
    held = Scenario.objects.select_for_update().get(pk=one.pk)
    if held.version != seen:
        raise Stale(
            _("Scénář mezitím někdo změnil. Vaši změnu jsme nezapsali, ať nepřepíše cizí práci. Tady je dnešní stav.")
        )
    return held


def _written(held: Scenario) -> Scenario:
    held.version += 1
    held.save()
    return held


def plain(question: Question) -> Question:
    """The question as scenarios ask it: the way to the nearest help; capacity is told beside it."""
    return replace(question, method=Method.NEAREST, amount=Amount.PLACES)


# --- scenarios -------------------------------------------------------------------------------------------------


@transaction.atomic
def scenario_add(*, name: str, note: str, question: Question, actor: Any) -> Scenario:
    _may_edit(actor)
    made = Scenario.objects.create(name=name, note=note, query=plain(question).query(), author=actor)
    record(verb="scenario_added", thing=made, actor=actor, after={"name": name, "query": made.query})
    return made


@transaction.atomic
def scenario_save(
    *, one: Scenario, seen: int, name: str, note: str, shared: bool, actor: Any, restores: Deed | None = None
) -> Scenario:
    """Rename, describe, and open or close the address for those who have the link."""
    _may_edit(actor)
    held = _locked(one, seen)
    before = scenario_told(held)
    held.name, held.note, held.shared = name, note, shared
    after = scenario_told(held)
    record(verb="scenario_changed", thing=held, actor=actor, before=before, after=after, restores=restores)
    return _written(held)


def scenario_told(one: Scenario) -> dict[str, Any]:
    return {"name": one.name, "note": one.note, "shared": one.shared}


@transaction.atomic
def scenario_remove(*, one: Scenario, actor: Any) -> None:
    _may_edit(actor)
    record(verb="scenario_removed", thing=one, actor=actor, before={"name": one.name, "query": one.query})
    one.delete()


@transaction.atomic
def change_add(*, one: Scenario, seen: int, question: Question, change: scenario.Change, actor: Any) -> Scenario:
    """Add a change that makes sense after those that are there; raises ValidationError otherwise."""
    _may_edit(actor)
    held = _locked(one, seen)
    rows = list(held.changes.all())
    if len(rows) >= MOST_CHANGES:
        raise ValidationError(
            _("Scénář má nejvýš %d změn. Vezměte některou zpět, nebo založte další scénář.") % MOST_CHANGES
        )
    scenario.check(study.study(question), [scenario.Change.of(row) for row in rows], change)
    row = ScenarioChange.objects.create(
        scenario=held,
        deed=change.deed,
        facility_id=change.number if change.sort == scenario.PLACE else None,
        service_id=change.number if change.sort == scenario.COMING else None,
        municipality_id=change.municipality or None,
        amount=change.amount,
    )
    record(verb="scenario_played", thing=held, actor=actor, after={"change": str(row)})
    return _written(held)


@transaction.atomic
def change_undo(*, one: Scenario, seen: int, actor: Any) -> Scenario:
    """Take the last change back."""
    _may_edit(actor)
    held = _locked(one, seen)
    last = held.changes.last()
    if last is None:
        raise ValidationError(_("Není co vzít zpět: scénář zatím nemá žádnou změnu."))
    record(verb="scenario_undone", thing=held, actor=actor, before={"change": str(last)})
    last.delete()
    return _written(held)


@transaction.atomic
def comment_add(*, one: Scenario, text: str, actor: Any) -> ScenarioComment:
    """A comment changes no number, so it does not ask which version was seen. Who only has the link comments on what is
    shared."""
    if not (rules.may_edit_scenarios(actor) or (one.shared and rules.may_comment_scenarios(actor))):
        raise PermissionDenied
    made = ScenarioComment.objects.create(scenario=one, author=actor, text=text)
    record(verb="scenario_commented", thing=one, actor=actor, after={"text": text})
    return made


# --- unit costs ------------------------------------------------------------------------------------------------


@transaction.atomic
def unit_cost_save(
    *, values: dict[str, Any], actor: Any, cost: UnitCost | None = None, restores: Deed | None = None
) -> UnitCost:
    """`values`: COST_COLUMNS."""
    _may_edit(actor)
    before = unit_cost_told(cost) if cost else {}
    kept = UnitCost.objects.get(pk=cost.pk) if cost else UnitCost()
    for name in COST_COLUMNS:
        setattr(kept, name, values[name])
    kept.full_clean()
    kept.save()
    after = unit_cost_told(kept)
    names = reference_names(before, after)
    if cost:
        record(
            verb="unit_cost_changed",
            thing=kept,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    else:
        record(verb="unit_cost_added", thing=kept, actor=actor, after=after, names=names, restores=restores)
    return kept


@transaction.atomic
def unit_cost_remove(*, cost: UnitCost, actor: Any) -> None:
    _may_edit(actor)
    told = unit_cost_told(cost)
    record(verb="unit_cost_removed", thing=cost, actor=actor, before=told, names=reference_names(told))
    cost.delete()


def unit_cost_told(cost: UnitCost) -> dict[str, Any]:
    stored = UnitCost.objects.select_related("kind", "unit").get(pk=cost.pk)
    return {
        "kind": stored.kind.key,
        "unit": stored.unit.key if stored.unit else None,
        "amount": stored.amount,
        "year": stored.year,
        "source": stored.source,
        "note": stored.note,
    }


@transaction.atomic
def unit_cost_restore(*, deed: Deed, actor: Any) -> UnitCost:
    """The cost as it stood before the deed; written anew when it was removed since."""
    former = dict(deed.before)
    kind = Kind.objects.filter(key=former["kind"]).first()
    if kind is None:
        raise ValidationError(_("Druh služby už v číselníku není. Obnovit to proto nejde."))
    values = former | {"kind": kind, "unit": unit_of(former["unit"])}
    cost = UnitCost.objects.filter(pk=deed.thing_id).first()
    return unit_cost_save(values=values, actor=actor, cost=cost, restores=deed)
