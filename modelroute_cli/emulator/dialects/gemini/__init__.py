"""Gemini's generateContent."""

from collections.abc import Mapping

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.dialects.base import Dialect, Place
from modelroute_cli.emulator.dialects.gemini import reply
from modelroute_cli.emulator.dialects.gemini.read import read
from modelroute_cli.emulator.faults import AccountFault

_TOLD_S = 22.0  # the day is not over then
_LONGEST_MINUTE_S = 300.0  # what has to wait longer is out of the quota of its day
_SPENT = "You exceeded your current quota, please check your plan and billing details."


def _headers(_place: Place) -> Mapping[str, str]:
    """Google says nothing of limits in headers."""
    return {}


def _too_many(wait_s: float, _asked: Asked) -> Refusal:
    """A 429 that passes; the body alone says when. That of a day speaks of seconds all the same."""
    if wait_s > _LONGEST_MINUTE_S:
        return Refusal(status=429, message=_SPENT, code=reply.DAILY, wait_s=_TOLD_S)
    message = f"You exceeded your current quota. Please retry in {wait_s:.3f}s."
    return Refusal(status=429, message=message, wait_s=wait_s)


def _wait_headers(_wait_s: float) -> Mapping[str, str]:
    """None."""
    return {}


def _stopped(fault: AccountFault, _provider: str) -> Refusal:
    """A key that does not do is a 400; a day's quota that is spent is a 429 that speaks of seconds all the same."""
    if fault == "unauthorized":
        return Refusal(status=400, message=reply.WRONG_KEY)
    return Refusal(status=429, message=_SPENT, code=reply.DAILY, wait_s=_TOLD_S)


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
    stopped=_stopped,
    refuse=reply.refuse,
)
