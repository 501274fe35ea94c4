"""Tests of modelroute_cli.providers.rate_headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.base import RateSignal
from modelroute_cli.providers.rate_headers import duration_s, rate_signal, retry_after_s


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20", 20.0),
        ("1.5", 1.5),
        ("12ms", 0.012),
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("2m59.56s", 179.56),
        ("1d", 86400.0),
        (" 7 ", 7.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("5 minutes", None),
        ("1s2", None),
    ],
)
def test_durations_are_read_in_every_spelling(written: str, expected: float | None) -> None:
    """Go durations and plain seconds; anything else is unknown."""
    assert duration_s(written) == pytest.approx(expected)


def test_milliseconds_win_over_seconds() -> None:
    """OpenAI sends both; the finer one is meant."""
    assert retry_after_s({"retry-after-ms": "250", "retry-after": "1"}) == 0.25


def test_a_date_is_measured_from_the_answer_s_own_clock() -> None:
    """A wrong local clock does not change the wait."""
    headers = {"retry-after": "Mon, 23 Nov 2026 10:00:30 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    assert retry_after_s(headers) == 30.0


def test_a_date_that_has_passed_is_no_wait() -> None:
    """Never a negative wait."""
    headers = {"retry-after": "Mon, 23 Nov 2026 09:00:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    assert retry_after_s(headers) == 0.0


def test_a_date_without_the_answer_s_clock_is_unknown() -> None:
    """Without a common clock a moment says nothing."""
    assert retry_after_s({"retry-after": "Mon, 23 Nov 2026 09:00:00 GMT"}) is None


@pytest.mark.parametrize("reset", ["2026-11-23T10:01:00Z", "1795428060", "1795428060000"])
def test_a_reset_may_be_a_moment(reset: str) -> None:
    """RFC 3339 and epochs, in seconds or milliseconds, are waits from now."""
    headers = {"x-ratelimit-reset-requests": reset, "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    assert rate_signal(headers).reset_requests_s == 60.0


def test_all_six_headers_are_read() -> None:
    """OpenAI's form, as sent."""
    headers = {
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-remaining-requests": "4999",
        "x-ratelimit-reset-requests": "12ms",
        "x-ratelimit-limit-tokens": "800000",
        "x-ratelimit-remaining-tokens": "799000",
        "x-ratelimit-reset-tokens": "6m0s",
    }
    assert rate_signal(headers) == RateSignal(
        limit_requests=5000,
        remaining_requests=4999,
        reset_requests_s=0.012,
        limit_tokens=800_000,
        remaining_tokens=799_000,
        reset_tokens_s=360.0,
    )


def test_missing_headers_are_unknown() -> None:
    """Unknown is None, never 0."""
    assert rate_signal({}) == RateSignal()


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_can_break_the_reading(written: str, date: str) -> None:
    """Any text is a number of seconds from 0 or unknown."""
    wait = retry_after_s({"retry-after": written, "date": date})
    signal = rate_signal({"x-ratelimit-reset-tokens": written, "x-ratelimit-limit-tokens": written, "date": date})
    assert wait is None or 0 <= wait <= 366 * 86400
    assert signal.reset_tokens_s == wait
