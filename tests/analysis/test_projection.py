"""Projection: by hand, and against the method written as loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.projection import FEMALE, MALE, NeedRate, Rates, need, people_aged, project, years_ahead

AGES = 6


def random_rates(seed: int, *leading: int, moves: bool = True) -> Rates:
    draw = np.random.default_rng(seed)
    return Rates(
        draw.uniform(0.5, 1, (*leading, 2, AGES)),
        draw.uniform(0, 0.4, (*leading, AGES)),
        draw.uniform(0.9, 1, (*leading, 2)),
        draw.uniform(-3, 5, (*leading, 2, AGES)) if moves else None,
    )


def by_loops(people: np.ndarray, rates: Rates) -> np.ndarray:
    """One place, one year, cell by cell."""
    after = np.zeros_like(people)
    for sex in (MALE, FEMALE):
        for age in range(AGES):
            after[sex, min(age + 1, AGES - 1)] += people[sex, age] * rates.survival[sex, age]
    births = sum(rates.fertility[age] * (people[FEMALE, age] + after[FEMALE, age]) / 2 for age in range(AGES))
    after[MALE, 0] = births * (1 - rates.girls) * rates.birth_survival[MALE]
    after[FEMALE, 0] = births * rates.girls * rates.birth_survival[FEMALE]
    return after if rates.migration is None else np.maximum(after + rates.migration, 0)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_three_years_equal_the_loops(seed: int, moves: bool) -> None:
    people = np.random.default_rng(seed + 1).uniform(0, 100, (3, 2, AGES))
    rates = random_rates(seed, 3, moves=moves)
    found = project(people, rates, 3)
    for place in range(3):
        one = Rates(
            rates.survival[place],
            rates.fertility[place],
            rates.birth_survival[place],
            None if rates.migration is None else rates.migration[place],
        )
        now = people[place]
        for year in range(1, 4):
            now = by_loops(now, one)
            assert np.allclose(found[year, place], now)


def test_without_births_deaths_and_moves_everybody_only_grows_older() -> None:
    people = np.arange(2.0 * AGES).reshape(2, AGES)
    still = Rates(np.ones((2, AGES)), np.zeros(AGES), np.ones(2))
    found = project(people, still, AGES)
    assert found.sum(axis=(1, 2)).tolist() == [people.sum()] * (AGES + 1)
    assert (found[-1][:, :-1] == 0).all()
    assert found[1][MALE].tolist() == [0, 0, 1, 2, 3, 4 + 5]


def test_scenarios_and_years_of_their_own_rates() -> None:
    people = np.random.default_rng(1).uniform(0, 50, (4, 2, AGES))
    fan = random_rates(3, 2, 1)  # two scenarios, the same everywhere
    found = project(people, fan, 2)
    assert found.shape == (3, 2, 4, 2, AGES)
    alone = Rates(fan.survival[1], fan.fertility[1], fan.birth_survival[1], fan.migration[1])  # type: ignore[index]
    assert np.allclose(found[:, 1], project(people, alone, 2))
    yearly = [random_rates(7), random_rates(8)]
    assert np.allclose(project(people, yearly, 2)[2], project(project(people, yearly[0], 1)[1], yearly[1], 1)[1])


def test_scenarios_may_differ_in_one_rate_only() -> None:
    people, base = np.full((4, 2, AGES), 10.0), random_rates(5)
    fan = Rates(base.survival, base.fertility * np.array([[[0.5]], [[2.0]]]), base.birth_survival, base.migration)
    found = project(people, fan, 2)
    for scenario, factor in enumerate((0.5, 2.0)):
        alone = Rates(base.survival, base.fertility * factor, base.birth_survival, base.migration)
        assert np.allclose(found[:, scenario], project(people, alone, 2))


def test_nobody_becomes_fewer_than_none() -> None:
    leaving = Rates(np.ones((2, AGES)), np.zeros(AGES), np.ones(2), np.full((2, AGES), -1000.0))
    assert (project(np.ones((2, AGES)), leaving, 1)[1] == 0).all()


def test_need_is_people_times_rate() -> None:
    people = np.zeros((3, 2, 101))
    people[:, :, 80:] = 10.0
    people[1, FEMALE, 70] = 100.0
    rates = [
        NeedRate("pobytová péče 80+", 0.05, 80, None, "odhad pro zkoušku"),
        NeedRate("denní péče žen 65-79", 0.5, 65, 79, "odhad pro zkoušku", sex=FEMALE),
    ]
    assert need(people, rates).tolist() == pytest.approx([21, 21 + 50, 21])
    assert people_aged(people, 80, 84).tolist() == [100, 100, 100]
    assert need(np.stack([people, 2 * people]), rates).shape == (2, 3)


def test_bad_rates_and_people_are_refused() -> None:
    good = random_rates(1)
    with pytest.raises(ValueError, match=r"survival must lie in 0\.\.1"):
        Rates(good.survival + 1, good.fertility, good.birth_survival)
    with pytest.raises(ValueError, match="fertility must be known"):
        Rates(good.survival, -good.fertility, good.birth_survival)
    with pytest.raises(ValueError, match="share of girls"):
        Rates(good.survival, good.fertility, good.birth_survival, girls=1.0)
    with pytest.raises(ValueError, match="population must have shape"):
        next(years_ahead(np.ones(AGES), good, 1))
    with pytest.raises(ValueError, match="not negative"):
        next(years_ahead(-np.ones((2, AGES)), good, 1))
    with pytest.raises(ValueError, match="at least one year"):
        next(years_ahead(np.ones((2, AGES)), good, 0))
    with pytest.raises(ValueError, match="1 rates are given for 2 years"):
        next(years_ahead(np.ones((2, AGES)), [good], 2))
    with pytest.raises(ValueError, match="a rate needs a source"):
        NeedRate("x", 0.1, 0, None, " ")
    with pytest.raises(ValueError, match="make no group"):
        NeedRate("x", 0.1, 9, 3, "s")


def test_years_that_would_not_fit_memory_are_refused_before_they_are_counted() -> None:
    still = Rates(np.ones((2, 5)), np.zeros(5), np.ones(2))
    with pytest.raises(MemoryError, match="years_ahead"):
        project(np.ones((1000, 2, 5)), still, 30, budget_mb=1)
    assert project(np.ones((1000, 2, 5)), still, 30, budget_mb=3).shape == (31, 1000, 2, 5)
