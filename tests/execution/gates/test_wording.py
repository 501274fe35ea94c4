"""Length, phrases and patterns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.subject import Subject
from modelroute_cli.execution.gates.wording import (
    count_words,
    forbidden_phrase,
    length_fault,
    missing_phrase,
    pattern_missing,
)


def _subject(output: str, **rules: object) -> Subject:
    return Subject(Request(custom_id="r", prompt="x"), GateRules(**rules), output)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ({}, None),
        ({"min_words": 3, "max_words": 3}, None),
        ({"min_words": 4}, "3 words, at least 4 asked"),
        ({"max_words": 2}, "3 words, at most 2 asked"),
        ({"min_chars": 13}, "12 characters, at least 13 asked"),
        ({"max_chars": 11}, "12 characters, at most 11 asked"),
        ({"max_chars": 11, "max_words": 2}, "12 characters, at most 11 asked"),
    ],
)
def test_length_is_counted_in_words_and_characters(rules: dict[str, object], fault: str | None) -> None:
    """Both ends included, blanks around the text left out; characters first, since they cost nothing."""
    assert length_fault(_subject(" Our new sale\n", **rules)) == fault


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("it's a well-known word", 4),
        ("Grüße aus Köln", 3),
        ("夏のセール", 5),
        ("Sale 夏 now", 3),
        ("- - -", 0),
    ],
)
def test_words_are_counted_as_people_count_them(text: str, count: int) -> None:
    """Apostrophes and hyphens join; each character of an unspaced script is one."""
    assert count_words(text) == count


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_counted_as_other_text_is(text: str) -> None:
    """The fast way counts the same: a word of another script more or less changes nothing."""
    assert count_words(text) == count_words(f"{text} é") - 1


def test_phrases_are_found_whatever_their_case_and_form() -> None:
    """`GRÜSSE` holds `grüße`, and ü is ü however it is composed."""
    assert missing_phrase(_subject("Viele GRÜSSE", must_contain=("grüße", "Viele"))) is None
    assert missing_phrase(_subject("Gru\u0308n", must_contain=("grün",))) is None
    assert missing_phrase(_subject("Our shop", must_contain=("shop", "sale"))) == "`sale` is missing"
    assert forbidden_phrase(_subject("An EXCLUSIVE offer", must_not_contain=("exclusive",))) == "`exclusive` is in it"
    assert forbidden_phrase(_subject("An offer", must_not_contain=("exclusive",))) is None


def test_a_pattern_looks_at_the_answer_without_blanks_around_it() -> None:
    """A last newline is no reason to fail."""
    assert pattern_missing(_subject("AB-12\n", pattern=r"^[A-Z]{2}-\d+$")) is None
    assert pattern_missing(_subject("AB-12x", pattern=r"^[A-Z]{2}-\d+$")) == r"`^[A-Z]{2}-\d+$` is not found in it"
