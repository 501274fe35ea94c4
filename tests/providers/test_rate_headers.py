"""Tests of modelroute_cli.providers.rate_headers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.base import RateSignal
from modelroute_cli.providers.rate_headers import answer_time, duration_s, rate_signal, retry_after_s

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


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


def test_anthropic_s_headers_are_read() -> None:
    """Four limits, each whole again at a moment."""
    headers = {"date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    for what, limit in (("requests", 50), ("tokens", 60_000), ("input-tokens", 50_000), ("output-tokens", 10_000)):
        headers |= {
            f"anthropic-ratelimit-{what}-limit": str(limit),
            f"anthropic-ratelimit-{what}-remaining": str(limit - 1),
            f"anthropic-ratelimit-{what}-reset": "2026-11-23T12:00:30Z",
        }
    assert rate_signal(headers) == RateSignal(
        limit_requests=50,
        remaining_requests=49,
        reset_requests_s=30.0,
        limit_tokens=60_000,
        remaining_tokens=59_999,
        reset_tokens_s=30.0,
        limit_input_tokens=50_000,
        remaining_input_tokens=49_999,
        reset_input_tokens_s=30.0,
        limit_output_tokens=10_000,
        remaining_output_tokens=9_999,
        reset_output_tokens_s=30.0,
    )


def test_groq_s_requests_are_those_of_a_day() -> None:
    """The same header as OpenAI's means another window; tokens are those of a minute all the same."""
    headers = {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14370",
        "x-ratelimit-reset-requests": "2m59.56s",
        "x-ratelimit-limit-tokens": "18000",
        "x-ratelimit-remaining-tokens": "17997",
        "x-ratelimit-reset-tokens": "7.66s",
    }
    assert rate_signal(headers, "day") == RateSignal(
        limit_requests_day=14_400,
        remaining_requests_day=14_370,
        reset_requests_day_s=179.56,
        limit_tokens=18_000,
        remaining_tokens=17_997,
        reset_tokens_s=7.66,
    )


def test_a_window_that_is_named_needs_no_card() -> None:
    """Cerebras and Mistral write day and minute into the name."""
    cerebras = {"x-ratelimit-limit-requests-day": "1000", "x-ratelimit-reset-requests-day": "33011.382867"}
    cerebras |= {"x-ratelimit-limit-tokens-minute": "60000", "x-ratelimit-remaining-tokens-minute": "59000"}
    assert rate_signal(cerebras) == RateSignal(
        limit_requests_day=1000, reset_requests_day_s=33011.382867, limit_tokens=60_000, remaining_tokens=59_000
    )
    mistral = {"x-ratelimit-limit-req-minute": "360", "x-ratelimit-remaining-req-minute": "359"}
    assert rate_signal(mistral) == RateSignal(limit_requests=360, remaining_requests=359)


def test_a_header_without_a_window_is_not_guessed() -> None:
    """Seconds, minutes or days: a wrong guess holds a run back by a factor of sixty, or not at all."""
    assert rate_signal({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "0"}) == RateSignal()


def test_without_the_answer_s_clock_our_own_counts_for_a_minute_at_most() -> None:
    """It may be wrong by hours, which must not close a model for the run."""
    assert retry_after_s({"retry-after": "Mon, 23 Nov 2026 12:00:20 GMT"}, NOON) == 20.0
    assert retry_after_s({"retry-after": "Mon, 23 Nov 2026 15:00:00 GMT"}, NOON) == 60.0
    assert retry_after_s({"retry-after": "Mon, 23 Nov 2026 09:00:00 GMT"}, NOON) == 0.0


def test_with_the_answer_s_clock_ours_does_not_matter() -> None:
    """However wrong it is."""
    headers = {"retry-after": "Mon, 23 Nov 2026 10:02:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    assert retry_after_s(headers, NOON) == retry_after_s(headers) == 120.0


def test_the_answer_s_clock_is_its_date() -> None:
    """What a doctor compares with ours."""
    assert answer_time({"date": "Mon, 23 Nov 2026 12:00:00 GMT"}) == NOON
    assert answer_time({}) is None


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
