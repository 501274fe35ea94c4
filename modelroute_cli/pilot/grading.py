"""The pilot's own word on answers beside their `expected`, for a run: what a plan counts on is then on one scale."""

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.realised.scoring import Grade, has_answer_key
from modelroute_cli.pilot.scorers.expected import Comparing, mode_of, share_right


def grade_by(comparing: Comparing) -> Grade:
    """A run's grade: how much of `expected` an output gets right, in [0,1]; None where that is no answer key."""

    def grade(request: Request, output: str) -> float | None:
        mode = mode_of(request) if has_answer_key(request) else None
        return None if mode is None else share_right(output, request.expected, mode, comparing)

    return grade
