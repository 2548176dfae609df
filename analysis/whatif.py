"""What would change: close, open, move or enlarge a service and see availability at once.

The two-step catchment (`reach.two_step`, with any decay) is separable by target: the ratio R_j of one target
does not depend on the others. An edit therefore touches the origins that target serves and no one else, and
costs microseconds instead of a new computation. The same holds for the number of services within a limit.

    base = Base.of(cost, people, capacity, decay, limits=(15, 30))
    scenario = base.scenario()
    scenario.close(7)
    scenario.lost(30)            # places that had a service within 30 and have none now
    scenario.undo()

Any number of scenarios stand on one base; each keeps only its own availability and its edits.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import decay as decays
from analysis.cost import Cost, Floats, Ints, Mask
from analysis.decay import Decay


class Column(NamedTuple):
    """The origins one target serves, with costs, weights, and the people who share it: Σ_i w_i D_i."""

    origins: Ints
    costs: Floats
    weights: Floats
    claimed: Floats  # (groups,)


@dataclass(frozen=True)
class Edit:
    """One change of one target. `capacity` None = closed; NaN = open with unknown capacity."""

    target: int
    before: float | None
    after: float | None


class _Step(NamedTuple):
    """What undo needs to put back, to the last bit."""

    edits: tuple[Edit, ...]
    rows: Ints
    availability: Floats
    counts: NDArray[np.int32]
    opened: int


@dataclass(frozen=True, eq=False)
class Base:
    """Today: the availability that scenarios start from. Build it by `Base.of`; never changed afterwards.

    `availability` (origins, groups) in capacity per person; `counts` (origins, limits): open targets within
    each of `limits`.
    """

    cost: Cost
    decay: Decay
    people: Floats
    capacity: tuple[float | None, ...]
    limits: tuple[float, ...]
    columns: tuple[Column, ...]
    availability: Floats
    counts: NDArray[np.int32]
    is_single: bool

    @classmethod
    def of(
        cls,
        cost: Cost,
        people: ArrayLike,
        capacity: ArrayLike,
        decay: Decay | None = None,
        *,
        limits: Sequence[float] = (),
    ) -> Base:
        """`people` (origins,) or (origins, groups); `capacity` (targets,), NaN for unknown.

        A target of unknown capacity counts among `counts` and adds nothing to availability.
        """
        crowd = np.asarray(people, dtype=np.float64)
        groups = crowd.reshape(len(crowd), -1)
        if len(groups) != cost.shape[0]:
            raise ValueError(f"people has {len(groups)} origins, the cost has {cost.shape[0]}")
        if not (np.isfinite(groups).all() and (groups >= 0).all()):
            raise ValueError("people must be known, finite and not negative")
        places = np.asarray(capacity, dtype=np.float64)
        if len(places) != cost.shape[1]:
            raise ValueError(f"capacity has {len(places)} targets, the cost has {cost.shape[1]}")
        for target, value in enumerate(places):
            _check_capacity(target, value)
        used = decay or decays.uniform()
        indptr, origins, costs = cost.by_target()
        weights = used.weights(costs)
        columns = tuple(
            _column(origins[start:stop].astype(np.int64), costs[start:stop], weights[start:stop], groups)
            for start, stop in itertools.pairwise(indptr)
        )
        availability = np.zeros(groups.shape)
        counts = np.zeros((len(groups), len(limits)), dtype=np.int32)
        for column, value in zip(columns, places, strict=True):
            availability[column.origins] += column.weights[:, None] * _ratio(value, column.claimed)
            counts[column.origins] += column.costs[:, None] <= np.asarray(limits)
        return cls(
            cost,
            used,
            groups,
            tuple(map(float, places)),
            tuple(map(float, limits)),
            columns,
            availability,
            counts,
            crowd.ndim == 1,
        )

    def scenario(self) -> Scenario:
        """A new scenario in which nothing has changed yet."""
        return Scenario(self)


class Scenario:
    """Edits over a `Base`. Targets opened here get the numbers that follow those of the base."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._availability = base.availability.copy()
        self._counts = base.counts.copy()
        self._capacity: dict[int, float | None] = {}
        self._opened: list[Column] = []
        self._steps: list[_Step] = []

    @property
    def availability(self) -> Floats:
        """As `reach.two_step(...).values`: (origins,) or (origins, groups). A view; do not write into it."""
        values = self._availability[:, 0] if self.base.is_single else self._availability
        values = values.view()
        values.flags.writeable = False
        return values

    @property
    def edits(self) -> list[Edit]:
        """Every change in order; a move is two."""
        return [edit for step in self._steps for edit in step.edits]

    def capacity(self, target: int) -> float | None:
        """Capacity as the scenario has it; None when closed."""
        if target in self._capacity:
            return self._capacity[target]
        if not 0 <= target < len(self.base.capacity):
            raise IndexError(f"there is no target {target}")
        return self.base.capacity[target]

    def set_capacity(self, target: int, capacity: float) -> None:
        """Enlarge, reduce or reopen a target."""
        _check_capacity(target, capacity)
        self._change(target, float(capacity))

    def close(self, target: int) -> None:
        """Close a target. Closing a closed one is an error: it would hide a mistake in a plan."""
        if self.capacity(target) is None:
            raise ValueError(f"target {target} is closed already")
        self._change(target, None)

    def open(self, cost: Cost, capacity: float = math.nan) -> int:
        """Open a target whose cost from all origins is given (a `Cost` with one target); its number."""
        number = self._number_of(cost)
        _check_capacity(number, capacity)
        column = self._column_of(cost)
        self._remember([Edit(number, None, float(capacity))], column.origins, opened=1)
        self._opened.append(column)
        self._put(number, column, float(capacity))
        return number

    def move(self, target: int, cost: Cost) -> int:
        """Close a target and open it elsewhere with the same capacity, as one step; its new number."""
        capacity = self.capacity(target)
        if capacity is None:
            raise ValueError(f"target {target} is closed and cannot be moved")
        number = self._number_of(cost)
        old, new = self._column(target), self._column_of(cost)
        rows = np.union1d(old.origins, new.origins)
        self._remember([Edit(target, capacity, None), Edit(number, None, capacity)], rows, opened=1)
        self._put(target, old, None)
        self._opened.append(new)
        self._put(number, new, capacity)
        return number

    def undo(self) -> None:
        """Take the last step back. Values return to exactly what they were."""
        if not self._steps:
            raise IndexError("there is nothing to undo")
        step = self._steps.pop()
        self._availability[step.rows] = step.availability
        self._counts[step.rows] = step.counts
        for edit in reversed(step.edits):
            self._capacity[edit.target] = edit.before
        for _ in range(step.opened):
            self._capacity.pop(len(self.base.columns) + len(self._opened) - 1, None)
            self._opened.pop()

    def changed(self) -> Mask:
        """Origins whose availability differs from the base."""
        return np.asarray((self._availability != self.base.availability).any(axis=1))

    def within(self, limit: float) -> Ints:
        """How many open targets each origin has within one of the base's limits."""
        return self._counts[:, self._limit(limit)].astype(np.int64)

    def lost(self, limit: float) -> Mask:
        """Origins that had an open target within the limit and have none now."""
        column = self._limit(limit)
        return np.asarray((self.base.counts[:, column] > 0) & (self._counts[:, column] == 0))

    def gained(self, limit: float) -> Mask:
        """Origins that had no open target within the limit and have one now."""
        column = self._limit(limit)
        return np.asarray((self.base.counts[:, column] == 0) & (self._counts[:, column] > 0))

    def _limit(self, limit: float) -> int:
        if limit not in self.base.limits:
            raise ValueError(f"the base counts within {self.base.limits}, not within {limit}")
        return self.base.limits.index(limit)

    def _column(self, target: int) -> Column:
        count = len(self.base.columns)
        return self.base.columns[target] if target < count else self._opened[target - count]

    def _number_of(self, cost: Cost) -> int:
        if cost.shape != (self.base.cost.shape[0], 1):
            raise ValueError(f"a cost of shape ({self.base.cost.shape[0]}, 1) is needed, got {cost.shape}")
        return len(self.base.columns) + len(self._opened)

    def _column_of(self, cost: Cost) -> Column:
        kept = cost.costs <= self.base.cost.limit
        costs = cost.costs[kept]
        weights = self.base.decay.weights(costs)
        return _column(cost.origins[kept].astype(np.int64), costs, weights, self.base.people)

    def _change(self, target: int, after: float | None) -> None:
        before, column = self.capacity(target), self._column(target)
        self._remember([Edit(target, before, after)], column.origins)
        self._put(target, column, after)

    def _remember(self, edits: list[Edit], rows: Ints, opened: int = 0) -> None:
        self._steps.append(_Step(tuple(edits), rows, self._availability[rows], self._counts[rows], opened))

    def _put(self, target: int, column: Column, after: float | None) -> None:
        """Add the difference that a target's new capacity makes."""
        before = self._capacity.get(target, self.base.capacity[target] if target < len(self.base.columns) else None)
        more = _ratio(after, column.claimed) - _ratio(before, column.claimed)
        self._availability[column.origins] += column.weights[:, None] * more
        if self.base.limits and (before is None) != (after is None):
            sign = 1 if before is None else -1
            self._counts[column.origins] += sign * (column.costs[:, None] <= np.asarray(self.base.limits))
        self._capacity[target] = after


def _column(origins: Ints, costs: Floats, weights: Floats, people: Floats) -> Column:
    return Column(origins, costs, weights, weights @ people[origins])


def _ratio(capacity: float | None, claimed: Floats) -> Floats:
    """Capacity per claimed person by group; 0 when closed, unknown or claimed by nobody."""
    if capacity is None or math.isnan(capacity):
        return np.zeros_like(claimed)
    return np.divide(capacity, claimed, out=np.zeros_like(claimed), where=claimed > 0)


def _check_capacity(target: int, capacity: float) -> None:
    if capacity < 0 or math.isinf(capacity):
        raise ValueError(f"capacity of target {target} is negative or infinite (NaN stands for unknown)")
