"""Calls of tools that models ask for: as the journal keeps them, and what is wrong with one."""

import json
from collections.abc import Sequence

import msgspec

from modelroute_cli.base.schema import Tool, ToolCall

_CALLS = msgspec.json.Decoder(tuple[ToolCall, ...])
_MOST_SHOWN = 60


def written_calls(calls: Sequence[ToolCall]) -> str | None:
    """The calls as the journal keeps them; None for none."""
    return msgspec.json.encode(calls).decode() if calls else None


def read_calls(written: str | None) -> tuple[ToolCall, ...]:
    """The calls that `written_calls` wrote."""
    return _CALLS.decode(written) if written else ()


def call_fault(call: ToolCall, tools: Sequence[Tool]) -> str | None:
    """What is wrong with a call: a tool that was not offered, or arguments that are no JSON object; None if sound."""
    if all(tool.name != call.name for tool in tools):
        return f"`{call.name[:_MOST_SHOWN]}` is no tool of the request"
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError) as error:
        return f"the arguments of `{call.name}` are not JSON: {error}"
    return None if isinstance(arguments, dict) else f"the arguments of `{call.name}` are no JSON object"
