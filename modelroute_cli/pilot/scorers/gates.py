"""The scorer `gates`: what the gates let pass is worth 1, what they stop 0.

It is the weakest word of all: gates say that an answer can be used, not that it is good. It stands where nothing else
can be asked, and whoever shows its quality calls it usable, not right.
"""

from modelroute_cli.base.errors import UsageError
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed

GATES = "gates"


def by_gates(answer: Answer) -> Observation:
    """1 for an answer that passed, 0 for one that did not; UsageError for one that no gate looked at."""
    if answer.passed is None:
        message = f"no gate looked at the answer of `{answer.model}` to `{answer.custom_id}`, so nothing says its worth"
        raise UsageError(message, hint="name a judge or a command as scorer, or give the request an `expected`")
    return observed(answer, float(answer.passed), GATES)
