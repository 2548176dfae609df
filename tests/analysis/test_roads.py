"""Shortest paths within a limit agree with scipy's and with an unlimited search cut off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import engine
from analysis.cost import TooLarge
from analysis.roads import Roads

Section = tuple[int, int, int]


def all_pairs(nodes: int, sections: list[Section], one_way: bool) -> np.ndarray:
    """Floyd-Warshall by hand."""
    far = np.full((nodes, nodes), np.inf)
    np.fill_diagonal(far, 0)
    for tail, head, length in sections:
        far[tail, head] = min(far[tail, head], length)
        if not one_way:
            far[head, tail] = min(far[head, tail], length)
    for middle in range(nodes):
        far = np.minimum(far, far[:, middle, None] + far[middle])
    return far


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 9)), max_size=20),
    st.booleans(),
    st.integers(1, 20),
    st.lists(st.integers(0, 7), min_size=1, max_size=10),
    st.lists(st.integers(0, 7), min_size=1, max_size=10),
    st.booleans(),
)
def test_small_graphs_by_hand(
    sections: list[Section], one_way: bool, limit: int, origins: list[int], targets: list[int], is_plain: bool
) -> None:
    columns = np.array(sections, dtype=float).reshape(-1, 3).T
    roads = Roads.of(8, *columns, one_way=one_way)
    far = all_pairs(8, sections, one_way)[np.ix_(origins, targets)]
    expected = np.where(far <= limit, far, np.inf)
    if is_plain:
        with engine.plain():
            found = roads.reach(origins, targets, limit=limit).dense()
    else:
        found = roads.reach(origins, targets, limit=limit).dense()
    assert np.array_equal(found, expected)


def grid(side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Streets of a square town: xy, tails, heads, lengths."""
    number = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    heads = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    lengths = np.random.default_rng(3).uniform(0.5, 2.0, len(tails))
    return np.stack(np.divmod(np.arange(side * side), side), axis=1).astype(float), tails, heads, lengths


def test_the_order_of_nodes_in_memory_changes_no_number() -> None:
    xy, tails, heads, lengths = grid(20)
    places = np.random.default_rng(4).integers(0, 400, 60)
    plain_order = Roads.of(400, tails, heads, lengths).reach(np.arange(400), places, limit=9)
    morton = Roads.of(400, tails, heads, lengths, xy=xy).reach(np.arange(400), places, limit=9)
    assert np.allclose(plain_order.dense(), morton.dense())
    with engine.plain():
        scipy = Roads.of(400, tails, heads, lengths).reach(np.arange(400), places, limit=9)
    assert np.allclose(scipy.dense(), morton.dense())


def test_unknown_nodes_are_unknown_places() -> None:
    cost = Roads.of(3, [0, 1], [1, 2], [4, 5]).reach([0, -1], [2, -1], limit=20)
    assert cost.dense().tolist() == [[9, math.inf], [math.inf, math.inf]]
    assert cost.unknown.tolist() == [False, True]


def test_too_many_pairs_stop_the_search() -> None:
    _, tails, heads, lengths = grid(30)
    roads = Roads.of(900, tails, heads, lengths)
    with pytest.raises(TooLarge):
        roads.reach(np.arange(900), np.arange(900), limit=50, budget_mb=1)


@pytest.mark.parametrize(
    ("sections", "message"),
    [(([0], [1], [-1]), "section 0 has length -1"), (([0], [5], [1]), "head lies outside 0..1")],
)
def test_bad_sections_are_refused(sections: tuple[list[int], list[int], list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Roads.of(2, *sections)


def test_the_nearest_node_of_a_place() -> None:
    xy, tails, heads, lengths = grid(5)
    assert Roads.of(25, tails, heads, lengths).nearest_nodes(xy, [[0.2, 0.9], [4.4, 4.1]]).tolist() == [1, 24]
