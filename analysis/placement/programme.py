"""A thin door to HiGHS: a linear or integer programme that grows row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cost import Floats

INFINITY = math.inf


@dataclass(frozen=True, eq=False)
class Solved:
    """`values` of the variables (None without a solution), the objective, the bound, and the reduced costs of
    a linear programme. `is_hopeless`: there is no solution, or none below the option `objective_bound`."""

    values: Floats | None
    objective: float
    bound: float
    reduced: Floats
    is_optimal: bool
    is_hopeless: bool


class Programme:
    """Minimise cost @ x subject to rows, lower <= x <= upper. Variables are fixed at the start."""

    def __init__(self, cost: Floats, lower: Floats, upper: Floats) -> None:
        import highspy

        make: Any = highspy.Highs
        self.highs: Any = make()
        self.highs.silent()
        self.highs.setOptionValue("threads", 1)
        self.size = len(cost)
        self.highs.addVars(self.size, lower, upper)
        self.highs.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), cost)

    def option(self, name: str, value: Any) -> None:
        self.highs.setOptionValue(name, value)

    def add_rows(self, lower: Floats, upper: Floats, start: NDArray[Any], index: NDArray[Any], value: Floats) -> None:
        """Rows in compressed form: row r has coefficients value[start[r]:start[r + 1]]."""
        if not len(lower):
            return
        self.highs.addRows(
            len(lower), lower, upper, len(index), start[:-1].astype(np.int32), index.astype(np.int32), value
        )

    def bounds(self, index: NDArray[Any], lower: Floats, upper: Floats) -> None:
        """Change the bounds of some variables."""
        self.highs.changeColsBounds(len(index), index.astype(np.int32), lower, upper)

    def make_whole(self, count: int) -> None:
        """The first `count` variables must be whole."""
        import highspy

        kinds = [highspy.HighsVarType.kInteger] * count
        self.highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), np.array(kinds))

    def suggest(self, values: Floats) -> None:
        """A feasible solution to start from."""
        import highspy

        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.highs.setSolution(solution)

    def solve(self, seconds: float) -> Solved:
        """Run for at most `seconds`."""
        import highspy

        # HiGHS counts its time over all runs of one model.
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.01))
        self.highs.run()
        status = self.highs.getModelStatus()
        info, solution = self.highs.getInfo(), self.highs.getSolution()
        is_optimal = status == highspy.HighsModelStatus.kOptimal
        is_hopeless = status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kObjectiveBound,
        )
        has_values = info.primal_solution_status == 2
        is_whole = info.mip_node_count >= 0
        bound = info.mip_dual_bound if is_whole else (info.objective_function_value if is_optimal else -INFINITY)
        return Solved(
            np.array(solution.col_value) if has_values else None,
            float(info.objective_function_value) if has_values else INFINITY,
            float(bound),
            np.array(solution.col_dual) if is_optimal and not is_whole else np.zeros(self.size),
            is_optimal,
            is_hopeless,
        )
