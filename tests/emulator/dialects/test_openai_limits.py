"""Tests of modelroute_cli.emulator.dialects.openai_limits."""

from support.dialects import place
from support.emulating import asked

from modelroute_cli.emulator.dialects.openai_limits import headers, too_many, wait_headers


def test_headers_say_where_the_account_stands() -> None:
    """As OpenAI writes them."""
    assert headers(place("openai")) == {
        "x-request-id": "req_1",
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1.000s",
        "x-ratelimit-limit-tokens": "6000",
        "x-ratelimit-remaining-tokens": "5900",
        "x-ratelimit-reset-tokens": "90.000s",
    }


def test_groq_counts_requests_by_the_day() -> None:
    """In headers of the same names."""
    written = headers(place("groq"))
    requests = [written[f"x-ratelimit-{what}-requests"] for what in ("limit", "remaining", "reset")]
    assert requests == ["86400", "86399", "1.000s"]
    assert written["x-ratelimit-limit-tokens"] == "6000"


def test_a_429_says_when_it_passes() -> None:
    """In its sentence and in two headers."""
    refusal = too_many(0.25, asked())
    assert (refusal.status, refusal.code) == (429, "rate_limit_exceeded")
    assert refusal.message == "Rate limit reached. Please try again in 0.250s."
    assert wait_headers(0.25) == {"retry-after": "1", "retry-after-ms": "250"}


def test_groq_s_flex_tier_has_a_status_of_its_own() -> None:
    """498, which may be tried again."""
    statuses = [too_many(1.0, asked("Hi", "groq", service_tier=tier)).status for tier in ("flex", None)]
    assert statuses == [498, 429]
    assert too_many(1.0, asked("Hi", "openai", service_tier="flex")).status == 429
