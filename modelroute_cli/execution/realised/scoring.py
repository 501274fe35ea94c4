"""What an answer of a run is worth, as far as anything in the run says so. Pure.

The strongest word counts: `expected` (what the request says the answer should be), else the score of its judge or
program, else that its gates passed it, which says that it is usable and no more.
"""

from collections.abc import Callable
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gates.answer import Verdict
from modelroute_cli.execution.gates.expected import difference

EXPECTED, JUDGE, COMMAND, GATES = "expected", "judge", "command", "gates"
Grade = Callable[[Request, str], float | None]
"""What an output is worth beside its request's `expected`, in [0,1]; None where that does not say."""

_LONGEST_LABEL = 60  # characters: a longer text is an example of a good answer, no other wording is wrong


@dataclass(frozen=True, slots=True)
class Score:
    """The worth of one answer in [0,1], by whom, and whether its gates passed it."""

    value: float
    scorer: str
    passed: bool


NO_ANSWER = Score(0.0, GATES, passed=False)


@dataclass(frozen=True, slots=True)
class Both:
    """Two answers to one request, on one scale."""

    own: float
    control: float
    scorer: str


def score_of(request: Request, verdict: Verdict, grade: Grade) -> Score:
    """The worth of an answer by its verdict."""
    if request.expected is not None and not _is_example(request):
        value = grade(request, verdict.output)
        if value is not None:
            return Score(value, EXPECTED, verdict.passed)
    if verdict.score is not None:
        return Score(verdict.score, _who(verdict), verdict.passed)
    return Score(float(verdict.passed), GATES, verdict.passed)


def both(own: Score, control: Score) -> Both:
    """Two scores by the same scorer: an answer that its gates failed is worth 0 to all; else the gates' word counts."""
    if own.scorer == control.scorer:
        return Both(own.value, control.value, own.scorer)
    if _failed_by_gates(own):
        return Both(0.0, control.value, control.scorer)
    if _failed_by_gates(control):
        return Both(own.value, 0.0, own.scorer)
    return Both(float(own.passed), float(control.passed), GATES)


def equals_expected(request: Request, output: str) -> float | None:
    """1 where an output equals `expected` (by the request's own mode, else by the kind of value), else 0.

    None for a long text without a mode: that is an example, and others may be as good.
    """
    if not has_answer_key(request):
        return None
    mode = None if request.gates is None else request.gates.expected
    return float(difference(mode or _mode_of(request.expected), output, request.expected) is None)


def has_answer_key(request: Request) -> bool:
    """Whether `expected` says what is right: a long text without a mode of comparing is an example of a good answer."""
    if request.gates is not None and request.gates.expected is not None:
        return request.expected is not None
    is_text = isinstance(request.expected, str)
    return request.expected is not None and not (is_text and len(str(request.expected)) > _LONGEST_LABEL)


def _mode_of(expected: object) -> str:
    """How a value is compared where nobody says."""
    match expected:
        case int() | float() if not isinstance(expected, bool):
            return "number"
        case list():
            return "set"
        case dict():
            return "json"
        case _:
            return "normalised"


def _is_example(request: Request) -> bool:
    """Whether `expected` is what a judge compares with."""
    rules = request.gates
    return rules is not None and rules.judge is not None and rules.judge.mode == "pairwise" and rules.expected is None


def _who(verdict: Verdict) -> str:
    return JUDGE if JUDGE in verdict.applied.split(",") else COMMAND


def _failed_by_gates(score: Score) -> bool:
    return score.scorer == GATES and not score.passed
