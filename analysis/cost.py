"""How far, as pairs: the cost of getting from where people live (origins) to places of help (targets).

`Cost` holds the pairs within a limit. It comes from a table of times (`table`), from the municipalities a
field service serves (`served`), from a road graph (`roads.Roads.reach`) or from coordinates
(`radial.Radial.pairs`). `radial.Radial` answers the same questions without writing pairs out, and everything
in `reach` takes either.

A pair that is not there is *unreachable*. A place without coordinates, or with no known time in a table, is
*unknown*. A cost of zero is a cost of zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import engine
from analysis.decay import Decay

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

PAIR_BYTES = 12  # float64 cost and int32 target
DEFAULT_BUDGET_MB = 1000.0
MOST_MB = 4000.0  # what placement and projection may take


class TooLarge(MemoryError):
    """The pairs would not fit the memory budget. Raised before anything of that size is allocated."""

    def __init__(self, pairs: int, budget_mb: float) -> None:
        self.pairs, self.needed_mb, self.budget_mb = pairs, pairs * PAIR_BYTES / 1e6, budget_mb
        super().__init__(
            f"{pairs:,} pairs need {self.needed_mb:,.0f} MB, the budget is {budget_mb:,.0f} MB: "
            "lower the limit or give more memory"
        )


class Weights(Protocol):
    """Decay applied to a cost: a matrix W (origins × targets) known by what it does."""

    def gather(self, values: Any) -> Floats:
        """W @ values: (targets,), (targets, k) or scipy sparse (targets, k) -> the same over origins."""

    def scatter(self, values: Floats) -> Floats:
        """W.T @ values: (origins,) or (origins, g) -> the same over targets."""

    def squared(self) -> Weights:
        """The same pairs with weights squared."""


@dataclass(frozen=True, eq=False)
class Cost:
    """Pairs within a limit, in compressed sparse rows by origin.

    `costs[indptr[i]:indptr[i + 1]]` are the costs from origin i to `targets[...]`, in minutes or km.
    `unknown[i]`: origin i has no known location or no known time. `partial[i]`: some of its times are unknown.
    """

    indptr: Ints
    targets: NDArray[np.int32]
    costs: Floats
    target_count: int
    limit: float
    unknown: Mask
    partial: Mask

    @property
    def shape(self) -> tuple[int, int]:
        """(origins, targets)."""
        return len(self.indptr) - 1, self.target_count

    @property
    def pair_count(self) -> int:
        return len(self.costs)

    @property
    def megabytes(self) -> float:
        """Memory of the pairs."""
        return self.pair_count * PAIR_BYTES / 1e6

    @cached_property
    def origins(self) -> NDArray[np.int32]:
        """Origin of each pair."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))

    def weigh(self, decay: Decay) -> Weights:
        return PairWeights(self, decay.weights(self.costs))

    def nearest(self, k: int = 1) -> tuple[Floats, Ints]:
        """Costs (origins, k) and indices of the k nearest targets; inf and -1 where there are fewer."""
        rows = self.origins
        order = np.lexsort((self.targets, self.costs, rows))
        rank = np.arange(self.pair_count) - np.repeat(self.indptr[:-1], np.diff(self.indptr))
        kept = rank < k
        found = np.full((self.shape[0], k), np.inf)
        which = np.full((self.shape[0], k), -1, dtype=np.int64)
        found[rows[kept], rank[kept]] = self.costs[order][kept]
        which[rows[kept], rank[kept]] = self.targets[order][kept]
        return found, which

    def among(self, chosen: ArrayLike) -> Cost:
        """Only some targets: indices or a mask. They are numbered anew in the order given."""
        index = positions(chosen, self.target_count)
        place = np.full(self.target_count, -1, dtype=np.int32)
        place[index] = np.arange(len(index), dtype=np.int32)
        if len(np.unique(index)) < len(index):
            raise ValueError("a target is chosen twice")
        kept = place[self.targets] >= 0
        counts = np.bincount(self.origins[kept], minlength=self.shape[0])
        return Cost(
            starts(counts),
            place[self.targets[kept]],
            self.costs[kept],
            len(index),
            self.limit,
            self.unknown,
            self.partial,
        )

    def within(self, limit: float) -> Cost:
        """The pairs within a lower limit."""
        check_limit(limit)
        kept = self.costs <= limit
        counts = np.bincount(self.origins[kept], minlength=self.shape[0])
        return Cost(
            starts(counts),
            self.targets[kept],
            self.costs[kept],
            self.target_count,
            min(limit, self.limit),
            self.unknown,
            self.partial,
        )

    def beside(self, other: Cost) -> Cost:
        """This and another set of targets of the same origins, one after the other (in place + in the field)."""
        if self.shape[0] != other.shape[0]:
            raise ValueError(f"origins differ: {self.shape[0]} and {other.shape[0]}")
        moved = other.targets + np.int32(self.target_count)
        rows = np.concatenate([self.origins, other.origins])
        return from_pairs(
            rows,
            np.concatenate([self.targets, moved]),
            np.concatenate([self.costs, other.costs]),
            (self.shape[0], self.target_count + other.target_count),
            max(self.limit, other.limit),
            unknown=self.unknown & other.unknown,
            partial=self.partial | other.partial,
        )

    def by_target(self) -> tuple[Ints, NDArray[np.int32], Floats]:
        """The pairs turned round: (indptr by target, origins, costs)."""
        order = sorted_order(self.targets, self.target_count)
        indptr = starts(np.bincount(self.targets, minlength=self.target_count))
        return indptr, self.origins[order], self.costs[order]

    def dense(self) -> Floats:
        """Matrix (origins, targets) with inf for unreachable."""
        matrix = np.full(self.shape, np.inf)
        matrix[self.origins, self.targets] = self.costs
        return matrix

    def settle(self, budget_mb: float = DEFAULT_BUDGET_MB) -> Cost:
        """Itself: the pairs are written out already."""
        return self

    def pairs(self, budget_mb: float = DEFAULT_BUDGET_MB) -> Cost:
        """Itself."""
        return self


def summed(rows: Any, columns: Any, data: Floats, values: Any, size: int) -> Floats:
    """The sparse matrix of the entries (rows, columns, data) times `values`: (columns,), (columns, k), or a scipy
    sparse (columns, k). Its result has `size` rows. By numpy alone, unless the values are sparse."""
    if not isinstance(values, np.ndarray):
        from scipy.sparse import csr_array

        return np.asarray((csr_array((data, (rows, columns)), shape=(size, values.shape[0])) @ values).toarray())
    if values.ndim == 1:
        return np.bincount(rows, weights=data * values[columns], minlength=size)
    return np.column_stack([summed(rows, columns, data, values[:, at], size) for at in range(values.shape[1])])


def _by_column(one: Callable[[Floats], Floats], values: Floats) -> Floats:
    """`one` over `values` or over each of its columns. Kernels are compiled for floats laid out in a row."""
    if values.ndim == 1:
        return one(np.ascontiguousarray(values, dtype=np.float64))
    return np.column_stack([_by_column(one, values[:, at]) for at in range(values.shape[1])])


@dataclass(frozen=True, eq=False)
class PairWeights:
    """Weights of the pairs of a `Cost`."""

    cost: Cost
    data: Floats

    def gather(self, values: Any) -> Floats:
        if not engine.is_compiled():
            return summed(self.cost.origins, self.cost.targets, self.data, values, self.cost.shape[0])
        from analysis import pair_kernels

        pairs = (self.cost.indptr, self.cost.targets, self.data)

        def column(one: Floats) -> Floats:
            out = np.empty(self.cost.shape[0])
            engine.spread(pair_kernels.gather, len(out), *pairs, one, out)
            return out

        if isinstance(values, np.ndarray):
            return _by_column(column, values)
        out = np.zeros((self.cost.shape[0], values.shape[1]))
        engine.spread(pair_kernels.gather_kinds, len(out), *pairs, values.indptr, values.indices, values.data, out)
        return out

    def scatter(self, values: Floats) -> Floats:
        if not engine.is_compiled():
            return summed(self.cost.targets, self.cost.origins, self.data, values, self.cost.shape[1])
        from analysis import pair_kernels

        def column(one: Floats) -> Floats:
            out = np.zeros(self.cost.shape[1])
            pair_kernels.scatter(self.cost.indptr, self.cost.targets, self.data, one, out)
            return out

        return _by_column(column, values)

    def squared(self) -> PairWeights:
        return PairWeights(self.cost, self.data * self.data)


def table(
    origins: ArrayLike,
    targets: ArrayLike,
    costs: ArrayLike,
    *,
    shape: tuple[int, int],
    limit: float = math.inf,
) -> Cost:
    """Pairs from a long table: three arrays of equal length with origin, target (indices) and cost.

    A pair that is not listed, costs more than `limit` or is inf is unreachable; NaN is unknown. Raises
    ValueError for a pair listed twice, a negative cost and an index outside `shape`.
    """
    rows, columns = np.asarray(origins), np.asarray(targets)
    values = np.asarray(costs, dtype=np.float64)
    if not len(rows) == len(columns) == len(values):
        raise ValueError(f"columns of the table differ in length: {len(rows)}, {len(columns)}, {len(values)}")
    if not limit > 0:
        raise ValueError(f"the limit must be above zero, got {limit}")
    for name, index, size in (("origin", rows, shape[0]), ("target", columns, shape[1])):
        if len(index) and not (int(index.min()) >= 0 and int(index.max()) < size):
            raise ValueError(f"{name} index outside 0..{size - 1}")
    if (values < 0).any():
        first = int(np.argmax(values < 0))
        raise ValueError(f"negative cost {values[first]} from {rows[first]} to {columns[first]}")
    is_unknown = np.isnan(values)
    partial = np.zeros(shape[0], dtype=bool)
    partial[rows[is_unknown]] = True
    told = np.zeros(shape[0], dtype=bool)
    told[rows[~is_unknown]] = True
    kept = ~is_unknown & (values <= limit) & np.isfinite(values)
    _refuse_repeats(rows, columns, shape)
    return from_pairs(
        rows[kept], columns[kept], values[kept], shape, limit, unknown=partial & ~told, partial=partial & told
    )


def served(origins: ArrayLike, targets: ArrayLike, *, shape: tuple[int, int], cost: float = 0.0) -> Cost:
    """Field services: the (municipality, service) pairs served, each at the same `cost` (0: they come)."""
    rows = np.asarray(origins)
    return table(rows, targets, np.full(len(rows), float(cost)), shape=shape)


def from_pairs(
    rows: NDArray[Any],
    columns: NDArray[Any],
    costs: Floats,
    shape: tuple[int, int],
    limit: float,
    *,
    unknown: Mask | None = None,
    partial: Mask | None = None,
) -> Cost:
    """A `Cost` from clean pairs in any order."""
    if len(rows) and (np.diff(rows) < 0).any():
        order = sorted_order(rows, shape[0])
        rows, columns, costs = rows[order], columns[order], costs[order]
    nobody = np.zeros(shape[0], dtype=bool)
    return Cost(
        starts(np.bincount(rows.astype(np.int64), minlength=shape[0])),
        columns.astype(np.int32),
        np.ascontiguousarray(costs, dtype=np.float64),
        shape[1],
        float(limit),
        nobody if unknown is None else unknown,
        nobody if partial is None else partial,
    )


def starts(counts: NDArray[Any]) -> Ints:
    indptr = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=indptr[1:])
    return indptr


def sorted_order(keys: NDArray[Any], size: int) -> NDArray[np.int32]:
    """Stable order of keys in 0..size-1, in linear time: a transposed sparse matrix is a counting sort."""
    from scipy.sparse import csc_array

    count = np.arange(len(keys) + 1)
    turned = csc_array((count[:-1].astype(np.int32), keys, count), shape=(size, len(keys))).tocsr()
    return np.asarray(turned.data)


def _refuse_repeats(rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int]) -> None:
    keys = rows.astype(np.int64) * shape[1] + columns
    keys.sort()
    repeats = np.flatnonzero(np.diff(keys) == 0)
    if len(repeats):
        origin, target = divmod(int(keys[repeats[0]]), shape[1])
        raise ValueError(f"the pair {origin}, {target} is listed twice")


def positions(chosen: ArrayLike, size: int) -> Ints:
    index = np.asarray(chosen)
    if index.dtype == bool:
        if len(index) != size:
            raise ValueError(f"a mask of {size} is needed, got {len(index)}")
        return np.flatnonzero(index)
    index = index.astype(np.int64)
    if len(index) and not (int(index.min()) >= 0 and int(index.max()) < size):
        raise ValueError(f"index outside 0..{size - 1}")
    return index


def check_limit(limit: float) -> None:
    positive("limit", limit)


def positive(name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number above zero, got {value}")
    return float(value)
