"""What OpenAI, and those who took over its formats, say of limits and waiting."""

from collections.abc import Mapping

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.dialects.base import Place

_MINUTES_A_DAY = 24 * 60
_A_DAY_S = 86_400.0


def headers(place: Place) -> Mapping[str, str]:
    """The request's name and the `x-ratelimit-*` headers of every answer, with Go durations."""
    standing = place.standing
    requests = standing.requests
    if place.provider == "groq" and requests is not None:
        requests = standing.requests_day or _by_day(requests, standing.admitted)
    return {
        "x-request-id": f"req_{place.request_id}",
        **_limit("requests", requests),
        **_limit("tokens", standing.tokens),
    }


def too_many(wait_s: float, asked: Asked) -> Refusal:
    """A 429 that passes; Groq's flex tier has a status of its own for it (its errors page, 2026-11)."""
    if asked.provider == "groq" and asked.tier == "flex":
        return Refusal(
            status=498,
            message="The flex tier is at capacity right now. Try again later.",
            type="flex_tier_capacity_exceeded",
            code="capacity_exceeded",
            wait_s=wait_s,
        )
    return Refusal(
        status=429,
        message=f"Rate limit reached. Please try again in {wait_s:.3f}s.",
        type="requests",
        code="rate_limit_exceeded",
        wait_s=wait_s,
    )


def wait_headers(wait_s: float) -> Mapping[str, str]:
    """In seconds, and in milliseconds as OpenAI and Azure add."""
    return {"retry-after": f"{max(1, round(wait_s))}", "retry-after-ms": f"{max(1, round(wait_s * 1000))}"}


def _by_day(requests: Mark, admitted: int) -> Mark:
    """Groq counts requests by the day in the headers of that name (console.groq.com, rate limits, 2026-11)."""
    a_day = requests.limit * _MINUTES_A_DAY
    spent = min(admitted, a_day)
    return Mark(limit=a_day, remaining=a_day - spent, reset_s=spent * _A_DAY_S / a_day)


def _limit(what: str, mark: Mark | None) -> dict[str, str]:
    """Limit, what remains, and a Go duration until it is whole; nothing where there is no limit."""
    if mark is None:
        return {}
    return {
        f"x-ratelimit-limit-{what}": str(mark.limit),
        f"x-ratelimit-remaining-{what}": str(mark.remaining),
        f"x-ratelimit-reset-{what}": f"{mark.reset_s:.3f}s",
    }
