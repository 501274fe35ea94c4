"""Which of two plans is better, and what none can beat."""

from dataclasses import replace

import numpy as np
from support.unsure import MEANS, Unsure, unsure_job

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.planning.coupling import Floor, Goal
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.risk import bound
from modelroute_cli.planning.solve import solve
from modelroute_cli.planning.sought import Means, Sought, best_of, rank, relaxed

PROBLEM, RISK = unsure_job(4, Unsure(groups=4, models=3, most=9))
TASK = Sought(PROBLEM, RISK, Goal.CHEAPEST, MEANS)


def all_on(model: int) -> Solution:
    """Every request on one of three models; the first is the cheapest, the last keeps the floor."""
    rows = np.arange(len(PROBLEM.count), dtype=np.int64)
    return MEANS.priced(PROBLEM, Portions(rows * 3 + model, PROBLEM.count))


def test_the_best_plan_is_the_cheapest_that_keeps_its_floors() -> None:
    """Or none, where none does."""
    free = replace(TASK, problem=replace(PROBLEM, constraints=(Floor(0.0),)))
    cheap, sure = all_on(0), all_on(2)
    assert best_of(free, [sure, cheap]) is cheap
    assert best_of(TASK, [sure]) is sure
    assert best_of(replace(TASK, problem=replace(PROBLEM, constraints=(Floor(0.999),))), [sure]) is None


def test_money_or_the_bound_comes_first() -> None:
    """By what is wanted; the other one decides between equals."""
    reached = bound(PROBLEM, RISK, all_on(1).portions)
    assert rank(TASK, all_on(1)) == (all_on(1).cost_pusd, -reached)
    assert rank(replace(TASK, goal=Goal.BEST), all_on(1)) == (-reached, all_on(1).cost_pusd)


def test_where_the_optimiser_finds_no_plan_the_other_bound_stands() -> None:
    """It may fail beside tight limits, though there is one."""

    def failing(problem: Problem, goal: Goal) -> Solution:
        del problem, goal
        message = "no plan was found"
        raise InfeasibleError(message, hint="")

    stuck = replace(TASK, means=Means(failing, failing, MEANS.priced))
    free = solve(PROBLEM, Goal.CHEAPEST)
    assert relaxed(stuck, all_on(2).portions, free) is free
    least = relaxed(TASK, all_on(1).portions, free)
    assert least.bound_cost_pusd is not None
    assert least.bound_cost_pusd <= all_on(2).cost_pusd
