"""People by sex and age in the years to come, and the need that follows.

Cohort-component method (Leslie 1945; Preston, Heuveline & Guillot 2001, ch. 6), one-year steps and ages, the
last age open:

    P'[s, a + 1] = P[s, a] S[s, a] + M[s, a + 1]            the last age gathers those who stay in it
    births       = Σ_a F[a] (P[female, a] + P'[female, a]) / 2
    P'[s, 0]     = births × share of s × survival from birth to the end of the year + M[s, 0]

P people, S survival, F births per woman and year, M net migration (people). Every rate may differ by place, by
scenario and by year. Nobody is rounded: whole people at the end are the caller's decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.cost import MOST_MB, Floats

MALE, FEMALE = 0, 1
GIRLS = 100 / 205.5  # girls among births at the usual 105.5 boys to 100 girls


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates of one scenario, or of several along leading axes.

    `survival` (..., 2, ages): share living on to the next age (for the last age: staying in it).
    `fertility` (..., ages): births per woman of that age in a year.
    `birth_survival` (..., 2): share of those born living at the end of the year.
    `migration` (..., 2, ages): people who come less those who leave, by age at the end of the year.

    Leading axes must fit the population's: (places,), or (scenarios, places) or (scenarios, 1). A rate that
    changes in time is given by one `Rates` for each year. Raises ValueError for a share outside 0..1.
    """

    survival: Floats
    fertility: Floats
    birth_survival: Floats
    migration: Floats | None = None
    girls: float = GIRLS

    def __post_init__(self) -> None:
        for name, share in (("survival", self.survival), ("birth_survival", self.birth_survival)):
            if not ((share >= 0) & (share <= 1)).all():
                raise ValueError(f"{name} must lie in 0..1")
        if not (np.isfinite(self.fertility).all() and (self.fertility >= 0).all()):
            raise ValueError("fertility must be known and not negative")
        if self.migration is not None and not np.isfinite(self.migration).all():
            raise ValueError("migration must be known and finite")
        if not 0 < self.girls < 1:
            raise ValueError(f"the share of girls lies between 0 and 1, got {self.girls}")


def years_ahead(population: ArrayLike, rates: Rates | Sequence[Rates], years: int) -> Iterator[Floats]:
    """Yield the population (..., 2, ages) after 1, 2, ... `years` years, without keeping the earlier ones.

    `rates`: one for all years or one for each. A place from which more would leave than live there ends at 0.
    """
    people = np.asarray(population, dtype=np.float64)
    if people.ndim < 2 or people.shape[-2] != 2 or people.shape[-1] < 2:
        raise ValueError(f"population must have shape (..., 2, ages), got {people.shape}")
    if not (np.isfinite(people).all() and (people >= 0).all()):
        raise ValueError("population must be known, finite and not negative")
    if years < 1:
        raise ValueError(f"at least one year is needed, got {years}")
    if not isinstance(rates, Rates) and len(rates) != years:
        raise ValueError(f"{len(rates)} rates are given for {years} years")
    for year in range(years):
        people = _next_year(people, rates if isinstance(rates, Rates) else rates[year])
        yield people


def project(population: ArrayLike, rates: Rates | Sequence[Rates], years: int, *, budget_mb: float = MOST_MB) -> Floats:
    """Population now and after each year: (years + 1, ..., 2, ages). For many scenarios see `years_ahead`.

    Raises MemoryError before it starts when the whole would not fit the budget, and ValueError as `years_ahead`."""
    now = np.asarray(population, dtype=np.float64)
    later = years_ahead(now, rates, years)
    first = next(later)
    needed = (years + 1) * first.nbytes / 1e6
    if needed > budget_mb:
        raise MemoryError(
            f"{years + 1} years need {needed:,.0f} MB, the budget is {budget_mb:,.0f} MB: take them one by one "
            "from years_ahead"
        )
    # Scenarios may add axes that the population of today does not have yet.
    out = np.empty((years + 1, *first.shape))
    out[0], out[1] = now, first
    for year, people in enumerate(later, start=2):
        out[year] = people
    return out


def _next_year(people: Floats, rates: Rates) -> Floats:
    living = people * rates.survival
    # Scenarios may differ in any of the rates, so the new year takes the shape of all of them together.
    leading = np.broadcast_shapes(
        living.shape[:-2],
        rates.fertility.shape[:-1],
        rates.birth_survival.shape[:-1],
        () if rates.migration is None else rates.migration.shape[:-2],
    )
    after = np.empty((*leading, *living.shape[-2:]))
    after[..., 1:] = living[..., :-1]
    after[..., -1] += living[..., -1]
    # Age 0 of the new year waits for the births themselves, and bears no children.
    after[..., 0] = 0.0
    women = 0.5 * (people[..., FEMALE, :] + after[..., FEMALE, :])
    births = (women * rates.fertility).sum(axis=-1)
    shares = np.array([1.0 - rates.girls, rates.girls])
    after[..., 0] = births[..., None] * shares * rates.birth_survival
    if rates.migration is not None:
        after = np.maximum(after + rates.migration, 0.0)
    return after


@dataclass(frozen=True)
class NeedRate:
    """How many of a group need a kind of help: `per_person` of those aged `from_age`..`to_age` (both
    included, `to_age` None = and older), of one sex or both, with where the figure comes from."""

    name: str
    per_person: float
    from_age: int
    to_age: int | None
    source: str
    sex: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.per_person < float("inf"):
            raise ValueError(f"{self.name}: per_person must be zero or more, got {self.per_person}")
        if self.from_age < 0 or (self.to_age is not None and self.to_age < self.from_age):
            raise ValueError(f"{self.name}: ages {self.from_age}..{self.to_age} make no group")
        if not self.source.strip():
            raise ValueError(f"{self.name}: a rate needs a source")


def people_aged(population: Floats, from_age: int, to_age: int | None = None, sex: int | None = None) -> Floats:
    """People of a group of ages: (..., 2, ages) -> (...)."""
    ages = population[..., from_age : None if to_age is None else to_age + 1].sum(axis=-1)
    return np.asarray(ages.sum(axis=-1) if sex is None else ages[..., sex])


def need(population: Floats, rates: Sequence[NeedRate]) -> Floats:
    """Need = Σ people × rate: (..., 2, ages) -> (...), in the unit of the rates (places, clients, hours)."""
    total = np.zeros(population.shape[:-2])
    for rate in rates:
        total += rate.per_person * people_aged(population, rate.from_age, rate.to_age, rate.sex)
    return total
