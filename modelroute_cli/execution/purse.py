"""The money side of a run: the hard cap, what bills above their reservation taught, and what answers really take."""

from dataclasses import dataclass

from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.observed import Learned


@dataclass(frozen=True, slots=True)
class Purse:
    """Budget and margins decide what may be sent; `learned` only says what is to be expected."""

    budget: Budget
    margins: Margins
    learned: Learned
