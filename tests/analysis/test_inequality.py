"""Inequality: by hand, and by what must hold for any spread."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import inequality

spreads = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 50)), min_size=1, max_size=12).filter(
    lambda rows: any(value for value, _ in rows)
)


def expanded(rows: list[tuple[int, int]]) -> np.ndarray:
    """One entry a person."""
    return np.repeat([float(value) for value, _ in rows], [count for _, count in rows])


@given(spreads)
def test_gini_is_the_mean_difference_of_all_pairs(rows: list[tuple[int, int]]) -> None:
    values, people = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    each = expanded(rows)
    expected = np.abs(each[:, None] - each).mean() / (2 * each.mean())
    assert inequality.gini(values, people) == pytest.approx(expected, abs=1e-12)


@given(spreads)
def test_gini_of_a_split_place_and_of_a_scaled_one_is_the_same(rows: list[tuple[int, int]]) -> None:
    values, people = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    whole = inequality.gini(values, people)
    halves = inequality.gini(np.tile(values, 2), np.tile(people / 2, 2))
    assert halves == pytest.approx(whole, abs=1e-12)
    assert inequality.gini(7 * values, people) == pytest.approx(whole, abs=1e-12)
    assert 0 <= whole + 1e-12 <= 1 + 1e-12


def test_gini_by_hand() -> None:
    assert inequality.gini([5, 5, 5], [1, 20, 3]) == pytest.approx(0)
    assert inequality.gini([0, 1], [3, 1]) == pytest.approx(0.75)


def test_palma_by_hand() -> None:
    assert inequality.palma([1, 1], [40, 60]) == pytest.approx(0.25)
    # Of ten people one has 6, four have 1.5 each, the rest 1: 6 over 4.
    assert inequality.palma([6, 1.5, 1], [1, 4, 5]) == pytest.approx(6 / 4)
    assert inequality.palma([0, 2], [5, 5]) == math.inf
    assert math.isnan(inequality.palma([0, 0], [5, 5]))


def test_palma_divides_the_place_on_the_boundary() -> None:
    # 40 % of ten people is four: three of the first place and one of the second.
    assert inequality.palma([1, 2, 4], [3, 5, 2]) == pytest.approx(4 / (3 * 1 + 1 * 2))


def test_below_keeps_the_unknown_apart() -> None:
    found = inequality.below([0.1, 0.5, math.nan], [30, 50, 20], 0.3)
    assert (found.people, found.unknown) == (30, 20)
    assert found.share == pytest.approx(30 / 80)


def test_nobody_or_nothing_has_no_inequality() -> None:
    assert math.isnan(inequality.gini([], []))
    assert math.isnan(inequality.gini([0, 0], [5, 5]))
    assert math.isnan(inequality.gini([math.nan], [5]))
    assert math.isnan(inequality.mean([math.nan], [5]))
    assert inequality.mean([1, 3], [3, 1]) == 1.5


def test_classes_for_a_map_hold_about_equally_many_places() -> None:
    bounds = inequality.quantile_classes(np.arange(100.0), 4)
    assert np.bincount(np.searchsorted(bounds, np.arange(100.0))).tolist() == pytest.approx([25] * 4, abs=1)
    assert inequality.quantile_classes([2, 2, 2, math.nan], 5).tolist() == [2]
    assert len(inequality.quantile_classes([math.nan], 5)) == 0


def test_bad_values_are_told() -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        inequality.gini([-1], [5])
    with pytest.raises(ValueError, match="people must be known"):
        inequality.gini([1], [-5])
    with pytest.raises(ValueError, match="vectors of one length"):
        inequality.palma([1, 2], [5])
    with pytest.raises(ValueError, match="at least one class"):
        inequality.quantile_classes([1], 0)
