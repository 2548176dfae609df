"""How far it is from municipalities to places: by the table of times that a region brought, else by an estimate.

The table answers for a pair when it has the municipality of the origin among beginnings and that of the place among
ends, and the way is asked in minutes. A pair of two such municipalities that the table leaves out cannot be reached;
only inside one municipality the estimate stands in. Every other way is estimated from the air line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .question import Question, Unit
from .times import NOWHERE, Floats, Ints, Times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.cost import Cost
    from analysis.radial import Radial

    from .study import Land

CELLS_AT_ONCE = 1_000_000

type Triples = tuple[Ints, Ints, Floats]  # origins, targets, costs


def times_of(question: Question, land: Land) -> Times | None:
    """The table that a question uses."""
    return land.times if question.unit == Unit.MINUTES else None


def ways_between(
    question: Question, land: Land, origins: Ints, points: Floats, settled: Ints, *, limit: float = math.inf
) -> Radial | Timed:
    """Ways from municipalities (positions in the land, each once) to `points` (targets, 2), which lie in the
    municipalities `settled` (-1 unknown), as the question measures them and at most `limit` in its unit."""
    estimate = _estimate(question, land.points[origins], points, limit)
    times = times_of(question, land)
    if times is None:
        return estimate
    rows = times.row[origins]
    columns = np.where(settled == NOWHERE, NOWHERE, times.column[settled])
    if (rows == NOWHERE).all() or (columns == NOWHERE).all():
        return estimate
    return Timed(estimate, times.minutes, rows, columns, origins, settled, limit)


def _estimate(question: Question, origins: Floats, destinations: Floats, limit: float) -> Radial:
    from analysis.radial import EARTH_RADIUS_KM, great_circle

    speed = question.speed if question.unit == Unit.MINUTES else None
    everywhere = 4 * EARTH_RADIUS_KM * question.detour * (60.0 / speed if speed else 1.0)
    return great_circle(origins, destinations, limit=min(limit, everywhere), detour=question.detour, speed=speed)


@dataclass(frozen=True, eq=False)
class Timed:
    """Ways by a table over an estimate; answers what `analysis.radial.Radial` does.

    `rows` (origins,), `columns` (targets,): where they are in the table, -1 where they are not. `origins`, `settled`:
    their municipalities."""

    estimate: Radial
    minutes: Floats
    rows: Ints
    columns: Ints
    origins: Ints
    settled: Ints
    limit: float

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.columns)

    @property
    def unknown(self) -> NDArray[np.bool_]:
        """Origins without coordinates which the table does not know either."""
        return np.asarray(self.estimate.unknown & (self.rows == NOWHERE))

    @property
    def partial(self) -> NDArray[np.bool_]:
        """Origins without coordinates of which the table knows ways to some targets only."""
        return np.asarray(self.estimate.unknown & (self.rows != NOWHERE) & bool((self.columns == NOWHERE).any()))

    @cached_property
    def _leaving(self) -> Ints:
        """Origins in the table."""
        return np.flatnonzero(self.rows != NOWHERE)

    @cached_property
    def _by_column(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Targets in the table by column: (columns used, how many targets each has, where they begin, targets)."""
        told = np.flatnonzero(self.columns != NOWHERE)
        targets = told[np.argsort(self.columns[told], kind="stable")]
        used, counts = np.unique(self.columns[targets], return_counts=True)
        return used, counts, np.cumsum(counts) - counts, targets

    @cached_property
    def _near(self) -> tuple[Ints, Ints, Floats]:
        """Pairs of the table within the limit: (origin, number of the column used, minutes)."""
        used = self._by_column[0]
        part = self.minutes[np.ix_(self.rows[self._leaving], used)]
        at, column = np.nonzero(np.isfinite(part) & (part <= self.limit))
        return self._leaving[at], column, part[at, column]

    @cached_property
    def _inside(self) -> Triples:
        """Pairs within one municipality that the table leaves out, as estimated."""
        place = np.full(max(int(self.origins.max()), int(self.settled.max())) + 1, NOWHERE, dtype=np.int64)
        place[self.origins] = np.arange(len(self.origins))
        target = np.flatnonzero(self.columns != NOWHERE)
        origin = place[self.settled[target]]
        target, origin = target[origin != NOWHERE], origin[origin != NOWHERE]
        row = self.rows[origin]
        silent = (row != NOWHERE) & np.isinf(self.minutes[row, self.columns[target]])
        return _finite(origin[silent], target[silent], self.estimate.each(origin[silent], target[silent]))

    def more_pairs_than(self, most: int) -> bool:
        """Whether there may be so many pairs within the limit; told before they are written out."""
        told = int(self._by_column[1][self._near[1]].sum())
        return told > most or self.estimate.more_pairs_than(most)

    def pairs(self) -> Cost:
        """Every pair within the limit."""
        from analysis.cost import from_pairs

        rough = self.estimate.pairs()
        kept = (self.rows[rough.origins] == NOWHERE) | (self.columns[rough.targets] == NOWHERE)
        estimated = rough.origins[kept].astype(np.int64), rough.targets[kept].astype(np.int64), rough.costs[kept]
        origins, targets, costs = _joined(estimated, self._told(), self._inside)
        order = np.argsort(origins, kind="stable")
        return from_pairs(
            origins[order],
            targets[order],
            costs[order],
            self.shape,
            self.limit,
            unknown=self.unknown,
            partial=self.partial,
        )

    def _told(self) -> Triples:
        _used, counts, first, targets = self._by_column
        origin, column, minutes = self._near
        repeats = counts[column]
        of = np.repeat(np.arange(len(column)), repeats)
        along = np.arange(len(of)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        return origin[of], targets[first[column[of]] + along], minutes[of]

    def nearest(self, k: int = 1) -> tuple[Floats, Ints]:
        """Costs (origins, k) and indices of the k nearest targets; inf and -1 where there are fewer."""
        beyond, inside = np.flatnonzero(self.rows == NOWHERE), self._leaving
        elsewhere = np.flatnonzero(self.columns == NOWHERE)
        found = [self._nearest_told(k), self._inside]
        for origins, estimate, numbers in (
            (beyond, self.estimate, np.arange(self.shape[1])),
            (inside, self.estimate.among(elsewhere), elsewhere),
        ):
            if len(origins) and len(numbers):
                costs, which = estimate.from_origins(origins).nearest(k)
                found.append(_finite(np.repeat(origins, k), numbers[which.ravel()], costs.ravel()))
        return _least(*_joined(*found), self.shape[0], k)

    def _nearest_told(self, k: int) -> Triples:
        """The k nearest by the table, a slice of origins at a time."""
        _used, counts, first, targets = self._by_column
        rank = np.arange(len(targets)) - np.repeat(first, counts)
        chosen = targets[rank < k]  # more than k targets of one municipality cannot be among the k nearest
        most = min(k, len(chosen))
        step = max(1, CELLS_AT_ONCE // len(chosen))
        found = []
        for start in range(0, len(self._leaving), step):
            origins = self._leaving[start : start + step]
            part = self.minutes[np.ix_(self.rows[origins], self.columns[chosen])]
            at = np.argpartition(part, most - 1, axis=1)[:, :most]
            costs = np.take_along_axis(part, at, axis=1).ravel()
            costs[costs > self.limit] = np.inf
            found.append(_finite(np.repeat(origins, most), chosen[at.ravel()], costs))
        return _joined(*found)

    def block(self, origins: Ints, targets: Ints) -> Floats:
        """Matrix of costs of some origins and targets; inf beyond the limit and where a place is unknown."""
        costs = self.estimate.block(origins, targets)
        leaving, told = np.flatnonzero(self.rows[origins] != NOWHERE), np.flatnonzero(self.columns[targets] != NOWHERE)
        if not len(leaving) or not len(told):
            return costs
        part = self.minutes[np.ix_(self.rows[origins[leaving]], self.columns[targets[told]])]
        same = self.origins[origins[leaving]][:, None] == self.settled[targets[told]]
        place = np.ix_(leaving, told)
        by_estimate = same & np.isinf(part)
        costs[place] = np.where(by_estimate, costs[place], np.where(part <= self.limit, part, np.inf))
        return costs


def _finite(origins: Ints, targets: Ints, costs: Floats) -> Triples:
    kept = np.isfinite(costs)
    return origins[kept], targets[kept], costs[kept]


def _joined(*parts: Triples) -> Triples:
    origins, targets, costs = zip(*parts, strict=True)
    return np.concatenate(origins), np.concatenate(targets), np.concatenate(costs)


def _least(origins: Ints, targets: Ints, costs: Floats, size: int, k: int) -> tuple[Floats, Ints]:
    """The k least costs of every origin."""
    order = np.lexsort((targets, costs, origins))
    counts = np.bincount(origins, minlength=size)
    rank = np.arange(len(origins)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[rank < k]
    found, which = np.full((size, k), np.inf), np.full((size, k), NOWHERE, dtype=np.int64)
    found[origins[kept], rank[rank < k]] = costs[kept]
    which[origins[kept], rank[rank < k]] = targets[kept]
    return found, which
