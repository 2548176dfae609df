"""Scenarios: an edit gives what a computation from the beginning gives, and undo gives back every bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import decay, reach
from analysis.cost import Cost
from analysis.radial import great_circle
from analysis.whatif import Base, Scenario
from tests.analysis.places import Country, country

DECAY = decay.gaussian(12)
HERE = country(150, 30)
COST = HERE.radial().pairs()
BASE = Base.of(COST, HERE.people, HERE.capacity, DECAY, limits=(10, 30))


def cost_to(here: Country, place: tuple[float, float]) -> Cost:
    return great_circle(here.origins, [place], limit=30).pairs()


def computed_anew(scenario: Scenario, extra: list[Cost]) -> np.ndarray:
    cost = COST
    for one in extra:
        cost = cost.beside(one)
    capacity = [scenario.capacity(target) for target in range(cost.shape[1])]
    return reach.two_step(cost, HERE.people, [0.0 if one is None else one for one in capacity], DECAY).values


def test_a_scenario_without_edits_is_today() -> None:
    today = reach.two_step(COST, HERE.people, HERE.capacity, DECAY).values
    assert np.allclose(BASE.scenario().availability, today, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("set"), st.integers(0, 29), st.integers(0, 90)),
            st.tuples(st.just("close"), st.integers(0, 29), st.just(0)),
            st.tuples(st.just("open"), st.integers(0, 149), st.integers(1, 40)),
            st.tuples(st.just("move"), st.integers(0, 29), st.integers(0, 149)),
            st.tuples(st.just("undo"), st.just(0), st.just(0)),
        ),
        max_size=12,
    )
)
def test_any_edits_give_what_a_new_computation_gives(moves: list[tuple[str, int, int]]) -> None:
    scenario = BASE.scenario()
    extra: list[Cost] = []
    history: list[tuple[np.ndarray, np.ndarray, int]] = []
    for verb, which, amount in moves:
        before = scenario.availability.copy(), scenario.within(10), len(extra)
        try:
            if verb == "set":
                scenario.set_capacity(which, amount)
            elif verb == "close":
                scenario.close(which)
            elif verb == "open":
                extra.append(cost_to(HERE, tuple(HERE.origins[which])))
                scenario.open(extra[-1], amount)
            elif verb == "move":
                elsewhere = cost_to(HERE, tuple(HERE.origins[amount]))
                scenario.move(which, elsewhere)
                extra.append(elsewhere)
            else:
                scenario.undo()
                values, counts, opened = history.pop()
                del extra[opened:]
                assert np.array_equal(scenario.availability, values)
                assert np.array_equal(scenario.within(10), counts)
                continue
        except ValueError:
            continue  # closing or moving what is closed
        except IndexError:
            assert verb == "undo"
            continue
        history.append(before)
    assert np.allclose(scenario.availability, computed_anew(scenario, extra), rtol=1e-9, atol=1e-15)


def test_ten_thousand_edits_drift_by_rounding_only() -> None:
    scenario, draw = BASE.scenario(), np.random.default_rng(5)
    for target, capacity in zip(draw.integers(0, 30, 10_000), draw.integers(0, 90, 10_000), strict=True):
        scenario.set_capacity(int(target), float(capacity))
    assert np.allclose(scenario.availability, computed_anew(scenario, []), rtol=1e-9, atol=1e-13)


def test_who_loses_and_who_gains_help_within_a_limit() -> None:
    nearest = reach.nearest(COST, 2)
    alone = int(np.flatnonzero((nearest.costs[:, 0] <= 10) & (nearest.costs[:, 1] > 10))[0])
    home = int(nearest.targets[alone, 0])
    scenario = BASE.scenario()
    scenario.close(home)
    assert scenario.lost(10)[alone]
    assert not scenario.gained(10).any()
    assert scenario.changed()[alone]
    new = scenario.open(cost_to(HERE, tuple(HERE.origins[alone])), math.nan)
    assert not scenario.lost(10)[alone]
    assert scenario.capacity(new) is not None


def test_a_service_of_unknown_capacity_counts_as_a_service() -> None:
    base = Base.of(COST, HERE.people, np.full(30, np.nan), limits=(30,))
    assert (base.availability == 0).all()
    assert np.array_equal(base.scenario().within(30), np.diff(COST.indptr))


def test_scenarios_on_one_base_do_not_see_each_other() -> None:
    one, other = BASE.scenario(), BASE.scenario()
    one.close(3)
    assert np.array_equal(other.availability, BASE.availability[:, 0])
    assert other.edits == []


def test_groups_of_people_change_together() -> None:
    groups = np.stack([HERE.people, HERE.people[::-1]], axis=1)
    base = Base.of(COST, groups, HERE.capacity, DECAY)
    scenario = base.scenario()
    scenario.close(4)
    capacity = HERE.capacity.copy()
    capacity[4] = 0
    assert np.allclose(scenario.availability, reach.two_step(COST, groups, capacity, DECAY).values, rtol=1e-12)


def test_mistakes_are_told() -> None:
    scenario = BASE.scenario()
    scenario.close(2)
    with pytest.raises(ValueError, match="target 2 is closed already"):
        scenario.close(2)
    with pytest.raises(ValueError, match="closed and cannot be moved"):
        scenario.move(2, cost_to(HERE, (50.0, 15.0)))
    with pytest.raises(ValueError, match="negative or infinite"):
        scenario.set_capacity(3, -1)
    with pytest.raises(IndexError, match="there is no target 99"):
        scenario.close(99)
    with pytest.raises(ValueError, match="counts within"):
        scenario.lost(45)
    with pytest.raises(ValueError, match="a cost of shape"):
        scenario.open(COST, 3)
    scenario.undo()
    with pytest.raises(IndexError, match="nothing to undo"):
        scenario.undo()
