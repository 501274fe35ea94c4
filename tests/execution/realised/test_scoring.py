"""What an answer is worth: the strongest word on it, and two answers on one scale."""

import pytest

from modelroute_cli.base.schema import GateRules, JudgeRule, Request
from modelroute_cli.execution.gates.answer import Verdict
from modelroute_cli.execution.realised.scoring import (
    COMMAND,
    EXPECTED,
    GATES,
    JUDGE,
    Both,
    Score,
    both,
    equals_expected,
    score_of,
)


def _request(expected: object = None, gates: GateRules | None = None) -> Request:
    return Request(custom_id="r", prompt="?", expected=expected, gates=gates)


def _verdict(output: str = "yes", *, passed: bool = True, score: float | None = None, by: str = "empty") -> Verdict:
    return Verdict(passed, "pass" if passed else "length", "", output, by, score)


@pytest.mark.parametrize(
    ("expected", "output", "value"),
    [
        ("Yes", "yes.", 1.0),
        ("Yes", "no", 0.0),
        (42, "It is 42.", 1.0),
        (42, "41", 0.0),
        (2.5, "2.50", 1.0),
        (True, "true", 1.0),
        (["a", "b"], "b, a", 1.0),
        ({"city": "Rome"}, '{"city": "Rome", "more": 1}', 1.0),
        ({"city": "Rome"}, '{"city": "Oslo"}', 0.0),
        (None, "yes", None),
        ("a long text that shows what a good answer could look like, no more", "another", None),
    ],
)
def test_an_answer_is_held_against_what_is_expected(expected: object, output: str, value: float | None) -> None:
    """By the kind of value; a long text is an example."""
    assert equals_expected(_request(expected), output) == value


def test_the_requests_own_mode_counts() -> None:
    """`number` looks at the last number alone."""
    request = _request("the price is 12", GateRules(expected="number"))
    assert equals_expected(request, "so we get 12") == 1.0


def test_expected_is_the_strongest_word() -> None:
    """Whatever a judge or a gate said."""
    score = score_of(_request("yes"), _verdict(passed=False, score=0.1, by="empty,judge"), equals_expected)
    assert score == Score(1.0, EXPECTED, passed=False)


@pytest.mark.parametrize(("by", "scorer"), [("empty,judge", JUDGE), ("empty,command", COMMAND)])
def test_then_the_score_of_a_judge_or_a_program(by: str, scorer: str) -> None:
    """In [0,1]."""
    assert score_of(_request(), _verdict(score=0.7, by=by), equals_expected) == Score(0.7, scorer, passed=True)


@pytest.mark.parametrize("passed", [True, False])
def test_then_whether_the_gates_passed_it(passed: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """1 or 0, and the weakest word."""
    assert score_of(_request(), _verdict(passed=passed), equals_expected) == Score(float(passed), GATES, passed=passed)


def test_what_a_judge_compares_with_is_no_answer_key() -> None:
    """`expected` beside a pairwise judge is an example."""
    gates = GateRules(judge=JudgeRule(model="j", mode="pairwise"))
    score = score_of(_request("yes", gates), _verdict("no", score=0.6, by="empty,judge"), equals_expected)
    assert score == Score(0.6, JUDGE, passed=True)


def test_a_grade_that_knows_nothing_leaves_the_word_to_others() -> None:
    """The scorer of a run may be another one."""
    assert score_of(_request("yes"), _verdict(), lambda request, output: None).scorer == GATES  # noqa: ARG005


JUDGED, USABLE, USELESS = (
    Score(0.8, JUDGE, passed=True),
    Score(1.0, GATES, passed=True),
    Score(0.0, GATES, passed=False),
)


@pytest.mark.parametrize(
    ("own", "control", "expected"),
    [
        (JUDGED, Score(0.4, JUDGE, passed=False), Both(0.8, 0.4, JUDGE)),
        (USELESS, JUDGED, Both(0.0, 0.8, JUDGE)),
        (JUDGED, USELESS, Both(0.8, 0.0, JUDGE)),
        (JUDGED, USABLE, Both(1.0, 1.0, GATES)),
        (USELESS, USELESS, Both(0.0, 0.0, GATES)),
        (USABLE, Score(1.0, EXPECTED, passed=True), Both(1.0, 1.0, GATES)),
    ],
)
def test_two_answers_are_compared_on_one_scale(own: Score, control: Score, expected: Both) -> None:
    """What gates failed is worth 0 to everybody; where only one was judged, gates have the word."""
    assert both(own, control) == expected
