# ruff: noqa: PLR0912, PLR0917, SIM102 - written for the compiler
"""Compiled search for small covers. Import through `covering` only.

Rows (origins) are to be covered by sites: row i by sites by_row[row_start[i]:row_start[i + 1]], and the same
pairs by site in site_start, by_site.
"""

from __future__ import annotations

from typing import Any

from analysis.compiled import kernel


@kernel
def add(
    site: int,
    row_start: Any,
    by_row: Any,
    site_start: Any,
    by_site: Any,
    is_in: Any,
    hits: Any,
    weight: Any,
    score: Any,
    free: Any,
) -> int:
    """Open a site; how many rows it newly covers."""
    is_in[site] = True
    score[site] = -score[site]
    fresh = 0
    for entry in range(site_start[site], site_start[site + 1]):
        row = by_site[entry]
        hits[row] += 1
        if hits[row] == 1:
            fresh += 1
            for other in range(row_start[row], row_start[row + 1]):
                j = by_row[other]
                free[j] = True
                if j != site:
                    score[j] -= weight[row]
        elif hits[row] == 2:
            for other in range(row_start[row], row_start[row + 1]):
                j = by_row[other]
                if is_in[j] and j != site:
                    score[j] += weight[row]
                    break
    return fresh


@kernel
def remove(
    site: int,
    row_start: Any,
    by_row: Any,
    site_start: Any,
    by_site: Any,
    is_in: Any,
    hits: Any,
    weight: Any,
    score: Any,
    free: Any,
) -> int:
    """Close a site; how many rows lose their only cover."""
    is_in[site] = False
    score[site] = -score[site]
    free[site] = False
    bare = 0
    for entry in range(site_start[site], site_start[site + 1]):
        row = by_site[entry]
        hits[row] -= 1
        if hits[row] == 0:
            bare += 1
            for other in range(row_start[row], row_start[row + 1]):
                j = by_row[other]
                free[j] = True
                if j != site:
                    score[j] += weight[row]
        elif hits[row] == 1:
            for other in range(row_start[row], row_start[row + 1]):
                j = by_row[other]
                if is_in[j]:
                    score[j] -= weight[row]
                    break
    return bare


@kernel
def begin(
    row_start: Any,
    by_row: Any,
    site_start: Any,
    by_site: Any,
    locked: Any,
    is_in: Any,
    hits: Any,
    weight: Any,
    score: Any,
    free: Any,
) -> int:
    """Greedy cover in the arrays given: locked sites first. The size."""
    rows, sites = row_start.size - 1, site_start.size - 1
    for j in range(sites):
        score[j] = site_start[j + 1] - site_start[j]
        free[j] = True
        is_in[j] = False
    for i in range(rows):
        hits[i] = 0
        weight[i] = 1
    size, left = 0, rows
    for j in range(sites):
        if locked[j]:
            left -= add(j, row_start, by_row, site_start, by_site, is_in, hits, weight, score, free)
            size += 1
    while left > 0:
        best = -1
        for j in range(sites):
            if not is_in[j] and (best < 0 or score[j] > score[best]):
                best = j
        left -= add(best, row_start, by_row, site_start, by_site, is_in, hits, weight, score, free)
        size += 1
    return size


@kernel
def improve(
    row_start: Any,
    by_row: Any,
    site_start: Any,
    by_site: Any,
    locked: Any,
    is_in: Any,
    hits: Any,
    weight: Any,
    score: Any,
    free: Any,
    since: Any,
    best: Any,
    state: Any,
    steps: int,
    enough: int,
) -> int:
    """Row-weighting local search (Gao, Weise & Li 2015) for `steps` steps; the size of the best cover.

    Drop a site whenever everything is covered; else exchange one, and make rows that stay bare heavier.
    `best` holds the best cover; `state` = (size now, bare rows, clock, random state, best size). Stops early
    at a cover of `enough` sites.
    """
    sites = site_start.size - 1
    rows = row_start.size - 1
    size, bare, clock, chance, least = state[0], state[1], state[2], state[3], state[4]
    for _ in range(steps):
        while bare == 0:
            if size < least:
                least = size
                for j in range(sites):
                    best[j] = is_in[j]
            if least <= enough:
                break
            drop = -1
            for j in range(sites):
                if is_in[j] and not locked[j] and (drop < 0 or score[j] > score[drop]):
                    drop = j
            if drop < 0:
                break
            bare += remove(drop, row_start, by_row, site_start, by_site, is_in, hits, weight, score, free)
            size -= 1
        if bare == 0:
            break
        clock += 1
        drop = -1
        for j in range(sites):
            if is_in[j] and not locked[j] and since[j] != clock - 1:
                if drop < 0 or score[j] > score[drop] or (score[j] == score[drop] and since[j] < since[drop]):
                    drop = j
        if drop >= 0:
            bare += remove(drop, row_start, by_row, site_start, by_site, is_in, hits, weight, score, free)
            size -= 1
            since[drop] = clock
        # A bare row picked at random, by a small generator so that a run can be repeated.
        chance = (chance * 1103515245 + 12345) % 2147483648
        row = chance % rows
        while hits[row] > 0:
            row += 1
            if row == rows:
                row = 0
        come = -1
        for entry in range(row_start[row], row_start[row + 1]):
            j = by_row[entry]
            if free[j] and (come < 0 or score[j] > score[come] or (score[j] == score[come] and since[j] < since[come])):
                come = j
        if come < 0:
            come = by_row[row_start[row]]
        bare -= add(come, row_start, by_row, site_start, by_site, is_in, hits, weight, score, free)
        size += 1
        since[come] = clock
        if bare > 0:
            for i in range(rows):
                if hits[i] == 0:
                    weight[i] += 1
                    for entry in range(row_start[i], row_start[i + 1]):
                        score[by_row[entry]] += 1
    state[0], state[1], state[2], state[3], state[4] = size, bare, clock, chance, least
    return int(least)


@kernel
def spare(row_start: Any, by_row: Any, price: Any, out: Any) -> None:
    """out[j] = 1 - sum of the prices of the rows that site j covers."""
    out[:] = 1.0
    for i in range(row_start.size - 1):
        for entry in range(row_start[i], row_start[i + 1]):
            out[by_row[entry]] -= price[i]


@kernel
def covered(row_start: Any, by_row: Any, is_open: Any, out: Any) -> None:
    """out[i] = how many open sites cover row i."""
    for i in range(row_start.size - 1):
        count = 0
        for entry in range(row_start[i], row_start[i + 1]):
            if is_open[by_row[entry]]:
                count += 1
        out[i] = count
