"""Capacitated p-median: least travel when every place can serve only so many.

minimise Σ_ij w_i c_ij x_ij with Σ_j x_ij = 1, Σ_i d_i x_ij <= s_j y_j, x_ij <= y_j, Σ_j y_j = p.

HiGHS solves the model over each origin's nearest targets; an origin may also be served "from beyond" at the
cost of the nearest target that is not listed, so the bound holds for the whole. When a solution uses that way
out, the lists are widened. The uncapacitated optimum, which needs no HiGHS, gives a second bound and the
first set of places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.cost import Floats, Ints, Mask, starts
from analysis.placement.lists import Lists, Table, default_beyond, lists_of, shape_of
from analysis.placement.pmedian import p_median
from analysis.placement.programme import INFINITY, Programme
from analysis.placement.result import Clock, Placement, chosen_sites, people_of

TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class SharedPlacement(Placement):
    """A placement with who goes where: `share[k]` of origin `origins[k]` is served by `targets[k]`.

    `assigned` names the target that serves most of an origin.
    """

    origins: Ints
    targets: Ints
    share: Floats


class NotEnough(ValueError):
    """No set of p allowed targets can hold the demand."""


def capacitated_p_median(
    cost: Table,
    weights: ArrayLike,
    p: int,
    capacity: ArrayLike,
    *,
    demand: ArrayLike | None = None,
    split: bool = True,
    fixed: ArrayLike = (),
    forbidden: ArrayLike = (),
    time_limit: float = 60.0,
) -> SharedPlacement:
    """Choose `p` targets and share the demand among them so that Σ weights × cost is least.

    `capacity` (targets,) in the unit of `demand` (origins,), which is `weights` when None. With `split`, an
    origin may be served by several targets; without, by one (much harder, and impossible for an origin larger
    than every target). Raises NotEnough when no set of p targets can hold the demand, or none was found in time.
    """
    clock = Clock(time_limit)
    clients, sites = shape_of(cost)
    people = people_of(weights, clients)
    need = people if demand is None else people_of(demand, clients)
    room = people_of(capacity, sites)
    must, allowed = chosen_sites(sites, p, fixed, forbidden)
    _check_room(need, room, p, must, allowed)
    loose = p_median(cost, people, p, fixed=must, forbidden=np.flatnonzero(~allowed), time_limit=0.3 * time_limit)
    bound = loose.bound
    width = min(sites, max(15, 3 * sites // p))
    while True:
        lists = lists_of(cost, people, width, default_beyond(cost))
        model = Model(lists, need, room, p, must=must, allowed=allowed, is_whole=not split)
        answer = model.solve(_enough_room(loose.sites, need, room, must, allowed), clock)
        bound = max(bound, answer.bound)
        if not answer.is_beyond:
            break
        if width >= sites or clock.is_up:
            raise NotEnough(f"no {p} targets were found that hold the demand within {time_limit:g} s")
        width = min(sites, 3 * width)
    return _result(lists, answer, bound, clock)


@dataclass(frozen=True, eq=False)
class Answer:
    """What the model gave: sites, share of every listed pair, and whether somebody is served from beyond."""

    sites: Ints
    share: Floats
    value: float
    bound: float
    is_beyond: bool


class Model:
    """Variables: one for each site, one for each listed pair, one for each origin served from beyond."""

    def __init__(
        self, lists: Lists, need: Floats, room: Floats, p: int, *, must: Ints, allowed: Mask, is_whole: bool
    ) -> None:  # fmt: skip
        self.lists, self.is_whole = lists, is_whole
        self.need, self.room = need, room
        self.clients, self.sites, self.pairs = len(lists.tail), lists.site_count, len(lists.site)
        self.lower = np.zeros(self.sites)
        self.lower[must] = 1.0
        self.upper = allowed.astype(float)
        whole = self.sites + self.pairs
        self.cost = np.concatenate([np.zeros(self.sites), lists.cost, lists.tail])
        self.programme = Programme(
            self.cost,
            np.concatenate([self.lower, np.zeros(self.pairs + self.clients)]),
            np.concatenate([self.upper, np.ones(self.pairs + self.clients)]),
        )
        pair = np.arange(self.pairs)
        client = np.repeat(np.arange(self.clients), np.diff(lists.start))
        site = lists.site.astype(np.int64)
        everybody, nobody = np.arange(self.clients), np.full(self.sites, -INFINITY)
        self._rows(np.ones(self.clients), np.ones(self.clients), np.concatenate([client, everybody]),
                   np.concatenate([self.sites + pair, whole + everybody]),
                   np.ones(self.pairs + self.clients))  # fmt: skip
        self._rows(nobody, np.zeros(self.sites), np.concatenate([site, np.arange(self.sites)]),
                   np.concatenate([self.sites + pair, np.arange(self.sites)]),
                   np.concatenate([need[client], -room]))  # fmt: skip
        self._rows(np.full(self.pairs, -INFINITY), np.zeros(self.pairs), np.concatenate([pair, pair]),
                   np.concatenate([self.sites + pair, site]),
                   np.concatenate([np.ones(self.pairs), -np.ones(self.pairs)]))  # fmt: skip
        self._rows(np.array([float(p)]), np.array([float(p)]), np.zeros(self.sites, dtype=np.int64),
                   np.arange(self.sites), np.ones(self.sites))  # fmt: skip

    def _rows(self, lower: Floats, upper: Floats, row: Ints, column: Ints, value: Floats) -> None:
        """Add rows given as triples."""
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=len(lower))
        self.programme.add_rows(lower, upper, starts(counts), column[order], value[order])

    def solve(self, first: Ints, clock: Clock) -> Answer:
        """Start from the given set of sites, then let HiGHS search."""
        programme, every = self.programme, np.arange(self.sites)
        programme.make_whole(self.sites + (self.pairs if self.is_whole else 0))
        programme.option("mip_rel_gap", 0.1 * TOLERANCE)
        by_hand = self.fill(first)
        programme.suggest(by_hand)
        chosen = np.zeros(self.sites)
        chosen[first] = 1.0
        programme.bounds(every, chosen, chosen)
        start = programme.solve(0.3 * clock.left)
        programme.bounds(every, self.lower, self.upper)
        if start.values is not None:
            programme.suggest(start.values)
        solved = programme.solve(clock.left)
        found = [one for one in (by_hand, start.values, solved.values) if one is not None]
        # A way out is priced too low to be an answer, so whatever does without it comes first.
        best = min(found, key=lambda values: (self.is_beyond(values), float(self.cost @ values)))
        share = best[self.sites : self.sites + self.pairs]
        sites = np.flatnonzero(best[: self.sites] > 0.5)
        return Answer(sites, share, float(self.cost @ best), solved.bound, self.is_beyond(best))

    def is_beyond(self, values: Floats) -> bool:
        """Whether anybody takes the way out; somebody of no weight is nobody, wherever he goes."""
        return bool((values[self.sites + self.pairs :][self.lists.tail > 0] > 1e-6).any())

    def fill(self, sites: Ints) -> Floats:
        """A start: the largest origins first, each to the nearest of `sites` with room for the whole of it."""
        lists = self.lists
        values = np.zeros(self.sites + self.pairs + self.clients)
        values[sites] = 1.0
        left = np.zeros(self.sites)
        left[sites] = self.room[sites]
        for client in np.argsort(-self.need, kind="stable"):
            pairs = np.arange(lists.start[client], lists.start[client + 1])
            fits = pairs[left[lists.site[pairs]] >= self.need[client]]
            if len(fits):
                values[self.sites + fits[0]] = 1.0
                left[lists.site[fits[0]]] -= self.need[client]
            else:
                values[self.sites + self.pairs + client] = 1.0
        return values


def _check_room(need: Floats, room: Floats, p: int, must: Ints, allowed: Mask) -> None:
    rest = np.sort(np.delete(np.where(allowed, room, 0.0), must))[::-1][: p - len(must)]
    most = float(room[must].sum() + rest.sum())
    if most < need.sum() * (1 - 1e-12):
        raise NotEnough(f"{p} targets hold at most {most:,.0f}, the demand is {need.sum():,.0f}")


def _enough_room(sites: Ints, need: Floats, room: Floats, must: Ints, allowed: Mask) -> Ints:
    """The set with its smallest places exchanged for the largest others until the demand fits."""
    chosen = list(sites)
    while room[chosen].sum() < need.sum():
        out = min((one for one in chosen if one not in must), key=lambda one: float(room[one]))
        others = np.setdiff1d(np.flatnonzero(allowed), chosen)
        chosen[chosen.index(out)] = others[np.argmax(room[others])]
    return np.sort(np.array(chosen, dtype=np.int64))


def _result(lists: Lists, answer: Answer, bound: float, clock: Clock) -> SharedPlacement:
    origins = np.repeat(np.arange(len(lists.tail)), np.diff(lists.start))
    used = np.flatnonzero(answer.share > 1e-9)
    rows, targets, part = origins[used], lists.site[used].astype(np.int64), answer.share[used]
    assigned = np.full(len(lists.tail), -1, dtype=np.int64)
    by_share = np.argsort(part, kind="stable")
    assigned[rows[by_share]] = targets[by_share]
    value = float(lists.cost[used] @ part)
    bound = min(bound, value) if math.isfinite(bound) else -math.inf
    is_proven = value - bound <= TOLERANCE * max(abs(value), 1e-12)
    return SharedPlacement(answer.sites, value, bound, is_proven, assigned, clock.seconds, rows, targets, part)
