"""What one request is expected to take on another model than the one it was planned on."""

import numpy as np

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.execution.tickets import Assigned
from modelroute_cli.planning.elsewhere import Planned, Taken, costs, elsewhere
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.reach import Reach, Spot


def taken_on(spot: Spot, assigned: Assigned, request: Request, reach: Reach) -> Taken:
    """Tokens and output limit there; columns of one row."""
    task = TaskType(assigned.task_type)
    here = reach.spots[Offer(assigned.model)]
    return elsewhere(_planned(assigned, request), reach.counting(here, task), reach.counting(spot, task))


def cost_on(spot: Spot, taken: Taken, reach: Reach) -> int:
    """What that is expected to cost, pico-dollars."""
    return int(costs(spot.rates, taken.input_tokens, taken.output_tokens, reach.outlook.at)[0])


def _planned(assigned: Assigned, request: Request) -> Planned:
    """One request as it was planned."""
    return Planned(
        input_tokens=_one(assigned.input_tokens),
        output_tokens=_one(assigned.output_tokens),
        reasoning_tokens=_one(assigned.reasoning_tokens),
        max_tokens=_one(assigned.max_tokens),
        own_limit=_one(request.max_output_tokens or 0),
    )


def _one(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array([number], np.int64)
