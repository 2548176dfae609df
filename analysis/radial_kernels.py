# ruff: noqa: PLR0912, PLR0917, RUF046, PLW3301, SIM108 - written for the compiler
"""Compiled walks over points within a radius, on the sphere or in the plane. Import through `cost` only.

Points are kept in bands of latitude (or of y), sorted by longitude (or x) inside a band; a circle meets each
band in one or two contiguous runs, found by bisection. Every kernel walks those runs for its own slice of
queries, so memory is that of the points alone.

`bands` in the signatures: lowest edge, height, first index of each band, coordinate along the band, and the
points' x, y, z (unit vectors on the sphere; in the plane z = 0).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.compiled import kernel

TWO_PI = 2.0 * math.pi


@kernel
def bisect(along: Any, start: int, stop: int, value: float) -> int:
    """First index in along[start:stop] that is not below `value`."""
    while start < stop:
        middle = (start + stop) // 2
        if along[middle] < value:
            start = middle + 1
        else:
            stop = middle
    return start


@kernel
def find_runs(
    sphere: bool,
    radius: float,
    across: float,
    at: float,
    lowest: float,
    height: float,
    firsts: Any,
    along: Any,
    runs: Any,
) -> int:
    """Write the runs of points that may lie within `radius` (an angle on the sphere) into `runs`; their count.

    A little too much is taken; the caller tests each point.
    """
    bands = firsts.size - 1
    if across - radius > lowest + bands * height or across + radius < lowest:
        return 0
    first = max(0, int(math.floor((across - radius - lowest) / height)))
    last = min(bands - 1, int(math.floor((across + radius - lowest) / height)))
    count = 0
    chord, cosine = 0.0, 1.0
    if sphere:
        chord = math.sin(0.5 * radius) ** 2
        cosine = math.cos(across)
    for band in range(first, last + 1):
        start, stop = firsts[band], firsts[band + 1]
        if start == stop:
            continue
        bottom, top = lowest + band * height, lowest + (band + 1) * height
        apart = max(0.0, max(bottom - across, across - top))
        if sphere:
            widest = max(abs(bottom), abs(top))
            half = half_longitude(chord, apart, cosine, widest)
        else:
            half = math.sqrt(max(0.0, radius * radius - apart * apart))
        half += 1e-9 * (1.0 + half + abs(at))
        if sphere and half >= math.pi:
            runs[count, 0], runs[count, 1] = start, stop
            count += 1
            continue
        for turn in range(-1, 2):
            low, high = at - half, at + half
            if turn != 0:
                if not sphere:
                    continue
                low += turn * TWO_PI
                high += turn * TWO_PI
            if high < along[start] or low > along[stop - 1]:
                continue
            begin = bisect(along, start, stop, low)
            end = bisect(along, begin, stop, high)
            while end < stop and along[end] <= high:
                end += 1
            if begin < end:
                runs[count, 0], runs[count, 1] = begin, end
                count += 1
    return count


@kernel
def half_longitude(chord: float, apart: float, cosine: float, widest: float) -> float:
    """No less than the half width in longitude of a circle within one band of latitudes.

    Haversine: sin²(λ/2) = (sin²(r/2) - sin²(φ/2)) / (cos φ1 cos φ2), with sin²(r/2) = `chord`, the latitudes
    at least `apart`, the query's cosine, and the band's latitude furthest from the equator.
    """
    narrow = 1.0 - 0.5 * widest * widest
    if narrow < 0.6:
        narrow = math.cos(min(widest, 0.5 * math.pi))
    near = 0.5 * apart
    if near < 1.0:
        near = near * (1.0 - near * near / 6.0)
    else:
        near = math.sin(near)
    left = chord - near * near
    if left <= 0.0:
        return 0.0
    below = cosine * narrow
    if left >= below:
        return math.pi
    sine = math.sqrt(left / below)
    if sine < 0.3:
        return 2.0 * sine * (1.0 + 0.18 * sine * sine)
    return 2.0 * math.asin(min(1.0, sine))


@kernel
def squared_cost(apart: float, sphere: bool, squared_factor: float) -> float:
    """Squared cost of a pair from its squared distance (plane) or squared chord of the unit sphere.

    On the sphere asin² is a series in the squared half chord, exact to rounding below 500 km.
    """
    if not sphere:
        return apart * squared_factor
    half = 0.25 * apart
    if half < 0.0016:
        arc = half * (1.0 + half * (1.0 / 3.0 + half * (8.0 / 45.0 + half * (4.0 / 35.0 + half * (128.0 / 1575.0)))))
    else:
        angle = math.asin(min(1.0, math.sqrt(half)))
        arc = angle * angle
    return 4.0 * arc * squared_factor


@kernel
def weight(square: float, form: int, params: Any) -> float:
    """Decay weight of a squared cost; the numbers of `form` are those of `decay.Form`."""
    if form == 0:
        return 1.0
    if form == 1:
        return math.exp(-square / (2.0 * params[0] * params[0]))
    if form == 2:
        return math.exp(-math.sqrt(square) / params[0])
    if form == 3:
        base = max(math.sqrt(square), params[2]) / params[0]
        return float(base ** -params[1])
    count = params.size // 2
    cost = math.sqrt(square)
    for step in range(count):
        if cost <= params[step]:
            return float(params[count + step])
    return 0.0


@kernel
def total(
    start: int,
    stop: int,
    queries: Any,
    across: Any,
    along_at: Any,
    qx: Any,
    qy: Any,
    qz: Any,
    sphere: bool,
    radius: float,
    limit: float,
    squared_factor: float,
    form: int,
    params: Any,
    squared: bool,
    lowest: float,
    height: float,
    firsts: Any,
    along: Any,
    x: Any,
    y: Any,
    z: Any,
    values: Any,
    out: Any,
) -> None:
    """out[q] = sum of weight * values over the points within the limit."""
    runs = np.empty((3 * firsts.size, 2), np.int64)
    for place in range(start, stop):
        query = queries[place]
        count = find_runs(sphere, radius, across[query], along_at[query], lowest, height, firsts, along, runs)
        ax, ay, az = qx[query], qy[query], qz[query]
        result = 0.0
        for run in range(count):
            for point in range(runs[run, 0], runs[run, 1]):
                dx, dy, dz = x[point] - ax, y[point] - ay, z[point] - az
                apart = dx * dx + dy * dy + dz * dz
                if apart <= limit:
                    share = weight(squared_cost(apart, sphere, squared_factor), form, params)
                    if squared:
                        share *= share
                    result += share * values[point]
        out[query] = result


@kernel
def totals(
    start: int,
    stop: int,
    queries: Any,
    across: Any,
    along_at: Any,
    qx: Any,
    qy: Any,
    qz: Any,
    sphere: bool,
    radius: float,
    limit: float,
    squared_factor: float,
    form: int,
    params: Any,
    squared: bool,
    lowest: float,
    height: float,
    firsts: Any,
    along: Any,
    x: Any,
    y: Any,
    z: Any,
    indptr: Any,
    columns: Any,
    values: Any,
    out: Any,
) -> None:
    """As `total` for many columns at once, the values of a point being a sparse row."""
    runs = np.empty((3 * firsts.size, 2), np.int64)
    for place in range(start, stop):
        query = queries[place]
        count = find_runs(sphere, radius, across[query], along_at[query], lowest, height, firsts, along, runs)
        ax, ay, az = qx[query], qy[query], qz[query]
        for run in range(count):
            for point in range(runs[run, 0], runs[run, 1]):
                if indptr[point] == indptr[point + 1]:
                    continue
                dx, dy, dz = x[point] - ax, y[point] - ay, z[point] - az
                apart = dx * dx + dy * dy + dz * dz
                if apart <= limit:
                    share = weight(squared_cost(apart, sphere, squared_factor), form, params)
                    if squared:
                        share *= share
                    for entry in range(indptr[point], indptr[point + 1]):
                        out[query, columns[entry]] += share * values[entry]


@kernel
def pair_counts(
    start: int,
    stop: int,
    queries: Any,
    across: Any,
    along_at: Any,
    qx: Any,
    qy: Any,
    qz: Any,
    sphere: bool,
    radius: float,
    limit: float,
    lowest: float,
    height: float,
    firsts: Any,
    along: Any,
    x: Any,
    y: Any,
    z: Any,
    hits: Any,
) -> None:
    """hits[q] = points within the limit of query q."""
    runs = np.empty((3 * firsts.size, 2), np.int64)
    for place in range(start, stop):
        query = queries[place]
        count = find_runs(sphere, radius, across[query], along_at[query], lowest, height, firsts, along, runs)
        ax, ay, az = qx[query], qy[query], qz[query]
        found = 0
        for run in range(count):
            for point in range(runs[run, 0], runs[run, 1]):
                dx, dy, dz = x[point] - ax, y[point] - ay, z[point] - az
                if dx * dx + dy * dy + dz * dz <= limit:
                    found += 1
        hits[query] = found


@kernel
def pair_fill(
    start: int,
    stop: int,
    queries: Any,
    across: Any,
    along_at: Any,
    qx: Any,
    qy: Any,
    qz: Any,
    sphere: bool,
    radius: float,
    limit: float,
    squared_factor: float,
    lowest: float,
    height: float,
    firsts: Any,
    along: Any,
    x: Any,
    y: Any,
    z: Any,
    names: Any,
    indptr: Any,
    targets: Any,
    costs: Any,
) -> None:
    """Write the targets and costs of each query into its row."""
    runs = np.empty((3 * firsts.size, 2), np.int64)
    for place in range(start, stop):
        query = queries[place]
        count = find_runs(sphere, radius, across[query], along_at[query], lowest, height, firsts, along, runs)
        ax, ay, az = qx[query], qy[query], qz[query]
        entry = indptr[query]
        for run in range(count):
            for point in range(runs[run, 0], runs[run, 1]):
                dx, dy, dz = x[point] - ax, y[point] - ay, z[point] - az
                apart = dx * dx + dy * dy + dz * dz
                if apart <= limit:
                    targets[entry] = names[point]
                    costs[entry] = math.sqrt(squared_cost(apart, sphere, squared_factor))
                    entry += 1
