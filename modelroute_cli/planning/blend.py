"""Two plans as one: a part of every row's requests as in the first, the rest as in the second.

What a plan expects and what each group's error is are sums over its requests, so those of a blend lie between its two
plans' own, and its risk below the line between theirs. That is where the cheapest plan lies that keeps a floor for
certain: a little of what is unsure in many groups.
"""

from dataclasses import dataclass

import numpy as np

from modelroute_cli.planning.hull import Floats
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Problem
from modelroute_cli.planning.risk import Risk, expected, floors_of, group_errors

_GOLDEN = (5**0.5 - 1) / 2
_HALVINGS = 24


@dataclass(frozen=True, slots=True)
class Sums:
    """What a plan comes to under each floor: by how much its mean is above it, and its errors by group."""

    above: Floats  # by floor
    errors: tuple[Floats, ...]  # of each floor, by group


def sums_of(problem: Problem, risk: Risk, portions: Portions) -> Sums:
    """The sums of a plan, in the order of the problem's floors."""
    floors = floors_of(problem)
    above = [expected(problem, portions, floor) - floor.min_quality for floor in floors]
    return Sums(np.array(above), tuple(group_errors(problem, risk, portions, floor) for floor in floors))


def most_of(risk: Risk, first: Sums, second: Sums) -> float:
    """The largest part of the second plan, in [0,1], with which a blend still keeps every floor; the first keeps them.

    What is kept falls off on a concave curve, so it is found by bisection.
    """
    low, high = 0.0, 1.0
    if _slack(risk, first, second, high) >= 0:
        return high
    for _ in range(_HALVINGS):
        part = (low + high) / 2
        low, high = (part, high) if _slack(risk, first, second, part) >= 0 else (low, part)
    return low


def _slack(risk: Risk, first: Sums, second: Sums, part: float) -> float:
    """By how much a blend is above the floor that it is nearest to; 0 without floors."""
    above = first.above + part * (second.above - first.above)
    both = zip(first.errors, second.errors, strict=True)
    spreads = [float(np.sqrt(np.square(one + part * (other - one)).sum())) for one, other in both]
    return float(np.min(above - risk.z * np.array(spreads), initial=np.inf)) if spreads else 0.0


def blended(problem: Problem, first: Portions, second: Portions, part: float) -> Portions:
    """The blend in whole requests, each count within one of the exact one.

    Rows of one request are not all rounded the same way: where rounding begins moves on from row to row by the golden
    section, more evenly than a draw would.
    """
    exact = (1 - part) * _dense(problem, first) + part * _dense(problem, second)
    starts = np.flatnonzero(np.diff(problem.owner, prepend=-1))
    sums = np.cumsum(exact)
    before = (sums - exact)[starts]
    inside = sums - before[problem.owner]
    begin = (np.arange(len(problem.count)) * _GOLDEN) % 1.0
    upto = np.floor(inside + begin[problem.owner] + 1e-9).astype(np.int64)
    ends = np.append(starts[1:], len(exact)) - 1
    upto[ends] = problem.count
    counts = np.diff(upto, prepend=0)
    counts[starts] = upto[starts]
    at = np.flatnonzero(counts)
    return Portions(at.astype(np.int64), counts[at])


def _dense(problem: Problem, portions: Portions) -> Floats:
    """How many requests take each candidate."""
    counts = np.zeros(len(problem.owner))
    np.add.at(counts, portions.candidate, portions.count)
    return counts
