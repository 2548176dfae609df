"""Placement: equal to trying every set, to published optima, honest about gaps, obedient to conditions."""

from __future__ import annotations

import csv
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import decay, reach
from analysis.cost import TooLarge
from analysis.placement import (
    NotEnough,
    Placement,
    Unreachable,
    capacitated_p_median,
    covering,
    lists,
    max_coverage,
    p_center,
    p_median,
)
from analysis.radial import great_circle
from tests.analysis.places import Floats, country

REPO = Path(__file__).resolve().parents[2]
DATA = REPO.parent / "shared/data/benchmark"


@st.composite
def cases(draw: st.DrawFn) -> tuple[Floats, Floats, int]:
    """Up to 9 × 7 whole costs, weights and p."""
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    cells = draw(st.lists(st.integers(0, 30), min_size=rows * columns, max_size=rows * columns))
    weights = draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows))
    p = draw(st.integers(1, columns))
    return np.array(cells, dtype=float).reshape(rows, columns), np.array(weights, dtype=float), p


def by_trying(sites: int, p: int, worth: Callable[[list[int]], float]) -> float:
    return min(worth(list(chosen)) for chosen in itertools.combinations(range(sites), p))


@settings(max_examples=60, deadline=None)
@given(cases(), st.floats(0.5, 1.5))
def test_p_median_equals_trying_every_set(case: tuple[Floats, Floats, int], factor: float) -> None:
    cost, weights, p = case
    for scale in (1.0, factor):  # whole numbers, and any numbers
        found = p_median(cost * scale, weights, p)
        best = by_trying(cost.shape[1], p, lambda chosen: float(weights @ cost[:, chosen].min(axis=1)))
        assert found.value == pytest.approx(best * scale, rel=1e-6, abs=1e-9)
        assert found.is_proven
        assert found.bound <= found.value
        assert len(found.sites) == p
        assert found.gap == 0
        assert (cost[np.arange(len(cost)), found.assigned] == cost[:, found.sites].min(axis=1)).all()


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 30))
def test_max_coverage_equals_trying_every_set(case: tuple[Floats, Floats, int], limit: int) -> None:
    cost, weights, p = case
    found = max_coverage(cost, weights, p, limit)
    best = -by_trying(cost.shape[1], p, lambda chosen: -float(weights @ (cost[:, chosen].min(axis=1) <= limit)))
    assert found.value == best
    assert found.is_proven
    assert found.bound == best
    assert weights[found.assigned >= 0].sum() == best


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 30))
def test_covering_equals_trying_every_set(case: tuple[Floats, Floats, int], limit: int) -> None:
    cost, _, _ = case
    if (cost.min(axis=1) > limit).any():
        with pytest.raises(Unreachable) as refused:
            covering(cost, limit)
        assert refused.value.origins.tolist() == np.flatnonzero(cost.min(axis=1) > limit).tolist()
        return
    found = covering(cost, limit, time_limit=120)
    sizes = [
        size
        for size in range(1, cost.shape[1] + 1)
        for chosen in itertools.combinations(range(cost.shape[1]), size)
        if (cost[:, list(chosen)].min(axis=1) <= limit).all()
    ]
    assert found.value == len(found.sites) == min(sizes)
    assert found.is_proven
    assert (cost[:, found.sites].min(axis=1) <= limit).all()


@settings(max_examples=60, deadline=None)
@given(cases())
def test_p_center_equals_trying_every_set(case: tuple[Floats, Floats, int]) -> None:
    cost, _, p = case
    found = p_center(cost, p, time_limit=120)
    assert found.value == by_trying(cost.shape[1], p, lambda chosen: float(cost[:, chosen].min(axis=1).max()))
    assert found.is_proven
    assert len(found.sites) == p


@settings(max_examples=25, deadline=None)
@given(cases(), st.lists(st.integers(1, 25), min_size=7, max_size=7))
def test_capacitated_shares_hold_and_whole_ones_equal_trying(case: tuple[Floats, Floats, int], room: list[int]) -> None:
    cost, weights, p = case
    capacity = np.array(room[: cost.shape[1]], dtype=float)
    try:
        found = capacitated_p_median(cost, weights, p, capacity, time_limit=120)
    except NotEnough:
        assert np.sort(capacity)[-p:].sum() < weights.sum()
        return
    load = np.bincount(found.targets, found.share * weights[found.origins], minlength=cost.shape[1])
    assert (load <= capacity * (1 + 1e-6) + 1e-6).all()
    assert set(found.targets) <= set(found.sites)
    served = np.bincount(found.origins, found.share, minlength=len(cost))
    assert np.allclose(served[weights > 0], 1)
    assert found.value >= p_median(cost, weights, p).value * (1 - 1e-6) - 1e-9
    assert found.is_proven
    if p <= 2 and len(cost) <= 6:
        assert found.value <= whole_by_trying(cost, weights, p, capacity) * (1 + 1e-6) + 1e-9


def whole_by_trying(cost: Floats, weights: Floats, p: int, capacity: Floats) -> float:
    """Everybody at one place: never better than sharing."""
    best = np.inf
    for chosen in itertools.combinations(range(cost.shape[1]), p):
        for where in itertools.product(chosen, repeat=len(cost)):
            load = np.bincount(where, weights, minlength=cost.shape[1])
            if (load <= capacity).all():
                best = min(best, float(weights @ cost[np.arange(len(cost)), list(where)]))
    return best


def test_served_by_one_place_only_equals_trying() -> None:
    draw = np.random.default_rng(8)
    cost = draw.integers(0, 30, (6, 4)).astype(float)
    weights, capacity = draw.integers(1, 9, 6).astype(float), np.full(4, 18.0)
    found = capacitated_p_median(cost, weights, 2, capacity, split=False)
    assert found.value == pytest.approx(whole_by_trying(cost, weights, 2, capacity))
    assert (found.share > 1 - 1e-6).all()


def test_san_francisco_with_four_stores() -> None:
    """205 tracts × 16 stores, the case that ships with spopt; optimum 2848268129.7145."""
    path = DATA / "spopt/SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    if not path.exists():
        pytest.skip("the San Francisco case lies outside the repository and is not here")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    stores = sorted({row["name"] for row in rows})
    tracts = sorted({row["DestinationName"] for row in rows})
    cost, people = np.full((len(tracts), len(stores)), np.inf), np.zeros(len(tracts))
    for row in rows:
        tract = tracts.index(row["DestinationName"])
        cost[tract, stores.index(row["name"])] = float(row["distance"])
        people[tract] = float(row["demand"])
    found = p_median(cost, people, 4)
    assert cost.shape == (205, 16)
    assert found.is_proven
    assert round(found.value, 4) == 2848268129.7145


@pytest.mark.parametrize(("number", "optimum"), [(1, 5819), (10, 1255), (16, 8162), (20, 1789)])
def test_or_library_optima(number: int, optimum: int) -> None:
    from benchmarks.pmed import check, read

    path = DATA / f"pmed/pmed{number}.txt"
    if not path.exists():
        pytest.skip("the OR-Library files lie outside the repository and are not here")
    instance = read(path)
    found = p_median(instance.distances, np.ones(len(instance.distances)), instance.p)
    check(instance, found)
    assert found.value == optimum == found.bound
    assert found.is_proven


def test_a_repeated_edge_counts_with_its_last_cost(tmp_path: Path) -> None:
    from benchmarks.pmed import read

    path = tmp_path / "three.txt"
    path.write_text(" 3 3 1 \n 1 2 9 \n 2 3 4 \n 2 1 5 \n")
    assert read(path).distances.tolist() == [[0, 5, 9], [5, 0, 4], [9, 4, 0]]


def test_coordinates_pairs_and_a_matrix_give_the_same_answer() -> None:
    here = country(120, 40)
    radial = great_circle(here.origins, here.targets, limit=2000)
    values = [p_median(cost, here.people, 5).value for cost in (radial, radial.pairs(), radial.pairs().dense())]
    assert values == pytest.approx([values[0]] * 3, rel=1e-9)


def test_lists_cut_short_are_widened_until_the_answer_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """With p = 1 nobody finds the one site among a list of a few: the solver must notice."""
    from analysis.placement import pmedian
    from analysis.placement.lists import lists_of

    here = country(60, 60)
    cost = great_circle(here.origins, here.targets, limit=2000)
    full = p_median(cost, here.people, 2)
    used: list[int] = []
    whole = lists_of

    def short(*arguments: object) -> object:
        table, people, _, beyond = arguments
        used.append(5 * 4 ** len(used))
        return whole(table, people, min(60, used[-1]), beyond)  # type: ignore[arg-type]

    monkeypatch.setattr(pmedian, "lists_of", short)
    monkeypatch.setattr(pmedian, "first_width", lambda sites, p: 5)
    again = p_median(cost, here.people, 2)
    assert len(used) > 1
    assert again.value == pytest.approx(full.value)
    assert again.is_proven


@pytest.mark.parametrize(
    "solve",
    [
        lambda **k: p_median(country(90, 30).radial(900), country(90, 30).people, 6, **k),
        lambda **k: max_coverage(country(90, 30).radial(900), country(90, 30).people, 6, 40, **k),
        lambda **k: covering(country(90, 30).radial(900), 250, **k),
        lambda **k: p_center(country(90, 30).radial(900), 6, **k),
        lambda **k: capacitated_p_median(country(90, 30).radial(900), country(90, 30).people, 6, np.full(30, 1e5), **k),
    ],
)
def test_fixed_places_are_chosen_and_forbidden_ones_are_not(solve: Callable[..., Placement]) -> None:
    free = solve(time_limit=120)
    banned = free.sites[:2]
    other = np.setdiff1d(np.arange(30), free.sites)[:1]
    bound = solve(fixed=other, forbidden=banned, time_limit=120)
    assert set(other) <= set(bound.sites)
    assert not set(banned) & set(bound.sites)


def test_a_mask_of_sites_says_the_same_as_their_numbers() -> None:
    case = country(90, 30)
    mask = np.zeros(30, dtype=bool)
    mask[[5, 7]] = True
    by_mask = p_median(case.radial(900), case.people, 6, fixed=mask)
    assert by_mask.value == p_median(case.radial(900), case.people, 6, fixed=[5, 7]).value
    with pytest.raises(ValueError, match="a mask of 30 sites"):
        p_median(case.radial(900), case.people, 6, forbidden=mask[:9])


def test_out_of_time_means_unproven_with_a_true_gap() -> None:
    draw = np.random.default_rng(2)
    cost = draw.integers(1, 1000, (400, 400)).astype(float)
    weights = np.ones(400)
    quick = p_median(cost, weights, 5, time_limit=0.4)
    assert not quick.is_proven
    assert quick.bound < quick.value
    assert 0 < quick.gap < 1
    assert quick.seconds < 5


def test_an_origin_that_nobody_reaches_is_charged_and_told() -> None:
    cost = np.array([[1.0, np.inf], [np.inf, 2.0], [np.inf, np.inf]])
    found = p_median(cost, [1, 1, 1], 2, beyond=50)
    assert found.value == 1 + 2 + 50
    assert found.assigned.tolist() == [0, 1, -1]


def test_who_cannot_be_covered_is_named() -> None:
    with pytest.raises(Unreachable, match="2 origins have no allowed target within 5") as refused:
        covering(np.array([[1.0], [9.0], [7.0]]), 5)
    assert refused.value.origins.tolist() == [1, 2]
    assert covering(np.array([[1.0], [9.0]]), 5, needed=[True, False]).value == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda cost: p_median(cost, [1, 1], 3), r"p must lie in 1\.\.2"),
        (lambda cost: p_median(cost, [1, 1], 0), r"p must lie in 1\.\.2"),
        (lambda cost: p_median(cost, [1, 1], 1, fixed=[0], forbidden=[0]), "both fixed and forbidden"),
        (lambda cost: p_median(cost, [1, 1], 1, fixed=[0, 1]), "2 sites are fixed, more than p = 1"),
        (lambda cost: p_median(cost, [1, 1], 1, fixed=[7]), r"a fixed site lies outside 0\.\.1"),
        (lambda cost: p_median(cost, [1, -1], 1), "weights must be known"),
        (lambda cost: p_median(cost, [1], 1), "weights must have shape"),
        (lambda cost: p_median(-cost, [1, 1], 1), "costs must not be negative"),
        (lambda cost: p_median(cost, [1, 1], 1, time_limit=0), "time_limit must be above zero"),
        (lambda cost: p_median(cost[:0], [], 1), "at least one origin"),
        (lambda cost: max_coverage(cost, [1, 1], 1, -1), "limit must not be negative"),
    ],
)
def test_impossible_demands_are_answered_in_words(call: Callable[[Floats], Placement], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(np.array([[1.0, 2.0], [3.0, 4.0]]))


def answers_of_a_small_case() -> tuple[list[float], list[float]]:
    """Values of three placements and an availability, for both engines."""
    here = country(12, 6)
    cost = here.radial(900)
    found = [
        p_median(cost, here.people, 2),
        max_coverage(cost, here.people, 2, 60),
        covering(cost, 300, time_limit=0.5),
    ]
    values = reach.two_step(cost, here.people, here.capacity, decay.gaussian(30)).values
    return [one.value for one in found], values.tolist()


def test_without_a_compiler_the_answers_are_the_same() -> None:
    """The kernels as plain Python, in a process of their own: same values, same availability."""
    script = (
        "import json, sys; from tests.analysis.test_placement import answers_of_a_small_case as answers; "
        "print(json.dumps([*answers(), 'numba' in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPO,
        env=os.environ | {"ANALYSIS_PLAIN": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    placements, availability, uses_numba = json.loads(done.stdout)
    compiled_placements, compiled_availability = answers_of_a_small_case()
    assert placements == pytest.approx(compiled_placements, rel=1e-9)
    assert np.allclose(availability, compiled_availability, rtol=1e-12)
    assert not uses_numba


@pytest.mark.parametrize(
    "solve",
    [
        lambda cost: p_median(cost, np.ones(cost.shape[0]), 3),
        lambda cost: max_coverage(cost, np.ones(cost.shape[0]), 3, 40.0),
        lambda cost: covering(cost, 40.0),
    ],
)
def test_what_would_not_fit_memory_is_refused_before_it_starts(
    solve: Callable[[Floats], Placement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_MB", 0.0001)
    with pytest.raises(TooLarge, match="pairs need"):
        solve(np.full((60, 60), 10.0))
