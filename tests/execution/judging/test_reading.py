"""What is read of a judge's answer, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import JudgeRule
from modelroute_cli.execution.judging.reading import Heard, heard

RUBRIC, PAIRWISE = JudgeRule(model="j"), JudgeRule(model="j", mode="pairwise")


@pytest.mark.parametrize(("points", "score"), [("1", 0.0), ('"2"', 0.25), ("3", 0.5), ('"5"', 1.0), ("4.5", 0.875)])
def test_points_are_shares_of_the_best(points: str, score: float) -> None:
    """One is nothing, five is all."""
    text = f'{{"reason": "so", "score": {points}}}'
    assert heard(text, RUBRIC, answer_first=True) == Heard(score, "so")


@pytest.mark.parametrize(
    ("better", "answer_first", "score"),
    [
        ("first", True, 1.0),
        ("first", False, 0.0),
        ("second", True, 0.0),
        ("second", False, 1.0),
        ("tie", True, 0.5),
        ("tie", False, 0.5),
    ],
)
def test_a_win_is_a_win_on_either_side(better: str, answer_first: bool, score: float) -> None:  # noqa: FBT001 - a parameter
    """Places are translated into whose answer stood there."""
    text = f'{{"reason": "", "better": "{better}"}}'
    assert heard(text, PAIRWISE, answer_first=answer_first) == Heard(score, "")


def test_a_markdown_fence_is_taken_off() -> None:
    """Models without strict schemas like to write one."""
    assert heard('```json\n{"score": 5}\n```', RUBRIC, answer_first=True) == Heard(1.0, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        '{"score": 0}',
        '{"score": 6}',
        '{"score": true}',
        '{"score": "6"}',
        '{"score": "4.5"}',
        '{"score": " 5"}',
        '{"reason": "no score"}',
        'The score: {"score": 5}',
        '{"score": 1} {"score": 5}',
        '{"better": "first"}',
        '{"score": NaN}',
        "[" * 100_000,
    ],
)
def test_anything_else_is_not_read(text: str) -> None:
    """Nothing is searched for: an answer that a judge quotes cannot slip in a score of its own."""
    assert heard(text, RUBRIC, answer_first=True) is None


@given(text=st.text(max_size=80), answer_first=st.booleans())
def test_no_text_breaks_the_reading(text: str, answer_first: bool) -> None:  # noqa: FBT001 - drawn
    """A score is always a share."""
    for rule in (RUBRIC, PAIRWISE):
        found = heard(text, rule, answer_first=answer_first)
        assert found is None or 0 <= found.score <= 1
