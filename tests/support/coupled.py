"""Random jobs under coupling constraints, and what HiGHS says of them."""

from dataclasses import dataclass, replace

import highspy
import numpy as np

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal
from modelroute_cli.planning.exact import relaxed
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.linear import linear
from modelroute_cli.planning.optimize import Problem


@dataclass(frozen=True)
class Size:
    """Of a random job."""

    rows: int
    models: int
    constraints: int
    most_alike: int = 1  # requests that a row stands for


def random_job(seed: int, size: Size) -> Problem:
    """A job with a feasible plan: its constraints are what a random mixture of models uses, loosened a little."""
    random = np.random.default_rng(seed)
    rows, models = size.rows, size.models
    tokens = random.lognormal(6, 1, rows).astype(np.int64) + 1
    strength = np.sort(random.random(models))
    rate = (np.exp(4 * strength + random.normal(0, 0.3, models)) * 1e5).astype(np.int64)
    hard = random.normal(0, 1, (rows, 1)) + random.normal(0, 0.3, (rows, models))
    quality = np.round(1 / (1 + np.exp(hard - 4 * strength + 1)), 4)
    problem = Problem(
        owner=np.repeat(np.arange(rows, dtype=np.int64), models),
        cost_pusd=np.outer(tokens, rate).ravel(),
        quality=quality.ravel(),
        weight=random.integers(1, 3, rows),
        count=random.integers(1, size.most_alike + 1, rows),
    )
    return replace(problem, constraints=_constraints(random, problem, tokens, size))


def _constraints(
    random: np.random.Generator, problem: Problem, tokens: np.ndarray[tuple[int], np.dtype[np.int64]], size: Size
) -> tuple[Constraint, ...]:
    own = np.arange(len(problem.owner)).reshape(size.rows, size.models)
    taken = own[np.arange(size.rows), random.integers(size.models // 2, size.models, size.rows)]
    weight = problem.weight * problem.count
    segment = np.arange(size.rows) % 3 == 0
    value = problem.quality[taken]
    uses = [
        np.where(np.arange(len(problem.owner)) % size.models % 3 == provider, tokens[problem.owner], 0)
        for provider in range(3)
    ]
    made: list[Constraint] = [Floor(float(np.average(value, weights=weight)) - 1e-6)]
    made += [Capacity(f"provider {at}", use, int(use[taken] @ problem.count * 1.1)) for at, use in enumerate(uses)]
    made.insert(2, Floor(float(np.average(value[segment], weights=weight[segment])) - 1e-6, segment, "first third"))
    made.append(Budget(PicoUSD(int(problem.cost_pusd[taken] @ problem.count))))
    return tuple(made[: size.constraints])


def relaxed_optimum(problem: Problem, goal: Goal) -> float:
    """The least objective by HiGHS when requests may be split: pico-dollars, or minus the sum of quality."""
    normal = linear(problem, goal)
    vertex = relaxed(normal)
    assert vertex is not None
    return float(normal.objective @ vertex.share) / (1 if goal is Goal.CHEAPEST else UNITS)


def whole_optimum(problem: Problem, goal: Goal) -> float | None:
    """The least objective by HiGHS's branch and bound, written down independently; None when there is no plan."""
    normal = linear(problem, goal)
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", 0.0)
    scale = float(max(1, np.abs(normal.objective).max()))
    share = [model.addIntegral(0, highspy.kHighsInf, cost / scale) for cost in normal.objective.tolist()]
    for row, count in enumerate(normal.count.tolist()):
        own = sum((share[at] for at in np.flatnonzero(normal.owner == row)), start=0 * share[0])
        model.addConstr(own == count)
    for use, limit in zip(normal.use, normal.limit, strict=True):
        most = float(max(1, np.abs(use).max()))
        total = sum((each / most * part for each, part in zip(use.tolist(), share, strict=True)), start=0 * share[0])
        model.addConstr(total <= limit / most)
    model.run()
    is_solved = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    objective = float(model.getInfo().objective_function_value) * scale
    return objective / (1 if goal is Goal.CHEAPEST else UNITS) if is_solved else None
