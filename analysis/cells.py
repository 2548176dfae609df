"""Places near each other, by numpy alone: space cut into cells, each place compared with the cells around it.

scipy's k-d tree does the same and faster, but loads some 30 MB that every web process would hold for nothing else
(docs/decisions/0012). Distances here are straight: in the plane, or chords of the sphere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from analysis.cost import Floats, Ints

# Candidates compared at once; about 100 bytes each while they are.
A_SLICE = 1_000_000
# Cells along one axis: more bring nothing and their numbers must fit one integer.
MOST_CELLS = 1024


class Cells:
    """Points (3, n), all known, sorted into cells of the side `size` or larger."""

    def __init__(self, xyz: Floats, size: float) -> None:
        self.low = xyz.min(axis=1)
        extent = float((xyz.max(axis=1) - self.low).max())
        self.size = max(size, extent / MOST_CELLS, 1e-12)
        inside = self._cells(xyz)
        self.shape = inside.max(axis=1) + 1
        numbers = self._numbers(inside)
        self.order = np.argsort(numbers, kind="stable")
        self.numbers = numbers[self.order]
        self.xyz = np.ascontiguousarray(xyz[:, self.order])

    def near(self, asking: Floats, radius: float) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Points within `radius` (at most `size`) of each asking one (3, m): yields (asking, points, squared
        distances) for slices of the asking ones, which rise."""
        first, last = self._stretches(asking)
        widths = (last - first).sum(axis=0)
        for rows in _slices(widths):
            begin, end = first[:, rows].ravel(), last[:, rows].ravel()
            counts = end - begin
            total = int(counts.sum())
            if not total:
                continue
            row = np.repeat(np.tile(np.arange(rows.start, rows.stop), len(first)), counts)
            place = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(begin, counts)
            dx, dy, dz = self.xyz[:, place] - asking[:, row]
            apart = dx * dx + dy * dy + dz * dz
            inside = apart <= radius * radius
            yield row[inside], self.order[place[inside]], apart[inside]

    def _cells(self, xyz: Floats) -> Ints:
        return np.floor((xyz - self.low[:, None]) / self.size).astype(np.int64)

    def _numbers(self, cells: Ints) -> Ints:
        """Cells numbered so that those above each other, along the last axis, follow each other."""
        return np.asarray((cells[0] * self.shape[1] + cells[1]) * self.shape[2] + cells[2])

    def _stretches(self, asking: Floats) -> tuple[Ints, Ints]:
        """For each of the nine columns of cells around (9, m): where in `order` it begins and ends."""
        middle = self._cells(asking)
        lowest, highest = np.maximum(middle[2] - 1, 0), np.minimum(middle[2] + 1, self.shape[2] - 1)
        first = np.zeros((9, asking.shape[1]), dtype=np.int64)
        last = np.zeros_like(first)
        for at, (dx, dy) in enumerate((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            x, y = middle[0] + dx, middle[1] + dy
            there = (x >= 0) & (x < self.shape[0]) & (y >= 0) & (y < self.shape[1]) & (lowest <= highest)
            column = (x[there] * self.shape[1] + y[there]) * self.shape[2]
            first[at, there] = np.searchsorted(self.numbers, column + lowest[there], side="left")
            last[at, there] = np.searchsorted(self.numbers, column + highest[there], side="right")
        return first, last


def nearest(places: Floats, asking: Floats, k: int, radius: float) -> tuple[Ints, Ints]:
    """Of `places` (3, n) the k nearest to each asking one (3, m), no further than `radius`: (asking, places) sorted
    by asking and distance. Looks close at first and twice as far for those who have found too few."""
    extent = float((places.max(axis=1) - places.min(axis=1)).max())
    # About four times as many as wanted, were the places spread evenly over a square.
    reach = extent * math.sqrt(4 * k / (math.pi * places.shape[1])) or radius
    farthest = 2 * max(extent, float(np.abs(asking - places[:, :1]).max())) * math.sqrt(3)
    waiting = np.arange(asking.shape[1])
    rows, found = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    while len(waiting):
        reach = min(reach, radius)
        over = reach >= min(radius, farthest)
        chosen, which, complete = _closest(Cells(places, reach), asking[:, waiting], k, reach)
        done = np.ones(len(waiting), dtype=bool) if over else complete
        kept = done[chosen]
        rows.append(waiting[chosen[kept]])
        found.append(which[kept])
        waiting = waiting[~done]
        reach *= 2
    row, which = np.concatenate(rows), np.concatenate(found)
    order = np.argsort(row, kind="stable")
    return row[order], which[order]


def _closest(cells: Cells, asking: Floats, k: int, reach: float) -> tuple[Ints, Ints, np.ndarray]:
    """Of the points within reach the k nearest to each: (asking, points) by distance, and who has found k."""
    rows, found = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    complete = np.zeros(asking.shape[1], dtype=bool)
    for row, which, apart in cells.near(asking, reach):
        order = np.lexsort((which, apart, row))
        row, which = row[order], which[order]  # noqa: PLW2901
        counts = np.bincount(row, minlength=asking.shape[1])
        complete |= counts >= k
        kept = np.arange(len(row)) - np.repeat((np.cumsum(counts) - counts), counts) < k
        rows.append(row[kept])
        found.append(which[kept])
    return np.concatenate(rows), np.concatenate(found), complete


def _slices(widths: Ints) -> Iterator[slice]:
    """Consecutive rows whose widths sum to about A_SLICE; at least one row each."""
    ends = np.cumsum(widths)
    start = 0
    while start < len(widths):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + A_SLICE, side="right")))
        yield slice(start, stop)
        start = stop
