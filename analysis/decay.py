"""Decay: the weight of a place at cost `c`, from 1 (at the door) down to 0.

A decay is a small frozen value; `weights(costs)` evaluates it. Costs beyond the limit of the `Cost` it is
used with weigh nothing, whatever the decay says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Form(IntEnum):
    """The formulas the compiled kernels know by number."""

    UNIFORM = 0
    GAUSSIAN = 1
    EXPONENTIAL = 2
    POWER = 3
    STEPS = 4


@dataclass(frozen=True)
class Decay:
    """A formula and its parameters. Build it by `uniform`, `gaussian`, `exponential`, `power` or `steps`."""

    form: Form
    params: tuple[float, ...] = ()

    def weights(self, costs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights of costs of any shape."""
        costs = np.asarray(costs, dtype=np.float64)
        if self.form is Form.UNIFORM:
            return np.ones_like(costs)
        if self.form is Form.GAUSSIAN:
            (width,) = self.params
            weights = costs * costs
            weights *= -1.0 / (2.0 * width * width)
            return np.exp(weights, out=weights)
        if self.form is Form.EXPONENTIAL:
            (scale,) = self.params
            weights = costs / -scale
            return np.exp(weights, out=weights)
        if self.form is Form.POWER:
            scale, exponent, floor = self.params
            return np.asarray((np.maximum(costs, floor) / scale) ** -exponent)
        count = len(self.params) // 2
        levels = np.array([*self.params[count:], 0.0])
        return levels[np.searchsorted(self.params[:count], costs, side="left")]


def uniform() -> Decay:
    """1 everywhere within the limit: the plain two-step catchment (2SFCA), cumulative opportunities."""
    return Decay(Form.UNIFORM)


def gaussian(width: float) -> Decay:
    """exp(-c² / (2 width²)); `width` in the unit of the cost, not normalised, so w(0) = 1 (Dai 2010). Raises ValueError
    for a width that is not above zero."""
    return Decay(Form.GAUSSIAN, (_positive("width", width),))


def exponential(scale: float) -> Decay:
    """exp(-c / scale); `scale` in the unit of the cost (Kwan 1998). Raises ValueError for one not above zero."""
    return Decay(Form.EXPONENTIAL, (_positive("scale", scale),))


def power(scale: float, exponent: float, floor: float) -> Decay:
    """(max(c, floor) / scale) ** -exponent (Hansen 1959); `floor` and `scale` in the unit of the cost. `floor` > 0
    keeps the weight finite at the door. Raises ValueError for any of them that is not above zero."""
    return Decay(
        Form.POWER,
        (_positive("scale", scale), _positive("exponent", exponent), _positive("floor", floor)),
    )


def steps(levels: Mapping[float, float]) -> Decay:
    """Weights by zone, `{10: 1, 20: 0.68, 30: 0.22}`: the weight of the first break that is >= c, else 0 (Luo & Qi
    2009). Breaks in the unit of the cost. Raises ValueError without a zone and for a negative break or weight."""
    if not levels:
        raise ValueError("steps need at least one zone")
    for reach, weight in levels.items():
        if not (math.isfinite(reach) and reach >= 0 and math.isfinite(weight) and weight >= 0):
            raise ValueError(f"a zone needs a finite reach and a weight of zero or more, got {reach}: {weight}")
    breaks = sorted(levels)
    return Decay(Form.STEPS, (*map(float, breaks), *(float(levels[one]) for one in breaks)))


def _positive(name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number above zero, got {value}")
    return float(value)
