"""Why no plan keeps every constraint: which one cannot be kept, and the nearest value that can."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.linear import Linear, answered, used
from modelroute_cli.planning.mix import Portions, exact_dot
from modelroute_cli.planning.optimize import Problem

Optimum = Callable[[Linear], Portions | None]


def unreachable(problem: Problem, normal: Linear, optimum: Optimum) -> InfeasibleError:
    """What to tell: a constraint that cannot be kept even alone, else one that cannot be kept beside the others."""
    for at, constraint in enumerate(problem.constraints):
        least = _alone(normal, at)
        if least > normal.limit[at]:
            return _error(problem, constraint, least, ())
    for at, constraint in enumerate(problem.constraints):
        near = _beside(normal, at, optimum)
        if near is not None and near > normal.limit[at]:
            others = tuple(other.name for place, other in enumerate(problem.constraints) if place != at)
            return _error(problem, constraint, near, others)
    names = ", ".join(f"`{constraint.name}`" for constraint in problem.constraints)
    message = f"no plan was found that keeps all of {names}"
    return InfeasibleError(message, hint="loosen one of them, or allow more models in `rules`")


def _alone(normal: Linear, at: int) -> int:
    """The least that a constraint can be used when nothing else counts."""
    return exact_dot(np.minimum.reduceat(normal.use[at], normal.starts), normal.count)


def _beside(normal: Linear, at: int, optimum: Optimum) -> int | None:
    """The least that a constraint can be used while the others are kept; None when they cannot be kept."""
    others = np.flatnonzero(np.arange(len(normal.limit)) != at)
    limits = tuple(normal.limit[other] for other in others)
    asked = replace(normal, objective=normal.use[at], use=normal.use[others], limit=limits)
    portions = optimum(asked)
    return None if portions is None else used(normal, portions)[at]


def _error(problem: Problem, constraint: Constraint, least: int, others: tuple[str, ...]) -> InfeasibleError:
    beside = f" beside {', '.join(f'`{name}`' for name in others)}" if others else ""
    match constraint:
        case Floor():
            return _floor(constraint, -least // answered(problem, constraint), beside)
        case Budget():
            asked, enough = format_usd(constraint.max_cost), format_usd(PicoUSD(least))
            message = f"a budget of {asked} is too small{beside}: the cheapest plan is expected to cost {enough}"
            hint = "raise `--max-cost`, allow cheaper models in `rules`, or send fewer with `--limit`"
            return InfeasibleError(message, hint=hint)
        case Capacity():
            message = f"`{constraint.name}` of {constraint.limit:,} is too small{beside}: the job needs {least:,}"
            return InfeasibleError(message, hint="allow other providers in `rules`, or a later deadline")


def _floor(floor: Floor, reach: int, beside: str) -> InfeasibleError:
    """What is the best there is, rounded down so that it can be typed."""
    shown = f"{reach // (UNITS // 1000) / 1000:.3f}"
    asked = f"{floor.name} `{floor.min_quality:g}`"
    message = f"{asked} cannot be reached{beside}: the best that the allowed models give is {shown}"
    flag = "`--min-quality" if floor.rows is None else f"`{floor.name}"
    return InfeasibleError(message, hint=f"ask for {flag} {shown}` or less, or allow stronger models in `rules`")
