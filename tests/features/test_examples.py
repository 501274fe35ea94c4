"""Rules of few-shot prompts."""

import pytest

from modelroute_cli.features.examples import NAMES, answers, examples

LONG = "The room was clean and quiet, and the breakfast was better than that of the last three hotels we stayed at."
SHOTS = [
    ("great!! -> POSITIVE\nawful -> NEGATIVE\nmeh ->", "examples answered by a few labels"),
    ("Review: great\nLabel: good\nReview: bad\nLabel: poor\nReview: meh\nLabel:", "examples answered shortly"),
    ("Q: What is 2 + 2?\nA: 4\nQ: What is 3 + 3?\nA: 6\nQ: 5 + 5?\nA:", "examples answered by numbers"),
    ("two plus two = 4\nthree plus three = 6\nfive plus five =", "examples answered by numbers"),
    (
        "good morning! => guten Morgen, wie geht es dir?\nwhere is the station? => wo ist der Bahnhof?\nthanks =>",
        "examples answered in another language",
    ),
    (
        "Ann, 3 Elm Road → name=Ann; road=Elm Road\nBo, 7 Oak Lane → name=Bo; road=Oak Lane\nCy →",
        "examples answered by fields",
    ),
    (f"Input: hotel\nOutput: {LONG}\nInput: room\nOutput: {LONG}\nInput: bed\nOutput:", "examples answered at length"),
]


@pytest.mark.parametrize(("prompt", "name"), SHOTS)
def test_examples_tell_what_answers_look_like(prompt: str, name: str) -> None:
    """Labels, numbers, another language, fields, or long texts."""
    found = [NAMES[place] for place in answers(prompt)]
    assert found[0] == "examples"
    assert name in found


def test_what_comes_in_and_what_comes_out_is_paired() -> None:
    """The last line, which is to be answered, is no example."""
    assert examples("a -> X\nb -> Y\nc ->") == [("a", "X"), ("b", "Y")]
    assert examples("In: a\nOut: X\nIn: b\nOut: Y\nIn: c\nOut:") == [("a", "X"), ("b", "Y")]


@pytest.mark.parametrize("prompt", ["a -> b", "Name: Ann\nTown: Rome", "one line", "x -> y\nand no more"])
def test_one_example_is_none(prompt: str) -> None:
    """A mapping by itself, or fields that do not repeat, are no examples."""
    assert examples(prompt) == []
    assert answers(prompt) == []
