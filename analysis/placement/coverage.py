"""Maximal coverage (MCLP): p places so that the most people have one within a limit.

maximise Σ_i w_i [some chosen site within the limit of i] (Church & ReVelle 1974).

Read as a p-median in which a covered person costs 0 and any other 1, the search of `pmedian` applies as it
stands: swaps, Lagrangian bound, Benders cuts in closed form (Cordeau, Furini & Ljubić 2019). Where people are
many and places few the bound itself may stay some per cent away; the gap is then shown.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analysis.cost import Floats, starts
from analysis.placement.lists import Lists, Table, block, check_memory, columns, shape_of
from analysis.placement.pmedian import TOLERANCE, Search
from analysis.placement.result import Clock, Placement, chosen_sites, people_of


def max_coverage(
    cost: Table,
    weights: ArrayLike,
    p: int,
    limit: float,
    *,
    fixed: ArrayLike = (),
    forbidden: ArrayLike = (),
    tolerance: float = TOLERANCE,
    time_limit: float = 60.0,
) -> Placement:
    """Choose `p` targets so that the most weight lies within `limit` of one: maximise Σ_i w_i [min_j c_ij <= limit]
    over the p chosen j (Church & ReVelle 1974). The bound is from above.

    `cost`: matrix (origins, targets), `Cost` or `Radial`; `limit` in its unit; `weights` (origins,), the unit of the
    value; `fixed`, `forbidden`: indices or masks of targets. Raises ValueError for a negative limit and impossible
    demands, `TooLarge` where the pairs would not fit memory.

    Proven when no choice covers more, up to `tolerance` of the weight left uncovered, or up to less than one
    where weights are whole numbers.
    """
    clock = Clock(time_limit)
    clients, sites = shape_of(cost)
    people = people_of(weights, clients)
    must, allowed = chosen_sites(sites, p, fixed, forbidden)
    if not limit >= 0:
        raise ValueError(f"the limit must not be negative, got {limit}")
    lists = near_lists(cost, people, limit)
    search = Search(lists, p, must, allowed, tolerance, clock, scale=people, shaking=min(4.0, 0.1 * time_limit))
    search.run()
    chosen = np.sort(search.chosen)
    far = columns(cost, chosen)
    nearest = far.argmin(axis=1)
    is_covered = far[np.arange(clients), nearest] <= limit
    value = float(people[is_covered].sum())
    missed = float(people.sum()) - value
    is_proven = search.is_closed(missed)
    bound = value if is_proven and search.is_whole else max(value, float(people.sum()) - max(search.bound, 0.0))
    return Placement(chosen, value, bound, is_proven, np.where(is_covered, chosen[nearest], -1), clock.seconds)


def near_lists(cost: Table, people: Floats, limit: float) -> Lists:
    """Sites within the limit at no cost; everything else at the client's weight. Raises `TooLarge` as soon as the
    pairs within the limit would not fit."""
    clients, sites = shape_of(cost)
    counts, found = [], []
    pairs = 0
    for start in range(0, clients, 256):
        inside = block(cost, start, min(clients, start + 256)) <= limit
        inside[people[start : start + 256] == 0] = False
        counts.append(inside.sum(axis=1))
        found.append(np.nonzero(inside)[1].astype(np.int32))
        pairs += len(found[-1])
        check_memory(pairs)
    site = np.concatenate(found)
    return Lists(starts(np.concatenate(counts)), site, np.zeros(len(site)), people, sites)
