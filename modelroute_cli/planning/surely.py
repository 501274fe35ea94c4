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

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.blend import Sums, blended, most_of, sums_of
from modelroute_cli.planning.coupling import Budget, Constraint, Floor, Goal, ShadowPrice
from modelroute_cli.planning.linear import linear, used
from modelroute_cli.planning.mix import Portions
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
_FEW_SIZES = (0.9, 0.4, 0.0)  # where blends follow
_ROUNDS = 2
_BLENDS = 12
_LARGE = 100_000  # candidates: more are blended less often, each time costs as much as planning without care
_LARGE_BLENDS = 5
_WAYS = 3  # to blend that are tried, those first that promise most
_POOL = 6  # plans that are kept to be blended
_FINE = 1e-3  # a gap that needs no blends
_LESS = (1.0, 0.97, 0.9)  # of what a blend may have: whole requests are a little more or less
_ALL = PicoUSD(2**62)


@dataclass(frozen=True, slots=True)
class Means:
    """How linear problems are solved: `quick` many times in the search, `fine` the one that has no risk in it."""

    quick: Solver
    fine: Solver
    priced: Callable[[Problem, Portions], Solution]  # what a plan costs and gives, without any bound


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
    relaxed = _relaxed(task, best.portions)
    if goal is Goal.CHEAPEST:
        best, relaxed = _refined(task, best, relaxed)
    return _graded(task, best, free, relaxed)


def _relaxed(task: _Task, plan: Portions) -> Solution:
    """What no plan that keeps the floors undercuts, by the direction of a plan's own errors."""
    return task.means.quick(hopeful(task.problem, task.risk, plan), task.goal)


@dataclass(frozen=True, slots=True)
class _Pooled:
    """A plan that may be blended, with what it comes to."""

    plan: Solution
    sums: Sums
    kept: bool


def _pooled(task: _Task, plan: Solution) -> _Pooled:
    sums = sums_of(task.problem, task.risk, plan.portions)
    return _Pooled(plan, sums, is_kept(task.problem, task.risk, plan.portions))


def _refined(task: _Task, best: Solution, relaxed: Solution) -> tuple[Solution, Solution]:
    """A cheaper plan by blends with the plans of hopeful problems, and the highest of their bounds.

    Where no blend is cheaper the next hopeful problem is made half way to the last one's plan.
    """
    pool, toward = [_pooled(task, best), _pooled(task, relaxed)], relaxed
    for _ in range(_BLENDS if len(task.problem.owner) <= _LARGE else _LARGE_BLENDS):
        if best.cost_pusd <= (relaxed.bound_cost_pusd or 0) * (1 + _FINE):
            break
        found = _blend(task, pool, best)
        half = found or blended(task.problem, best.portions, toward.portions, 0.5)
        toward = _relaxed(task, half.portions if isinstance(half, Solution) else half)
        relaxed = max(relaxed, toward, key=lambda each: each.bound_cost_pusd or 0)
        pool = [*pool[-_POOL:], *([] if found is None else [_pooled(task, found)]), _pooled(task, toward)]
        best = found or best
    return best, relaxed


@dataclass(frozen=True, slots=True)
class _Way:
    """Two plans and how much of the second the first bears, with what that is expected to cost."""

    first: Solution
    second: Solution
    part: float
    cost: float


def _blend(task: _Task, pool: list[_Pooled], best: Solution) -> Solution | None:
    """The cheapest blend of two plans of the pool, if it is cheaper than the best plan; None where there is none."""
    ways = sorted(_ways(task, pool), key=lambda way: way.cost)[:_WAYS]
    for way in (way for way in ways if way.cost < best.cost_pusd):
        for less in _LESS:
            portions = blended(task.problem, way.first.portions, way.second.portions, way.part * less)
            if is_kept(task.problem, task.risk, portions) and _fits(task.problem, portions):
                plan = task.means.priced(task.problem, portions)
                if plan.cost_pusd < best.cost_pusd:
                    return plan
                break
    return None


def _ways(task: _Task, pool: list[_Pooled]) -> Iterator[_Way]:
    """Every plan of the pool that keeps its floors with every cheaper one."""
    for one in pool:
        for other in pool:
            less = other.plan.cost_pusd - one.plan.cost_pusd
            if one.kept and less < 0:
                part = most_of(task.risk, one.sums, other.sums)
                yield _Way(one.plan, other.plan, part, one.plan.cost_pusd + part * less)


def _fits(problem: Problem, portions: Portions) -> bool:
    """Whether a plan keeps what is no floor: budgets and what accounts can take."""
    rest = replace(problem, constraints=tuple(each for each in problem.constraints if not isinstance(each, Floor)))
    normal = linear(rest, Goal.CHEAPEST)
    return all(use <= limit for use, limit in zip(used(normal, portions), normal.limit, strict=True))


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
    sizes = _FEW_SIZES if task.goal is Goal.CHEAPEST else _SIZES
    best = _best(task, [free, *_tried(task, (scale.times(size) for size in sizes))])
    if best is None:
        return None
    for _ in range(_ROUNDS):
        before, best = best, _again(task, best)
        if _rank(task, best) == _rank(task, before):
            break
    return best


def _own(task: _Task, plan: Solution) -> Scale:
    """The errors of a plan itself."""
    return scale_of(task.problem, task.risk, plan.portions)


def _again(task: _Task, best: Solution) -> Solution:
    """The best plan at the best plan's own error, or that itself."""
    return _best(task, [best, *_tried(task, [_own(task, best)])]) or best


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
        prices=tuple(_price(task, plan, price) for price in plan.prices or relaxed.prices),
        point_pusd=plan.point_pusd if plan.prices else relaxed.point_pusd,
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
