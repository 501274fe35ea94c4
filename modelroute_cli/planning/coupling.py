"""What couples the requests of a job: floors of quality, a budget, capacities."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.hull import Floats, Ints


class Goal(Enum):
    """What is made as good as the constraints allow."""

    CHEAPEST = "cheapest"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class Floor:
    """The mean quality over `rows` (a mask or places; all when None) is at least `min_quality`, in [0,1].

    `quality`, by candidate, is what counts for this floor where that is not the problem's own.
    """

    min_quality: float
    rows: NDArray[np.bool_] | Ints | None = None
    name: str = "mean quality"
    quality: Floats | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """All requests together cost at most `max_cost`."""

    max_cost: PicoUSD
    name: str = "budget"


@dataclass(frozen=True, slots=True)
class Capacity:
    """The `use` by all requests (of one request, for each candidate; 0: none) is at most `limit`."""

    name: str
    use: Ints
    limit: int


Constraint = Floor | Budget | Capacity


@dataclass(frozen=True, slots=True)
class ShadowPrice:
    """What a constraint costs at the margin: how much better the goal gets per `unit` by which it is loosened.

    In pico-dollars when the goal is the cheapest plan, else in mean quality over all requests. The units: 0.01 of
    the mean quality of a floor's rows, one dollar of a budget, one request or token of a capacity.
    """

    name: str
    price: float
    is_tight: bool
    used: float  # mean quality, pico-dollars, or requests or tokens
    limit: float
