"""Stop words that a model was not told."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calls import make_call, make_card

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.stopping import first_of, stopped
from modelroute_cli.providers.base import Answer, Failure, FailureKind, RateSignal

ANSWER = Answer(
    text="one END two",
    finish_reason="stop",
    refusal=None,
    usage=None,
    model_served=None,
    reported_cost_pusd=None,
    emulated=False,
    rate=RateSignal(),
)
ASKED = Request(custom_id="a", prompt="x", stop=("STOP", "END"))
UNTOLD = make_call(ASKED, card=msgspec.structs.replace(make_card(), stop=False))


def test_an_answer_ends_before_the_first_stop_word() -> None:
    """As a model that takes them would have ended it."""
    assert stopped(ANSWER, UNTOLD) == replace(ANSWER, text="one ")


def test_an_answer_that_reached_a_stop_word_has_stopped() -> None:
    """That it went on to its limit is no fault of it."""
    cut = replace(ANSWER, finish_reason="length")
    assert stopped(cut, UNTOLD) == replace(ANSWER, text="one ")
    endless = replace(cut, text="one two")
    assert stopped(endless, UNTOLD) == endless


def test_models_that_take_stop_words_are_left_alone() -> None:
    """Nor is anything done where none are asked for, or nothing was answered."""
    failure = Failure(kind=FailureKind.TRANSIENT, status=500, message="", retry_after_s=None, rate=RateSignal())
    assert stopped(ANSWER, make_call(ASKED)) is ANSWER
    assert stopped(ANSWER, replace(UNTOLD, request=Request(custom_id="a", prompt="x"))) is ANSWER
    assert stopped(failure, UNTOLD) is failure


@pytest.mark.parametrize(("text", "place"), [("a END STOP", 2), ("", None), ("end", None), ("END", 0)])
def test_the_first_in_the_text_counts(text: str, place: int | None) -> None:
    """Not the first in the list."""
    assert first_of(text, ("STOP", "END")) == place


@given(st.text("abE"), st.lists(st.text("abE", min_size=1), min_size=1, max_size=4))
def test_no_stop_word_is_left(text: str, words: list[str]) -> None:
    """Whatever they are."""
    end = first_of(text, words)
    assert not any(word in text[: len(text) if end is None else end] for word in words)
