"""Which scorer says what an answer of a pilot is worth."""

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gates.expected import equals_reference
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed


def score(answer: Answer, request: Request, scorer: str) -> Observation:
    """The answer as a measurement, by its request's `expected` where there is one, else by its gates."""
    if scorer != "gates" and request.expected is not None:
        mode = request.gates.expected if request.gates is not None else None
        right = equals_reference(mode or "normalised", answer.output, request.expected)
        return observed(answer, float(bool(right)), "expected")
    return observed(answer, float(bool(answer.passed)), "gates")
