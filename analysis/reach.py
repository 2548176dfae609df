"""Availability: how much help each place can reach.

Every function takes a cost (`Cost` or `Radial`, origins × targets), arrays in the order of its origins and
targets, and returns `Availability`. Any number of target groups (columns of demand) and kinds of service
(columns of supply) go in one call.

Notation in the formulas: i an origin with demand D_i (people of the target group), j a target with supply S_j
(capacity), c_ij the cost, w_ij = decay(c_ij) within the limit and 0 beyond.

Three things that are often mixed up stay apart in `Availability.state`:

* UNREACHABLE - no such service within the limit; the value is 0 because there is nothing to reach;
* ZERO        - services are within the limit, but what they offer comes to nothing;
* UNKNOWN     - the place's location or the capacity of everything it reaches is not known; the value is NaN.

PARTIAL marks a value that is a lower bound: something in reach has an unknown capacity, or some times of the
place are unknown.

Shapes: `demand` (origins,) or (origins, groups), people, known and not negative; `supply` (targets,), a matrix
(targets, kinds) or a `Supply`, capacity with NaN for unknown. Values come back as (origins,), then an axis for groups
and one for kinds where several were given. Raises ValueError for a length that does not fit the cost, for unknown,
negative or infinite demand and for negative or infinite supply; the message says which origin or target.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import decay as decays
from analysis.cost import Cost, Floats, Ints, Weights
from analysis.decay import Decay
from analysis.radial import Radial

AnyCost = Cost | Radial


class State(IntEnum):
    """What a value of `Availability` means."""

    REACHED = 0
    ZERO = 1
    UNREACHABLE = 2
    UNKNOWN = 3
    PARTIAL = 4


@dataclass(frozen=True, eq=False)
class Supply:
    """What targets offer, by kind of service: a sparse matrix (targets × kinds) of capacities.

    An entry that is there with 0 is an offer of nothing; one that is not there is no offer; NaN is an offer
    of unknown size. Build it by `of`, `by_kind` or `matrix`.
    """

    rows: Ints
    kinds: Ints
    amounts: Floats
    shape: tuple[int, int]
    is_single: bool = False

    @classmethod
    def of(cls, amounts: ArrayLike) -> Supply:
        """One kind: a vector over targets."""
        vector = np.asarray(amounts, dtype=np.float64)
        if vector.ndim != 1:
            raise ValueError(f"a vector over targets is needed, got shape {vector.shape}")
        index = np.arange(len(vector))
        return cls._checked(index, np.zeros_like(index), vector, (len(vector), 1), True)

    @classmethod
    def by_kind(cls, amounts: ArrayLike, kind: ArrayLike, kinds: int) -> Supply:
        """Each target offers one kind: its amount and the number of its kind in 0..kinds-1."""
        vector, labels = np.asarray(amounts, dtype=np.float64), np.asarray(kind, dtype=np.int64)
        if len(labels) != len(vector) or (len(labels) and not 0 <= labels.min() <= labels.max() < kinds):
            raise ValueError(f"each target needs a kind in 0..{kinds - 1}")
        return cls._checked(np.arange(len(vector)), labels, vector, (len(vector), kinds), False)

    @classmethod
    def matrix(cls, amounts: ArrayLike) -> Supply:
        """Targets × kinds; a zero is read as no offer."""
        array = np.asarray(amounts, dtype=np.float64)
        rows, kinds = np.nonzero(array)
        return cls._checked(rows, kinds, array[rows, kinds], array.shape, False)

    @classmethod
    def _checked(cls, rows: Any, kinds: Any, amounts: Floats, shape: tuple[int, ...], is_single: bool) -> Supply:
        if (amounts < 0).any() or np.isinf(amounts).any():
            first = int(rows[np.argmax((amounts < 0) | np.isinf(amounts))])
            raise ValueError(f"capacity of target {first} is negative or infinite (NaN stands for unknown)")
        return cls(rows, kinds, amounts, (shape[0], shape[1]), is_single)

    @cached_property
    def has_unknown(self) -> bool:
        return bool(np.isnan(self.amounts).any())

    @cached_property
    def known(self) -> Floats:
        """Amounts with unknown ones counted as nothing: sums over them are lower bounds."""
        return np.nan_to_num(self.amounts, nan=0.0) if self.has_unknown else self.amounts

    def column(self, amounts: Floats) -> Any:
        """Amounts of the entries as what `Weights.gather` takes: a vector, or a sparse matrix."""
        if self.is_single:
            return amounts
        from scipy.sparse import csr_array

        return csr_array((amounts, (self.rows, self.kinds)), shape=self.shape)


@dataclass(frozen=True, eq=False)
class Availability:
    """`values`: (origins,), with a further axis for groups and one for kinds where several were given.

    The unit is that of supply per unit of demand (places per person), or of supply for `cumulative` and
    `gravity`. NaN = unknown. `state` (origins,) or (origins, kinds) says what each value means; it is worked
    out when first asked for.
    """

    values: Floats
    _state: Callable[[], NDArray[np.uint8]] = field(repr=False)

    @cached_property
    def state(self) -> NDArray[np.uint8]:
        """Members of `State` as numbers."""
        return self._state()


def cumulative(cost: AnyCost, supply: ArrayLike | Supply) -> Availability:
    """Supply within the limit: A_i = Σ_j S_j, in the unit of supply. Cumulative opportunities (Wachs & Kumagai 1973).

    Shapes and errors as the module says."""
    return gravity(cost, supply, decays.uniform())


def gravity(cost: AnyCost, supply: ArrayLike | Supply, decay: Decay) -> Availability:
    """Potential after Hansen (1959): A_i = Σ_j w_ij S_j, in the unit of supply. No competition for places.

    Shapes and errors as the module says."""
    offer = _supply(cost, supply)
    weights = cost.weigh(decay)
    return _answer(cost, offer, weights.gather(offer.column(offer.known)))


def catchment_ratio(
    cost: AnyCost,
    demand: ArrayLike,
    supply: ArrayLike | Supply,
    among_people: AnyCost,
    decay: Decay | None = None,
) -> Availability:
    """Supply in one's own catchment over people in it: A_i = Σ_j w_ij S_j / Σ_k w_ik D_k.

    `among_people` is the cost between origins. The oldest measure; `two_step` is better wherever catchments
    of neighbours overlap. Supply per person; 0 where nobody lives around.

    Shapes and errors as the module says; `among_people` must be (origins, origins).
    """
    offer, people = _supply(cost, supply), _demand(cost, demand)
    used = decay or decays.uniform()
    near = cost.weigh(used).gather(offer.column(offer.known))
    competing = among_people.weigh(used).gather(people)
    if competing.ndim > 1:
        near = near[:, None] if near.ndim == 1 else near[:, None, :]
    if near.ndim > competing.ndim:
        competing = competing[..., None]
    return _answer(cost, offer, _ratio(near, competing))


def two_step(cost: AnyCost, demand: ArrayLike, supply: ArrayLike | Supply, decay: Decay | None = None) -> Availability:
    """Two-step floating catchment: R_j = S_j / Σ_i w_ij D_i, A_i = Σ_j w_ij R_j.

    2SFCA without a decay (Luo & Wang 2003), E2SFCA with one (Luo & Qi 2009; Dai 2010 for the Gaussian).
    The weighted sum Σ_i D_i A_i equals the capacity that some demand reaches. Capacity in reach of nobody
    (Σ_i w_ij D_i = 0) is claimed by nobody. Supply per person; shapes and errors as the module says.
    """
    offer, people = _supply(cost, supply), _demand(cost, demand)
    weights = cost.weigh(decay or decays.uniform())
    return _answer(cost, offer, _shared(weights, offer, weights.scatter(people)))


def three_step(cost: AnyCost, demand: ArrayLike, supply: ArrayLike | Supply, decay: Decay) -> Availability:
    """3SFCA (Wan, Zou & Sternberg 2012): people choose among what they reach.

    G_ij = w_ij / Σ_k w_ik, R_j = S_j / Σ_i G_ij w_ij D_i, A_i = Σ_j G_ij w_ij R_j. All targets of the cost
    take part in the choice, whatever their kind. It stacks two impedances (Páez et al. 2019); `balanced` is
    the cure. Supply per person; shapes and errors as the module says.
    """
    offer, people = _supply(cost, supply), _demand(cost, demand)
    weights = cost.weigh(decay)
    choice = _row_sums(cost, weights)
    doubled = weights.squared()
    claimed = doubled.scatter(_ratio(people, choice if people.ndim == 1 else choice[:, None]))
    values = _shared(doubled, offer, claimed)
    return _answer(cost, offer, _ratio(values, choice.reshape(-1, *[1] * (values.ndim - 1))))


def balanced(cost: AnyCost, demand: ArrayLike, supply: ArrayLike | Supply, decay: Decay | None = None) -> Availability:
    """Balanced floating catchment (Páez, Higgins & Vivona 2019): nobody is counted twice.

    L_j = S_j / Σ_i D_i w_ij / Σ_k w_ik, A_i = Σ_j L_j w_ij / Σ_k w_kj: demand is split among the targets
    it reaches and the level of service among the origins it serves. Supply per person and per origin served; shapes
    and errors as the module says.
    """
    offer, people = _supply(cost, supply), _demand(cost, demand)
    weights = cost.weigh(decay or decays.uniform())
    choice = _row_sums(cost, weights)
    claimed = weights.scatter(_ratio(people, choice if people.ndim == 1 else choice[:, None]))
    spread = weights.scatter(np.ones(cost.shape[0]))
    claimed = claimed * (spread if claimed.ndim == 1 else spread[:, None])
    return _answer(cost, offer, _shared(weights, offer, claimed))


@dataclass(frozen=True)
class Agents:
    """How `rational_agents` moves people between places; the defaults are those of Saxon & Snow."""

    cycles: int = 151
    first_step: float = 0.2
    least_step: float = 0.005
    half_life: float = 50.0
    cautious: int = 20


def rational_agents(
    cost: AnyCost,
    demand: ArrayLike,
    supply: ArrayLike | Supply,
    *,
    tolerance: float,
    per_place: float | None = None,
    agents: Agents | None = None,
) -> Availability:
    """RAAM (Saxon & Snow 2020): travel and crowding in one cost; **lower is better**.

    Each person pays c_ij / tolerance + (people at j) / (per_place S_j) and moves to where that is least, until
    nobody gains; the value is the mean cost of an origin's people. `tolerance`: how much travel (unit of the
    cost) one bears to avoid crowding equal to the average. `per_place`: people per unit of supply taken for
    full, the average of the group and kind when None. Demand is whole people. Every group and kind is settled by
    itself, as if asked alone: groups do not crowd each other, kinds do not stand in for each other. Origins without
    demand get NaN with state REACHED or UNREACHABLE as the case is; unreachable origins get inf.

    The value is without a unit. Shapes and errors as the module says; raises ValueError for an unknown capacity and a
    tolerance that is not above zero too. Source: Saxon & Snow, A Rational Agent Model for the Spatial Accessibility
    of Primary Health Care, 2020.
    """
    offer, people = _supply(cost, supply), _demand(cost, demand)
    if offer.has_unknown:
        raise ValueError("rational_agents needs a known capacity of every target")
    if not tolerance > 0:
        raise ValueError(f"tolerance must be above zero, got {tolerance}")
    pairs, groups = cost.pairs(), people.reshape(len(people), -1)
    values = np.full((*groups.shape, offer.shape[1]), np.nan)
    for kind in range(offer.shape[1]):
        mine = (offer.kinds == kind) & (offer.amounts > 0)
        near, capacity = pairs.among(offer.rows[mine]), offer.amounts[mine]
        reached = np.diff(near.indptr) > 0
        values[~reached & ~cost.unknown, :, kind] = np.inf
        for group in range(groups.shape[1]):
            asking = np.flatnonzero(reached & (groups[:, group] > 0))
            if len(asking):
                fair = groups[:, group].sum() / capacity.sum() if per_place is None else per_place
                values[asking, group, kind] = _settle(
                    near,
                    asking,
                    groups[asking, group],
                    capacity * fair,
                    tolerance=tolerance,
                    agents=agents or Agents(),
                )
    values = values[:, :, 0] if offer.is_single else values
    return Availability(values[:, 0] if people.ndim == 1 else values, lambda: _states(cost, offer))


def _settle(pairs: Cost, asking: Ints, people: Floats, supply: Floats, *, tolerance: float, agents: Agents) -> Floats:
    """Move people until nobody gains. Works on the pairs of `asking`, row by row through reduceat."""
    counts = np.diff(pairs.indptr)[asking]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    take = np.repeat(pairs.indptr[asking] - starts, counts) + np.arange(counts.sum())
    target, travel = pairs.targets[take].astype(np.int64), pairs.costs[take] / tolerance
    # Pairs of a row in order of target, so that ties fall to the lowest target.
    row = np.repeat(np.arange(len(asking)), counts)
    order = np.lexsort((target, row))
    target, travel = target[order], travel[order]

    def first(values: Floats, pick: Any) -> Ints:
        best = pick.reduceat(values, starts)
        hit = np.flatnonzero(values == best[row])
        return hit[np.searchsorted(hit, starts)]

    assigned = np.zeros(len(target))
    assigned[first(travel, np.minimum)] = people
    total = travel
    for cycle in range(agents.cycles):
        crowd = np.bincount(target, assigned, minlength=len(supply))
        total = crowd[target] / supply[target] + travel
        worst = first(np.where(assigned == 0, -np.inf, total), np.maximum)
        best = first(total, np.minimum)
        moved = _moves(
            cycle,
            agents,
            people=people,
            supply=supply,
            crowd=crowd,
            travel=travel,
            assigned=assigned,
            target=target,
            best=best,
            worst=worst,
        )
        assigned[best] += moved
        assigned[worst] -= moved
    return np.asarray(np.add.reduceat(total * assigned, starts) / np.add.reduceat(assigned, starts))


def _moves(
    cycle: int,
    agents: Agents,
    *,
    people: Floats,
    supply: Floats,
    crowd: Floats,
    travel: Floats,
    assigned: Floats,
    target: Ints,
    best: Ints,
    worst: Ints,
) -> Floats:
    """How many people of each origin go from their worst place to their best one in this cycle."""
    into, out_of = supply[target[best]], supply[target[worst]]
    here, there = assigned[best], assigned[worst]
    others_here, others_there = crowd[target[best]] - here, crowd[target[worst]] - there
    wanted = (into * out_of / (into + out_of)) * (
        (travel[worst] - travel[best]) + (here + there + others_there) / out_of - others_here / into
    )
    moved = np.minimum(wanted - here, there)
    moved[best == worst] = 0.0
    step = max(agents.first_step * 0.5 ** (cycle / agents.half_life), agents.least_step)
    moved = np.trunc(np.minimum(moved, step * people))
    if cycle < agents.cautious:
        # An attractive place must not be mobbed in the first cycles.
        arriving = np.bincount(target[best], moved, minlength=len(supply)) / supply
        moved = np.round(moved / np.maximum(arriving, 1.0)[target[best]])
    return np.asarray(moved)


@dataclass(frozen=True, eq=False)
class Nearest:
    """`costs` (origins, k) of the k nearest targets, inf where there are fewer and NaN for unknown places;
    `targets` their indices, -1 where there are none."""

    costs: Floats
    targets: Ints


def nearest(cost: AnyCost, k: int = 1) -> Nearest:
    """The k nearest targets of every origin, in the unit of the cost. For one kind of service, ask
    `cost.among(...)` its targets. Raises ValueError for k below one."""
    if k < 1:
        raise ValueError(f"k must be one or more, got {k}")
    costs, targets = cost.nearest(k)
    costs[cost.unknown] = np.nan
    return Nearest(costs, targets)


@dataclass(frozen=True, eq=False)
class Within:
    """People by how far the nearest target is: `people[t]` within `limits[t]`, cumulative; `beyond` all the
    limits or unreachable; `unknown`: people of places whose cost is not known."""

    limits: Floats
    people: Floats
    beyond: float
    unknown: float


def people_within(costs: ArrayLike, people: ArrayLike, limits: ArrayLike) -> Within:
    """How many people have cost <= limit, for each limit: Σ_i D_i [c_i <= t].

    `costs` (origins,) as `nearest(...).costs[:, 0]`, `limits` in their unit, `people` (origins,). Raises ValueError
    where `costs` and `people` differ in length."""
    far, count = np.asarray(costs, dtype=np.float64), np.asarray(people, dtype=np.float64)
    if far.shape != count.shape:
        raise ValueError(f"costs and people differ in shape: {far.shape} and {count.shape}")
    edges = np.asarray(limits, dtype=np.float64)
    is_unknown = np.isnan(far)
    inside = np.array([count[~is_unknown & (far <= edge)].sum() for edge in edges])
    widest = far[~is_unknown] <= (edges.max() if len(edges) else -np.inf)
    return Within(edges, inside, float(count[~is_unknown][~widest].sum()), float(count[is_unknown].sum()))


def _supply(cost: AnyCost, supply: ArrayLike | Supply) -> Supply:
    offer: Supply
    if isinstance(supply, Supply):
        offer = supply
    else:
        array = np.asarray(supply)
        offer = Supply.of(array) if array.ndim == 1 else Supply.matrix(array)
    if offer.shape[0] != cost.shape[1]:
        raise ValueError(f"supply has {offer.shape[0]} targets, the cost has {cost.shape[1]}")
    return offer


def _demand(cost: AnyCost, demand: ArrayLike) -> Floats:
    people = np.asarray(demand, dtype=np.float64)
    if people.ndim not in (1, 2) or people.shape[0] != cost.shape[0]:
        raise ValueError(f"demand has shape {people.shape}, the cost has {cost.shape[0]} origins")
    if not (np.isfinite(people).all() and (people >= 0).all()):
        row = int(np.argwhere(~(np.isfinite(people) & (people >= 0)))[0][0])
        raise ValueError(f"demand of origin {row} is unknown, negative or infinite: leave it out or fill it")
    return people


def _ratio(above: Floats, below: Floats) -> Floats:
    """above / below, 0 where nothing is below."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    return np.divide(above, below, out=np.zeros(shape), where=np.broadcast_to(below > 0, shape))


def _row_sums(cost: AnyCost, weights: Weights) -> Floats:
    return weights.gather(np.ones(cost.shape[1]))


def _shared(weights: Weights, offer: Supply, claimed: Floats) -> Floats:
    """Σ_j w_ij S_j / claimed_j for every kind and, when `claimed` has columns, every group."""
    if claimed.ndim == 1:
        return weights.gather(offer.column(_ratio(offer.known, claimed[offer.rows])))
    groups = [
        weights.gather(offer.column(_ratio(offer.known, claimed[offer.rows, group])))
        for group in range(claimed.shape[1])
    ]
    return np.stack(groups, axis=1)


def _answer(cost: AnyCost, offer: Supply, values: Floats) -> Availability:
    """Blank out what is unknown and tie the state to the values."""
    if not offer.has_unknown:
        if cost.unknown.any():
            values[cost.unknown] = np.nan
        return Availability(values, lambda: _states(cost, offer))
    state = _states(cost, offer)
    is_unknown = state == State.UNKNOWN
    if values.ndim == 3 or (values.ndim == 2 and offer.is_single):
        is_unknown = np.broadcast_to(np.expand_dims(is_unknown, 1), values.shape)
    values[is_unknown] = np.nan
    return Availability(values, lambda: state)


def _states(cost: AnyCost, offer: Supply) -> NDArray[np.uint8]:
    """`State` of each origin and kind, from what is in reach: offers, known ones, and whether they sum to 0."""
    weights = cost.weigh(decays.uniform())

    def reached(entries: Any) -> NDArray[np.bool_]:
        return weights.gather(offer.column(np.asarray(entries, dtype=np.float64))) > 0

    offers = reached(np.ones_like(offer.amounts))
    is_dark = np.isnan(offer.amounts)
    dark = reached(is_dark) if offer.has_unknown else np.zeros_like(offers)
    known = reached(~is_dark) if offer.has_unknown else offers
    state = np.full(offers.shape, State.REACHED, dtype=np.uint8)
    state[~reached(offer.known > 0)] = State.ZERO
    vague = cost.partial if offers.ndim == 1 else cost.partial[:, None]
    state[(dark & known) | (offers & vague)] = State.PARTIAL
    state[dark & ~known] = State.UNKNOWN
    state[~offers] = State.UNREACHABLE
    state[cost.unknown] = State.UNKNOWN
    return state
