"""Why no plan keeps every constraint: which one cannot be kept, and the nearest value that can."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.coupling import Budget, Floor
from modelroute_cli.planning.hull import UNITS
from modelroute_cli.planning.linear import Linear, answered, used
from modelroute_cli.planning.mix import Portions, exact_dot
from modelroute_cli.planning.optimize import Problem

Optimum = Callable[[Linear], Portions | None]


class Limited(Protocol):
    """A capacity of any form."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def limit(self) -> int:
        """The most that may be used."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The constraints with the limits of their sums; `answered`: the requests that a floor is over, 0 for others."""

    constraints: Sequence[Floor | Budget | Limited]
    limits: tuple[int, ...]
    answered: tuple[int, ...]


def unreachable(problem: Problem, normal: Linear, optimum: Optimum) -> InfeasibleError:
    """What to tell: a constraint that cannot be kept even alone, else one that cannot be kept beside the others."""
    known = [answered(problem, each) if isinstance(each, Floor) else 0 for each in problem.constraints]
    asked = Asked(problem.constraints, normal.limit, tuple(known))
    return explained(asked, lambda at: _alone(normal, at), lambda at: _beside(normal, at, optimum))


def explained(asked: Asked, alone: Callable[[int], int], beside: Callable[[int], int | None]) -> InfeasibleError:
    """The same, from the least use of each constraint `alone`, and `beside` the others (None: not known)."""
    for at, constraint in enumerate(asked.constraints):
        least = alone(at)
        if least > asked.limits[at]:
            return _error(constraint, least, asked.answered[at], ())
    for at, constraint in enumerate(asked.constraints):
        near = beside(at)
        if near is not None and near > asked.limits[at]:
            others = tuple(other.name for place, other in enumerate(asked.constraints) if place != at)
            return _error(constraint, near, asked.answered[at], others)
    names = ", ".join(f"`{constraint.name}`" for constraint in asked.constraints)
    message = f"no plan was found that keeps all of {names}"
    return InfeasibleError(message, hint="loosen one of them, or allow more models in `rules`")


def _alone(normal: Linear, at: int) -> int:
    """The least that a constraint can be used when nothing else counts."""
    return exact_dot(np.minimum.reduceat(normal.use[at], normal.starts), normal.count)


def _beside(normal: Linear, at: int, optimum: Optimum) -> int | None:
    """The least that a constraint can be used while the others are kept; None when they cannot be kept."""
    others = np.flatnonzero(np.arange(len(normal.limit)) != at)
    limits = tuple(normal.limit[other] for other in others)
    portions = optimum(replace(normal, objective=normal.use[at], use=normal.use[others], limit=limits))
    return None if portions is None else used(normal, portions)[at]


def _error(constraint: Floor | Budget | Limited, least: int, requests: int, others: tuple[str, ...]) -> InfeasibleError:
    beside = f" beside {', '.join(f'`{name}`' for name in others)}" if others else ""
    match constraint:
        case Floor():
            return _floor(constraint, -least // requests, beside)
        case Budget():
            asked, enough = format_usd(constraint.max_cost), format_usd(PicoUSD(least))
            message = f"a budget of {asked} is too small{beside}: the cheapest plan is expected to cost {enough}"
            hint = "raise `--max-cost`, allow cheaper models in `rules`, or send fewer with `--limit`"
            return InfeasibleError(message, hint=hint)
        case _:
            message = f"`{constraint.name}` of {constraint.limit:,} is too small{beside}: the job needs {least:,}"
            return InfeasibleError(message, hint="allow other providers in `rules`, or a later deadline")


def _floor(floor: Floor, reach: int, beside: str) -> InfeasibleError:
    """What is the best there is, rounded down so that it can be typed."""
    shown = f"{reach // (UNITS // 1000) / 1000:.3f}"
    asked = f"{floor.name} `{floor.min_quality:g}`"
    message = f"{asked} cannot be reached{beside}: the best that the allowed models give is {shown}"
    asked = f"`--min-quality {shown}` or less" if floor.rows is None else f"{shown} or less in `objective.by_task_type`"
    return InfeasibleError(message, hint=f"ask for {asked}, or allow stronger models in `rules`")
