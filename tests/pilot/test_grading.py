"""A run's answers are graded as a pilot's are."""

import pytest

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.pilot.grading import grade_by
from modelroute_cli.pilot.scorers.expected import Comparing

LONG = "a summary that shows how a good answer could look, and that no other has to repeat word by word"


def _request(expected: object, gates: GateRules | None = None) -> Request:
    return Request(custom_id="r", prompt="?", expected=expected, gates=gates)


@pytest.mark.parametrize(
    ("expected", "output", "value"),
    [
        ("B", "The answer is (B).", 1.0),
        (12, "so 12 in all", 1.0),
        (["a", "b"], "a", 2 / 3),
        ({"a": 1, "b": 2}, '{"a": 1, "b": 3}', 0.5),
        (None, "anything", None),
        (LONG, "another summary", None),
    ],
)
def test_answers_are_graded_as_in_a_pilot(expected: object, output: str, value: float | None) -> None:
    """In parts where the kind of value has parts; not at all where there is no answer key."""
    graded = grade_by(Comparing())(_request(expected), output)
    assert graded == (value if value is None else pytest.approx(value))


def test_a_long_text_that_is_to_be_repeated_is_an_answer_key() -> None:
    """The request's own gate says so."""
    assert grade_by(Comparing())(_request(LONG, GateRules(expected="exact")), LONG) == 1.0


def test_the_users_tolerance_holds() -> None:
    """As the settings have it."""
    assert grade_by(Comparing(tolerance=0.1))(_request(100), "105") == 1.0
    assert grade_by(Comparing())(_request(100), "105") == 0.0
