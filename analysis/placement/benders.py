"""The last step of the p-median: Benders decomposition over the sites that the dual could not decide.

Variables: y_j in {0, 1} for each site left and the cost θ_i of each client. For any price λ_i no higher than
the tail, θ_i >= λ_i - Σ_j max(0, λ_i - c_ij) y_j holds; the price that cuts deepest at a given y is the cost
at which the shares y_j, summed along the sorted list, first make one whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.cost import Floats, Ints, starts
from analysis.placement.lists import Lists
from analysis.placement.programme import INFINITY, Programme

if TYPE_CHECKING:
    from analysis.placement.pmedian import Dual, Search


def finish(search: Search, dual: Dual) -> None:
    """Close the gap: linear programme with cuts, fixing by its reduced costs, then whole sites."""
    if dual.p <= 0 or not len(dual.free):
        search.raise_bound(float(dual.lists.tail.sum()))
        return
    master = Master(search, dual)
    if master.relax() and not search.is_closed(search.value):
        master.decide()


class Master:
    """The master programme: sites first, then one cost for each client that still has a choice."""

    def __init__(self, search: Search, dual: Dual) -> None:
        self.search, self.dual = search, dual
        self.build(dual.price)

    def build(self, price: Floats) -> None:
        """A new programme over the lists as they are, with cuts at the given prices."""
        lists = self.dual.lists
        sizes = np.diff(lists.start)
        self.open_clients = np.flatnonzero(sizes > 0)
        self.constant = float(lists.tail[sizes == 0].sum())
        self.sites = len(self.dual.free)
        least = lists.cost[lists.start[self.open_clients]]
        count = self.sites + len(self.open_clients)
        self.programme = Programme(
            np.concatenate([np.zeros(self.sites), np.ones(len(self.open_clients))]),
            np.concatenate([np.zeros(self.sites), least]),
            np.concatenate([np.ones(self.sites), np.full(len(self.open_clients), INFINITY)]),
        )
        self.column = np.full(len(sizes), -1)
        self.column[self.open_clients] = np.arange(self.sites, count)
        self.programme.add_rows(
            np.array([float(min(self.dual.p, self.sites))]),
            np.array([float(min(self.dual.p, self.sites))]),
            np.array([0, self.sites]),
            np.arange(self.sites),
            np.ones(self.sites),
        )
        self.cut(self.open_clients, np.minimum(price, lists.tail)[self.open_clients])

    def cut(self, clients: Ints, price: Floats) -> None:
        """Add θ_i + Σ_j max(0, λ_i - c_ij) y_j >= λ_i for some clients."""
        rows = cut_rows(self.dual.lists, clients, price, self.column)
        self.programme.add_rows(price, np.full(len(price), INFINITY), *rows)

    def separate(self, shares: Floats, costs: Floats) -> tuple[float, Ints, Floats]:
        """(what the clients really pay at these shares, clients whose cost is too low, their prices)."""
        from analysis.placement import kernels

        lists = self.dual.lists
        price = np.empty(len(lists.tail))
        paid = kernels.level(*lists.arguments, shares, price)
        true = client_costs(lists, shares, price)
        told = np.zeros(len(lists.tail))
        told[self.open_clients] = costs
        short = true[self.open_clients] - told[self.open_clients]
        worst = 1e-7 * max(abs(self.search.value) / max(1, len(self.open_clients)), 1e-9)
        clients = self.open_clients[short > worst]
        return float(paid), clients, price[clients]

    def relax(self, rounds: int = 200) -> bool:
        """Solve the linear programme with cuts. False when time ran out before it was solved."""
        search = self.search
        shrunk = True
        while shrunk:
            shrunk = False
            for _ in range(rounds):
                solved = self.programme.solve(search.clock.left)
                if not solved.is_optimal or solved.values is None:
                    return False
                search.raise_bound(solved.objective + self.constant)
                shares = solved.values[: self.sites]
                if search.is_closed(search.value):
                    return True
                total, clients, price = self.separate(shares, solved.values[self.sites :])
                if not len(clients) or total - solved.objective - self.constant < 1e-9 * abs(total):
                    break
                if search.clock.is_up:
                    return False
                self.cut(clients, price)
            self.round_up(shares)
            shrunk = self.fix(solved.objective + self.constant, solved.reduced[: self.sites], shares)
        return True

    def round_up(self, shares: Floats) -> None:
        """The p sites with the greatest shares, polished by swaps."""
        dual = self.dual
        best = np.argsort(-shares, kind="stable")[: dual.p]
        self.search.polish(np.concatenate([dual.opened, dual.free[best]]))

    def fix(self, value: float, reduced: Floats, shares: Floats) -> bool:
        """Decide sites by the reduced costs of the linear programme. True when a smaller one was built."""
        close = (shares < 1e-6) & (value + reduced > self.search.cutoff)
        open_ = (shares > 1 - 1e-6) & (value - reduced > self.search.cutoff)
        if close.sum() + open_.sum() < max(1, 0.05 * self.sites):
            return False
        from analysis.placement import kernels

        price = np.empty(len(self.dual.lists.tail))
        kernels.level(*self.dual.lists.arguments, shares, price)
        self.dual.shrink(~close & ~open_, open_)
        if self.dual.p <= 0 or not len(self.dual.free):
            self.search.raise_bound(float(self.dual.lists.tail.sum()))
            return False
        self.build(price)
        return True

    def decide(self) -> None:
        """Solve with whole sites until no cut is violated or the bound meets the value."""
        search = self.search
        self.programme.make_whole(self.sites)
        self.programme.option("mip_rel_gap", 0.1 * search.tolerance)
        self.programme.option("mip_abs_gap", 0.5 if search.is_whole else 0.0)
        while not search.is_closed(search.value) and not search.clock.is_up:
            solved = self.programme.solve(search.clock.left)
            if solved.bound > -INFINITY:
                search.raise_bound(solved.bound + self.constant)
            if solved.values is None or not solved.is_optimal:
                return
            shares = np.rint(solved.values[: self.sites])
            self.round_up(shares)
            _, clients, price = self.separate(shares, solved.values[self.sites :])
            if not len(clients):
                return
            self.cut(clients, price)


def client_costs(lists: Lists, shares: Floats, price: Floats) -> Floats:
    """λ_i - Σ_j max(0, λ_i - c_ij) y_j: what each client pays at shares y, λ being its level."""
    clients = np.repeat(np.arange(len(price)), np.diff(lists.start))
    below = np.maximum(price[clients] - lists.cost, 0.0) * shares[lists.site]
    return np.asarray(price - np.bincount(clients, below, minlength=len(price)))


def cut_rows(lists: Lists, clients: Ints, price: Floats, column: Ints) -> tuple[Ints, Ints, Floats]:
    """Compressed rows of the cuts: the sites cheaper than the price, then the client's own cost."""
    sizes = np.diff(lists.start)[clients]
    owner = np.repeat(np.arange(len(clients)), sizes)
    pairs = np.arange(len(owner)) - np.repeat(starts(sizes)[:-1], sizes) + lists.start[clients][owner]
    saving = price[owner] - lists.cost[pairs]
    kept = saving > 0
    owner, index, value = owner[kept], lists.site[pairs[kept]].astype(np.int64), saving[kept]
    # Each client's own column goes to the end of its row.
    owner = np.concatenate([owner, np.arange(len(clients))])
    index = np.concatenate([index, column[clients]])
    value = np.concatenate([value, np.ones(len(clients))])
    order = np.argsort(owner, kind="stable")
    return starts(np.bincount(owner, minlength=len(clients))), index[order], value[order]
