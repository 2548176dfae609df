"""What a placement solver answers, and the clock it works against."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cost import Ints


@dataclass(frozen=True, eq=False)
class Placement:
    """Chosen `sites` (rising indices of targets) with their `value` and the best possible `bound`.

    `assigned[i]`: the site that serves origin i, -1 where none does. `is_proven`: no other choice can be
    better by more than the tolerance. For `max_coverage` the value is at most the bound, else at least.
    """

    sites: Ints
    value: float
    bound: float
    is_proven: bool
    assigned: Ints
    seconds: float

    @property
    def gap(self) -> float:
        """How much better, at most, the best possible is: |value - bound| / |value|."""
        if self.is_proven or self.value == self.bound:
            return 0.0
        return abs(self.value - self.bound) / abs(self.value) if self.value else float("inf")


class Clock:
    """Seconds since the start and whether they are up."""

    def __init__(self, limit: float) -> None:
        if not limit > 0:
            raise ValueError(f"time_limit must be above zero, got {limit}")
        self.start, self.limit = time.perf_counter(), limit

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.start

    @property
    def left(self) -> float:
        return max(0.0, self.limit - self.seconds)

    @property
    def is_up(self) -> bool:
        return self.seconds >= self.limit


def chosen_sites(sites: int, p: int | None, fixed: ArrayLike, forbidden: ArrayLike) -> tuple[Ints, NDArray[np.bool_]]:
    """Sites that must be open and a mask of those that may be; both come as indices or as a mask of all sites. Raises
    ValueError when they cannot be met."""
    must = np.unique(_numbers(fixed, sites))
    allowed = np.ones(sites, dtype=bool)
    banned = _numbers(forbidden, sites)
    for name, index in (("fixed", must), ("forbidden", banned)):
        if len(index) and not (index.min() >= 0 and index.max() < sites):
            raise ValueError(f"a {name} site lies outside 0..{sites - 1}")
    allowed[banned] = False
    if not allowed[must].all():
        raise ValueError(f"site {must[~allowed[must]][0]} is both fixed and forbidden")
    if p is not None:
        if not 1 <= p <= int(allowed.sum()):
            raise ValueError(f"p must lie in 1..{int(allowed.sum())} (sites allowed), got {p}")
        if len(must) > p:
            raise ValueError(f"{len(must)} sites are fixed, more than p = {p}")
    return must, allowed


def _numbers(chosen: ArrayLike, sites: int) -> Ints:
    """Indices, of whatever a mask says; a mask read as indices would silently mean sites 0 and 1."""
    index = np.asarray(chosen)
    if index.dtype != bool:
        return index.astype(np.int64)
    if len(index) != sites:
        raise ValueError(f"a mask of {sites} sites is needed, got {len(index)}")
    return np.flatnonzero(index)


def people_of(weights: ArrayLike, clients: int) -> NDArray[np.float64]:
    """Weights of the origins, checked."""
    people = np.asarray(weights, dtype=np.float64)
    if people.shape != (clients,):
        raise ValueError(f"weights must have shape ({clients},), got {people.shape}")
    if not (np.isfinite(people).all() and (people >= 0).all()):
        raise ValueError("weights must be known, finite and not negative")
    return people
