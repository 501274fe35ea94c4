"""A hold-out: the plans under test and the requests that are drawn to test them, fixed before the first is sent."""

import numpy as np
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_answers import Aimed, Choice
from modelroute_cli.pilot.certify_draws import SAFE_RATE, Draws, Strata

HOLD_OUT_FORMAT = 1


class HeldRung(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plan under test: made for `target` times the baseline's quality."""

    target: float
    cost_pusd: PicoUSD
    plan_digest: str  # of who answers which request
    choices: tuple[Choice, ...]  # by draw

    @property
    def name(self) -> str:
        """`1.02`."""
        return f"{self.target:.6g}"


class HoldOut(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked to certify a promise: requests of the job in the order drawn, out of two strata.

    Stratum 0 holds the requests that some rung takes from the baseline, 1 those that all leave to it alone; `sizes`
    are their requests. Requests that the pilot asked are in neither.
    """

    format: int = HOLD_OUT_FORMAT
    pilot_id: str
    promise: Promise
    method: Method
    baseline: str
    rungs: tuple[HeldRung, ...]  # from the safest to the cheapest
    rows: tuple[int, ...]
    custom_ids: tuple[str, ...]
    stratum: tuple[int, ...]
    sizes: tuple[int, int]

    @property
    def population(self) -> int:
        """Requests that could be drawn."""
        return sum(self.sizes)

    def draws(self, count: int) -> Draws:
        """The first `count` draws, as the tests take them."""
        strata = Strata(np.array(self.sizes, np.int64), np.array([1.0, SAFE_RATE]), np.array([True, False]))
        rows, stratum = self.rows[:count], self.stratum[:count]
        return Draws(np.array(rows, np.int64), np.array(stratum, np.int64), strata)

    def aimed(self) -> tuple[Aimed, ...]:
        """The rungs with their choices by custom_id."""
        return tuple(
            Aimed(rung.name, rung.cost_pusd, dict(zip(self.custom_ids, rung.choices, strict=True)))
            for rung in self.rungs
        )
