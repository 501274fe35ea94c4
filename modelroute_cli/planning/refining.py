"""A plan that keeps its floors for certain made cheaper by blends, until the bound on the other side is near."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelroute_cli.planning.blend import Sums, blended, most_of, sums_of
from modelroute_cli.planning.coupling import Floor, Goal
from modelroute_cli.planning.linear import linear, used
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.risk import is_kept
from modelroute_cli.planning.sought import Sought, relaxed

_BLENDS = 12
_LARGE = 100_000  # candidates: more are blended less often, each time costs as much as planning without care
_LARGE_BLENDS = 5
_WAYS = 3  # to blend that are tried, those first that promise most
_POOL = 6  # plans that are kept to be blended
_FINE = 1e-3  # a gap that needs no blends
_LESS = (1.0, 0.97, 0.9)  # of what a blend may have: whole requests are a little more or less


@dataclass(frozen=True, slots=True)
class Refined:
    """The plan, and the solution with the highest bound for it."""

    plan: Solution
    least: Solution


@dataclass(frozen=True, slots=True)
class _Pooled:
    """A plan that may be blended, with what it comes to."""

    plan: Solution
    sums: Sums
    kept: bool


def _pooled(task: Sought, plan: Solution) -> _Pooled:
    sums = sums_of(task.problem, task.risk, plan.portions)
    return _Pooled(plan, sums, is_kept(task.problem, task.risk, plan.portions))


def refined(task: Sought, best: Solution, least: Solution) -> Refined:
    """A cheaper plan by blends with the plans of hopeful problems, and the highest of their bounds.

    Where no blend is cheaper the next hopeful problem is made half way to the last one's plan.
    """
    pool, toward = [_pooled(task, best), _pooled(task, least)], least
    for _ in range(_BLENDS if len(task.problem.owner) <= _LARGE else _LARGE_BLENDS):
        if best.cost_pusd <= (least.bound_cost_pusd or 0) * (1 + _FINE):
            break
        found = _blend(task, pool, best)
        half = found or blended(task.problem, best.portions, toward.portions, 0.5)
        toward = relaxed(task, half.portions if isinstance(half, Solution) else half, least)
        least = max(least, toward, key=lambda each: each.bound_cost_pusd or 0)
        pool = [*pool[-_POOL:], *([] if found is None else [_pooled(task, found)]), _pooled(task, toward)]
        best = found or best
    return Refined(best, least)


@dataclass(frozen=True, slots=True)
class _Way:
    """Two plans and how much of the second the first bears, with what that is expected to cost."""

    first: Solution
    second: Solution
    part: float
    cost: float


def _blend(task: Sought, pool: list[_Pooled], best: Solution) -> Solution | None:
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


def _ways(task: Sought, pool: list[_Pooled]) -> Iterator[_Way]:
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
