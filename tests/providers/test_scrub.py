"""Tests of modelroute_cli.providers.scrub."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.scrub import MOST_CHARS, scrub


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Incorrect API key provided: sk-proj-abc123DEF456.", "Incorrect API key provided: [hidden]"),
        ("bad key sk-proj-abc123DEF456 here", "bad key [hidden] here"),
        ("header Authorization: Bearer abc.def-ghi, refused", "header Authorization: Bearer [hidden], refused"),
        ("got AIzaSyA1234567890abcdef", "got [hidden]"),
        ("x-portkey-api-key=pk123456789 is wrong", "x-portkey-api-key=[hidden] is wrong"),
        ("GET https://h.example/v1/models?key=AIzaX&alt=json failed", "GET https://h.example/v1/models failed"),
        ("see https://user:pass@h.example/x", "see https://h.example/x"),
        ("gsk_abcdefgh12345 expired", "[hidden] expired"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(message: str, expected: str) -> None:
    """Providers quote keys back; nobody else gets to see them."""
    assert scrub(message) == expected


def test_a_secret_we_hold_is_hidden_whatever_it_looks_like() -> None:
    """A key of an unusual form is known to us and goes all the same."""
    assert scrub("token plainword42 refused", ["plainword42"]) == "token [hidden] refused"


def test_the_longest_secret_goes_first() -> None:
    """A secret that contains another leaves no rest of itself."""
    assert scrub("abcdef123456", ["abcdef", "abcdef123456"]) == "[hidden]"


def test_a_short_value_is_no_secret() -> None:
    """A header value such as `prod` must not tear holes into every message."""
    assert scrub("production is down", ["prod"]) == "production is down"


def test_ordinary_words_stay() -> None:
    """A message that holds no secret is shown as it is."""
    message = "This model's maximum context length is 8192 tokens; your task-oriented prompt has 9001."
    assert scrub(message) == message


def test_control_characters_and_lines_become_spaces() -> None:
    """A message cannot clear a terminal or fake a second line."""
    assert scrub("one\x1b[2J\r\ntwo\u202ethree") == "one [2J two three"


def test_a_long_message_ends_in_an_ellipsis() -> None:
    """At most 300 characters."""
    assert scrub("x " * 400) == ("x " * 150)[: MOST_CHARS - 1] + "…"


@given(st.text(max_size=400), st.integers(0, 12_000))
def test_a_held_secret_never_survives(text: str, pad: int) -> None:
    """Wherever a key stands, also across the place where the message is cut."""
    secret = "Zq7-unusual-secret-value"  # noqa: S105 - invented here
    shown = scrub(" " * pad + text + secret + text, [secret])
    assert secret not in shown
    assert "Zq7-unusual" not in shown
    assert len(shown) <= MOST_CHARS
