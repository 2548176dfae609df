"""Availability: by hand, against the formulas written as loops, and by laws that must hold for any data."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import decay, engine, reach
from analysis.cost import Cost, from_pairs, table
from analysis.decay import Decay
from analysis.reach import State, Supply
from tests.analysis.places import Floats, Small, country, small_cases

DECAYS = {
    "uniform": decay.uniform(),
    "gaussian": decay.gaussian(12),
    "exponential": decay.exponential(9),
    "power": decay.power(10, 1.5, 1),
    "steps": decay.steps({10: 1, 20: 0.68, 30: 0.22}),
}


def weight_by_hand(name: str, cost: float) -> float:
    if not math.isfinite(cost):
        return 0.0
    weights: dict[str, float] = {
        "uniform": 1.0,
        "gaussian": math.exp(-(cost**2) / (2 * 12**2)),
        "exponential": math.exp(-cost / 9),
        "power": (max(cost, 1) / 10) ** -1.5,
        "steps": 1 if cost <= 10 else 0.68 if cost <= 20 else 0.22 if cost <= 30 else 0,
    }
    return weights[name]


def matrix(name: str, cost: Cost) -> Floats:
    return np.asarray(np.vectorize(lambda far: weight_by_hand(name, far), otypes=[float])(cost.dense()))


def divided(above: Floats, below: Floats) -> Floats:
    return np.array([a / b if b > 0 else 0.0 for a, b in zip(above, below, strict=True)])


def two_step_by_hand(w: Floats, people: Floats, capacity: Floats) -> Floats:
    return w @ divided(capacity, w.T @ people)


def three_step_by_hand(w: Floats, people: Floats, capacity: Floats) -> Floats:
    choice = w * divided(np.ones(len(w)), w.sum(axis=1))[:, None] * w
    return choice @ divided(capacity, choice.T @ people)


def balanced_by_hand(w: Floats, people: Floats, capacity: Floats) -> Floats:
    by_origin = w * divided(np.ones(len(w)), w.sum(axis=1))[:, None]
    by_target = w * divided(np.ones(w.shape[1]), w.sum(axis=0))
    return by_target @ divided(capacity, by_origin.T @ people)


METHODS: dict[str, tuple[Callable[..., reach.Availability], Callable[..., Floats]]] = {
    "two_step": (reach.two_step, two_step_by_hand),
    "three_step": (reach.three_step, three_step_by_hand),
    "balanced": (reach.balanced, balanced_by_hand),
    "gravity": (lambda cost, people, supply, used: reach.gravity(cost, supply, used), lambda w, _, s: w @ s),
}


def test_three_municipalities_and_two_homes_by_hand() -> None:
    """Home A (10 places) is reached by 100 and 200 people, home B (6) by 200 and 300; 2 steps on paper."""
    cost = table([0, 1, 1, 2], [0, 0, 1, 1], [5, 10, 15, 20], shape=(3, 2))
    people, places = [100, 200, 300], [10, 6]
    plain = reach.two_step(cost, people, places).values
    assert plain == pytest.approx([10 / 300, 10 / 300 + 6 / 500, 6 / 500], rel=1e-15)
    # With steps, the 10 km weigh 1 and the 15 and 20 km 0.68.
    stepped = reach.two_step(cost, people, places, DECAYS["steps"]).values
    ratio_a, ratio_b = 10 / 300, 6 / (0.68 * 500)
    assert stepped == pytest.approx([ratio_a, ratio_a + 0.68 * ratio_b, 0.68 * ratio_b], rel=1e-15)
    assert reach.cumulative(cost, places).values.tolist() == [10, 16, 6]
    assert reach.nearest(cost).costs.ravel().tolist() == [5, 10, 20]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", DECAYS)
@pytest.mark.parametrize("is_plain", [False, True])
def test_each_method_is_its_formula_by_pairs_and_by_walks(method: str, name: str, is_plain: bool) -> None:
    here = country()
    ours, by_hand = METHODS[method]
    radial = here.radial()
    expected = by_hand(matrix(name, radial.pairs()), here.people, here.capacity)
    for cost in (radial, radial.pairs()):
        if is_plain:
            with engine.plain():
                values = ours(cost, here.people, here.capacity, DECAYS[name]).values
        else:
            values = ours(cost, here.people, here.capacity, DECAYS[name]).values
        assert np.allclose(values, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("is_plain", [False, True])
def test_many_kinds_and_groups_in_one_call_equal_one_at_a_time(method: str, is_plain: bool) -> None:
    here = country(200, 90)
    groups = np.stack([here.people, here.people[::-1]], axis=1)
    kind = np.arange(90) % 4
    supply = Supply.by_kind(here.capacity, kind, 4)
    ours, _ = METHODS[method]
    for cost in (here.radial(), here.radial().pairs()):
        if is_plain:
            with engine.plain():
                values = ours(cost, groups, supply, DECAYS["gaussian"]).values
        else:
            values = ours(cost, groups, supply, DECAYS["gaussian"]).values
        for group in range(2):
            for one in range(4):
                alone = np.where(kind == one, here.capacity, 0)
                expected = ours(cost, groups[:, group], alone, DECAYS["gaussian"]).values
                found = values[:, one] if method == "gravity" else values[:, group, one]
                assert np.allclose(found, expected, rtol=1e-12, atol=1e-16)


def test_a_matrix_of_supply_is_the_same_as_kinds() -> None:
    here = country(100, 40)
    kind = np.arange(40) % 3
    by_matrix = np.zeros((40, 3))
    by_matrix[np.arange(40), kind] = here.capacity
    one = reach.two_step(here.radial(), here.people, by_matrix).values
    other = reach.two_step(here.radial(), here.people, Supply.by_kind(here.capacity, kind, 3)).values
    assert np.array_equal(one, other)


def test_unreachable_unknown_and_zero_are_three_things() -> None:
    """0: a home with places, 1: a home without, 2: nothing near, 3: unknown place, 4: a home of unknown
    size, 5: a known and an unknown one."""
    cost = table([0, 1, 3, 4, 5, 5], [0, 1, 0, 2, 0, 2], [5, 5, math.nan, 5, 5, 5], shape=(6, 3))
    found = reach.two_step(cost, np.full(6, 10.0), [30, 0, math.nan])
    assert found.state.tolist() == [
        State.REACHED,
        State.ZERO,
        State.UNREACHABLE,
        State.UNKNOWN,
        State.UNKNOWN,
        State.PARTIAL,
    ]
    assert np.isnan(found.values).tolist() == [False, False, False, True, True, False]
    assert found.values[[1, 2]].tolist() == [0, 0]
    assert found.values[5] == pytest.approx(30 / 20)


def test_states_are_kept_by_kind_and_groups() -> None:
    cost = table([0, 0, 1], [0, 1, 1], [1, 1, 1], shape=(2, 2))
    supply = Supply.by_kind([math.nan, 4], [0, 1], 2)
    found = reach.two_step(cost, np.ones((2, 3)), supply)
    assert found.state.tolist() == [[State.UNKNOWN, State.REACHED], [State.UNREACHABLE, State.REACHED]]
    assert found.values.shape == (2, 3, 2)
    assert np.isnan(found.values[0, :, 0]).all()
    assert (found.values[1, :, 0] == 0).all()
    assert np.allclose(found.values[:, :, 1], 2)


def test_partly_unknown_times_make_a_lower_bound() -> None:
    cost = table([0, 0], [0, 1], [5, math.nan], shape=(1, 2))
    assert reach.cumulative(cost, [3, 4]).state.tolist() == [State.PARTIAL]


@pytest.mark.parametrize("method", METHODS)
def test_nobody_loses_a_number_because_of_unknown_capacity_elsewhere(method: str) -> None:
    here = country(150, 60)
    capacity = here.capacity.copy()
    capacity[::7] = np.nan
    ours, by_hand = METHODS[method]
    found = ours(here.radial(), here.people, capacity, DECAYS["gaussian"])
    expected = by_hand(matrix("gaussian", here.radial().pairs()), here.people, np.nan_to_num(capacity))
    is_known = found.state != State.UNKNOWN
    assert np.allclose(found.values[is_known], expected[is_known])
    assert np.isnan(found.values[~is_known]).all()


@settings(max_examples=80, deadline=None)
@given(small_cases(), st.sampled_from(sorted(DECAYS)), st.sampled_from(["two_step", "three_step", "balanced"]))
def test_availability_over_all_people_sums_to_the_capacity_they_reach(case: Small, name: str, method: str) -> None:
    w = matrix(name, case.cost)
    reached = (w * case.people[:, None]).sum(axis=0) > 0
    values = METHODS[method][0](case.cost, case.people, case.capacity, DECAYS[name]).values
    # In the balanced method people and service split differently, so the sum holds for no single place.
    if method != "balanced":
        assert values @ case.people == pytest.approx(case.capacity[reached].sum(), rel=1e-9, abs=1e-12)
    else:
        assert (values >= 0).all()


@settings(max_examples=60, deadline=None)
@given(small_cases(), st.sampled_from(sorted(DECAYS)), st.integers(1, 50))
def test_one_more_place_lowers_nobody(case: Small, name: str, more: int) -> None:
    before = reach.two_step(case.cost, case.people, case.capacity, DECAYS[name]).values
    for target in range(len(case.capacity)):
        capacity = case.capacity.copy()
        capacity[target] += more
        after = reach.two_step(case.cost, case.people, capacity, DECAYS[name]).values
        assert (after >= before * (1 - 1e-12)).all()


@settings(max_examples=60, deadline=None)
@given(small_cases(), st.sampled_from(sorted(METHODS)), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(case: Small, method: str, chance: object) -> None:
    rows, columns = case.cost.shape
    draw = np.random.default_rng(chance.randrange(10**6))  # type: ignore[attr-defined]
    origins, targets = draw.permutation(rows), draw.permutation(columns)
    dense = case.cost.dense()[np.ix_(origins, targets)]
    row, column = np.nonzero(np.isfinite(dense))
    shuffled = from_pairs(row, column, dense[row, column], (rows, columns), 50)
    ours = METHODS[method][0]
    before = ours(case.cost, case.people, case.capacity, DECAYS["gaussian"]).values
    after = ours(shuffled, case.people[origins], case.capacity[targets], DECAYS["gaussian"]).values
    assert np.allclose(after, before[origins], rtol=1e-12, atol=1e-15)


@settings(max_examples=60, deadline=None)
@given(small_cases(), st.sampled_from(["two_step", "three_step", "gravity"]), st.floats(0, 1))
def test_splitting_a_municipality_in_two_changes_nothing(case: Small, method: str, share: float) -> None:
    rows, columns = case.cost.shape
    dense = np.vstack([case.cost.dense(), case.cost.dense()[:1]])
    row, column = np.nonzero(np.isfinite(dense))
    cost = from_pairs(row, column, dense[row, column], (rows + 1, columns), 50)
    people = np.append(case.people, case.people[0] * (1 - share))
    people[0] *= share
    ours = METHODS[method][0]
    whole = ours(case.cost, case.people, case.capacity, DECAYS["exponential"]).values
    parts = ours(cost, people, case.capacity, DECAYS["exponential"]).values
    assert np.allclose(parts[:-1], whole, rtol=1e-9, atol=1e-15)
    assert parts[-1] == pytest.approx(parts[0], rel=1e-12)


def test_catchment_ratio_is_supply_over_people_around() -> None:
    here = country(120, 50)
    among = type(here)(here.origins, here.origins, here.people, here.people).radial()
    w, v = (matrix("gaussian", cost.pairs()) for cost in (here.radial(), among))
    found = reach.catchment_ratio(here.radial(), here.people, here.capacity, among, DECAYS["gaussian"]).values
    assert np.allclose(found, divided(w @ here.capacity, v @ here.people))


def test_rational_agents_split_evenly_between_equal_places() -> None:
    cost = table([0, 0], [0, 1], [0, 0], shape=(1, 2))
    value = reach.rational_agents(cost, [1000], [10, 10], tolerance=60).values[0]
    assert value == pytest.approx(1.0, abs=0.01)  # everybody bears exactly the average crowding


def test_rational_agents_prefer_the_nearer_until_it_is_crowded() -> None:
    """Two places, the second 30 min further: crowding differs by travel / tolerance = 0.5 at rest."""
    cost = table([0, 0], [0, 1], [10, 40], shape=(1, 2))
    value = reach.rational_agents(cost, [1000], [10, 10], tolerance=60).values[0]
    assert value == pytest.approx(1.25 + 10 / 60, abs=0.02)


def test_rational_agents_leave_the_unreachable_and_the_empty_apart() -> None:
    cost = table([0, 2], [0, 0], [5, 5], shape=(3, 1))
    found = reach.rational_agents(cost, [10, 20, 0], [4], tolerance=30)
    assert math.isfinite(found.values[0])
    assert found.values[1] == math.inf
    assert math.isnan(found.values[2])
    assert found.state.tolist() == [State.REACHED, State.UNREACHABLE, State.REACHED]


def test_rational_agents_of_more_groups_and_kinds_are_those_of_separate_calls() -> None:
    here = country(60, 24)
    cost = here.radial()
    people = np.column_stack([np.round(here.people), np.round(here.people / 3)])
    kind = np.arange(24) % 3
    capacity = np.round(here.capacity) + 1
    offers = Supply.by_kind(capacity, kind, 3)
    alone = np.empty((60, 2, 3))
    for one in range(3):
        only = np.where(kind == one, capacity, 0.0)
        for group in range(2):
            alone[:, group, one] = reach.rational_agents(cost, people[:, group], only, tolerance=20).values
    together = reach.rational_agents(cost, people, offers, tolerance=20)
    assert np.isfinite(alone).any()
    assert np.array_equal(together.values, alone, equal_nan=True)
    assert together.state.shape == (60, 3)
    assert np.array_equal(
        reach.rational_agents(cost, people[:, 0], offers, tolerance=20).values, alone[:, 0], equal_nan=True
    )
    assert np.array_equal(
        reach.rational_agents(cost, people, np.where(kind == 1, capacity, 0.0), tolerance=20).values,
        alone[:, :, 1],
        equal_nan=True,
    )


def test_people_within_and_beyond_and_unknown_sum_to_all() -> None:
    found = reach.people_within([5, 15, 40, math.inf, math.nan], [10, 20, 30, 40, 50], [15, 30, 60])
    assert found.people.tolist() == [30, 30, 60]
    assert found.beyond == 40
    assert found.unknown == 50


def test_nearest_says_unknown_and_unreachable() -> None:
    cost = table([0, 1], [0, 0], [7, math.nan], shape=(3, 1))
    found = reach.nearest(cost).costs[:, 0]
    assert found[0] == 7
    assert math.isnan(found[1])
    assert found[2] == math.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda cost: reach.two_step(cost, [1, 2], [3]), "demand has shape"),
        (lambda cost: reach.two_step(cost, [1], [3, 4]), "supply has 2 targets"),
        (lambda cost: reach.two_step(cost, [math.nan], [3]), "demand of origin 0 is unknown"),
        (lambda cost: reach.two_step(cost, [1], [-3]), "capacity of target 0 is negative"),
        (lambda cost: reach.nearest(cost, 0), "k must be one or more"),
        (lambda cost: reach.rational_agents(cost, [1], [1], tolerance=0), "tolerance must be above zero"),
        (lambda cost: reach.rational_agents(cost, [1], [math.nan], tolerance=9), "known capacity of every target"),
        (lambda cost: Supply.by_kind([1], [4], 2), "a kind in 0..1"),
    ],
)
def test_bad_input_is_answered_in_words(call: Callable[[Cost], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(table([0], [0], [1], shape=(1, 1)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: decay.gaussian(0),
        lambda: decay.exponential(-1),
        lambda: decay.power(10, 1, 0),
        lambda: decay.steps({}),
        lambda: decay.steps({10: -1}),
    ],
)
def test_a_senseless_decay_is_refused(make: Callable[[], Decay]) -> None:
    with pytest.raises(ValueError, match=r"above zero|at least one zone|zero or more"):
        make()


def test_a_web_process_that_computes_nothing_loads_no_numba() -> None:
    import subprocess
    import sys

    names = "cost radial roads decay reach engine"
    script = f"import sys; from analysis import {names.replace(' ', ', ')}; print('numba' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
