"""Covering: the fewest places so that nobody is beyond a limit (LSCP), and the least worst distance (p-center).

A good cover is found by row-weighting local search, which beats integer programming at these sizes by far; the
bound comes from Lagrangian relaxation, and HiGHS closes the gap where the instance is small enough. In large
geometric instances a proven gap of 8 to 15 % is normal and is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cost import PAIR_BYTES, Floats, Ints, Mask, starts
from analysis.placement.lists import Table, block, check_memory, columns, shape_of
from analysis.placement.programme import INFINITY, Programme
from analysis.placement.result import Clock, Placement, chosen_sites

SMALL = 400_000  # pairs up to which HiGHS is asked to prove a cover


class Unreachable(ValueError):
    """Some origins lie beyond the limit of every allowed target. `origins` says which."""

    def __init__(self, origins: Ints, limit: float) -> None:
        self.origins = origins
        super().__init__(f"{len(origins)} origins have no allowed target within {limit:g}, the first is {origins[0]}")


def covering(
    cost: Table,
    limit: float,
    *,
    needed: ArrayLike | None = None,
    fixed: ArrayLike = (),
    forbidden: ArrayLike = (),
    time_limit: float = 30.0,
) -> Placement:
    """The fewest targets such that every origin has one within `limit` (location set covering).

    minimise Σ_j y_j with Σ_j [c_ij <= limit] y_j >= 1 for every i (Toregas et al. 1971). `cost`: matrix (origins,
    targets), `Cost` or `Radial`; `limit` in its unit. `needed` (origins,): mask of origins that must be covered, all by
    default. Raises `Unreachable` with the origins that no allowed target can cover, ValueError for a negative limit,
    `TooLarge` where the pairs would not fit memory.
    """
    clock = Clock(time_limit)
    clients, sites = shape_of(cost)
    must, allowed = chosen_sites(sites, None, fixed, forbidden)
    rows = np.arange(clients) if needed is None else np.flatnonzero(np.asarray(needed, dtype=bool))
    cover = Cover.of(cost, limit, rows, allowed)
    if cover.bare_rows.size:
        raise Unreachable(rows[cover.bare_rows], limit)
    search = CoverSearch(cover, must)
    bound = search.bound(clock, 2.0 if time_limit > 4 else 0.25 * time_limit)
    share = 0.5 if cover.pairs <= SMALL else 1.0
    search.run(clock, share * clock.left, bound)
    if search.size > bound and cover.pairs <= SMALL and not clock.is_up:
        bound = max(bound, search.prove(clock))
    chosen = np.flatnonzero(search.best)
    return _answer(cost, limit, chosen, float(len(chosen)), float(bound), clock=clock, is_proven=len(chosen) <= bound)


def p_center(
    cost: Table,
    p: int,
    *,
    needed: ArrayLike | None = None,
    fixed: ArrayLike = (),
    forbidden: ArrayLike = (),
    time_limit: float = 30.0,
) -> Placement:
    """`p` targets such that the greatest cost of an origin to its nearest one is least: minimise max_i min_j c_ij
    (Hakimi 1964), in the unit of the cost. Arguments and errors as in `covering`.

    Bisection over the costs that occur: a radius is enough when a cover of p sites is found, and too small when
    the bound of its cover exceeds p. A radius that neither settles within its share of time leaves a gap.
    """
    clock = Clock(time_limit)
    clients, sites = shape_of(cost)
    must, allowed = chosen_sites(sites, p, fixed, forbidden)
    rows = np.arange(clients) if needed is None else np.flatnonzero(np.asarray(needed, dtype=bool))
    radii = _radii(cost, rows, allowed)
    chosen, low = _start(cost, rows, allowed, must, p), -1
    high = int(np.searchsorted(radii, _worst(cost, rows, chosen)))
    if high >= len(radii):
        raise Unreachable(rows[np.isinf(columns(cost, chosen)[rows].min(axis=1))], math.inf)
    proven_low = -1
    while high - low > 1 and not clock.is_up:
        middle = (low + high) // 2
        cover = Cover.of(cost, float(radii[middle]), rows, allowed)
        found, is_sure = (None, True) if cover.bare_rows.size else _fits(cover, must, p, clock)
        if found is not None:
            chosen, high = found, int(np.searchsorted(radii, _worst(cost, rows, found)))
        else:
            low = middle
            proven_low = max(proven_low, middle) if is_sure else proven_low
    chosen = np.unique(np.concatenate([chosen, _spare_sites(allowed, chosen, p)]))
    value = _worst(cost, rows, chosen)
    bound = float(radii[proven_low + 1])
    return _answer(cost, math.inf, chosen, value, min(bound, value), clock=clock, is_proven=bound >= value)


@dataclass(frozen=True, eq=False)
class Cover:
    """Which allowed sites cover which rows, both ways."""

    row_start: Ints
    by_row: NDArray[np.int32]
    site_start: Ints
    by_site: NDArray[np.int32]
    bare_rows: Ints

    @classmethod
    def of(cls, cost: Table, limit: float, rows: Ints, allowed: Mask) -> Cover:
        if not limit >= 0:
            raise ValueError(f"the limit must not be negative, got {limit}")
        check_memory(len(rows) * len(allowed) // PAIR_BYTES)  # a byte a pair while they are being found
        found = []
        for start in range(0, len(rows), 256):
            few = rows[start : start + 256]
            near = (block(cost, int(few[0]), int(few[-1]) + 1)[few - few[0]] <= limit) & allowed
            found.append(near)
        inside = np.concatenate(found) if found else np.zeros((0, len(allowed)), dtype=bool)
        row, site = np.nonzero(inside)
        by_site_site, by_site_row = np.nonzero(inside.T)
        counts = np.bincount(row, minlength=len(rows))
        return cls(
            starts(counts),
            site.astype(np.int32),
            starts(np.bincount(by_site_site, minlength=len(allowed))),
            by_site_row.astype(np.int32),
            np.flatnonzero(counts == 0),
        )

    @property
    def pairs(self) -> int:
        return len(self.by_row)

    @property
    def rows(self) -> int:
        return len(self.row_start) - 1

    @property
    def sites(self) -> int:
        return len(self.site_start) - 1

    @property
    def arguments(self) -> tuple[Any, Any, Any, Any]:
        return self.row_start, self.by_row, self.site_start, self.by_site


class CoverSearch:
    """Local search and bounds for one cover."""

    def __init__(self, cover: Cover, must: Ints) -> None:
        from analysis.placement import cover_kernels

        self.cover, self.must = cover, must
        sites, rows = cover.sites, cover.rows
        self.locked = np.zeros(sites, dtype=bool)
        self.locked[must] = True
        self.is_in, self.hits = np.zeros(sites, dtype=bool), np.zeros(rows, dtype=np.int64)
        self.weight, self.score = np.ones(rows, dtype=np.int64), np.zeros(sites, dtype=np.int64)
        self.free, self.since = np.ones(sites, dtype=bool), np.zeros(sites, dtype=np.int64)
        self.size = int(
            cover_kernels.begin(
                *cover.arguments, self.locked, self.is_in, self.hits, self.weight, self.score, self.free
            )
        )
        self.best = self.is_in.copy()
        self.state = np.array([self.size, 0, 0, 12345, self.size + 1], dtype=np.int64)

    def run(self, clock: Clock, seconds: float, enough: float, steps: int | None = None) -> None:
        """Search for some seconds, or until a cover of `enough` sites is found, or for `steps` steps."""
        from analysis.placement import cover_kernels

        until, chunk = clock.seconds + seconds, 500
        # Steps that found nothing, after which more time is unlikely to help.
        patience, last, done = 2_000_000, self.size, 0
        while clock.seconds < until and self.size > enough and done < (steps or patience):
            before = clock.seconds
            self.size = int(
                cover_kernels.improve(
                    *self.cover.arguments, self.locked, self.is_in, self.hits, self.weight, self.score, self.free,
                    self.since, self.best, self.state, chunk, int(enough),
                )
            )  # fmt: skip
            done = done + chunk if self.size == last or steps else 0
            last = self.size
            spent = clock.seconds - before
            chunk = int(min(50_000, max(50, chunk * min(4.0, 0.1 / max(spent, 1e-4)))))

    def bound(self, clock: Clock, seconds: float) -> int:
        """Least number of sites, by Lagrangian relaxation: Σ λ_i + Σ_j min(0, 1 - Σ_{i in j} λ_i)."""
        from analysis.placement import cover_kernels

        cover = self.cover
        until = clock.seconds + seconds
        counts = np.diff(cover.row_start)
        price = 1.0 / np.maximum(counts, 1) * 1.0
        price = np.minimum(1.0, price * self.size / max(price.sum(), 1e-12))
        rest, hits = np.empty(cover.sites), np.empty(cover.rows, dtype=np.int64)
        top, best, length, stuck = -math.inf, price.copy(), 1.0, 0
        direction = np.zeros(cover.rows)
        while clock.seconds < until and length > 0.002:
            cover_kernels.spare(cover.row_start, cover.by_row, price, rest)
            is_open = (rest < 0) | self.locked
            value = float(price.sum() + rest[is_open].sum())
            stuck = 0 if value > top + 1e-5 * abs(top) else stuck + 1
            if value > top:
                top, best = value, price.copy()
            if math.ceil(top - 1e-6) >= self.size:
                break
            if stuck >= 20:
                length, stuck, price = 0.6 * length, 0, best.copy()
                direction[:] = 0.0
                continue
            cover_kernels.covered(cover.row_start, cover.by_row, is_open, hits)
            direction = (1.0 - hits) + 0.3 * direction
            direction[(price <= 0) & (direction < 0)] = 0.0
            norm = float(direction @ direction)
            if norm == 0.0:
                break
            price = np.maximum(0.0, price + length * (1.02 * self.size - value) / norm * direction)
        return max(1 if cover.rows else 0, len(self.must), math.ceil(top - 1e-6))

    def prove(self, clock: Clock, at_most: int | None = None) -> int:
        """Ask HiGHS; improves `best` when it finds better. The bound it proves."""
        cover = self.cover
        lower = np.zeros(cover.sites)
        lower[self.must] = 1.0
        programme = Programme(np.ones(cover.sites), lower, np.ones(cover.sites))
        programme.add_rows(
            np.ones(cover.rows), np.full(cover.rows, INFINITY), cover.row_start, cover.by_row, np.ones(cover.pairs)
        )
        programme.make_whole(cover.sites)
        programme.suggest(self.best.astype(float))
        if at_most is not None:
            programme.option("objective_target", float(at_most))
        solved = programme.solve(clock.left)
        if solved.values is not None and np.rint(solved.values).sum() < self.size:
            self.best = solved.values > 0.5
            self.size = int(self.best.sum())
        return math.ceil(solved.bound - 1e-6) if math.isfinite(solved.bound) else 1


def _fits(cover: Cover, must: Ints, p: int, clock: Clock) -> tuple[Ints | None, bool]:
    """(a cover of at most p sites or None, whether its absence is proven)."""
    search = CoverSearch(cover, must)
    slice_ = max(0.2, clock.left / 8)
    search.run(clock, 0.2 * slice_, p, steps=20_000)
    if search.size > p and search.bound(clock, 0.4 * slice_) > p:
        return None, True
    if search.size > p:
        search.run(clock, 0.4 * slice_, p)
    if search.size > p and cover.pairs <= SMALL:
        inner = Clock(max(0.1, min(clock.left, slice_)))
        if search.prove(inner, at_most=p) > p:
            return None, True
    return (np.flatnonzero(search.best), True) if search.size <= p else (None, False)


def _radii(cost: Table, rows: Ints, allowed: Mask) -> Floats:
    """Every cost that occurs, rising."""
    found = [np.zeros(1)]
    for start in range(0, len(rows), 256):
        few = rows[start : start + 256]
        costs = block(cost, int(few[0]), int(few[-1]) + 1)[few - few[0]][:, allowed]
        found.append(np.unique(costs[np.isfinite(costs)]))
    return np.unique(np.concatenate(found))


def _worst(cost: Table, rows: Ints, chosen: Ints) -> float:
    return float(columns(cost, chosen)[rows].min(axis=1).max(initial=0.0))


def _start(cost: Table, rows: Ints, allowed: Mask, must: Ints, p: int) -> Ints:
    """Farthest-first (Gonzalez 1985): again and again the site nearest to the row worst served."""
    open_ = np.flatnonzero(allowed)
    chosen = list(must)
    least = columns(cost, must)[rows].min(axis=1) if len(must) else np.full(len(rows), np.inf)
    while len(chosen) < p and len(rows):
        worst = int(rows[np.argmax(least)])
        near = open_[np.argsort(block(cost, worst, worst + 1)[0][open_], kind="stable")]
        site = next(int(one) for one in near if one not in chosen)
        chosen.append(site)
        least = np.minimum(least, columns(cost, np.array([site]))[rows, 0])
    return np.sort(np.array(chosen, dtype=np.int64))


def _spare_sites(allowed: Mask, chosen: Ints, p: int) -> Ints:
    """Any further allowed sites, so that exactly p are named."""
    left = np.setdiff1d(np.flatnonzero(allowed), chosen)
    return left[: max(0, p - len(chosen))]


def _answer(
    cost: Table, limit: float, chosen: Ints, value: float, bound: float, *, clock: Clock, is_proven: bool
) -> Placement:
    far = columns(cost, chosen)
    nearest = far.argmin(axis=1)
    least = far[np.arange(len(far)), nearest]
    reaches = np.isfinite(least) & (least <= limit)
    return Placement(chosen, value, bound, is_proven, np.where(reaches, chosen[nearest], -1), clock.seconds)
