"""A certificate in numbers: what its ladder is expected to take, what was drawn, and what came of it."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Promise
from modelroute_cli.pilot.promise.certificate import Certificate
from modelroute_cli.pilot.promise.sizing import RungSize


class CertifySummary(Struct, frozen=True, kw_only=True):
    """Before the hold-out (`certificate` null) and after it; money of whole pairs, the plans' answers with them."""

    kind: str = "certify"
    source: str
    pilot_id: str
    hold_out_id: str | None  # None: nothing is to be drawn
    baseline: str
    promise: Promise
    method: str
    emulated: bool
    rungs: tuple[RungSize, ...]  # from the safest to the cheapest
    population: int  # requests that could be drawn
    most: int  # that the budget pays for
    expected: int | None  # after which the cheapest rung within reach is likely certified; None: none is
    drawn: int  # requests that are asked at most
    cost_pusd: PicoUSD | None  # of what is expected; None: nothing is
    drawn_pusd: PicoUSD  # of all that was drawn, as expected
    budget_pusd: PicoUSD
    bill_pusd: PicoUSD
    certificate: Certificate | None = None
