"""Tests of modelroute_cli.providers.stopping."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.calls import answered, make_call, make_card, wire

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.base import Call
from modelroute_cli.providers.openai_chat.decode import decode
from modelroute_cli.providers.stopping import cut_at_stop, kept, stop_words


def stopping(*words: str, takes: bool) -> Call:
    """A call with stop words, for a model that takes them or not."""
    card = replace(make_card(), stop=takes)
    return make_call(Request(custom_id="r", prompt="Count.", stop=words), card=card)


def test_a_model_that_takes_stop_words_is_told_them() -> None:
    """In the request's order."""
    assert stop_words(stopping("END", "\n\n", takes=True)) == ["END", "\n\n"]


def test_a_model_that_takes_none_is_told_none() -> None:
    """It would answer with a 400."""
    assert stop_words(stopping("END", takes=False)) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), "one END two STOP"), (("END",), "one "), (("STOP", "END"), "one "), (("three",), "one END two STOP")],
)
def test_what_was_not_told_is_cut_here(words: tuple[str, ...], expected: str) -> None:
    """At whichever word comes first in the text; without any the text stays whole."""
    assert cut_at_stop("one END two STOP", stopping(*words, takes=False), sent=True) == expected
    assert cut_at_stop("one END two STOP", stopping(*words, takes=True), sent=False) == expected


def test_what_the_provider_was_told_is_left_as_it_came() -> None:
    """It stopped there itself."""
    assert cut_at_stop("one END two", stopping("END", takes=True), sent=True) == "one END two"


@given(st.text(alphabet="ab"), st.lists(st.text(alphabet="ab", min_size=1, max_size=3), max_size=4))
def test_no_stop_word_is_left_in_a_cut_text(text: str, words: list[str]) -> None:
    """And nothing before the cut is lost."""
    cut = cut_at_stop(text, stopping(*words, takes=False), sent=False)
    assert text.startswith(cut)
    assert not any(word in cut for word in words)
    assert cut == text or any(text[len(cut) :].startswith(word) for word in words)


def spoken(text: str, finish: str, call: Call) -> tuple[str, str]:
    """Text and finish reason of an answer to a call that was not told its stop words."""
    body = {"choices": [{"message": {"content": text}, "finish_reason": finish}], "usage": {}}
    answer = kept(answered(decode(wire(json.dumps(body)), call)), call, sent=False)
    return answer.text, answer.finish_reason


@pytest.mark.parametrize(
    ("text", "finish", "left"),
    [
        ("one END two", "length", ("one ", "stop")),
        ("one END two", "stop", ("one ", "stop")),
        ("one END two", "content_filter", ("one ", "content_filter")),
        ("one two", "length", ("one two", "length")),
    ],
)
def test_an_answer_that_was_cut_at_a_stop_word_is_whole(text: str, finish: str, left: tuple[str, str]) -> None:
    """What the output limit took stood behind the stop word: sending it again with more room would be for nothing."""
    assert spoken(text, finish, stopping("END", takes=False)) == left
