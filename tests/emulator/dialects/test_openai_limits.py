"""Tests of modelroute_cli.emulator.dialects.openai_limits."""

from datetime import UTC, datetime

from support.emulating import asked

from modelroute_cli.emulator.dialects.base import Place
from modelroute_cli.emulator.dialects.openai_limits import headers, too_many, wait_headers
from modelroute_cli.emulator.rate_limits import Mark, Standing

STANDING = Standing(
    requests=Mark(limit=60, remaining=59, reset_s=1.0),
    tokens=Mark(limit=6000, remaining=5900, reset_s=1.0),
    admitted=1,
)


def at(provider: str) -> Place:
    """One answer of a provider."""
    return Place(provider=provider, request_id="1", now=datetime(2026, 11, 23, tzinfo=UTC), standing=STANDING)


def test_headers_say_where_the_account_stands() -> None:
    """As OpenAI writes them."""
    assert headers(at("openai")) == {
        "x-request-id": "req_1",
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1.000s",
        "x-ratelimit-limit-tokens": "6000",
        "x-ratelimit-remaining-tokens": "5900",
        "x-ratelimit-reset-tokens": "1.000s",
    }


def test_groq_counts_requests_by_the_day() -> None:
    """In headers of the same names."""
    written = headers(at("groq"))
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
