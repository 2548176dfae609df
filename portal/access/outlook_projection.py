"""Bridge: people by age and rates of the territory -> people of the target group in the years to come.

The cohort-component method of `analysis.projection`, for the whole area at once: within one set of rates the method is
a sum over people, so municipalities are added up first. Uncertainty is three scenarios, by the spreads that the rates
carry: low = more deaths, fewer births, fewer moves in; high the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.db.models import Count, QuerySet

from portal.territory.models import AGES, AgeProfile, Statistic, VitalRates

from .study import Floats, Study

Measure = Statistic.Measure
AHEAD = (1, 5, 10, 20, 30)
FEWEST = 0.9  # of the people of the area must live where ages are known
SCENARIOS = (-1, 0, 1)  # low, middle, high
GROUPS: dict[str, tuple[int, int | None]] = {
    Measure.PEOPLE: (0, None),
    Measure.AGE_0_14: (0, 14),
    Measure.AGE_15_64: (15, 64),
    Measure.AGE_15_PLUS: (15, None),
    Measure.AGE_65_PLUS: (65, None),
}


class Why(StrEnum):
    """Why there is no projection."""

    NOT_BY_AGE = "the group is not one of ages"
    NO_AGES = "ages are not known here"
    FEW_AGES = "ages are known of too small a part of the area"
    NO_RATES = "rates are not known here"


@dataclass(frozen=True)
class Missing:
    """`lacking`: municipalities of the area whose ages are not known."""

    why: Why
    lacking: int


@dataclass(frozen=True)
class Projection:
    """`people` (years, scenarios): the target group in `first` and after each of AHEAD. `lacking`: municipalities left
    out because their ages are not known. `split`: those whose years of age were made of groups."""

    first: int
    people: Floats
    lacking: int
    split: int
    sources: list[str]
    rates: list[VitalRates]


def projected(study: Study) -> Projection | Missing:
    """The target group in the area asked by the cohort-component method, or why not. At most three queries."""
    whole = int(study.scope.sum())
    if study.question.people not in GROUPS:
        return Missing(Why.NOT_BY_AGE, whole)
    profiles = _profiles(study)
    if not profiles:
        return Missing(Why.NO_AGES, whole)
    lacking = whole - len(profiles)
    if not _enough(study, profiles):
        return Missing(Why.FEW_AGES, lacking)
    chosen = _rates(study, profiles)
    if chosen is None:
        return Missing(Why.NO_RATES, lacking)
    start = {one.pk: np.zeros((2, AGES)) for one in chosen.values()}
    for at, profile in profiles.items():
        start[chosen[_region(study, at)].pk] += np.array([profile.men, profile.women], dtype=np.float64)
    rates = {one.pk: one for one in chosen.values()}
    first, last = GROUPS[study.question.people]
    return Projection(
        first=next(iter(profiles.values())).year,
        people=sum((_of_group(people, rates[pk], first, last) for pk, people in start.items()), start=np.zeros(1)),
        lacking=lacking,
        split=sum(one.is_split for one in profiles.values()),
        sources=sorted({one.source for one in profiles.values()}),
        rates=sorted(rates.values(), key=lambda one: one.name),
    )


def _profiles(study: Study) -> dict[int, AgeProfile]:
    """Ages of the municipalities of the area in one year, by position in the land: the newest year that nearly as many
    municipalities know as the best known one."""
    question, land = study.question, study.land
    rows: QuerySet[AgeProfile] = AgeProfile.objects.order_by()
    if question.orp:
        rows = rows.filter(municipality__orp=question.orp)
    elif question.region:
        rows = rows.filter(municipality__region=question.region)
    known = dict(rows.values_list("year").annotate(Count("pk")))
    if not known:
        return {}
    year = max(year for year, count in known.items() if count >= FEWEST * max(known.values()))
    found = {land.index.get(row.municipality_id, -1): row for row in rows.filter(year=year)}
    return {at: row for at, row in found.items() if at >= 0 and study.scope[at]}


def _enough(study: Study, profiles: dict[int, AgeProfile]) -> bool:
    people = np.where(study.scope, study.material.known_people(), 0.0)
    here = float(people[list(profiles)].sum())
    if people.sum() > 0:
        return here >= FEWEST * float(people.sum())
    return len(profiles) >= FEWEST * int(study.scope.sum())


def _region(study: Study, at: int) -> str:
    land = study.land
    return land.areas["region"][int(land.within["region"][at])].code


def _rates(study: Study, profiles: dict[int, AgeProfile]) -> dict[str, VitalRates] | None:
    """The newest rates of each region asked, of the country where a region has none; None where neither has any."""
    newest: dict[str | None, VitalRates] = {}
    for row in VitalRates.objects.order_by("year"):
        newest[row.region_id] = row
    chosen: dict[str, VitalRates] = {}
    for region in {_region(study, at) for at in profiles}:
        found = newest.get(region) or newest.get(None)
        if found is None:
            return None
        chosen[region] = found
    return chosen


def _of_group(people: Floats, rates: VitalRates, first: int, last: int | None) -> Floats:
    """People aged `first`..`last` today and after each of AHEAD: (1 + years, scenarios)."""
    from analysis.projection import people_aged

    shown = [people_aged(people, first, last) * np.ones(len(SCENARIOS))]
    now = np.broadcast_to(people, (len(SCENARIOS), 2, AGES))
    for year in range(1, max(AHEAD) + 1):
        now = next_year(now, rates)
        if year in AHEAD:
            shown.append(people_aged(now, first, last))
    return np.array(shown)


def next_year(people: Floats, rates: VitalRates) -> Floats:
    """People (scenarios, 2, ages) a year later. Moves follow how many people of an age there are, so they are counted
    anew each year."""
    from analysis.projection import Rates, years_ahead

    side = np.array(SCENARIOS, dtype=np.float64)
    deaths, births = 1 - side * rates.deaths_spread, 1 + side * rates.births_spread
    survival, born = np.array(rates.survival), np.array(rates.birth_survival)
    moves = (np.array(rates.moves) if rates.moves else np.zeros((2, AGES))) + (side * rates.moves_spread)[:, None, None]
    coming = people * moves
    # Who moves at some age is a year older by the end of the year; the last age stays the last.
    migration = np.zeros_like(coming)
    migration[..., 1:] = coming[..., :-1]
    migration[..., -1] += coming[..., -1]
    found = Rates(
        survival=1 - np.clip((1 - survival) * deaths[:, None, None], 0, 1),
        fertility=np.array(rates.fertility) * births[:, None],
        birth_survival=1 - np.clip((1 - born) * deaths[:, None], 0, 1),
        migration=migration,
        girls=rates.girls,
    )
    return next(years_ahead(people, found, 1))
