"""The last step of the p-median: Benders decomposition over the sites that the dual could not decide.

Variables: y_j in {0, 1} for each site left and the cost θ_i of each client. For any price λ_i no higher than
the tail, θ_i >= λ_i - Σ_j max(0, λ_i - c_ij) y_j holds; the price that cuts deepest at a given y is the cost
at which the shares y_j, summed along the sorted list, first make one whole.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
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
    if master.relax() and not search.is_closed(search.value) and dual.p > 0 and len(dual.free):
        master.decide()


class Master:
    """The master programme: sites first, then one cost for each client that still has a choice."""

    def __init__(self, search: Search, dual: Dual) -> None:
        self.search, self.dual = search, dual
        self.is_stuck = False
        self.build(dual.price)

    def build(self, price: Floats) -> None:
        """A new programme over the lists as they are, with cuts at the given prices."""
        lists = self.dual.lists
        sizes = np.diff(lists.start)
        self.open_clients = np.flatnonzero(sizes > 0)
        self.constant = float(lists.tail[sizes == 0].sum())
        self.sites = len(self.dual.free)
        self.lower, self.upper = np.zeros(self.sites), np.ones(self.sites)
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
        if close.sum() + open_.sum() < 0.4 * self.sites:
            # Too few to be worth a new programme, whose first solution is the dearest: bounds will do.
            self.upper[close], self.lower[open_] = 0.0, 1.0
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
        """Branch on single sites, cutting at every node, the node with the lowest bound first."""
        search = self.search
        root = Node(search.bound, self.lower, self.upper)
        heap, count = [(root.bound, 0, root)], 0
        while heap and not search.clock.is_up:
            _, _, node = heapq.heappop(heap)
            for child in self.explore(node):
                count += 1
                heapq.heappush(heap, (child.bound, count, child))
            if self.is_stuck or search.clock.is_up:
                return
            search.raise_bound(heap[0][0] if heap else INFINITY)
            if search.is_closed(search.value):
                return

    def explore(self, node: Node) -> list[Node]:
        """Cut until the node is cut off, whole, or tells nothing more; then its two children."""
        search, sites = self.search, np.arange(self.sites)
        lower, upper = node.lower.copy(), node.upper.copy()
        bound = node.bound
        for turn in range(30):
            self.programme.bounds(sites, lower, upper)
            self.programme.option("objective_bound", search.cutoff - self.constant)
            solved = self.programme.solve(search.clock.left)
            if solved.is_hopeless:
                return []
            if not solved.is_optimal or solved.values is None:
                self.is_stuck = True
                return []
            value = solved.objective + self.constant
            if value > search.cutoff:
                return []
            shares, rise = solved.values[: self.sites], value - bound
            bound = max(bound, value)
            reduced = solved.reduced[: self.sites]
            upper[(shares < 1e-6) & (lower < 0.5) & (value + reduced > search.cutoff)] = 0.0
            lower[(shares > 1 - 1e-6) & (upper > 0.5) & (value - reduced > search.cutoff)] = 1.0
            total, clients, price = self.separate(shares, solved.values[self.sites :])
            is_whole = bool((np.minimum(shares, 1 - shares) < 1e-6).all())
            if is_whole:
                self.round_up(shares)
            if total - value < 1e-9 * abs(total) or (turn > 3 and not is_whole and rise < 1e-6 * abs(value)):
                break
            if len(clients):
                self.cut(clients, price)
        if is_whole:
            return []
        branch = int(np.argmin(np.abs(shares - 0.5)))
        closed, opened = upper.copy(), lower.copy()
        closed[branch], opened[branch] = 0.0, 1.0
        return [Node(bound, lower, closed), Node(bound, opened, upper)]


@dataclass(frozen=True, eq=False)
class Node:
    """A part of the search: bounds of the sites and the least cost found possible within them."""

    bound: float
    lower: Floats
    upper: Floats


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
