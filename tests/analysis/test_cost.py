"""Costs: the same pairs by every road, and clear answers to bad data."""

from __future__ import annotations

import math
import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import engine
from analysis.cost import Cost, TooLarge, served, table
from analysis.radial import EARTH_RADIUS_KM, Radial, great_circle, plane
from tests.analysis.places import country

PRAHA, BRNO = (50.0875, 14.4213), (49.1951, 16.6068)


def haversine(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Textbook formula, apart from the code under test."""
    (lat, lon), (lat2, lon2) = np.radians(one), np.radians(other)
    inner = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(inner))


def assert_same(one: Cost, other: Cost, tolerance: float = 1e-9) -> None:
    assert (one.indptr == other.indptr).all()
    left, right = one.dense(), other.dense()
    assert (np.isfinite(left) == np.isfinite(right)).all()
    assert np.allclose(left[np.isfinite(left)], right[np.isfinite(right)], rtol=0, atol=tolerance)


def test_praha_brno_is_186_km_by_air_and_longer_by_detour_and_speed() -> None:
    air = great_circle([PRAHA], [BRNO], limit=300).pairs().costs[0]
    assert air == pytest.approx(haversine(PRAHA, BRNO), rel=1e-12)
    assert air == pytest.approx(186, abs=1)
    assert great_circle([PRAHA], [BRNO], limit=300, detour=1.3).pairs().costs[0] == pytest.approx(1.3 * air)
    minutes = great_circle([PRAHA], [BRNO], limit=300, detour=1.3, speed=78).pairs().costs[0]
    assert minutes == pytest.approx(air)


@pytest.mark.parametrize("limit", [3.0, 30.0, 400.0, 1e6])
def test_compiled_and_plain_engines_write_the_same_pairs(limit: float) -> None:
    here = country(120, 90)
    with engine.plain():
        plain = here.radial(limit).pairs()
    assert_same(here.radial(limit).pairs(), plain)
    assert here.radial(limit).pair_count == plain.pair_count


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=8),
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=8),
    st.floats(1, 20_000),
)
def test_on_the_whole_globe_poles_and_date_line_included(
    origins: list[tuple[float, float]], targets: list[tuple[float, float]], limit: float
) -> None:
    found = great_circle(origins, targets, limit=limit).pairs().dense()
    for i, origin in enumerate(origins):
        for j, target in enumerate(targets):
            far = haversine(origin, target)
            if abs(far - limit) < 1e-3:
                continue  # rounding may fall either way on the edge
            assert np.isfinite(found[i, j]) == (far <= limit)
            if far <= limit:
                assert found[i, j] == pytest.approx(far, rel=1e-7, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=12),
    st.integers(1, 12),
)
def test_a_pair_exactly_at_the_limit_is_within_it(
    origins: list[tuple[int, int]], targets: list[tuple[int, int]], limit: int
) -> None:
    radial = plane(origins, targets, limit=limit)
    squares = ((np.array(origins)[:, None] - np.array(targets)) ** 2).sum(axis=2)
    expected = np.where(squares <= limit**2, np.sqrt(squares), np.inf)
    assert np.allclose(radial.pairs().dense(), expected)
    with engine.plain():
        assert np.allclose(plane(origins, targets, limit=limit).pairs().dense(), expected)


def test_pairs_that_would_not_fit_are_refused_before_they_are_written_and_walked_instead() -> None:
    radial = country(300, 300).radial(100)
    with pytest.raises(TooLarge, match="the budget is 0 MB") as refused:
        radial.pairs(budget_mb=0.01)
    assert refused.value.pairs == radial.pair_count
    assert isinstance(radial.settle(budget_mb=0.01), Radial)
    assert isinstance(radial.settle(budget_mb=100), Cost)


def test_places_without_coordinates_are_unknown_not_far() -> None:
    cost = great_circle([PRAHA, (np.nan, np.nan)], [BRNO, (np.nan, 15.0)], limit=300).pairs()
    assert cost.unknown.tolist() == [False, True]
    assert cost.targets.tolist() == [0]


@pytest.mark.parametrize("limit", [0, -1, math.nan, math.inf])
def test_a_limit_must_be_a_number_above_zero(limit: float) -> None:
    with pytest.raises(ValueError, match="limit must be a finite number above zero"):
        great_circle([PRAHA], [BRNO], limit=limit)


def test_swapped_coordinates_are_noticed_when_off_the_globe() -> None:
    with pytest.raises(ValueError, match="latitude lies in"):
        great_circle([(142.0, 50.0)], [BRNO], limit=10)


def test_a_table_keeps_unreachable_unknown_and_zero_apart() -> None:
    cost = table([0, 0, 1, 2, 2], [0, 1, 0, 0, 1], [0.0, math.inf, math.nan, 5.0, math.nan], shape=(4, 2))
    assert cost.dense().tolist() == [[0.0, math.inf], [math.inf] * 2, [5.0, math.inf], [math.inf] * 2]
    assert cost.unknown.tolist() == [False, True, False, False]
    assert cost.partial.tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("rows", "columns", "values", "message"),
    [
        ([0, 0], [1, 1], [3, 4], "the pair 0, 1 is listed twice"),
        ([0], [0], [-2], "negative cost -2.0 from 0 to 0"),
        ([2], [0], [1], "origin index outside 0..1"),
        ([0], [2], [1], "target index outside 0..1"),
        ([0, 1], [0], [1], "differ in length"),
    ],
)
def test_a_bad_table_is_refused_in_words(
    rows: list[int], columns: list[int], values: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        table(rows, columns, values, shape=(2, 2))


def test_field_services_stand_beside_services_in_place() -> None:
    in_place = table([0, 1], [0, 0], [10, 20], shape=(3, 1))
    both = in_place.beside(served([2, 0], [0, 1], shape=(3, 2)))
    assert both.dense().tolist() == [[10, math.inf, 0], [20, math.inf, math.inf], [math.inf, 0, math.inf]]


def test_the_nearest_agree_between_pairs_walks_and_a_sort() -> None:
    radial = country(200, 40).radial(80)
    dense = np.sort(radial.pairs().dense(), axis=1)[:, :3]
    for cost in (radial, radial.pairs()):
        costs, targets = cost.nearest(3)
        assert np.allclose(costs, dense)
        assert ((targets >= 0) == np.isfinite(dense)).all()


def test_choosing_targets_and_lowering_the_limit() -> None:
    radial = country(80, 30).radial(90)
    chosen = np.array([7, 3, 20])
    full = radial.pairs().dense()
    assert np.allclose(radial.pairs().among(chosen).dense(), full[:, chosen])
    assert np.allclose(radial.among(chosen).pairs().dense(), full[:, chosen])
    lower = np.where(full <= 40, full, np.inf)
    assert np.allclose(radial.pairs().within(40).dense(), lower)
    assert np.allclose(radial.within(40).pairs().dense(), lower)


def test_turning_pairs_round_keeps_them() -> None:
    cost = country(60, 25).radial(70).pairs()
    indptr, origins, costs = cost.by_target()
    turned = np.full(cost.shape, np.inf)
    turned[origins, np.repeat(np.arange(25), np.diff(indptr))] = costs
    assert np.array_equal(turned, cost.dense())


def test_nobody_and_nothing_give_empty_pairs() -> None:
    assert great_circle([], [BRNO], limit=5).pairs().shape == (0, 1)
    assert great_circle([PRAHA], [], limit=5).pairs().pair_count == 0
    assert great_circle([PRAHA], [], limit=5).nearest(2)[0].tolist() == [[math.inf, math.inf]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=12),
    st.integers(1, 30),
    st.integers(1, 4),
)
def test_the_nearest_are_the_nearest_by_both_engines(
    origins: list[tuple[int, int]], targets: list[tuple[int, int]], limit: int, k: int
) -> None:
    squares = ((np.array(origins)[:, None] - np.array(targets)) ** 2).sum(axis=2).astype(float)
    squares[squares > limit**2] = np.inf
    expected = np.full((len(origins), k), np.inf)
    some = min(k, len(targets))
    expected[:, :some] = np.sqrt(np.sort(squares, axis=1))[:, :some]
    for engine_of in (nullcontext, engine.plain):
        with engine_of():
            radial = plane(origins, targets, limit=limit)
            found, which = radial.nearest(k)
        assert np.allclose(found, expected)
        there = np.isfinite(found)
        assert (which[~there] == -1).all()
        rows = np.nonzero(there)[0]
        assert np.allclose(np.sqrt(squares[rows, which[there]]), found[there])


def test_the_nearest_of_a_whole_country_are_the_same_by_both_engines() -> None:
    here = country(2000, 700)
    with engine.plain():
        plain = here.radial(1e6).nearest(3)
    assert np.allclose(here.radial(1e6).nearest(3)[0], plain[0])


def test_a_web_process_computes_without_scipy() -> None:
    """scipy takes some 30 MB; every worker would hold them."""
    program = (
        "import sys; from analysis import engine, reach, decay; from tests.analysis.places import country\n"
        "with engine.plain():\n"
        "    here = country(50, 40); far = here.radial(60); far.nearest(2); far.more_pairs_than(5)\n"
        "    reach.two_step(far.pairs(), here.people, here.capacity, decay.gaussian(20.0))\n"
        "print('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
