"""What Anthropic says of limits and waiting."""

from collections.abc import Mapping
from datetime import timedelta

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.dialects.base import Place


def headers(place: Place) -> Mapping[str, str]:
    """The request's name and the `anthropic-ratelimit-*` headers, with moments in RFC 3339.

    Where one bucket counts the tokens of both directions, all three kinds of token headers say the same.
    """
    standing = place.standing
    kinds = {
        "requests": standing.requests,
        "tokens": standing.tokens,
        "input-tokens": standing.input_tokens or standing.tokens,
        "output-tokens": standing.output_tokens or standing.tokens,
    }
    written = {"request-id": f"req_{place.request_id}"}
    for kind, mark in kinds.items():
        written |= {} if mark is None else _limit(kind, mark, place)
    return written


def too_many(_wait_s: float, _asked: Asked) -> Refusal:
    """A 429 that passes; the header alone says when."""
    message = "This request would exceed your account's rate limit. Please try again later."
    return Refusal(status=429, message=message, wait_s=_wait_s)


def wait_headers(wait_s: float) -> Mapping[str, str]:
    """Whole seconds."""
    return {"retry-after": f"{max(1, round(wait_s))}"}


def _limit(kind: str, mark: Mark, place: Place) -> dict[str, str]:
    """Limit, what remains, and when it is whole."""
    whole = (place.now + timedelta(seconds=mark.reset_s)).isoformat(timespec="seconds").replace("+00:00", "Z")
    name = f"anthropic-ratelimit-{kind}"
    return {f"{name}-limit": str(mark.limit), f"{name}-remaining": str(mark.remaining), f"{name}-reset": whole}
