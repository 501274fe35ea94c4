"""The scorer `expected`: how much of its request's reference an answer gets right, in [0,1].

Unlike the gate of that name it is graded: F1 of a set, the share of the fields of a JSON; text and numbers are right or
wrong. Whether tests pass or a program runs, no comparison of texts can say: that is a command's job.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.gates.repair import found_json
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.answers import Answer, observed
from modelroute_cli.pilot.scorers.fields import Comparison
from modelroute_cli.pilot.scorers.numbers import last_number, number_of
from modelroute_cli.pilot.scorers.sets import likeness_of_sets, text_of, told_items, wanted_items
from modelroute_cli.pilot.scorers.texts import is_alike, is_exact

EXPECTED = "expected"
Mode = Literal["exact", "normalised", "number", "set", "json"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """How answers are compared where their kind leaves it open."""

    tolerance: float | None = None  # of numbers, relative; None: see `numbers.Number.is_near`
    any_order: bool = False  # whether lists in a JSON reference may stand in another order


AS_USUAL = Comparing()


def by_expected(answer: Answer, request: Request, comparing: Comparing = AS_USUAL) -> Observation:
    """The answer beside the `expected` of its request, which has one; ValueError where it has none."""
    mode = mode_of(request)
    if mode is None:
        message = f"`{request.custom_id}` has no `expected`"
        raise ValueError(message)
    return observed(answer, share_right(answer.output, request.expected, mode, comparing), EXPECTED)


def mode_of(request: Request) -> Mode | None:
    """How a request's answers are compared: as its gate says, else by what its `expected` is; None without one.

    A number, and a text that is one number alone, is compared as a number, unless zeros in front say that it is a name
    (`01234`); a list is a set, an object JSON, all else normalised text.
    """
    if request.expected is None:
        return None
    if request.gates is not None and request.gates.expected is not None:
        return request.gates.expected
    match request.expected:
        case dict():
            return "json"
        case list():
            return "set"
        case str() as text if text.strip()[:1] == "0" and text.strip()[1:2].isdigit():
            return "normalised"
        case value:
            return "normalised" if number_of(value) is None else "number"


def share_right(output: str, expected: object, mode: Mode, comparing: Comparing = AS_USUAL) -> float:
    """How much of `expected` an output gets right, in [0,1]: 1 is all, 0 nothing; never raises on what a model says."""
    match mode:
        case "exact":
            return float(is_exact(output, text_of(expected)))
        case "normalised":
            return float(is_alike(output, text_of(expected)))
        case "number":
            return _number_right(output, expected, comparing)
        case "set":
            return likeness_of_sets(told_items(output), wanted_items(expected))
        case "json":
            return _fields_right(output, expected, comparing)


def _number_right(output: str, expected: object, comparing: Comparing) -> float:
    """An expected value that is no number is compared as text."""
    wanted = number_of(expected)
    if wanted is None:
        return float(is_alike(output, text_of(expected)))
    found = last_number(output)
    return float(found is not None and found.is_near(wanted, comparing.tolerance))


def _fields_right(output: str, expected: object, comparing: Comparing) -> float:
    try:
        found: object = found_json(output).value
        return Comparison(any_order=comparing.any_order, tolerance=comparing.tolerance).tally(found, expected).share
    except (ValueError, RecursionError):
        return 0.0
