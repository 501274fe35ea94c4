"""Gemini's generateContent."""

from collections.abc import Mapping

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.dialects.base import Dialect, Place
from modelroute_cli.emulator.dialects.gemini import reply
from modelroute_cli.emulator.dialects.gemini.read import read


def _headers(_place: Place) -> Mapping[str, str]:
    """Google says nothing of limits in headers."""
    return {}


def _too_many(wait_s: float, _asked: Asked) -> Refusal:
    """A 429 that passes; the body alone says when."""
    message = f"You exceeded your current quota. Please retry in {wait_s:.3f}s."
    return Refusal(status=429, message=message, wait_s=wait_s)


def _wait_headers(_wait_s: float) -> Mapping[str, str]:
    """None."""
    return {}


GEMINI = Dialect(
    name="gemini",
    read=read,
    reply=reply.content,
    error=reply.error,
    error_in_200=reply.error_in_200,
    headers=_headers,
    too_many=_too_many,
    wait_headers=_wait_headers,
    broken=Refusal(status=503, message="The model is overloaded. Please try again later."),
    refuse=reply.refuse,
)
