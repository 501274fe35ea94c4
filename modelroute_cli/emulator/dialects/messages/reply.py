"""Answers and errors in the form of Anthropic Messages."""

import json

import msgspec

from modelroute_cli.emulator.asked import Asked, Refusal
from modelroute_cli.emulator.dialects.base import Heading, Place
from modelroute_cli.emulator.generate import Answer, Finish
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

_ENCODER = msgspec.json.Encoder()
_STOPPED: dict[Finish, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_calls": "tool_use",
}
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def message(answer: Answer, heading: Heading, asked: Asked) -> bytes:
    """The body of a successful answer."""
    refusal = answer.refusal
    return _ENCODER.encode(
        {
            "id": f"msg_emulated_{heading.id}",
            "type": "message",
            "role": "assistant",
            "model": heading.model,
            "content": _content(answer, asked),
            "stop_reason": "refusal" if refusal else _STOPPED[answer.finish_reason],
            "stop_sequence": answer.stopped_by,
            "stop_details": {"type": "refusal", "category": None, "explanation": refusal} if refusal else None,
            "usage": _usage(answer.usage, heading.service_tier),
        }
    )


def error(refusal: Refusal, place: Place) -> bytes:
    """The body of an error; a status that Anthropic has no word for is the API's own."""
    return _error(refusal, place.request_id)


def _error(refusal: Refusal, request_id: str) -> bytes:
    """The same for a request of that name."""
    said: dict[str, object] = {"type": _TYPES.get(refusal.status, "api_error"), "message": refusal.message}
    if refusal.code is not None:
        said["details"] = {"error_code": refusal.code}
    return _ENCODER.encode({"type": "error", "error": said, "request_id": f"req_{request_id}"})


def error_in_200(heading: Heading) -> bytes:
    """An error under a status that denies it, as gateways have sent it."""
    return _error(Refusal(status=529, message="Overloaded"), heading.id)


def _content(answer: Answer, asked: Asked) -> list[dict[str, object]]:
    """Thoughts, then words, then calls; a refusal and an empty answer have nothing after the thoughts."""
    blocks: list[dict[str, object]] = []
    if answer.usage.reasoning_tokens:
        shown = answer.thoughts if asked.shows_thoughts else ""
        blocks.append({"type": "thinking", "thinking": shown, "signature": "emulated"})
    if answer.text:
        blocks.append({"type": "text", "text": answer.text})
    return blocks + [_tool_use(made) for made in answer.calls]


def _tool_use(made: MadeCall) -> dict[str, object]:
    """A call, with its arguments as JSON and not as text."""
    return {"type": "tool_use", "id": f"toolu_{made.id}", "name": made.name, "input": json.loads(made.arguments)}


def _usage(usage: Usage, tier: str) -> dict[str, object]:
    """Input without what was read from the cache or written to it; output with the thinking."""
    brief = usage.cache_write_tokens - usage.cache_write_long_tokens
    written = {"ephemeral_5m_input_tokens": brief, "ephemeral_1h_input_tokens": usage.cache_write_long_tokens}
    return {
        "input_tokens": usage.prompt_tokens - usage.cached_tokens - usage.cache_write_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation": written,
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
        "service_tier": tier,
    }
