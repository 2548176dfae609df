# ruff: noqa: PLR0917 - written for the compiler
"""Compiled shortest paths within a limit. Import through `roads` only."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.compiled import kernel


@kernel
def push(keys: Any, nodes: Any, size: int, key: float, node: int) -> int:
    """Add to a heap with four children; the new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 2
        if keys[above] <= key:
            break
        keys[place], nodes[place] = keys[above], nodes[above]
        place = above
    keys[place], nodes[place] = key, node
    return size + 1


@kernel
def pop(keys: Any, nodes: Any, size: int) -> int:
    """Drop the top of the heap; the new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    place = 0
    while True:
        child = 4 * place + 1
        if child >= size:
            break
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if keys[other] < keys[best]:
                best = other
        if keys[best] >= key:
            break
        keys[place], nodes[place] = keys[best], nodes[best]
        place = best
    keys[place], nodes[place] = key, node
    return size


@kernel
def search(start: int, stop: int, sources: Any, limit: float, indptr: Any, heads: Any, lengths: Any, mark: Any) -> Any:
    """Dijkstra from sources[start:stop], stopped at `limit`.

    Returns how many marked nodes each source reaches, their marks and their costs, one source after another.
    """
    far = np.full(indptr.size - 1, np.inf)
    touched = np.empty(indptr.size - 1, np.int32)
    keys = np.empty(heads.size + 1, np.float64)
    nodes = np.empty(heads.size + 1, np.int32)
    counts = np.zeros(stop - start, np.int64)
    found = np.empty(1024, np.int32)
    costs = np.empty(1024, np.float64)
    entries = 0
    for turn in range(start, stop):
        source = sources[turn]
        far[source] = 0.0
        touched[0] = source
        touches = 1
        size = push(keys, nodes, 0, 0.0, source)
        before = entries
        while size > 0:
            key, node = keys[0], nodes[0]
            size = pop(keys, nodes, size)
            if key > far[node]:
                continue
            if mark[node] >= 0:
                if entries == found.size:
                    # `.size` twice, never a doubled variable: numba would read that as a reduction.
                    more_found = np.empty(2 * found.size, np.int32)
                    more_costs = np.empty(2 * found.size, np.float64)
                    more_found[:entries] = found
                    more_costs[:entries] = costs
                    found, costs = more_found, more_costs
                found[entries], costs[entries] = mark[node], key
                entries += 1
            for edge in range(indptr[node], indptr[node + 1]):
                reached = key + lengths[edge]
                head = heads[edge]
                if reached <= limit and reached < far[head]:
                    if far[head] == np.inf:
                        touched[touches] = head
                        touches += 1
                    far[head] = reached
                    size = push(keys, nodes, size, reached, head)
        counts[turn - start] = entries - before
        for place in range(touches):
            far[touched[place]] = np.inf
    return counts, found[:entries].copy(), costs[:entries].copy()
