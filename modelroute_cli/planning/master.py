"""The master of the cutting-plane dual: the best mixture of the plans seen so far, and the prices it implies.

A linear program of one column per plan and one row per constraint (Dantzig & Wolfe 1960), solved by HiGHS from where
it stood. All sums come scaled to about 1. A constraint may be passed at a penalty, which is the box that the prices
stay in.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelroute_cli.planning.hull import Floats

if TYPE_CHECKING:
    import highspy


@dataclass(frozen=True, slots=True)
class Mixture:
    """The prices that the mixture implies, its objective, and by how much it passes the limits in all."""

    prices: Floats
    objective: float
    excess: float


class Master:
    """Plans, each an objective and what it uses past each limit, and the cheapest mixture of them."""

    def __init__(self, constraints: int, penalty: float) -> None:
        self._solver = quiet_solver()
        self._constraints = constraints
        for _ in range(constraints):
            self._solver.addRow(-np.inf, 0.0, 0, np.empty(0, np.int32), np.empty(0))
        self._solver.addRow(1.0, 1.0, 0, np.empty(0, np.int32), np.empty(0))
        for row in range(constraints):
            self._solver.addCol(penalty, 0.0, np.inf, 1, np.array([row], np.int32), np.array([-1.0]))

    def add(self, objective: float, excess: Floats) -> None:
        """One more plan."""
        rows = np.arange(self._constraints + 1, dtype=np.int32)
        self._solver.addCol(objective, 0.0, np.inf, len(rows), rows, np.append(excess, 1.0))

    def penalise(self, penalty: float) -> None:
        """From now on a unit past any limit costs this."""
        for column in range(self._constraints):
            self._solver.changeColCost(column, penalty)

    def best(self) -> Mixture:
        """The cheapest mixture."""
        self._solver.run()
        solution = self._solver.getSolution()
        prices = np.maximum(-np.array(solution.row_dual[: self._constraints]), 0.0)
        excess = float(np.sum(solution.col_value[: self._constraints]))
        return Mixture(prices, float(self._solver.getInfo().objective_function_value), excess)


def quiet_solver() -> "highspy.Highs":
    """HiGHS on one thread and without output; imported only where something is coupled."""
    import highspy  # noqa: PLC0415 - most plans need no solver

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0)):
        solver.setOptionValue(name, value)
    return solver
