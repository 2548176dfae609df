"""How far along roads: shortest paths within a limit over a sparse graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import engine
from analysis.cost import DEFAULT_BUDGET_MB, PAIR_BYTES, Cost, Floats, Ints, TooLarge, from_pairs, positive, starts


@dataclass(frozen=True, eq=False)
class Roads:
    """A graph in compressed sparse rows, nodes renumbered so that neighbours lie near each other in memory.

    `number[node]` is the inner number of a caller's node. Build it by `Roads.of`.
    """

    indptr: Ints
    heads: NDArray[np.int32]
    lengths: Floats
    number: Ints

    @classmethod
    def of(
        cls,
        nodes: int,
        tails: ArrayLike,
        heads: ArrayLike,
        lengths: ArrayLike,
        *,
        one_way: bool = False,
        xy: ArrayLike | None = None,
    ) -> Roads:
        """Sections `tails[e]` - `heads[e]` of `lengths[e]` (minutes, km), passable both ways unless `one_way`.

        Of parallel sections the shortest counts. `xy` (nodes, 2): coordinates of any kind; with them, nodes
        are put in Morton order, which makes searches about 2.5 times quicker. Raises ValueError for a length
        that is negative or not finite and for an end outside 0..nodes-1.
        """
        tail, head = np.asarray(tails, dtype=np.int64), np.asarray(heads, dtype=np.int64)
        length = np.asarray(lengths, dtype=np.float64)
        if not len(tail) == len(head) == len(length):
            raise ValueError(f"sections differ in length: {len(tail)}, {len(head)}, {len(length)}")
        if not (np.isfinite(length).all() and (length >= 0).all()):
            bad = int(np.argmax(~(np.isfinite(length) & (length >= 0))))
            raise ValueError(f"section {bad} has length {length[bad]}")
        for name, ends in (("tail", tail), ("head", head)):
            if len(ends) and not (ends.min() >= 0 and ends.max() < nodes):
                raise ValueError(f"a section's {name} lies outside 0..{nodes - 1}")
        if not one_way:
            tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
            length = np.concatenate([length, length])
        order = _morton(xy, nodes) if xy is not None else _narrow(nodes, tail, head)
        number = np.empty(nodes, dtype=np.int64)
        number[order] = np.arange(nodes)
        return cls(*_rows(nodes, number[tail], number[head], length), number)

    @property
    def node_count(self) -> int:
        return len(self.number)

    def reach(
        self, origins: ArrayLike, targets: ArrayLike, *, limit: float, budget_mb: float = DEFAULT_BUDGET_MB
    ) -> Cost:
        """Cost from origin nodes to target nodes, as far as `limit`: the shortest path (Dijkstra 1959), in the unit
        of the lengths. `origins`, `targets`: vectors of node numbers. Raises ValueError for a node outside the graph
        and a limit that is not above zero.

        Searches run from whichever side has fewer nodes. Several places may share a node; a place with node
        -1 is unknown (as an origin) or reached by nobody (as a target). Raises `TooLarge` as soon as the pairs
        found exceed the budget.
        """
        positive("limit", limit)
        start, end = _at_nodes(origins, self.node_count), _at_nodes(targets, self.node_count)
        backward = len(np.unique(end)) < len(np.unique(start))
        here, there = (end, start) if backward else (start, end)
        graph = self._turned() if backward else self
        sources, seats = _by_node(graph.number, here)
        marks, chairs = _by_node(graph.number, there)
        mark = np.full(self.node_count, -1, dtype=np.int32)
        # Where no two places share a node, a mark is the place itself and needs no second look.
        is_alone = len(marks) == len(chairs[1])
        mark[marks] = chairs[1] if is_alone else np.arange(len(marks))
        counts, found, costs = graph._search(sources, mark, limit, budget_mb)
        if not is_alone:
            places, picked = _expand(found, chairs)
            found = places.astype(np.int32)
            counts, costs = _count_again(counts, picked), costs[picked]
        indptr, found, costs = _in_order(counts, found, costs, seats, len(here))
        if len(found) * PAIR_BYTES / 1e6 > budget_mb:
            raise TooLarge(len(found), budget_mb)
        unknown = start < 0
        if backward:
            rows = np.repeat(np.arange(len(end), dtype=np.int32), np.diff(indptr))
            return from_pairs(found, rows, costs, (len(start), len(end)), limit, unknown=unknown)
        nobody = np.zeros(len(start), dtype=bool)
        return Cost(indptr, found.astype(np.int32, copy=False), costs, len(end), limit, unknown, nobody)

    def nearest_nodes(self, xy: ArrayLike, places: ArrayLike) -> Ints:
        """The node nearest to each place, given coordinates of the nodes and of the places in a plane."""
        from scipy.spatial import cKDTree

        return np.asarray(cKDTree(np.asarray(xy)).query(np.asarray(places))[1], dtype=np.int64)

    def _turned(self) -> Roads:
        """The same graph with every section driven the other way."""
        tails = np.repeat(np.arange(self.node_count), np.diff(self.indptr))
        return Roads(*_rows(self.node_count, self.heads.astype(np.int64), tails, self.lengths), self.number)

    def _search(
        self, sources: Ints, mark: NDArray[np.int32], limit: float, budget_mb: float
    ) -> tuple[Ints, NDArray[np.int32], Floats]:
        """How many marked nodes each source reaches within the limit, their marks, their costs."""
        if not len(sources) or not (mark >= 0).any():
            return np.zeros(len(sources), np.int64), np.empty(0, np.int32), np.empty(0)
        parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        pairs = 0
        for counts, found, costs in self._slices(sources, mark, limit):
            pairs += len(found)
            if pairs * PAIR_BYTES / 1e6 > budget_mb:
                raise TooLarge(pairs, budget_mb)
            parts.append((counts, found, costs))
        counts, found, costs = (np.concatenate(one) for one in zip(*parts, strict=True))
        return counts, found, costs

    def _slices(
        self, sources: Ints, mark: NDArray[np.int32], limit: float
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
        """Counts, marks and costs of consecutive slices of the sources."""
        graph = (self.indptr, self.heads, self.lengths)
        if engine.is_compiled():
            from analysis import roads_kernels

            step = 4096
            for start in range(0, len(sources), step):
                few = sources[start : start + step]
                yield from engine.spread(roads_kernels.search, len(few), few, float(limit), *graph, mark, smallest=64)
            return
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        matrix = csr_array((self.lengths, self.heads, self.indptr), shape=(self.node_count, self.node_count))
        marked = np.flatnonzero(mark >= 0)
        step = max(1, 20_000_000 // self.node_count)
        for start in range(0, len(sources), step):
            far = dijkstra(matrix, indices=sources[start : start + step], limit=limit)[:, marked]
            inside = np.isfinite(far)
            _, column = np.nonzero(inside)
            yield inside.sum(axis=1), mark[marked[column]], far[inside]


def _rows(nodes: int, tails: Ints, heads: Ints, lengths: Floats) -> tuple[Ints, NDArray[np.int32], Floats]:
    """Compressed rows; of parallel sections the shortest, and no section from a node to itself."""
    order = np.lexsort((lengths, heads, tails))
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    kept = tails != heads
    kept[1:] &= (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    indptr = starts(np.bincount(tails[kept], minlength=nodes))
    return indptr, heads[kept].astype(np.int32), np.ascontiguousarray(lengths[kept])


def _morton(xy: ArrayLike, nodes: int) -> Ints:
    """Nodes along a Z-shaped curve through the plane: near in space, near in memory."""
    points = np.asarray(xy, dtype=np.float64)
    if points.shape != (nodes, 2):
        raise ValueError(f"xy must have shape ({nodes}, 2), got {points.shape}")
    if not nodes:
        return np.empty(0, dtype=np.int64)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    grid = ((points - low) / np.where(span > 0, span, 1.0) * 65535).astype(np.uint64)
    code = np.zeros(nodes, dtype=np.uint64)
    for bit in range(16):
        for axis in (0, 1):
            code |= ((grid[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return np.argsort(code, kind="stable")


def _narrow(nodes: int, tails: Ints, heads: Ints) -> Ints:
    """Without coordinates: an order of small bandwidth (reverse Cuthill-McKee)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    ones = np.ones(len(tails), dtype=np.int8)
    return np.asarray(
        reverse_cuthill_mckee(coo_array((ones, (tails, heads)), shape=(nodes, nodes)).tocsr()), dtype=np.int64
    )


def _at_nodes(places: ArrayLike, nodes: int) -> Ints:
    index = np.asarray(places, dtype=np.int64)
    if len(index) and not (index.min() >= -1 and index.max() < nodes):
        raise ValueError(f"a place's node lies outside 0..{nodes - 1} (-1 stands for unknown)")
    return index


def _by_node(number: Ints, places: Ints) -> tuple[Ints, tuple[Ints, Ints]]:
    """Inner numbers of the nodes that hold places, rising, and the places of each: (indptr, places)."""
    known = np.flatnonzero(places >= 0)
    inner = number[places[known]]
    order = np.argsort(inner, kind="stable")
    nodes, counts = np.unique(inner, return_counts=True)
    return nodes, (starts(counts), known[order])


def _in_order(
    counts: Ints, found: NDArray[Any], costs: Floats, seats: tuple[Ints, Ints], places: int
) -> tuple[Ints, NDArray[Any], Floats]:
    """From one stretch per source node to one row per place: those at one node share its stretch."""
    indptr, at = seats
    node = np.full(places, -1)
    node[at] = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    sizes = np.where(node >= 0, np.append(counts, 0)[node], 0)
    rows = starts(sizes)
    take = np.repeat(np.append(starts(counts)[:-1], 0)[node] - rows[:-1], sizes) + np.arange(rows[-1])
    return rows, found[take], costs[take]


def _expand(nodes: NDArray[Any], places: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """The places at each of `nodes`, and which of `nodes` each comes from."""
    indptr, at = places
    counts = np.diff(indptr)[nodes]
    picked = np.repeat(np.arange(len(nodes)), counts)
    within = np.arange(len(picked)) - np.repeat(starts(counts)[:-1], counts)
    return at[indptr[nodes[picked]] + within], picked


def _count_again(counts: Ints, picked: Ints) -> Ints:
    """Sizes of the stretches after their entries were repeated."""
    stretch = np.repeat(np.arange(len(counts)), counts)
    return np.bincount(stretch[picked], minlength=len(counts))
