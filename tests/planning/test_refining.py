"""A sure plan made cheaper by blends."""

from dataclasses import replace

import numpy as np
import pytest
from support.unsure import MEANS, Unsure, unsure_job

from modelroute_cli.planning.coupling import Capacity, Goal
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.refining import refined
from modelroute_cli.planning.risk import Risk, is_kept
from modelroute_cli.planning.solve import solve
from modelroute_cli.planning.sought import Sought, relaxed

SIZE = Unsure(groups=6, models=3, most=40)


def safest(problem: Problem) -> Solution:
    """The last model alone, of which nothing is unsure."""
    last = np.flatnonzero(np.diff(problem.owner, append=-1)).astype(np.int64)
    return MEANS.priced(problem, Portions(last, problem.count))


def job(seed: int) -> tuple[Sought, Problem, Risk]:
    """A small job, and the task of planning it."""
    problem, risk = unsure_job(seed, SIZE)
    return Sought(problem, risk, Goal.CHEAPEST, MEANS), problem, risk


@pytest.mark.parametrize("seed", range(4))
def test_from_the_safest_plan_it_comes_near_the_bound(seed: int) -> None:
    """Cheaper than that one by far, never below what no plan can beat, and every floor kept."""
    task, problem, risk = job(seed)
    start = safest(problem)
    done = refined(task, start, relaxed(task, start.portions, solve(problem, Goal.CHEAPEST)))
    assert is_kept(problem, risk, done.plan.portions)
    assert done.least.bound_cost_pusd is not None
    assert done.least.bound_cost_pusd <= done.plan.cost_pusd < start.cost_pusd
    assert done.plan.cost_pusd < 1.15 * done.least.bound_cost_pusd


def test_what_accounts_can_take_is_kept_by_blends() -> None:
    """The first model answers ten requests at most."""
    task, problem, _ = job(1)
    first = (np.arange(len(problem.owner)) % 3 == 0).astype(np.int64)
    limited = replace(problem, constraints=(*problem.constraints, Capacity("account", first, 10)))
    own = replace(task, problem=limited)
    start = safest(limited)
    done = refined(own, start, relaxed(own, start.portions, solve(limited, Goal.CHEAPEST)))
    assert int(first[done.plan.portions.candidate] @ done.plan.portions.count) <= 10
    assert done.plan.cost_pusd < start.cost_pusd


def test_a_plan_at_its_bound_stays_as_it_is() -> None:
    """There is nothing to look for."""
    task, problem, _ = job(2)
    start = safest(problem)
    assert refined(task, start, replace(start, bound_cost_pusd=start.cost_pusd)).plan is start
