# ruff: noqa: PLR0912, PLR0917 - written for the compiler
"""Compiled searches over sorted neighbour lists. Import through the solvers only.

Lists (see `lists.Lists`): client i may be served by sites site[start[i]:start[i + 1]] at rising costs
cost[...], or from outside at tail[i], which is no less than any listed cost. `turned`, `client`, `paid` are
the same pairs by site.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.compiled import kernel


@kernel
def turn(start: Any, site: Any, cost: Any, sites: int) -> Any:
    """The pairs by site: (turned, client, paid), clients rising."""
    turned = np.zeros(sites + 1, np.int64)
    for pair in range(site.size):
        turned[site[pair] + 1] += 1
    for one in range(sites):
        turned[one + 1] += turned[one]
    place = turned[:-1].copy()
    client = np.empty(site.size, np.int32)
    paid = np.empty(site.size, np.float64)
    for i in range(start.size - 1):
        for pair in range(start[i], start[i + 1]):
            j = site[pair]
            client[place[j]] = i
            paid[place[j]] = cost[pair]
            place[j] += 1
    return turned, client, paid


@kernel
def greedy(
    start: Any, site: Any, cost: Any, tail: Any, turned: Any, client: Any, paid: Any, p: int, allowed: Any, fixed: Any
) -> Any:
    """Add, one at a time, the site that saves most; `fixed` first. The chosen sites."""
    clients, sites = start.size - 1, turned.size - 1
    near = tail.copy()
    gain = np.zeros(sites, np.float64)
    for i in range(clients):
        for pair in range(start[i], start[i + 1]):
            gain[site[pair]] += near[i] - cost[pair]
    is_open = np.zeros(sites, np.bool_)
    chosen = np.empty(p, np.int64)
    for turn_ in range(p):
        best = -1
        if turn_ < fixed.size:
            best = fixed[turn_]
        else:
            for j in range(sites):
                if allowed[j] and not is_open[j] and (best < 0 or gain[j] > gain[best]):
                    best = j
        is_open[best] = True
        chosen[turn_] = best
        for entry in range(turned[best], turned[best + 1]):
            i, now = client[entry], paid[entry]
            before = near[i]
            if now >= before:
                continue
            for pair in range(start[i], start[i + 1]):
                far = cost[pair]
                if far >= before:
                    break
                gain[site[pair]] -= before - max(far, now)
            near[i] = now
    return chosen


@kernel
def two_nearest(
    i: int, start: Any, site: Any, cost: Any, tail: Any, slot: Any, near: Any, far: Any, first: Any, second: Any
) -> None:
    """Costs and slots of the two nearest open sites of client i; slot -1 and the tail where there is none."""
    near[i], far[i], first[i], second[i] = tail[i], tail[i], -1, -1
    for pair in range(start[i], start[i + 1]):
        at = slot[site[pair]]
        if at >= 0:
            if first[i] < 0:
                near[i], first[i] = cost[pair], at
            else:
                far[i], second[i] = cost[pair], at
                return


@kernel
def account(
    i: int,
    sign: float,
    start: Any,
    site: Any,
    cost: Any,
    near: Any,
    far: Any,
    first: Any,
    gain: Any,
    loss: Any,
    extra: Any,
) -> None:
    """Add (sign 1) or take back (-1) what client i means for gains, losses and their overlap."""
    at, one, two = first[i], near[i], far[i]
    if at >= 0:
        loss[at] += sign * (two - one)
    for pair in range(start[i], start[i + 1]):
        paid = cost[pair]
        if paid >= two:
            return
        if paid < one:
            gain[site[pair]] += sign * (one - paid)
            if at >= 0:
                extra[site[pair], at] += sign * (two - one)
        elif at >= 0:
            extra[site[pair], at] += sign * (two - paid)


@kernel
def swap(
    start: Any,
    site: Any,
    cost: Any,
    tail: Any,
    turned: Any,
    client: Any,
    paid: Any,
    chosen: Any,
    allowed: Any,
    locked: Any,
    rounds: int,
) -> float:
    """Exchange one open site for one closed while that lowers the cost (Resende & Werneck 2007).

    profit(in j, out r) = gain[j] - loss[r] + extra[j, r]. `chosen` is changed in place; `locked` slots stay.
    Returns the cost.
    """
    clients, sites, p = start.size - 1, turned.size - 1, chosen.size
    slot = np.full(sites, -1, np.int64)
    for at in range(p):
        slot[chosen[at]] = at
    near, far = np.empty(clients, np.float64), np.empty(clients, np.float64)
    first, second = np.empty(clients, np.int64), np.empty(clients, np.int64)
    gain, loss = np.zeros(sites, np.float64), np.zeros(p, np.float64)
    extra = np.zeros((sites, p), np.float64)
    total = 0.0
    for i in range(clients):
        two_nearest(i, start, site, cost, tail, slot, near, far, first, second)
        account(i, 1.0, start, site, cost, near, far, first, gain, loss, extra)
        total += near[i]
    least = 1e-10 * max(total, 1e-300)
    idle, j = 0, -1
    while idle < sites and rounds > 0:
        j = (j + 1) % sites
        idle += 1
        if slot[j] >= 0 or not allowed[j] or gain[j] <= least:
            continue
        best, out = least - gain[j], -1
        for at in range(p):
            change = extra[j, at] - loss[at]
            if change > best and not locked[at]:
                best, out = change, at
        if out < 0:
            continue
        idle = 0
        rounds -= 1
        gone = chosen[out]
        # All clients who see the site that comes or the one that goes.
        for entry in range(turned[j], turned[j + 1]):
            i = client[entry]
            if paid[entry] < far[i]:
                account(i, -1.0, start, site, cost, near, far, first, gain, loss, extra)
                total -= near[i]
                far[i] = -1.0
        for entry in range(turned[gone], turned[gone + 1]):
            i = client[entry]
            if far[i] >= 0.0 and (first[i] == out or second[i] == out):
                account(i, -1.0, start, site, cost, near, far, first, gain, loss, extra)
                total -= near[i]
                far[i] = -1.0
        slot[gone] = -1
        slot[j] = out
        chosen[out] = j
        for side in range(2):
            one = j if side == 0 else gone
            for entry in range(turned[one], turned[one + 1]):
                i = client[entry]
                if far[i] < 0.0:
                    two_nearest(i, start, site, cost, tail, slot, near, far, first, second)
                    account(i, 1.0, start, site, cost, near, far, first, gain, loss, extra)
                    total += near[i]
    return total


@kernel
def total_cost(start: Any, site: Any, cost: Any, tail: Any, is_open: Any) -> float:
    """Cost of a set of open sites."""
    total = 0.0
    for i in range(start.size - 1):
        price = tail[i]
        for pair in range(start[i], start[i + 1]):
            if is_open[site[pair]]:
                price = cost[pair]
                break
        total += price
    return total


@kernel
def reduced(start: Any, site: Any, cost: Any, price: Any, out: Any) -> None:
    """out[j] = sum over clients of min(0, cost - price): what opening j brings at these prices."""
    out[:] = 0.0
    for i in range(start.size - 1):
        for pair in range(start[i], start[i + 1]):
            over = cost[pair] - price[i]
            if over >= 0.0:
                break
            out[site[pair]] += over


@kernel
def served(start: Any, site: Any, cost: Any, price: Any, is_open: Any, out: Any) -> None:
    """out[i] = how many of the open sites client i would use at these prices."""
    for i in range(start.size - 1):
        count = 0
        for pair in range(start[i], start[i + 1]):
            if cost[pair] >= price[i]:
                break
            if is_open[site[pair]]:
                count += 1
        out[i] = count


@kernel
def keep(start: Any, site: Any, cost: Any, tail: Any, number: Any, always: Any) -> Any:
    """Lists of the sites with number[j] >= 0 only, each cut at the nearest site that is open `always`."""
    clients = start.size - 1
    fresh = np.zeros(clients + 1, np.int64)
    rest = tail.copy()
    for i in range(clients):
        count = 0
        for pair in range(start[i], start[i + 1]):
            if always[site[pair]]:
                rest[i] = cost[pair]
                break
            if number[site[pair]] >= 0 and cost[pair] < tail[i]:
                count += 1
        fresh[i + 1] = fresh[i] + count
    sites = np.empty(fresh[clients], np.int32)
    costs = np.empty(fresh[clients], np.float64)
    for i in range(clients):
        place = fresh[i]
        for pair in range(start[i], start[i + 1]):
            if place == fresh[i + 1]:
                break
            if number[site[pair]] >= 0:
                sites[place], costs[place] = number[site[pair]], cost[pair]
                place += 1
    return fresh, sites, costs, rest


@kernel
def level(start: Any, site: Any, cost: Any, tail: Any, share: Any, out: Any) -> float:
    """out[i] = cost at which the open shares along client i's list first make one whole; the sum of what
    the clients pay for those shares."""
    total = 0.0
    for i in range(start.size - 1):
        rest, paid = 1.0, 0.0
        out[i] = tail[i]
        for pair in range(start[i], start[i + 1]):
            part = share[site[pair]]
            if part >= rest - 1e-12:
                out[i] = cost[pair]
                break
            rest -= part
            paid += part * cost[pair]
        total += paid + rest * out[i]
    return total
