"""The cheapest, or the best, plan that keeps its floors for certain: a search over how unsure it may be.

Problem: the risk of a plan (planning.risk) couples all requests and is not linear. Solved once at a fixed error a plan
is safe but dear; linearised at the plan itself, groups jump to and fro between a cheap unsure model and the baseline.
Solution: at each of some sizes of the plan's own error the safe linear problem is solved by the optimiser there is; the
best plan's own error is the next size, which never makes it worse; what slack the true floor has left is then bought
with by bisection. Every plan is looked at exactly before it counts.
What still fails: a group that is best split between two models is charged a little too much (Jensen); the printed gap,
from the other side's linear problem, has it in it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Constraint, Floor, Goal, ShadowPrice
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.risk import (
    WHOLE,
    Risk,
    Scale,
    bound,
    careful,
    expected,
    floors_of,
    hopeful,
    is_kept,
    loosened,
    scale_of,
)

Solver = Callable[[Problem, Goal], Solution]

_SIZES = (1.2, 0.8, 0.55, 0.35, 0.2, 0.1, 0.0)
"""Errors that are tried, in those of the plan that cares for none; between two of them risk is counted 2% too high."""
_ROUNDS = 3
_HALVINGS = 4
_ALL = PicoUSD(2**62)


@dataclass(frozen=True, slots=True)
class Means:
    """How linear problems are solved: `quick` many times in the search, `fine` the one that has no risk in it."""

    quick: Solver
    fine: Solver


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be solved, and how."""

    problem: Problem
    risk: Risk
    goal: Goal
    means: Means


def solve_surely(problem: Problem, risk: Risk, goal: Goal, means: Means) -> Solution:
    """As the optimiser, with `risk.z` standard errors to spare under every floor; `quality` is the bound that is kept.

    A plan without care is returned where it keeps its floors; every other one is no dearer than the best of those that
    take no unsure model. The bound of the cost (or of the quality) holds for every plan that keeps the floors. Raises
    InfeasibleError, with the quality that can be kept where it is certainty alone that is missing.
    """
    task = _Task(problem, risk, goal, means)
    free = _free(task)
    if goal is Goal.CHEAPEST and is_kept(problem, risk, free.portions):
        return _graded(task, free, free, free)
    best = _found(task, free)
    if best is None:
        raise _out_of_reach(task, free)
    return _graded(task, best, free, means.quick(hopeful(problem, risk, best.portions), goal))


def _free(task: _Task) -> Solution:
    """The plan that takes what is believed for certain.

    A floor of the whole of the baseline's quality is kept by the baseline itself, and missed by a rounding.
    """
    try:
        return task.means.fine(task.problem, task.goal)
    except InfeasibleError:
        try:
            return task.means.fine(loosened(task.problem), task.goal)
        except InfeasibleError:
            pass
        raise


def _found(task: _Task, free: Solution) -> Solution | None:
    """The best plan of the search; None where none keeps its floors."""
    scale = scale_of(task.problem, task.risk, free.portions)
    best = _best(task, [free, *_tried(task, (scale.times(size) for size in _SIZES))])
    if best is None:
        return None
    for _ in range(_ROUNDS):
        before, best = best, _again(task, best)
        if _rank(task, best) == _rank(task, before):
            break
    return _best(task, [best, *_spending(task, best)])


def _own(task: _Task, plan: Solution) -> Scale:
    """The errors of a plan itself."""
    return scale_of(task.problem, task.risk, plan.portions)


def _again(task: _Task, best: Solution) -> Solution:
    """The best plan at the best plan's own error, or that itself."""
    return _best(task, [best, *_tried(task, [_own(task, best)])]) or best


def _spending(task: _Task, best: Solution) -> Iterator[Solution]:
    """Plans that spend what slack the best one leaves: less and less is asked above the floor, while that holds."""
    if task.goal is Goal.BEST:
        return
    scale, least, most = _own(task, best), 0.0, 1.0
    for _ in range(_HALVINGS):
        asked = (least + most) / 2
        plan = next(_tried(task, [replace(scale, asked=asked)]), None)
        if plan is not None and is_kept(task.problem, task.risk, plan.portions):
            most = asked
            yield plan
        else:
            least = asked


def _tried(task: _Task, scales: Iterable[Scale]) -> Iterator[Solution]:
    """The plans of careful problems; nothing for one that has none."""
    for scale in scales:
        try:
            yield task.means.quick(careful(task.problem, task.risk, scale), task.goal)
        except InfeasibleError:
            continue


def _best(task: _Task, plans: Iterable[Solution]) -> Solution | None:
    """The best of the plans that keep their floors."""
    kept = [plan for plan in plans if is_kept(task.problem, task.risk, plan.portions)]
    return min(kept, key=lambda plan: _rank(task, plan), default=None)


def _rank(task: _Task, plan: Solution) -> tuple[float, float]:
    """What is wanted least: its cost, then its bound, or the other way round."""
    reached = -bound(task.problem, task.risk, plan.portions)
    return (plan.cost_pusd, reached) if task.goal is Goal.CHEAPEST else (reached, plan.cost_pusd)


def _graded(task: _Task, plan: Solution, free: Solution, relaxed: Solution) -> Solution:
    """The plan with what it keeps, what it is expected to be, and what no plan that keeps the floors can beat."""
    problem, risk = task.problem, task.risk
    reached = bound(problem, risk, plan.portions)
    told = replace(
        plan,
        quality=reached,
        expected_quality=expected(problem, plan.portions),
        plain_cost_pusd=free.cost_pusd if task.goal is Goal.CHEAPEST else None,
        prices=tuple(_price(task, plan, price) for price in plan.prices),
    )
    if task.goal is Goal.CHEAPEST:
        least = PicoUSD(min(relaxed.bound_cost_pusd or 0, plan.cost_pusd))
        return replace(told, bound_cost_pusd=least, gap=(plan.cost_pusd - least) / max(least, 1))
    most = max(relaxed.bound_quality or 0.0, reached)
    return replace(told, bound_quality=most, gap=(most - reached) / max(most, 1e-9))


def _price(task: _Task, plan: Solution, price: ShadowPrice) -> ShadowPrice:
    """The price of a constraint; a floor's with what is kept and what was asked."""
    floor = next((each for each in floors_of(task.problem) if each.name == price.name), None)
    if floor is None:
        return price
    return replace(price, used=bound(task.problem, task.risk, plan.portions, floor), limit=floor.min_quality)


def _out_of_reach(task: _Task, free: Solution) -> InfeasibleError:
    """What can be kept for certain: the best bound without the floor, rounded down so that it can be typed."""
    floor = next((each for each in floors_of(task.problem) if _short(task, free, each)), WHOLE)
    others = tuple(each for each in task.problem.constraints if not isinstance(each, Floor))
    best = _found(replace(task, problem=_bought(task.problem, others), goal=Goal.BEST), free)
    reach = 0.0 if best is None else bound(task.problem, task.risk, best.portions, floor)
    shown = f"{int(reach * 1000) / 1000:.3f}"
    message = (
        f"{floor.name} `{floor.min_quality:g}` cannot be kept for certain: measured as it is, the best that the "
        f"allowed models keep is {shown}"
    )
    hint = "measure more requests, ask for less certainty with `--confidence`, or allow stronger models in `rules`"
    return InfeasibleError(message, hint=hint)


def _bought(problem: Problem, others: tuple[Constraint, ...]) -> Problem:
    """The problem of the best plan for any money."""
    return replace(problem, constraints=(Budget(_ALL), *(each for each in others if not isinstance(each, Budget))))


def _short(task: _Task, free: Solution, floor: Floor) -> bool:
    """Whether the plan without care misses a floor."""
    return bound(task.problem, task.risk, free.portions, floor) < floor.min_quality
