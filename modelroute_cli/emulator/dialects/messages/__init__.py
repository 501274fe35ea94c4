"""Anthropic Messages, in both versions."""

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.base import Dialect
from modelroute_cli.emulator.dialects.messages import limits, reply
from modelroute_cli.emulator.dialects.messages.read import read

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
)
