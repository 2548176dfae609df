# ruff: noqa: PLR0917 - written for the compiler
"""Compiled sums over written pairs. Import through `cost` only."""

from __future__ import annotations

from typing import Any

from analysis.compiled import kernel


@kernel
def gather(start: int, stop: int, indptr: Any, targets: Any, weights: Any, values: Any, out: Any) -> None:
    """out[i] = Σ weight × value of every target in reach, added in the order of the pairs."""
    for i in range(start, stop):
        total = 0.0
        for pair in range(indptr[i], indptr[i + 1]):
            total += weights[pair] * values[targets[pair]]
        out[i] = total


@kernel
def scatter(indptr: Any, targets: Any, weights: Any, values: Any, out: Any) -> None:
    """out[j] = Σ weight × value of every origin that reaches j. One slice: two would write into the same sums."""
    for i in range(len(values)):
        value = values[i]
        for pair in range(indptr[i], indptr[i + 1]):
            out[targets[pair]] += weights[pair] * value


@kernel
def gather_kinds(
    start: int,
    stop: int,
    indptr: Any,
    targets: Any,
    weights: Any,
    row_start: Any,
    columns: Any,
    values: Any,
    out: Any,
) -> None:
    """out[i, columns] += weight × values of every target in reach, the values of a target being a sparse row."""
    for i in range(start, stop):
        for pair in range(indptr[i], indptr[i + 1]):
            j, weight = targets[pair], weights[pair]
            for entry in range(row_start[j], row_start[j + 1]):
                out[i, columns[entry]] += weight * values[entry]
