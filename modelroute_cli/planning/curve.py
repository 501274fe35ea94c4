"""The cheapest cost of every mean quality: the Pareto curve of a whole job, from one walk over its hull."""

import numpy as np
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.hull import UNITS, Ints, walk
from modelroute_cli.planning.mix import cost, value, whole
from modelroute_cli.planning.optimize import Problem


class CurvePoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mean quality costs at least: a plan that no other beats in both."""

    cost_pusd: PicoUSD
    quality: float  # mean over all requests


def curve(problem: Problem, points: int) -> tuple[CurvePoint, ...]:
    """At most `points` (two or more) plans from the cheapest to the best, strictly rising in cost and in quality.

    Each is an exact optimum: the plan after whole steps of the hull. The problem's constraints are left out.
    """
    choices = problem.choices()
    hull = walk(choices)
    base = whole(choices, hull.base)
    counts = choices.count[hull.row]
    costs = _sums(cost(choices, base), hull.extra, counts)
    values = _sums(value(choices, base), hull.gain, counts)
    kept = _spaced(costs, values, points)
    scale = UNITS * problem.requests
    return tuple(CurvePoint(cost_pusd=PicoUSD(int(costs[at])), quality=int(values[at]) / scale) for at in kept.tolist())


def _sums(start: int, each: Ints, counts: Ints) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """The sum after every step, exact past 64 bits too."""
    parts = np.concatenate((np.array([start], dtype=object), each.astype(object) * counts))
    return np.cumsum(parts)


def _spaced(
    costs: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    values: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    points: int,
) -> Ints:
    """Places about evenly spaced in quality, the first and the last among them; of equal costs the best only."""
    last = np.flatnonzero(np.append(costs[1:] > costs[:-1], True)).astype(np.int64)
    heights = values[last].astype(np.float64)
    wanted = np.linspace(heights[0], heights[-1], points)
    kept: Ints = last[np.unique(np.searchsorted(heights, wanted).clip(0, len(last) - 1))]
    return kept
