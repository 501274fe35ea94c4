"""A hold-out: the plans under test and the requests that are drawn to test them, fixed before the first is sent."""

import numpy as np
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method, Promise
from modelroute_cli.pilot.certify_draws import SAFE_RATE, Draws, Strata

HOLD_OUT_FORMAT = 1


class Way(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """How a plan answers a request: by a model, and by another one where the gates reject that answer."""

    model: str
    then: str | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """All that may be asked."""
        return (self.model,) if self.then is None else (self.model, self.then)

    def is_only(self, model: str) -> bool:
        """Whether nobody but this model answers."""
        return (self.model, self.then) == (model, None)


class HeldRung(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plan under test: made for `target` times the baseline's quality, the draws answered in these ways."""

    target: float
    cost_pusd: PicoUSD
    plan_digest: str  # of who answers which request
    ways: tuple[Way, ...]  # by draw

    @property
    def name(self) -> str:
        """`1.02`."""
        return f"{self.target:.4g}"


class HoldOut(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is asked to certify a promise: `rows` of the job file in the order drawn, out of two strata.

    Stratum 0 holds the requests that some rung takes from the baseline, 1 those that all leave to it alone; `sizes`
    are their requests. Requests that the pilot asked are in neither.
    """

    format: int = HOLD_OUT_FORMAT
    pilot_id: str
    promise: Promise
    method: Method
    baseline: str
    scorer: str
    rungs: tuple[HeldRung, ...]  # from the safest to the cheapest
    rows: tuple[int, ...]
    stratum: tuple[int, ...]
    sizes: tuple[int, int]

    @property
    def population(self) -> int:
        """Requests that could be drawn."""
        return sum(self.sizes)

    def draws(self, count: int) -> Draws:
        """The first `count` draws, as the tests take them."""
        return draws_of(self.rows[:count], self.stratum[:count], self.sizes)

    def asked(self) -> tuple[frozenset[str], ...]:
        """By draw, the models that answer it: the baseline and whoever some rung may turn to."""
        return tuple(
            frozenset({self.baseline, *(model for rung in self.rungs for model in rung.ways[at].models)})
            for at in range(len(self.rows))
        )


def draws_of(rows: tuple[int, ...], stratum: tuple[int, ...], sizes: tuple[int, int]) -> Draws:
    """Draws out of the two strata, as they were written down."""
    strata = Strata(np.array(sizes, np.int64), np.array([1.0, SAFE_RATE]), np.array([True, False]))
    return Draws(np.array(rows, np.int64), np.array(stratum, np.int64), strata)
