"""Anthropic Messages, in both versions."""

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.base import Dialect
from modelroute_cli.emulator.dialects.messages import limits, reply
from modelroute_cli.emulator.dialects.messages.read import read
from modelroute_cli.emulator.faults import AccountFault


def _stopped(fault: AccountFault, _provider: str) -> Refusal:
    """What is said to an account whose key or whose money does not do."""
    if fault == "unauthorized":
        return Refusal(status=401, message="invalid x-api-key")
    return Refusal(status=402, message="Your credit balance is too low to access the Anthropic API.")


MESSAGES = Dialect(
    name="messages",
    read=read,
    reply=reply.message,
    error=reply.error,
    error_in_200=reply.error_in_200,
    headers=limits.headers,
    too_many=limits.too_many,
    wait_headers=limits.wait_headers,
    broken=Refusal(status=529, message="Overloaded"),
    stopped=_stopped,
)
