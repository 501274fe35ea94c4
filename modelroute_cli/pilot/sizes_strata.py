"""How a number of draws is best spread over strata that differ in how much one draw of them says."""

import numpy as np

from modelroute_cli.base.statistics import Floats
from modelroute_cli.planning.hull import Ints

LEAST_RATE = 0.1
"""Judgement: a stratum that seems to say nothing is still looked at, a tenth as often."""


def neyman(size: Ints, deviation: Floats, draws: int) -> Ints:
    """Draws by stratum, in proportion to requests x standard deviation (Neyman 1934), never more than it has.

    Every stratum with a request gets one draw if there are enough; what a full stratum cannot take goes to the others.
    Adds up to `draws`, or to all requests where there are fewer.
    """
    wanted = min(draws, int(size.sum()))
    given: Ints = np.minimum((size > 0).astype(np.int64), wanted)
    if given.sum() > wanted:
        given[np.argsort(-(size * deviation), kind="stable")[wanted:]] = 0
    while (left := wanted - int(given.sum())) > 0:
        given = given + _shared(left, np.where(given < size, size * np.maximum(deviation, 1e-9), 0.0), size - given)
    return given


def rates(deviation: Floats) -> Floats:
    """Relative chances of one request by stratum: its standard deviation over the largest, LEAST_RATE at least."""
    top = float(deviation.max(initial=0.0))
    found: Floats = np.clip(deviation / top, LEAST_RATE, 1.0) if top > 0 else np.ones(deviation.size)
    return found


def _shared(draws: int, weight: Floats, room: Ints) -> Ints:
    """`draws` in proportion to `weight`, rounded by largest remainders, within the room; at least one is given."""
    exact = draws * weight / weight.sum()
    whole: Ints = np.floor(exact).astype(np.int64)
    rest = draws - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:rest]] += 1
    return np.minimum(whole, room)
