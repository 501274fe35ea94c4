"""What is sought by a search for a plan that keeps its floors for certain, by what means, and which plan is better."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.planning.coupling import Goal
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.risk import Risk, bound, hopeful, is_kept

Solver = Callable[[Problem, Goal], Solution]


@dataclass(frozen=True, slots=True)
class Means:
    """How linear problems are solved: `quick` many times in the search, `fine` the one that has no risk in it."""

    quick: Solver
    fine: Solver
    priced: Callable[[Problem, Portions], Solution]  # what a plan costs and gives, without any bound


@dataclass(frozen=True, slots=True)
class Sought:
    """What is to be solved, and how."""

    problem: Problem
    risk: Risk
    goal: Goal
    means: Means


def best_of(task: Sought, plans: Iterable[Solution]) -> Solution | None:
    """The best of the plans that keep their floors."""
    kept = [plan for plan in plans if is_kept(task.problem, task.risk, plan.portions)]
    return min(kept, key=lambda plan: rank(task, plan), default=None)


def rank(task: Sought, plan: Solution) -> tuple[float, float]:
    """What is wanted least: its cost, then its bound, or the other way round."""
    reached = -bound(task.problem, task.risk, plan.portions)
    return (plan.cost_pusd, reached) if task.goal is Goal.CHEAPEST else (reached, plan.cost_pusd)


def relaxed(task: Sought, plan: Portions, otherwise: Solution) -> Solution:
    """What no plan that keeps the floors undercuts, by the direction of a plan's own errors.

    `otherwise`, a solution whose bound holds too, where the optimiser finds no plan beside the other constraints.
    """
    try:
        return task.means.quick(hopeful(task.problem, task.risk, plan), task.goal)
    except InfeasibleError:
        return otherwise
