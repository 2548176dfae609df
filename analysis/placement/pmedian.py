"""p-median: p places so that the people, summed, travel least. Solved to proof.

minimise Σ_i w_i min_{j in S} c_ij over sets S of p sites.

1. Greedy and swaps (Resende & Werneck 2007) give a set.
2. Lagrangian relaxation of "everybody is served once" gives a bound: for prices λ,
   L(λ) = Σ_i λ_i + the p least of ρ_j(λ) = Σ_i min(0, w_i c_ij - λ_i). Subgradient steps are scaled by the
   weights: without it large towns move too slowly and small ones oscillate. The dual's own sets, polished by
   swaps, are usually what finds the optimum.
3. Sites whose reduced cost exceeds the gap are closed for good (or opened for good), which leaves a few per
   cent of them.
4. Benders decomposition over the sites left, cuts in closed form (Durán-Mateluna, Ales & Elloumi 2023),
   first as a linear programme (HiGHS), then in a tree that branches on sites and cuts at every node.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cost import Floats, Ints
from analysis.placement.lists import Lists, Table, columns, default_beyond, lists_of, shape_of
from analysis.placement.result import Clock, Placement, chosen_sites, people_of

TOLERANCE = 1e-7
PATIENCE = 30  # steps without gain before they get shorter
MEMORY = 0.88  # share of its direction that a step keeps from the one before
POLISH_EVERY = 40  # steps between two sets of the dual improved by swaps
FIX_EVERY = 60  # steps between two attempts to decide sites


def p_median(
    cost: Table,
    weights: ArrayLike,
    p: int,
    *,
    fixed: ArrayLike = (),
    forbidden: ArrayLike = (),
    beyond: float | None = None,
    tolerance: float = TOLERANCE,
    time_limit: float = 60.0,
) -> Placement:
    """Choose `p` targets so that Σ weights × cost to the nearest chosen one is least.

    `cost`: matrix (origins, targets) with inf for unreachable, `Cost` or `Radial`. `weights` (origins,):
    people, or people × trips. An origin that no chosen target reaches costs `beyond` (default: twice the
    highest cost there is) and has -1 in `assigned`. The answer is proven when value - bound is within
    `tolerance` of the value, or below 1 where all costs × weights are whole numbers.

    The value is in weight × unit of the cost. Raises ValueError for impossible demands (p above the number of allowed
    sites, fixed and forbidden at once), `TooLarge` where the lists would not fit memory. Source: Hakimi 1964; bounds
    and search as docs/analysis.md says.
    """
    clock = Clock(time_limit)
    clients, sites = shape_of(cost)
    people = people_of(weights, clients)
    must, allowed = chosen_sites(sites, p, fixed, forbidden)
    outside = default_beyond(cost) if beyond is None else float(beyond)
    width = first_width(sites, p)
    while True:
        lists = lists_of(cost, people, width, outside)
        search = Search(lists, p, must, allowed, tolerance, clock)
        search.run()
        answer = _answer(cost, people, outside, search)
        # Served from beyond the lists: the set is good, but neither optimal nor proven for the whole.
        if width >= sites or answer.value <= search.value * (1 + 1e-9) or clock.is_up:
            return answer
        width = min(sites, 4 * width)


def first_width(sites: int, p: int) -> int:
    """How many near sites to list at first: all of few, else many times the share of one site."""
    return min(sites, max(200, 20 * sites // p)) if sites > 2500 else sites


def _answer(cost: Table, people: Floats, outside: float, search: Search) -> Placement:
    """The set priced with the true costs."""
    sites = np.sort(search.chosen)
    far = columns(cost, sites)
    nearest = far.argmin(axis=1)
    least = far[np.arange(len(people)), nearest]
    is_served = np.isfinite(least) & (least <= outside)
    value = float(people @ np.where(is_served, least, outside))
    is_proven = search.is_closed(value)
    bound = value if is_proven and search.is_whole else min(search.bound, value)
    return Placement(sites, value, bound, is_proven, np.where(is_served, sites[nearest], -1), search.clock.seconds)


@dataclass
class Search:
    """State of one solve: the best set, the best bound, and the problem as it shrinks.

    `scale`: what a step of each client's price is measured in (its first price when None). `shaking`: seconds
    for shaking the best set, where the dual's sets are not enough.
    """

    lists: Lists
    p: int
    must: Ints
    allowed: NDArray[np.bool_]
    tolerance: float
    clock: Clock
    scale: Floats | None = None
    shaking: float = 0.0
    chosen: Ints = field(init=False)
    value: float = math.inf
    bound: float = -math.inf
    is_whole: bool = field(init=False)

    def __post_init__(self) -> None:
        costs = self.lists.cost
        self.is_whole = bool(
            np.array_equal(costs, np.rint(costs)) and np.array_equal(self.lists.tail, np.rint(self.lists.tail))
        )

    def is_closed(self, value: float) -> bool:
        """Whether nothing better than `value` by more than the tolerance can exist."""
        least = 1 - 1e-6 if self.is_whole else self.tolerance * abs(value)
        return value - self.bound <= least + 1e-12 * abs(value)

    def raise_bound(self, bound: float) -> None:
        """Take a bound of the problem as it is now. Sites were decided for sets below the cutoff only, so
        nothing is known beyond that."""
        self.bound = max(self.bound, min(bound, self.cutoff))

    @property
    def cutoff(self) -> float:
        """Value that a set must not exceed to be of interest."""
        if self.is_whole:
            return self.value - 1 + 1e-6
        return self.value - self.tolerance * abs(self.value)

    def run(self) -> None:
        from analysis.placement import kernels

        lists = self.lists
        self.chosen = kernels.greedy(*lists.arguments, *lists.turned, self.p, self.allowed, self.must)
        self.polish(self.chosen)
        dual = Dual(self)
        dual.run()
        self.shake()
        if not self.is_closed(self.value) and not self.clock.is_up:
            from analysis.placement.benders import finish

            finish(self, dual)

    def shake(self) -> None:
        """Exchange a few sites at random, improve by swaps, keep the better; again and again."""
        draw, until = np.random.default_rng(12345), self.clock.seconds + min(self.shaking, self.clock.left)
        free = np.flatnonzero(self.allowed)
        while self.clock.seconds < until and not self.is_closed(self.value):
            loose = np.setdiff1d(self.chosen, self.must)
            count = min(len(loose), int(draw.integers(2, max(3, self.p // 8) + 1)))
            gone = draw.choice(loose, count, replace=False)
            come = draw.choice(np.setdiff1d(free, self.chosen), min(count, len(free) - self.p), replace=False)
            kept = np.setdiff1d(self.chosen, gone[: len(come)])
            self.polish(np.concatenate([kept, come]))

    def polish(self, chosen: Ints, rounds: int = 1_000_000) -> None:
        """Improve a set of sites by swaps and keep it when it is the best."""
        from analysis.placement import kernels

        lists = self.lists
        mine = np.concatenate([self.must, np.setdiff1d(chosen, self.must)])[: self.p]
        locked = np.arange(self.p) < len(self.must)
        kernels.swap(*lists.arguments, *lists.turned, mine, self.allowed, locked, rounds)
        is_open = np.zeros(lists.site_count, dtype=bool)
        is_open[mine] = True
        value = kernels.total_cost(*lists.arguments, is_open)
        if value < self.value:
            self.chosen, self.value = mine, float(value)


class Ascent:
    """Memory of a subgradient ascent: the best prices, the length of a step, how long nothing was gained."""

    def __init__(self, price: Floats, scale: Floats) -> None:
        self.scale = np.maximum(scale, 1e-6 * max(1e-12, float(scale.max(initial=0.0))))
        self.best, self.top = price.copy(), -math.inf
        self.direction = np.zeros(len(price))
        self.length, self.idle, self.is_over = 1.0, 0, False

    def note(self, value: float, price: Floats) -> None:
        """Take in the bound at some prices."""
        is_gain = value > self.top + 1e-7 * abs(self.top) or math.isinf(self.top)
        self.idle = 0 if is_gain else self.idle + 1
        if value > self.top:
            self.top, self.best = value, price.copy()

    @property
    def is_stuck(self) -> bool:
        return self.idle >= PATIENCE

    def shorten(self) -> None:
        """Go on from the best prices with shorter steps."""
        self.length *= 0.7
        self.is_over = self.length < 0.0005
        self.idle, self.direction = 0, np.zeros_like(self.direction)

    def restart(self, tail: Floats) -> None:
        """The problem shrank: go on from the best prices, which must not exceed the tail."""
        self.best = np.minimum(self.best, tail)
        self.idle, self.direction = 0, np.zeros_like(self.direction)


@dataclass
class Dual:
    """Lagrangian dual over the sites not yet decided.

    `free` are sites still undecided, `opened` those decided to be open; lists hold the free sites only and
    are cut at the nearest opened one.
    """

    search: Search
    free: Ints = field(init=False)
    opened: Ints = field(init=False)
    lists: Lists = field(init=False)
    price: Floats = field(init=False)

    def __post_init__(self) -> None:
        search = self.search
        self.opened = search.must
        free = search.allowed.copy()
        free[search.must] = False
        self.free = np.flatnonzero(free)
        self.lists = search.lists.only(self.free, self.opened)
        self.price = self._first_prices()

    @property
    def p(self) -> int:
        """Sites still to choose."""
        return self.search.p - len(self.opened)

    def _first_prices(self) -> Floats:
        """Between the costs of the nearest and the second nearest site of the best set."""
        from analysis.placement import kernels

        lists, chosen = self.lists, np.isin(self.free, self.search.chosen)
        clients = len(lists.tail)
        slot = np.where(chosen, np.arange(len(self.free)), -1)
        near, far = np.empty(clients), np.empty(clients)
        first, second = np.empty(clients, np.int64), np.empty(clients, np.int64)
        for i in range(clients):
            kernels.two_nearest(i, *lists.arguments, slot, near, far, first, second)
        return np.minimum(near + 0.3 * (far - near), lists.tail)

    def value_at(self, price: Floats) -> tuple[float, Floats, Ints]:
        """(bound, reduced costs of the free sites, the p best of them)."""
        from analysis.placement import kernels

        rho = np.empty(len(self.free))
        kernels.reduced(*self.lists.arguments[:3], price, rho)
        if self.p >= len(rho):
            best = np.arange(len(rho))
        elif self.p == 0:
            best = np.empty(0, dtype=np.int64)
        else:
            best = np.argpartition(rho, self.p - 1)[: self.p]
        return float(price.sum() + rho[best].sum()), rho, best

    def run(self, steps: int = 4000) -> None:
        """Subgradient ascent with fixing, until the gap closes, the steps dwindle or time is up."""
        search = self.search
        ascent = Ascent(self.price, self.price if search.scale is None else search.scale)
        for step in range(steps):
            value, rho, chosen = self.value_at(self.price)
            search.raise_bound(value)
            ascent.note(value, self.price)
            if step % POLISH_EVERY == POLISH_EVERY // 2 and self.p:
                search.polish(np.concatenate([self.opened, self.free[chosen]]))
            if search.is_closed(search.value) or search.clock.is_up or ascent.is_over:
                break
            if step % FIX_EVERY == FIX_EVERY - 1 and self._fix(value, rho, chosen):
                if not len(self.free):
                    search.raise_bound(float(self.lists.tail.sum()))
                    break
                ascent.restart(self.lists.tail)
                self.price = ascent.best
            elif ascent.is_stuck:
                ascent.shorten()
                self.price = ascent.best
            else:
                self.price = self._step(ascent, value, chosen)
        self.price = ascent.best

    def _step(self, ascent: Ascent, value: float, chosen: Ints) -> Floats:
        """Prices moved along the subgradient, which keeps a share of where it went before."""
        from analysis.placement import kernels

        is_open = np.zeros(len(self.free), dtype=bool)
        is_open[chosen] = True
        counts = np.empty(len(self.price), dtype=np.int64)
        kernels.served(*self.lists.arguments[:3], self.price, is_open, counts)
        ascent.direction = (1.0 - counts) + MEMORY * ascent.direction
        norm = float((ascent.scale * ascent.direction * ascent.direction).sum())
        if norm == 0.0:
            ascent.is_over = True
            return self.price
        move = ascent.length * (self.search.value - value) / norm
        return np.clip(self.price + move * ascent.scale * ascent.direction, 0.0, self.lists.tail)

    def _fix(self, value: float, rho: Floats, chosen: Ints) -> bool:
        """Decide sites whose reduced cost exceeds the gap; True when the problem shrank."""
        search = self.search
        if not 0 < self.p < len(rho):
            return False
        is_best = np.zeros(len(rho), dtype=bool)
        is_best[chosen] = True
        last_in, first_out = rho[is_best].max(), rho[~is_best].min()
        close = ~is_best & (value + rho - last_in > search.cutoff)
        open_ = is_best & (value - rho + first_out > search.cutoff)
        if close.sum() + open_.sum() < max(1, 0.02 * len(rho)):
            return False
        self.shrink(~close & ~open_, open_)
        return True

    def shrink(self, keep: NDArray[np.bool_], open_: NDArray[np.bool_]) -> None:
        """Leave only some free sites undecided; open some others."""
        lists = self.lists.only(np.flatnonzero(keep), np.flatnonzero(open_))
        self.opened = np.concatenate([self.opened, self.free[open_]])
        self.free, self.lists = self.free[keep], lists
