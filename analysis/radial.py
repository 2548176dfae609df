"""How far, by coordinates: distance on the sphere or in the plane, without writing pairs out.

`Radial` keeps the places and the limit; pairs are walked when needed and forgotten. Its memory grows with
the places, so that 100 000 × 1 000 000 places fit where their pairs would not. `Radial.pairs()` writes the
pairs out for what needs them (scenarios, placement, rational agents), after counting them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis import engine
from analysis.cost import (
    DEFAULT_BUDGET_MB,
    PAIR_BYTES,
    Cost,
    Floats,
    Ints,
    Mask,
    TooLarge,
    Weights,
    check_limit,
    positions,
    positive,
    starts,
    summed,
)
from analysis.decay import Decay

EARTH_RADIUS_KM = 6371.0088  # mean radius of WGS 84 (IUGG)


@dataclass(frozen=True, eq=False)
class Points:
    """Places on the unit sphere or in the plane. Those without coordinates are NaN and belong to no band."""

    xyz: Floats  # (3, n)
    across: Floats  # latitude in radians, or y
    along: Floats  # longitude in radians, or x

    def __len__(self) -> int:
        return len(self.across)

    @cached_property
    def unknown(self) -> Mask:
        return np.isnan(self.across) | np.isnan(self.along)

    def bands(self, height: float) -> Bands:
        """Points sorted into bands for the kernels, and by place for the queries' locality."""
        known = np.flatnonzero(~self.unknown)
        if not len(known):
            return Bands(0.0, 1.0, np.zeros(2, np.int64), known, self.along[known], self.xyz[:, known])
        lowest = float(self.across[known].min())
        span = float(self.across[known].max()) - lowest
        # No finer than is useful: about four points a band, and at least one band.
        height = max(height, span / max(1.0, len(known) / 4.0), 1e-12)
        band = ((self.across[known] - lowest) / height).astype(np.int64)
        # Two quick sorts instead of one lexsort: by place, then stably by band (radix sort of 16 bits).
        by_place = np.argsort(self.along[known])
        small = band.astype(np.uint16 if band.max() < 65536 else np.int64)
        order = known[by_place[np.argsort(small[by_place], kind="stable")]]
        firsts = starts(np.bincount(band))
        return Bands(lowest, height, firsts, order, self.along[order], np.ascontiguousarray(self.xyz[:, order]))


@dataclass(frozen=True, eq=False)
class Bands:
    """`Points` in bands (see radial_kernels): band b holds order[firsts[b]:firsts[b + 1]]."""

    lowest: float
    height: float
    firsts: Ints
    order: Ints
    along: Floats
    xyz: Floats

    @property
    def arguments(self) -> tuple[Any, ...]:
        return (self.lowest, self.height, self.firsts, self.along, self.xyz[0], self.xyz[1], self.xyz[2])


@dataclass(frozen=True, eq=False)
class Radial:
    """Cost by coordinates: distance × `factor` up to `limit`, pairs not written out.

    `sphere`: distance is the angle between unit vectors, otherwise Euclidean.
    """

    origin_points: Points
    target_points: Points
    limit: float
    factor: float
    sphere: bool
    bands: dict[str, Bands] = field(default_factory=dict, repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """(origins, targets)."""
        return len(self.origin_points), len(self.target_points)

    @property
    def unknown(self) -> Mask:
        """Origins without coordinates."""
        return self.origin_points.unknown

    @property
    def partial(self) -> Mask:
        """Nobody's costs are partly unknown here; targets without coordinates are reached by nobody."""
        return np.zeros(self.shape[0], dtype=bool)

    @property
    def radius(self) -> float:
        """The limit as an angle (sphere, at most half a turn) or a distance (plane)."""
        reach = self.limit / self.factor
        return min(reach, math.pi) if self.sphere else reach

    @property
    def squared_limit(self) -> float:
        """The limit as squared chord (sphere) or squared distance (plane)."""
        if not self.sphere:
            return self.radius**2
        return 4.0 if self.radius >= math.pi else 4.0 * math.sin(self.radius / 2.0) ** 2

    @property
    def _circle(self) -> tuple[bool, float, float]:
        return self.sphere, self.radius, self.squared_limit

    @cached_property
    def pair_count(self) -> int:
        """How many pairs lie within the limit. Counted, without writing them out."""
        return int(self._counts().sum())

    @property
    def megabytes(self) -> float:
        """Memory that the pairs would take."""
        return self.pair_count * PAIR_BYTES / 1e6

    def weigh(self, decay: Decay) -> Weights:
        return RadialWeights(self, decay)

    def settle(self, budget_mb: float = DEFAULT_BUDGET_MB) -> Cost | Radial:
        """The pairs if they fit the budget, else itself."""
        return self.pairs(budget_mb) if self.megabytes <= budget_mb else self

    def pairs(self, budget_mb: float = DEFAULT_BUDGET_MB) -> Cost:
        """Write the pairs out. Raises `TooLarge` before it starts when they do not fit the budget."""
        counts = self._counts()
        total = int(counts.sum())
        if total * PAIR_BYTES / 1e6 > budget_mb:
            raise TooLarge(total, budget_mb)
        indptr = starts(counts)
        targets = np.empty(total, dtype=np.int32)
        costs = np.empty(total)
        if engine.is_compiled():
            from analysis import radial_kernels

            bands, query = self._bands("targets"), self._query("origins")
            engine.spread(
                radial_kernels.pair_fill,
                len(query[0]),
                *query,
                *self._circle,
                self.factor**2,
                *bands.arguments,
                bands.order,
                indptr,
                targets,
                costs,
            )
        else:
            for rows, columns, found in self._plain_pairs("origins"):
                # Slices come in rising order of rows, so each one is a contiguous stretch of the result.
                order = np.argsort(rows, kind="stable")
                stretch = slice(indptr[rows.min()], indptr[rows.max() + 1])
                targets[stretch], costs[stretch] = columns[order], found[order]
        return Cost(indptr, targets, costs, self.shape[1], self.limit, self.unknown, self.partial)

    def nearest(self, k: int = 1) -> tuple[Floats, Ints]:
        """Costs (origins, k) and indices of the k nearest targets; inf and -1 where there are fewer."""
        found = np.full((self.shape[0], k), np.inf)
        which = np.full((self.shape[0], k), -1, dtype=np.int64)
        known = np.flatnonzero(~self.target_points.unknown)
        asking = np.flatnonzero(~self.unknown)
        if not len(known) or not len(asking):
            return found, which
        here, there = self.origin_points.xyz[:, asking], self.target_points.xyz[:, known]
        row, rank, place = (_by_tree if engine.is_compiled() else _by_cells)(there, here, k, self._edge)
        near, origin = known[place], asking[row]
        apart = _apart(self.origin_points.xyz[:, origin], self.target_points.xyz[:, near])
        inside = apart <= self.squared_limit
        row, rank, origin, near = row[inside], rank[inside], origin[inside], near[inside]
        found[origin, rank] = self._costs(apart[inside])
        which[origin, rank] = near
        return found, which

    def block(self, origins: Ints, targets: Ints) -> Floats:
        """Matrix of costs of some origins and targets; inf beyond the limit and where a place is unknown."""
        apart = np.zeros((len(origins), len(targets)))
        for axis in range(3 if self.sphere else 2):
            difference = self.origin_points.xyz[axis, origins, None] - self.target_points.xyz[axis, targets]
            apart += difference * difference
        costs = self._costs(apart)
        costs[~(apart <= self.squared_limit)] = np.inf
        return costs

    def among(self, chosen: ArrayLike) -> Radial:
        """Only some targets: indices or a mask."""
        index = positions(chosen, self.shape[1])
        points = self.target_points
        fewer = Points(points.xyz[:, index], points.across[index], points.along[index])
        return Radial(self.origin_points, fewer, self.limit, self.factor, self.sphere)

    def each(self, origins: Ints, targets: Ints) -> Floats:
        """Costs of the pairs (origins[p], targets[p]); inf beyond the limit and where a place is unknown."""
        apart = _apart(self.origin_points.xyz[:, origins], self.target_points.xyz[:, targets])
        costs = self._costs(apart)
        costs[~(apart <= self.squared_limit)] = np.inf
        return costs

    def from_origins(self, chosen: ArrayLike) -> Radial:
        """Only some origins: indices or a mask."""
        index = positions(chosen, self.shape[0])
        points = self.origin_points
        fewer = Points(points.xyz[:, index], points.across[index], points.along[index])
        return Radial(fewer, self.target_points, self.limit, self.factor, self.sphere)

    def within(self, limit: float) -> Radial:
        """The same places with a lower limit."""
        check_limit(limit)
        return Radial(self.origin_points, self.target_points, min(limit, self.limit), self.factor, self.sphere)

    def _points(self, side: str) -> Points:
        return self.origin_points if side == "origins" else self.target_points

    def _bands(self, side: str) -> Bands:
        if side not in self.bands:
            self.bands[side] = self._points(side).bands(self.radius / 3.0)
        return self.bands[side]

    def _query(self, side: str) -> tuple[Any, ...]:
        points = self._points(side)
        return (self._bands(side).order, points.across, points.along, *points.xyz)

    def _counts(self) -> Ints:
        hits = np.zeros(self.shape[0], dtype=np.int64)
        if engine.is_compiled():
            from analysis import radial_kernels

            bands, query = self._bands("targets"), self._query("origins")
            engine.spread(radial_kernels.pair_counts, len(query[0]), *query, *self._circle, *bands.arguments, hits)
        else:
            for rows, _, _ in self._plain_pairs("origins"):
                hits += np.bincount(rows, minlength=len(hits))
        return hits

    def _costs(self, apart: Floats) -> Floats:
        """Costs from squared chords or squared distances."""
        if not self.sphere:
            return np.asarray(np.sqrt(apart) * self.factor)
        return np.asarray(2.0 * np.arcsin(np.minimum(1.0, np.sqrt(apart) / 2.0)) * self.factor)

    def more_pairs_than(self, most: int) -> bool:
        """Whether so many pairs lie within the limit, without walking more of them."""
        seen = 0
        for rows, _, _ in self._plain_pairs("origins"):
            seen += len(rows)
            if seen > most:
                return True
        return False

    @property
    def _edge(self) -> float:
        """The limit as a straight distance, a little longer: what lies on it is decided by `squared_limit`."""
        return math.sqrt(self.squared_limit) * (1 + 1e-9)

    def _plain_pairs(self, side: str) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Without numba: yield (rows, columns, costs) for slices of `side` against the other, rows rising."""
        from analysis.cells import Cells

        here, there = self._points(side), self._points("targets" if side == "origins" else "origins")
        asking, known = np.flatnonzero(~here.unknown), np.flatnonzero(~there.unknown)
        if not len(asking) or not len(known):
            return
        cells = Cells(there.xyz[:, known], self._edge)
        for row, column, apart in cells.near(here.xyz[:, asking], self._edge):
            inside = apart <= self.squared_limit
            if inside.any():
                yield asking[row[inside]], known[column[inside]], self._costs(apart[inside])


def _by_tree(places: Floats, asking: Floats, k: int, edge: float) -> tuple[Ints, Ints, Ints]:
    """(asking, rank from 0, place) of the k nearest."""
    from scipy.spatial import cKDTree

    ranks = list(range(1, k + 1))
    _, index = cKDTree(places.T).query(asking.T, k=ranks, distance_upper_bound=edge, workers=engine.cores())
    row, rank = np.nonzero(index < places.shape[1])
    return row, rank, np.asarray(index[row, rank])


def _by_cells(places: Floats, asking: Floats, k: int, edge: float) -> tuple[Ints, Ints, Ints]:
    """The same by numpy alone."""
    from analysis.cells import nearest

    row, which = nearest(places, asking, k, edge)
    counts = np.bincount(row, minlength=asking.shape[1])
    return row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts), which


@dataclass(frozen=True, eq=False)
class RadialWeights:
    """Weights of a `Radial`, summed while the pairs are walked."""

    radial: Radial
    decay: Decay
    is_squared: bool = False

    def gather(self, values: Any) -> Floats:
        return self._sum("origins", values)

    def scatter(self, values: Floats) -> Floats:
        return self._sum("targets", values)

    def squared(self) -> RadialWeights:
        return RadialWeights(self.radial, self.decay, not self.is_squared)

    def _sum(self, side: str, values: Any) -> Floats:
        """Weighted sum over the other side's values, for each place of `side`."""
        if not engine.is_compiled():
            return self._plain_sum(side, values)
        from analysis import radial_kernels

        radial = self.radial
        other = "targets" if side == "origins" else "origins"
        bands, query = radial._bands(other), radial._query(side)
        size = len(radial._points(side))
        head = (
            *query,
            *radial._circle,
            radial.factor**2,
            int(self.decay.form),
            np.array(self.decay.params, dtype=np.float64),
            self.is_squared,
            *bands.arguments,
        )
        if isinstance(values, np.ndarray) and values.ndim == 1:
            sorted_values = np.ascontiguousarray(values[bands.order], dtype=np.float64)
            out = np.zeros(size)
            engine.spread(radial_kernels.total, len(query[0]), *head, sorted_values, out, smallest=200)
            return out
        from scipy.sparse import csr_array

        rows = csr_array(values)[bands.order]
        table = np.zeros((size, rows.shape[1]))
        columns, data = rows.indices.astype(np.int32), rows.data.astype(np.float64)
        row_starts = rows.indptr.astype(np.int64)
        engine.spread(radial_kernels.totals, len(query[0]), *head, row_starts, columns, data, table, smallest=200)
        return table

    def _plain_sum(self, side: str, values: Any) -> Floats:
        size = len(self.radial._points(side))
        out = np.zeros((size, *values.shape[1:]))
        for rows, columns, costs in self.radial._plain_pairs(side):
            data = self.decay.weights(costs)
            out += summed(rows, columns, data * data if self.is_squared else data, values, size)
        return out


def great_circle(
    origins: ArrayLike,
    targets: ArrayLike,
    *,
    limit: float,
    detour: float = 1.0,
    speed: float | None = None,
) -> Radial:
    """Distance on the sphere between (n, 2) arrays of latitude and longitude in degrees.

    Cost = 2 R asin(chord / 2) × `detour`, R = 6371.0088 km; in km, or in minutes when `speed` (km/h) is given.
    `limit` is in the same unit. The detour factor of roads over air is about 1.3 in Czechia; whoever shows
    the result says that it is an estimate. NaN coordinates make a place unknown.

    Raises ValueError for a limit, detour or speed that is not above zero and for coordinates off the globe.
    """
    factor = EARTH_RADIUS_KM * positive("detour", detour)
    if speed is not None:
        factor *= 60.0 / positive("speed", speed)
    check_limit(limit)
    return Radial(_on_sphere(origins, "origins"), _on_sphere(targets, "targets"), float(limit), factor, True)


def plane(origins: ArrayLike, targets: ArrayLike, *, limit: float, factor: float = 1.0) -> Radial:
    """Euclidean distance × `factor` between (n, 2) arrays of x and y, e.g. S-JTSK metres with factor 1e-3."""
    check_limit(limit)
    return Radial(
        _in_plane(origins, "origins"),
        _in_plane(targets, "targets"),
        float(limit),
        positive("factor", factor),
        False,
    )


def _apart(one: Floats, other: Floats) -> Floats:
    """Squared straight distance of columns, summed in the order the kernels use."""
    dx, dy, dz = other - one
    return np.asarray(dx * dx + dy * dy + dz * dz)


def _pairs_of_numbers(values: ArrayLike, name: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"{name} must be an array of shape (n, 2), got {array.shape}")
    return array


def _on_sphere(values: ArrayLike, name: str) -> Points:
    degrees = _pairs_of_numbers(values, name)
    if (np.abs(degrees[:, 0]) > 90).any() or (np.abs(degrees[:, 1]) > 180).any():
        raise ValueError(f"{name}: latitude lies in -90..90 and longitude in -180..180 degrees")
    latitude, longitude = np.radians(degrees).T.copy()
    xyz = np.stack([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    return Points(xyz, latitude, longitude)


def _in_plane(values: ArrayLike, name: str) -> Points:
    metres = _pairs_of_numbers(values, name)
    if np.isinf(metres).any():
        raise ValueError(f"{name}: coordinates must be finite (NaN for unknown)")
    x, y = metres.T.copy()
    return Points(np.stack([x, y, np.zeros_like(x)]), y, x)
