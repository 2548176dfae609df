"""How unequally availability is spread over people.

Every measure weighs a place by its people, leaves out places whose value is unknown (NaN) and says nothing
when nobody is left. Zero counts as zero: who reaches nothing is at the bottom, not outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.cost import Floats


def gini(values: ArrayLike, people: ArrayLike) -> float:
    """Gini coefficient: 0 when everybody has the same, towards 1 when one has all.

    G = 1 - Σ_k n_k (L_k + L_{k-1}) with places sorted by value, n_k the share of people and L_k the share of
    availability up to k (Lorenz curve; Gini 1912). NaN when there are no people or nothing to share.

    `values` (places,) in any unit, NaN unknown and left out; `people` (places,). Raises ValueError for lengths that
    differ, unknown or negative people, and values that are negative or infinite.
    """
    value, count = _known(values, people)
    order = np.argsort(value, kind="stable")
    value, count = value[order], count[order]
    held = np.cumsum(value * count)
    if not len(held) or held[-1] <= 0:
        return math.nan
    lorenz = held / held[-1]
    before = np.concatenate([[0.0], lorenz[:-1]])
    return float(1.0 - (count / count.sum()) @ (lorenz + before))


def palma(values: ArrayLike, people: ArrayLike) -> float:
    """Palma ratio: what the best-off tenth of people have over what the worst-off 40 % have.

    Palma = Σ of the best-off 10 % / Σ of the worst-off 40 % (Cobham & Sumner 2013). A place that straddles the
    boundary is divided. 0.25 = equality; inf when the worst-off have nothing; NaN when nobody has anything. Shapes and
    errors as in `gini`.
    """
    value, count = _known(values, people)
    order = np.argsort(value, kind="stable")
    total = count.sum()
    poor = _held_by_first(value[order], count[order], 0.4 * total)
    rich = _held_by_first(value[order[::-1]], count[order[::-1]], 0.1 * total)
    if rich <= 0:
        return math.nan
    return float(rich / poor) if poor > 0 else math.inf


@dataclass(frozen=True)
class Below:
    """People whose availability is under a threshold, with their share of those whose value is known."""

    people: float
    share: float
    unknown: float


def below(values: ArrayLike, people: ArrayLike, threshold: float) -> Below:
    """How many people have less than `threshold`: Σ_i n_i [A_i < threshold], and their share (the headcount ratio of
    Foster, Greer & Thorbecke 1984). `threshold` in the unit of the values; `unknown` counts people of places without a
    value. Shapes and errors as in `gini`."""
    every = np.asarray(people, dtype=np.float64)
    value, count = _known(values, people)
    few, total = float(count[value < threshold].sum()), float(count.sum())
    return Below(few, few / total if total else math.nan, float(every.sum()) - total)


def mean(values: ArrayLike, people: ArrayLike) -> float:
    """Mean availability per person: Σ_i n_i A_i / Σ_i n_i; NaN when there is nobody. Shapes and errors as in `gini`."""
    value, count = _known(values, people)
    return float(value @ count / count.sum()) if count.sum() > 0 else math.nan


def quantile_classes(values: ArrayLike, classes: int) -> Floats:
    """Upper bounds of classes with about equally many places each, for a map; fewer where values repeat."""
    if classes < 1:
        raise ValueError(f"at least one class is needed, got {classes}")
    value = np.asarray(values, dtype=np.float64)
    value = value[np.isfinite(value)]
    if not len(value):
        return np.empty(0)
    return np.unique(np.quantile(value, np.arange(1, classes + 1) / classes, method="higher"))


def _known(values: ArrayLike, people: ArrayLike) -> tuple[Floats, Floats]:
    value, count = np.asarray(values, dtype=np.float64), np.asarray(people, dtype=np.float64)
    if value.shape != count.shape or value.ndim != 1:
        raise ValueError(f"values and people must be vectors of one length, got {value.shape} and {count.shape}")
    if not (np.isfinite(count).all() and (count >= 0).all()):
        raise ValueError("people must be known, finite and not negative")
    kept = ~np.isnan(value) & (count > 0)
    if (value[kept] < 0).any() or np.isinf(value[kept]).any():
        raise ValueError("availability must be finite and not negative (NaN stands for unknown)")
    return value[kept], count[kept]


def _held_by_first(values: Floats, people: Floats, count: float) -> float:
    """What the first `count` people hold, the last place taken in part."""
    before = np.concatenate([[0.0], np.cumsum(people)[:-1]])
    return float((values * np.clip(count - before, 0.0, people)).sum())
