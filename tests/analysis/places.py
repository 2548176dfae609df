"""Invented places for the tests of `analysis`: a random country, and hypothesis strategies for small ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.cost import Cost, table
from analysis.radial import Radial, great_circle

Floats = NDArray[np.float64]


class Country(NamedTuple):
    """Places in degrees, people and capacities."""

    origins: Floats
    targets: Floats
    people: Floats
    capacity: Floats

    def radial(self, limit: float = 30.0) -> Radial:
        return great_circle(self.origins, self.targets, limit=limit)


def country(origins: int = 400, targets: int = 150, seed: int = 1) -> Country:
    """Places scattered over a box of the size of Czechia."""
    draw = np.random.default_rng(seed)

    def box(count: int) -> Floats:
        return np.column_stack([draw.uniform(48.6, 51.0, count), draw.uniform(12.1, 18.8, count)])

    return Country(
        box(origins),
        box(targets),
        draw.integers(0, 5000, origins).astype(float),
        draw.integers(0, 80, targets).astype(float),
    )


class Small(NamedTuple):
    """A small made-up case: a cost with some unreachable pairs, people, capacities."""

    cost: Cost
    people: Floats
    capacity: Floats


@st.composite
def small_cases(draw: st.DrawFn) -> Small:
    """Up to 6 × 5 places, costs 0..40, about a third of the pairs unreachable."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    cells = draw(
        st.lists(
            st.one_of(st.none(), st.integers(0, 40), st.integers(0, 40)),
            min_size=rows * columns,
            max_size=rows * columns,
        )
    )
    people = draw(st.lists(st.integers(0, 3000), min_size=rows, max_size=rows))
    capacity = draw(st.lists(st.integers(0, 60), min_size=columns, max_size=columns))
    origin, target = np.divmod(np.arange(rows * columns), columns)
    listed = np.array([cell is not None for cell in cells])
    costs = np.array([np.nan if cell is None else float(cell) for cell in cells])
    return Small(
        table(origin[listed], target[listed], costs[listed], shape=(rows, columns)),
        np.array(people, dtype=float),
        np.array(capacity, dtype=float),
    )
