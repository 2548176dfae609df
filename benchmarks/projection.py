"""Cohort-component projection of every municipality: against a loop over pandas frames.

    python -m benchmarks.projection        # needs pandas (the `bench` extra)

6 254 municipalities × 2 sexes × 101 ages × 30 years, invented rates. The loop runs over a sample of
municipalities, its time counted in proportion; the numbers of the sample are compared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.projection import GIRLS, Rates, project, years_ahead
from benchmarks.measure import Row, duel, peak_memory, report

Floats = NDArray[np.float64]
PLACES, AGES, YEARS, SAMPLE = 6254, 101, 30, 20


def country() -> tuple[Floats, Rates]:
    """People by place, sex and age with rates of a plausible shape."""
    draw = np.random.default_rng(6)
    age = np.arange(AGES)
    sizes = np.exp(draw.normal(6, 1.2, PLACES))
    people = sizes[:, None, None] / 80 * np.exp(-((np.maximum(age - 60, 0) / 18.0) ** 2)) * np.ones((1, 2, 1))
    death = np.clip(0.00005 * np.exp(0.098 * age), 0, 0.6)
    fertility = np.where((age >= 15) & (age < 50), 0.11 * np.exp(-(((age - 30) / 6.0) ** 2)), 0.0)
    survival = np.stack([1 - 1.15 * death, 1 - 0.85 * death])
    moves = draw.normal(0, 0.02, (PLACES, 2, AGES))
    return people, Rates(survival, fertility, np.array([0.997, 0.998]), moves)


def by_frames(people: Floats, rates: Rates, places: int) -> Floats:
    """What is usually written: one frame a municipality, one step a year."""
    import pandas as pd

    out = np.empty((YEARS + 1, places, 2, AGES))
    survival = pd.DataFrame(rates.survival.T, columns=["m", "f"])
    fertility = pd.Series(rates.fertility)
    for place in range(places):
        now = pd.DataFrame(people[place].T, columns=["m", "f"])
        moves = pd.DataFrame(rates.migration[place].T, columns=["m", "f"])  # type: ignore[index]
        out[0, place] = now.to_numpy().T
        for year in range(1, YEARS + 1):
            living = now * survival
            after = living.shift(1, fill_value=0.0)
            after.iloc[-1] += living.iloc[-1]
            births = (fertility * (now["f"] + after["f"]) / 2).sum()
            after.loc[0, "m"] = births * (1 - GIRLS) * rates.birth_survival[0]
            after.loc[0, "f"] = births * GIRLS * rates.birth_survival[1]
            now = (after + moves).clip(lower=0.0)
            out[year, place] = now.to_numpy().T
    return out


def ready() -> Callable[[], Floats]:
    people, rates = country()
    return lambda: project(people, rates, YEARS)


def fan(scenarios: int = 20) -> Callable[[], float]:
    """Twenty scenarios of fertility, only the sums kept."""
    people, rates = country()
    change = np.linspace(0.7, 1.3, scenarios)[:, None, None]
    many = Rates(rates.survival, rates.fertility * change, rates.birth_survival, rates.migration)
    return lambda: sum(float(year.sum()) for year in years_ahead(people, many, YEARS))


def main() -> bool:
    people, rates = country()
    both = duel(lambda: project(people, rates, YEARS), lambda: by_frames(people, rates, SAMPLE), rounds=3)
    difference = float(np.abs(both.ours.result[:, :SAMPLE] - both.theirs.result).max())
    assert difference < 1e-9, difference
    ratio = both.ratio * PLACES / SAMPLE
    memory, many = peak_memory("benchmarks.projection:ready"), peak_memory("benchmarks.projection:fan")
    rows = [
        Row(f"{PLACES:,} places x 2 x {AGES} x {YEARS} years", both.ours.seconds, "s", ratio, ">= 100x", ratio >= 100),
        Row("  memory above the start, all years kept", memory.above, "MB"),
        Row("20 scenarios, year by year", many.seconds, "s"),
        Row("  memory above the start", many.above, "MB"),
    ]
    return report("projection", rows, ("numpy", "pandas"))


if __name__ == "__main__":
    sys.exit(not main())
