"""Small problems solved by HiGHS: the linear relaxation, and whole numbers by branch and bound."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelroute_cli.planning.hull import Floats, Ints
from modelroute_cli.planning.linear import Linear, is_feasible
from modelroute_cli.planning.master import quiet_solver
from modelroute_cli.planning.mix import Portions, exact_dot

if TYPE_CHECKING:
    import highspy

_TOLERANCE = 1e-9
_BOUND_ERROR = 1e-7  # relative: far above the tolerances of the solver
_SHRINKS = (0.0, 4e-9, 1e-6)  # of the largest use: what the solver's tolerance may pass a limit by


@dataclass(frozen=True, slots=True)
class Vertex:
    """A relaxed optimum: how many requests take each candidate, in parts, and the price of each constraint."""

    share: Floats
    prices: Floats


@dataclass(frozen=True, slots=True)
class Proven:
    """A plan in whole numbers (None: none was found), and what no plan's objective is below."""

    portions: Portions | None
    bound: float


@dataclass(frozen=True, slots=True)
class Effort:
    """When branch and bound may stop: after so many nodes, or this near the optimum (in objective)."""

    nodes: int
    gap: float


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A Linear in which each row's least objective and use are 0 and the largest are 1."""

    costs: Floats
    use: Floats
    limit: Floats
    scale: Floats  # of the objective and of each use


def relaxed(linear: Linear) -> Vertex | None:
    """The optimum when requests may be split; None when there is none."""
    scaled = _scaled(linear)
    solution = _solve(linear, scaled, scaled.limit, None)
    if solution is None:
        return None
    constraints = len(linear.limit)
    duals = np.maximum(-np.array(solution.row_dual[:constraints]), 0.0)
    return Vertex(np.array(solution.col_value), duals * scaled.scale[0] / scaled.scale[1:])


def proven(linear: Linear, effort: Effort) -> Proven | None:
    """The best plan found, and the bound of branch and bound, rounding errors taken off; None when HiGHS gives up."""
    scaled = _scaled(linear)
    solution = _solve(linear, scaled, scaled.limit, effort)
    if solution is None or not np.isfinite(solution.bound):
        return None
    least = exact_dot(np.minimum.reduceat(linear.objective, linear.starts), linear.count)
    error = _BOUND_ERROR * scaled.scale[0] * max(abs(solution.bound), 1.0)
    return Proven(whole(linear, effort), least + solution.bound * scaled.scale[0] - error)


def whole(linear: Linear, effort: Effort) -> Portions | None:
    """The best plan found that keeps every limit to the last unit; None when none was found."""
    scaled = _scaled(linear)
    for shrink in _SHRINKS:
        solution = _solve(linear, scaled, scaled.limit - shrink, effort)
        if solution is None:
            return None
        taken = np.rint(np.array(solution.col_value)).astype(np.int64)
        at = np.flatnonzero(taken)
        plan = Portions(at.astype(np.int64), taken[at])
        if is_feasible(linear, plan) and _is_complete(linear, plan):
            return plan
    return None


def _is_complete(linear: Linear, plan: Portions) -> bool:
    given = np.bincount(linear.owner[plan.candidate], plan.count, minlength=len(linear.count))
    return bool(np.array_equal(given, linear.count))


def _scaled(linear: Linear) -> _Scaled:
    table = np.vstack((linear.objective, linear.use))
    least = np.minimum.reduceat(table, linear.starts, axis=1)
    above = (table - least[:, linear.owner]).astype(np.float64)
    scale = np.maximum(above.max(axis=1), 1.0)
    free = [limit - exact_dot(low, linear.count) for limit, low in zip(linear.limit, least[1:], strict=True)]
    above /= scale[:, None]
    return _Scaled(above[0], above[1:], np.array(free, dtype=np.float64) / scale[1:], scale)


@dataclass(frozen=True, slots=True)
class _Values:
    col_value: list[float]
    row_dual: list[float]
    bound: float  # of branch and bound


def _solve(linear: Linear, scaled: _Scaled, limit: Floats, effort: Effort | None) -> _Values | None:
    """Solve as a linear program, or in whole numbers when `effort` says how hard."""
    import highspy  # noqa: PLC0415 - most plans need no solver

    solver = quiet_solver()
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        solver.setOptionValue(name, _TOLERANCE)
    if effort is not None:
        solver.setOptionValue("mip_max_nodes", effort.nodes)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", max(effort.gap / scaled.scale[0], 1e-9))
    solver.passModel(_model(linear, scaled, limit, is_whole=effort is not None))
    solver.run()
    solution = solver.getSolution()
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return _Values(list(solution.col_value), list(solution.row_dual), float(solver.getInfo().mip_dual_bound))


def _model(linear: Linear, scaled: _Scaled, limit: Floats, *, is_whole: bool) -> "highspy.HighsLp":
    import highspy  # noqa: PLC0415 - most plans need no solver

    columns, rows, constraints = len(linear.owner), len(linear.count), len(limit)
    count = linear.count.astype(np.float64)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows + constraints
    model.col_cost_ = scaled.costs
    model.col_lower_, model.col_upper_ = np.zeros(columns), count[linear.owner]
    model.row_lower_ = np.concatenate((np.full(constraints, -np.inf), count))
    model.row_upper_ = np.concatenate((limit, count))
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(columns + 1) * (constraints + 1)
    model.a_matrix_.index_ = _index(linear.owner, constraints)
    model.a_matrix_.value_ = np.vstack((scaled.use, np.ones(columns))).T.ravel()
    if is_whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    return model


def _index(owner: Ints, constraints: int) -> Ints:
    index = np.empty((len(owner), constraints + 1), dtype=np.int64)
    index[:, :constraints] = np.arange(constraints)
    index[:, constraints] = owner + constraints
    return index.ravel()
