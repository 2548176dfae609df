"""Sorted neighbour lists: the form of a cost that placement works on.

Only near sites matter for a good choice, so a client's list may stop at its `width` nearest ones. What is not
listed costs at least `tail`; a solution in which everybody is served from the lists is therefore exact, and
any bound computed with the tail holds for the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import engine
from analysis.cost import MOST_MB, PAIR_BYTES, Cost, Floats, Ints, TooLarge, starts
from analysis.radial import Radial

Table = NDArray[np.floating[Any]] | Cost | Radial


@dataclass(frozen=True, eq=False)
class Lists:
    """Compressed rows by client, costs rising and already multiplied by the client's weight."""

    start: Ints
    site: NDArray[np.int32]
    cost: Floats
    tail: Floats
    site_count: int

    @property
    def arguments(self) -> tuple[Any, Any, Any, Any]:
        return self.start, self.site, self.cost, self.tail

    @cached_property
    def turned(self) -> tuple[Any, Any, Any]:
        """The same pairs by site: (first pair, client, cost)."""
        from analysis.placement import kernels

        turned, client, paid = kernels.turn(self.start, self.site, self.cost, self.site_count)
        return turned, client, paid

    def only(self, sites: Ints, always: Ints) -> Lists:
        """Lists over `sites` alone, numbered in that order, with the sites of `always` open already."""
        from analysis.placement import kernels

        number = np.full(self.site_count, -1, dtype=np.int32)
        number[sites] = np.arange(len(sites), dtype=np.int32)
        is_always = np.zeros(self.site_count, dtype=bool)
        is_always[always] = True
        start, site, cost, tail = kernels.keep(*self.arguments, number, is_always)
        return Lists(start, site, cost, tail, len(sites))


def check_memory(pairs: int) -> None:
    """Refuse before it starts what would not fit. Raises `TooLarge` for more pairs than MOST_MB holds."""
    if pairs * PAIR_BYTES / 1e6 > MOST_MB:
        raise TooLarge(pairs, MOST_MB)


def shape_of(cost: Table) -> tuple[int, int]:
    """(origins, targets), checked."""
    shape = cost.shape
    if len(shape) != 2 or not shape[0] or not shape[1]:
        raise ValueError(f"a cost of at least one origin and one target is needed, got shape {shape}")
    if isinstance(cost, np.ndarray) and (np.isnan(cost).any() or (cost < 0).any()):
        raise ValueError("costs must not be negative or unknown (inf stands for unreachable)")
    return int(shape[0]), int(shape[1])


def block(cost: Table, start: int, stop: int) -> Floats:
    """Costs of some origins to every target; inf for unreachable."""
    if isinstance(cost, np.ndarray):
        return np.asarray(cost[start:stop], dtype=np.float64)
    if isinstance(cost, Radial):
        return cost.block(np.arange(start, stop), np.arange(cost.shape[1]))
    dense = np.full((stop - start, cost.shape[1]), np.inf)
    pairs = slice(cost.indptr[start], cost.indptr[stop])
    dense[cost.origins[pairs] - start, cost.targets[pairs]] = cost.costs[pairs]
    return dense


def columns(cost: Table, sites: Ints) -> Floats:
    """Costs of every origin to some targets; inf for unreachable."""
    if isinstance(cost, np.ndarray):
        return np.asarray(cost[:, sites], dtype=np.float64)
    if isinstance(cost, Radial):
        return cost.block(np.arange(cost.shape[0]), sites)
    return cost.among(sites).dense()


def lists_of(cost: Table, weights: Floats, width: int, beyond: float) -> Lists:
    """The `width` nearest targets of each origin. Being served from nowhere costs `beyond` per person.

    Raises `TooLarge` before it starts when the lists would not fit MOST_MB."""
    clients, sites = shape_of(cost)
    check_memory(clients * min(width, sites))

    def some(start: int, stop: int) -> list[tuple[NDArray[np.int32], Floats, float]]:
        found = []
        for low in range(start, stop, 128):
            for row, weight in zip(block(cost, low, min(stop, low + 128)), weights[low:stop], strict=False):
                found.append(_row(row, weight, width, beyond))
        return found

    rows = [row for part in engine.spread(some, clients, smallest=256) for row in part]
    return Lists(
        starts(np.array([len(row[0]) for row in rows])),
        np.concatenate([row[0] for row in rows]),
        np.concatenate([row[1] for row in rows]),
        np.array([row[2] for row in rows]),
        sites,
    )


def _row(row: Floats, weight: float, width: int, beyond: float) -> tuple[NDArray[np.int32], Floats, float]:
    """Near sites of one client with rising weighted costs, and the cost of what is not listed."""
    if weight == 0:
        return np.empty(0, np.int32), np.empty(0), 0.0
    tail = beyond
    if width < len(row):
        near = np.argpartition(row, width)
        tail = min(tail, float(row[near[width]]))
        near = near[:width]
    else:
        near = np.arange(len(row))
    near = near[row[near] < tail]
    order = near[np.argsort(row[near], kind="stable")]
    return order.astype(np.int32), row[order] * weight, tail * weight


def default_beyond(cost: Table) -> float:
    """Cost charged to an origin that no chosen target can serve: twice the highest cost there is."""
    if isinstance(cost, np.ndarray):
        finite = cost[np.isfinite(cost)]
        highest = float(finite.max()) if finite.size else 1.0
    elif isinstance(cost, Radial):
        highest = cost.radius * cost.factor
    else:
        highest = float(cost.costs.max()) if cost.pair_count else 1.0
    return 2.0 * highest if highest > 0 and math.isfinite(highest) else 1.0
