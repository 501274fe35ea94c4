"""Users' regular expressions in an engine that takes time as the text is long."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.linear import is_found, is_found_soon, pattern_fault


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\bsale\b", "Our sale begins", True),
        (r"\bsale\b", "Our sales begin", False),
        (r"(?i)^subject: .+\n\n", "Subject: Hello\n\nDear Anna", True),
        (r"^\d{4}-\d{2}-\d{2}$", "2026-11-23", True),
        (r"^\d{4}$", "2026 or so", False),
        (r"\p{Lu}\w+", "Zürich", True),
        ("ü", "Zurich", False),
        ("", "", True),
    ],
)
def test_a_pattern_is_found_anywhere(pattern: str, text: str, *, found: bool) -> None:
    """As `re.search` finds it; letters of all scripts have their classes."""
    assert is_found(pattern, text) is found


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (r"^Dear .+", None),
        ("(", "unclosed group"),
        ("[z-a]", "invalid character class range, the start must be <= the end"),
        ("(?=x)y", "it looks ahead or behind, which no linear engine can"),
        ("(?<!x)y", "it looks ahead or behind, which no linear engine can"),
        (r"(a)\1", "it refers back to a group, which no linear engine can"),
        ("(?:a{1000}){1000}", "it is too large when its repetitions are written out"),
        (r"x\Z", "unrecognized escape sequence"),
    ],
)
def test_what_the_engine_cannot_do_is_said_in_words(pattern: str, fault: str | None) -> None:
    """One line each, without the engine's drawing."""
    assert pattern_fault(pattern) == fault


def test_a_pattern_that_keeps_others_busy_for_hours_is_done_at_once() -> None:
    """Nested repetitions over a text that just does not match: 2^30 tries for an engine that tries ways in turn."""
    began = process_time()
    assert not is_found(r"^(a+)+$", "a" * 100_000 + "!")
    assert process_time() - began < 60


def test_broken_surrogates_are_no_obstacle() -> None:
    """Text that UTF-8 cannot carry is searched as well as it can be."""
    assert is_found("a", "\ud800a")


@given(st.text(alphabet="ab \n", max_size=30), st.sampled_from(["a+b", "^a", "b{2}", "a|bb", "[ab]{3}", " a?b"]))
def test_plain_patterns_mean_what_they_mean_in_python(text: str, pattern: str) -> None:
    """Where both engines know a pattern they agree."""
    assert is_found(pattern, text) is (re.search(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^\d{4}-\d{2}$", "2026-11", True),
        (r"^\d+$", "2026-11", False),
        (r"^(a|b)+$", "abab", True),
        (r"^(?=a)", "ab", True),  # no linear engine can, so the other does
        (r"x\Z", "ax", True),
        (r"(\w+\s?)+$", "word " * 2_000 + "!", False),
    ],
)
def test_unchecked_patterns_are_found_by_the_engine_that_can(pattern: str, text: str, *, found: bool) -> None:
    """Python's where one way is all there is to try, or where the other cannot."""
    assert is_found_soon(pattern, text) is found


def test_what_is_no_pattern_at_all_is_pythons_error() -> None:
    """The caller says what follows."""
    with pytest.raises(re.error):
        is_found_soon("(", "a")
