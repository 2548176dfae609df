"""Bridge: people of a few years -> people of the years to come, and the help they would need.

Where the territory knows ages and rates, it is the cohort-component projection (`outlook_projection`). Otherwise it is
a plain trend and says so: the mean yearly growth between the first and the last year known goes on. The uncertainty of
a trend is told by how differently the ORP around have grown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from portal.territory.models import Statistic

from . import outlook_projection
from .outlook_projection import Missing, Projection
from .study import AreaFigures, Floats, Land, Mask, Study

SPOKEN = 10  # years ahead that the answer speaks of
AHEAD = (2, 5, 10)  # years; a trend of three years is not worth stretching further
FEWEST_ORPS = 5  # fewer say nothing about how differently areas grow


@dataclass(frozen=True)
class Year:
    """People of one year. `low`, `high`: None where nothing tells the uncertainty; the same as `people` for a year
    that is known."""

    year: int
    people: float
    low: float | None
    high: float | None
    is_known: bool


@dataclass(frozen=True)
class Trend:
    """`growth` a year (0.02 = 2 %), None where fewer than two years are known. `left`: municipalities left out
    because one of the years is not known there."""

    years: list[Year]
    growth: float | None
    low: float | None
    high: float | None
    orps: int
    left: int
    sources: str


@dataclass(frozen=True)
class Ahead:
    """People of the years to come: by the projection, or by the trend for want of what `missing` says."""

    projection: Projection | None
    trend: Trend | None
    missing: Missing | None
    years: list[Year]

    @property
    def now(self) -> Year | None:
        """The last year known."""
        return next((one for one in reversed(self.years) if one.is_known), None)

    @property
    def then(self) -> Year | None:
        """The year that the answer speaks of."""
        now = self.now
        return next((one for one in self.years if now and one.year == now.year + SPOKEN), None)


def ahead(study: Study) -> Ahead:
    """People of the target group in the area asked, known and to come."""
    found = outlook_projection.projected(study)
    if isinstance(found, Missing):
        plain = trend(study)
        return Ahead(None, plain, found, plain.years)
    now = float(found.people[0, 1])
    years = [Year(found.first, now, now, now, True)]
    for step, (low, middle, high) in zip(outlook_projection.AHEAD, found.people[1:].tolist(), strict=True):
        years.append(Year(found.first + step, middle, low, high, False))
    return Ahead(found, None, None, years)


def trend(study: Study) -> Trend:
    """People of the target group in the area asked, known and to come."""
    land, measure = study.land, study.question.people
    values, sources = _values(land, measure)
    if not values:
        return Trend([], None, None, None, 0, int(study.scope.sum()), "")
    order = sorted(values)
    first, last = order[0], order[-1]
    both = study.scope & ~np.isnan(values[first]) & ~np.isnan(values[last])
    known = [Year(year, total := float(np.nansum(values[year][both])), total, total, True) for year in order]
    left = int(study.scope.sum() - both.sum())
    growth = _growth(known[0].people, known[-1].people, last - first)
    if growth is None:
        return Trend(known, None, None, None, 0, left, sources)
    around = _around(study)
    rates = _orp_growths(land, around, values[first], values[last], last - first)
    low, high = (np.quantile(rates, (0.1, 0.9)).tolist()) if len(rates) >= FEWEST_ORPS else (None, None)
    now = known[-1].people
    ahead = [
        Year(last + step, _after(now, growth, step), _maybe(now, low, step), _maybe(now, high, step), False)
        for step in AHEAD
    ]
    return Trend(known + ahead, growth, low, high, len(rates), left, sources)


def _values(land: Land, measure: str) -> tuple[dict[int, Floats], str]:
    """Figures of every year by municipality, NaN unknown; and their sources. One query."""
    values: dict[int, Floats] = {}
    sources: set[str] = set()
    rows = Statistic.objects.filter(measure=measure).order_by()
    for code, year, value, source in rows.values_list("municipality_id", "year", "value", "source"):
        if code in land.index and value >= 0:
            values.setdefault(year, np.full(len(land), math.nan))[land.index[code]] = value
            sources.add(source)
    return values, ", ".join(sorted(sources))


def _growth(before: float, after: float, years: int) -> float | None:
    return (after / before) ** (1 / years) - 1 if years > 0 and before > 0 and after > 0 else None


def _after(people: float, growth: float, years: int) -> float:
    return float(people * (1 + growth) ** years)


def _maybe(people: float, growth: float | None, years: int) -> float | None:
    return None if growth is None else _after(people, growth, years)


def _around(study: Study) -> Mask:
    """The region around the area asked, or the whole country."""
    question, land = study.question, study.land
    region = question.region
    if question.orp:
        area = land.area("orp", question.orp)
        region = area.above if area else ""
    return land.members("region", region) if region else np.ones(len(land), dtype=bool)


def _orp_growths(land: Land, around: Mask, first: Floats, last: Floats, years: int) -> Floats:
    """Yearly growth of each ORP around, over the municipalities known in both years."""
    both = around & ~np.isnan(first) & ~np.isnan(last)
    where = land.within["orp"][both]
    size = len(land.areas["orp"])
    before = np.bincount(where, weights=first[both], minlength=size)
    after = np.bincount(where, weights=last[both], minlength=size)
    real = (before > 0) & (after > 0)
    return np.asarray((after[real] / before[real]) ** (1 / years) - 1)


@dataclass(frozen=True)
class Need:
    """One rate and what follows from it. `unit`: "" = facilities. `now`: capacity that stands today, None unknown;
    `is_whole`: it is known of every place. `is_today`: the rate is what stands today. `years`: (year, need, low,
    high)."""

    name: str
    per_thousand: float
    unit: str
    unit_many: str
    source: str
    note: str
    now: float | None
    is_whole: bool
    is_today: bool
    years: list[tuple[int, float, float | None, float | None]]


def needs(study: Study, years: Sequence[Year], references: Iterable[Any]) -> list[Need]:
    """need = people × rate / 1 000, for each rate about exactly these kinds and people; the first keeps what today
    has for each person. `references`: as `ReferenceValue.objects.beside` gives them."""
    whole = study.whole
    made = []
    if whole.places and whole.people > 0:
        rate = 1000.0 * whole.places / whole.people
        name = str(_("aby zařízení na člověka zůstalo tolik jako dnes"))
        source = str(_("dnešní stav podle katalogu"))
        made.append(_need(years, name, rate, source=source, now=float(whole.places), is_today=True))
    for one in references:
        if set(one.kind_keys.split()) != set(study.question.kinds) or one.measure != study.question.people:
            continue
        source = f"{one.source} ({one.year})" if one.year else one.source
        unit, many = (one.unit.key, one.unit.many) if one.unit else ("", "")
        now, is_whole = _now(study, whole, unit)
        made.append(
            _need(years, one.name, one.amount, source=source, note=one.note, unit=(unit, many), now=now, whole=is_whole)
        )
    return made


def _now(study: Study, whole: AreaFigures, unit: str) -> tuple[float | None, bool]:
    if not unit:
        return float(whole.places), True
    if unit == study.material.unit_key:
        return whole.capacity, whole.capacity_whole
    return None, False


def _need(
    years: Sequence[Year],
    name: str,
    rate: float,
    *,
    source: str,
    note: str = "",
    unit: tuple[str, str] = ("", ""),
    now: float | None,
    whole: bool = True,
    is_today: bool = False,
) -> Need:
    def of(count: float | None) -> float | None:
        return None if count is None else count * rate / 1000.0

    found = [(one.year, one.people * rate / 1000.0, of(one.low), of(one.high)) for one in years]
    return Need(name, rate, unit[0], unit[1], source, note, now, whole, is_today, found)
