"""Which fault, if any, a request meets."""

import random
from collections.abc import Callable
from typing import Literal

from modelroute_cli.catalog.settings import EmulatorFaults

Fault = Literal[
    "rate_limited", "server_error", "slow", "timeout", "dropped",
    "empty", "truncated", "refusal", "malformed", "error_in_200", "unauthorized", "unpaid",
]  # fmt: skip
FAULTS: tuple[Fault, ...] = (
    "rate_limited", "server_error", "slow", "timeout", "dropped",
    "empty", "truncated", "refusal", "malformed", "error_in_200", "unauthorized", "unpaid",
)  # fmt: skip
AccountFault = Literal["unauthorized", "unpaid"]
_NONE = EmulatorFaults()


def choose_fault(shares: EmulatorFaults, dice: Callable[[], random.Random]) -> Fault | None:
    """One fault by its share, the first named winning where the shares sum to more than all requests."""
    if shares == _NONE:
        return None
    mark = dice().random()
    for fault in FAULTS:
        share: float = getattr(shares, fault)
        if mark < share:
            return fault
        mark -= share
    return None
