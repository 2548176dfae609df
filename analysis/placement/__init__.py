"""Where to place services: each solver answers with a value, a bound and the gap between them.

`p_median` (least total travel), `max_coverage` (most people within a limit), `covering` (fewest places so
that nobody is beyond it), `p_center` (least worst distance) and `capacitated_p_median` (least travel with
limited places). All accept places that must or must not be chosen and a time limit, at which the best found
is returned; `proven` is true only when the bound meets the value.
"""

from analysis.placement.capacitated import NotEnough, SharedPlacement, capacitated_p_median
from analysis.placement.coverage import max_coverage
from analysis.placement.covering import Unreachable, covering, p_center
from analysis.placement.pmedian import p_median
from analysis.placement.result import Placement

__all__ = [
    "NotEnough",
    "Placement",
    "SharedPlacement",
    "Unreachable",
    "capacitated_p_median",
    "covering",
    "max_coverage",
    "p_center",
    "p_median",
]
