"""Bridge: capacity that plans in force promise -> what the area asked is to have in the years to come.

A promise is a change of capacity on the card of a measure. What the catalogue shows as done since the promise was made
stands there already, so only the rest of it counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.urls import reverse

from portal.accounts.rules import Range
from portal.catalogue.models import Capacity
from portal.plan.models import CapacityChange, Plan

from .study import Mask, Study

# Decided and not over: a draft promises nothing yet, an evaluated plan no more.
PROMISING = (Plan.State.APPROVED, Plan.State.IN_FORCE, Plan.State.PROLONGED)


@dataclass(frozen=True)
class Promise:
    """`amount` of units (less than zero: fewer) that the area is to gain from `year` on."""

    title: str
    url: str
    plan: str
    unit: str
    amount: float
    year: int


@dataclass(frozen=True)
class Promised:
    """`left`: promises of which nobody can say how much of them falls into the area."""

    all: list[Promise]
    left: int

    def until(self, unit: str, year: int) -> float:
        """Units promised until the end of a year."""
        return sum(one.amount for one in self.all if one.unit == unit and one.year <= year)


def promised(study: Study) -> Promised:
    """What plans in force promise of the kinds asked in the area asked. At most four queries.

    A service counts by the share of its places in the area, as its capacity does; a new one by the municipalities of
    its measure. The same change of the same service in two plans is one promise."""
    rows = list(
        CapacityChange.objects.filter(
            card__node__removed_at=None,
            card__node__plan__state__in=PROMISING,
            kind__key__in=study.question.kinds,
        )
        .select_related("card__node__plan", "unit", "form")
        .prefetch_related("card__municipalities", "card__orps")
        .order_by("card__node__plan__starts_on", "id")
    )
    today = _today(rows)
    found: list[Promise] = []
    seen: set[tuple[Any, ...]] = set()
    left = 0
    for row in rows:
        same = (row.service_id, row.form_id, row.unit_id, row.amount, row.since)
        if row.service_id and same in seen:
            continue
        seen.add(same)
        share = _share(study, row)
        rest = _rest(row, today.get((row.service_id, row.form_id, row.unit_id)))
        if share is None:
            left += 1
        elif share * rest:
            found.append(_promise(row, share * rest))
    return Promised(sorted(found, key=lambda one: (one.year, one.title)), left)


def _promise(row: CapacityChange, amount: float) -> Promise:
    node = row.card.node
    day = row.since or row.card.ends_on or node.plan.until
    url = reverse("plan:public_measure", args=[node.plan.slug, node.code])
    return Promise(node.title, url, node.plan.title, row.unit.key, amount, day.year)


type Today = dict[tuple[int | None, int | None, int], float]


def _today(rows: Iterable[CapacityChange]) -> Today:
    """Capacity that the catalogue knows of (service, form or None, unit); left out where it says nothing or more
    things at once, as a baseline is."""
    services = {row.service_id for row in rows if row.service_id and row.baseline is not None}
    if not services:
        return {}
    known: dict[tuple[int | None, int | None, int], list[int | None]] = {}
    listed = Capacity.objects.filter(service_form__service__in=services)
    for service, form, unit, amount in listed.values_list(
        "service_form__service_id", "service_form__form_id", "unit_id", "amount"
    ):
        known.setdefault((service, form, unit), []).append(amount)
        known.setdefault((service, None, unit), []).append(amount)
    return {key: float(said[0]) for key, said in known.items() if len(said) == 1 and said[0] is not None}


def _rest(row: CapacityChange, today: float | None) -> float:
    """What is still to come of a change: what has happened since its baseline stands in the catalogue already."""
    amount = float(row.amount)
    if row.baseline is None or today is None:
        return amount
    done = today - float(row.baseline)
    return amount - (min(max(done, 0.0), amount) if amount > 0 else max(min(done, 0.0), amount))


def _share(study: Study, row: CapacityChange) -> float | None:
    """Which part of a change falls into the area asked; None where nobody can say."""
    material, scope = study.material, study.scope
    if row.service_id:
        seats = material.places.municipality[material.places.service == row.service_id]
        if len(seats) and (seats >= 0).all():
            return float(scope[seats].mean())
        coming = material.field_services
        return _all_or_none(scope[coming.origins[coming.service[coming.targets] == row.service_id]])
    return _of_measure(study, row)


def _of_measure(study: Study, row: CapacityChange) -> float | None:
    land, scope = study.land, study.scope
    where = np.zeros(len(land), dtype=bool)
    where[[land.index[one.pk] for one in row.card.municipalities.all() if one.pk in land.index]] = True
    for orp in row.card.orps.all():
        where |= land.members("orp", orp.pk)
    plan = row.card.node.plan
    if not where.any():
        where = _span(study, plan)
    return _all_or_none(scope[where])


def _span(study: Study, plan: Plan) -> Mask:
    """Municipalities of the territory of a plan."""
    land = study.land
    if plan.span_kind in (Range.REGION, Range.ORP):
        return land.members(plan.span_kind, plan.span_code)
    where = np.full(len(land), plan.span_kind == Range.SITE)
    if plan.span_kind == Range.MUNICIPALITY and plan.span_code in land.index:
        where[land.index[plan.span_code]] = True
    return where


def _all_or_none(inside: Mask) -> float | None:
    """1 where all of it lies inside, 0 where none does, None where only a part does or nobody knows where it lies."""
    if not len(inside):
        return None
    return 1.0 if inside.all() else None if inside.any() else 0.0
