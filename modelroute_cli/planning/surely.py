"""The cheapest, or the best, plan that keeps its floors for certain: a search over how unsure it may be.

Problem: the risk of a plan (planning.risk) couples all requests and is not linear. Solved once at a fixed error a plan
is safe but dear; linearised at the plan itself, groups jump to and fro between a cheap unsure model and the baseline.
Solution: at each of some sizes of the plan's own error the safe linear problem is solved by the optimiser there is; the
best plan's own error is the next size, which never makes it worse. From there blends (planning.blend) with cheaper
plans, those of the hopeful linear problem on the other side, go on until its bound is near. Every plan is looked at
exactly before it counts.
What still fails: a handful of requests cannot be blended finely, nor can plans beside charges for prompt caches be
blended without paying for both; the printed gap has it in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.coupling import Budget, Constraint, Floor, Goal, ShadowPrice
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.refining import refined
from modelroute_cli.planning.risk import (
    WHOLE,
    Risk,
    Scale,
    bound,
    careful,
    expected,
    floors_of,
    is_kept,
    loosened,
    scale_of,
)
from modelroute_cli.planning.sought import Means, Sought, best_of, rank, relaxed

_SIZES = (1.2, 0.8, 0.55, 0.35, 0.2, 0.1, 0.0)
"""Errors that are tried, in those of the plan that cares for none; between two of them risk is counted 2% too high."""
_FEW_SIZES = (0.9, 0.4, 0.0)  # where blends follow
_ROUNDS = 2
_ALL = PicoUSD(2**62)


def solve_surely(problem: Problem, risk: Risk, goal: Goal, means: Means) -> Solution:
    """As the optimiser, with `risk.z` standard errors to spare under every floor; `quality` is the bound that is kept.

    A plan without care is returned where it keeps its floors; every other one is no dearer than the best of those that
    take no unsure model. The bound of the cost (or of the quality) holds for every plan that keeps the floors. Raises
    InfeasibleError, with the quality that can be kept where it is certainty alone that is missing.
    """
    task = Sought(problem, risk, goal, means)
    free = _free(task)
    if goal is Goal.CHEAPEST and is_kept(problem, risk, free.portions):
        return _graded(task, free, free, free)
    best = _found(task, free) or (_highest(task, free) if goal is Goal.CHEAPEST else None)
    if best is None or not is_kept(problem, risk, best.portions):
        raise _out_of_reach(task, free)
    least = relaxed(task, best.portions, free)
    if goal is not Goal.CHEAPEST:
        return _graded(task, best, free, least)
    done = refined(task, best, least)
    return _graded(task, done.plan, free, done.least)


def _free(task: Sought) -> Solution:
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


def _found(task: Sought, free: Solution) -> Solution | None:
    """The best plan of the search; None where none keeps its floors."""
    scale = scale_of(task.problem, task.risk, free.portions)
    sizes = _FEW_SIZES if task.goal is Goal.CHEAPEST else _SIZES
    best = best_of(task, [free, *_tried(task, (scale.times(size) for size in sizes))])
    if best is None:
        return None
    for _ in range(_ROUNDS):
        before, best = best, _again(task, best)
        if rank(task, best) == rank(task, before):
            break
    return best


def _own(task: Sought, plan: Solution) -> Scale:
    """The errors of a plan itself."""
    return scale_of(task.problem, task.risk, plan.portions)


def _again(task: Sought, best: Solution) -> Solution:
    """The best plan at the best plan's own error, or that itself."""
    return best_of(task, [best, *_tried(task, [_own(task, best)])]) or best


def _tried(task: Sought, scales: Iterable[Scale]) -> Iterator[Solution]:
    """The plans of careful problems; nothing for one that has none."""
    for scale in scales:
        try:
            yield task.means.quick(careful(task.problem, task.risk, scale), task.goal)
        except InfeasibleError:
            continue


def _graded(task: Sought, plan: Solution, free: Solution, least: Solution) -> Solution:
    """The plan with what it keeps, what it is expected to be, and what no plan that keeps the floors can beat."""
    problem, risk = task.problem, task.risk
    reached = bound(problem, risk, plan.portions)
    told = replace(
        plan,
        quality=reached,
        expected_quality=expected(problem, plan.portions),
        plain_cost_pusd=free.cost_pusd if task.goal is Goal.CHEAPEST else None,
        prices=tuple(_price(task, plan, price) for price in plan.prices or least.prices),
        point_pusd=plan.point_pusd if plan.prices else least.point_pusd,
    )
    if task.goal is Goal.CHEAPEST:
        low = PicoUSD(min(least.bound_cost_pusd or 0, plan.cost_pusd))
        return replace(told, bound_cost_pusd=low, gap=(plan.cost_pusd - low) / max(low, 1))
    most = max(least.bound_quality or 0.0, reached)
    return replace(told, bound_quality=most, gap=(most - reached) / max(most, 1e-9))


def _price(task: Sought, plan: Solution, price: ShadowPrice) -> ShadowPrice:
    """The price of a constraint; a floor's with what is kept and what was asked."""
    floor = next((each for each in floors_of(task.problem) if each.name == price.name), None)
    if floor is None:
        return price
    return replace(price, used=bound(task.problem, task.risk, plan.portions, floor), limit=floor.min_quality)


def _highest(task: Sought, free: Solution) -> Solution | None:
    """The plan that keeps the most for any money, beside the floors of some rows; None where none was found."""
    rest = (each for each in task.problem.constraints if not (isinstance(each, Floor) and each.rows is None))
    found = _found(replace(task, problem=_bought(task.problem, tuple(rest)), goal=Goal.BEST), free)
    return None if found is None else replace(found, bound_quality=None, prices=(), point_pusd=None)


def _bought(problem: Problem, rest: tuple[Constraint, ...]) -> Problem:
    """The problem of the best plan for any money."""
    return replace(problem, constraints=(Budget(_ALL), *(each for each in rest if not isinstance(each, Budget))))


def _out_of_reach(task: Sought, free: Solution) -> InfeasibleError:
    """What can be kept for certain: the best bound without any floor, rounded down so that it can be typed."""
    floor = next((each for each in floors_of(task.problem) if _short(task, free, each)), WHOLE)
    loose = tuple(each for each in task.problem.constraints if not isinstance(each, Floor))
    best = _highest(replace(task, problem=replace(task.problem, constraints=loose)), free)
    reach = 0.0 if best is None else bound(task.problem, task.risk, best.portions, floor)
    shown = f"{int(reach * 1000) / 1000:.3f}"
    message = (
        f"{floor.name} `{floor.min_quality:g}` cannot be kept for certain: measured as it is, the best that the "
        f"allowed models keep is {shown}"
    )
    hint = "measure more requests, ask for less certainty with `--confidence`, or allow stronger models in `rules`"
    return InfeasibleError(message, hint=hint)


def _short(task: Sought, free: Solution, floor: Floor) -> bool:
    """Whether the plan without care misses a floor."""
    return bound(task.problem, task.risk, free.portions, floor) < floor.min_quality
