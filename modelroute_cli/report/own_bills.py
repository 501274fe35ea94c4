"""What providers say they charged, held against our own prices."""

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import Bills


class OwnBills(Struct, frozen=True, kw_only=True):
    """The answers whose provider names its charge; the dearer of the two counts under the hard cap."""

    answers: int
    reported_pusd: PicoUSD  # as the provider says
    priced_pusd: PicoUSD  # the same answers' tokens by the prices of the plan
    off_share: float | None  # the first over the second, less one; None where ours is nothing


def own_bills(bills: Bills | None) -> OwnBills | None:
    """The comparison; None where no provider named a charge."""
    if bills is None or not bills.attempts:
        return None
    off = bills.reported_pusd / bills.priced_pusd - 1 if bills.priced_pusd else None
    return OwnBills(
        answers=bills.attempts, reported_pusd=bills.reported_pusd, priced_pusd=bills.priced_pusd, off_share=off
    )
