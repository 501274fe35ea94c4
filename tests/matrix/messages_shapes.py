"""What Anthropic's Messages API sends, as the types of the official SDK (anthropic 2.12) have it."""

from collections.abc import Mapping

from matrix.cells import Case, Shapes
from matrix.chat_shapes import HOLDS, NOTHING
from support.scripted import Scripted, of_json

Json = Mapping[str, object]

_USAGE: Json = {
    "input_tokens": 300,
    "cache_creation_input_tokens": 100,
    "cache_read_input_tokens": 600,
    "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 50,
    "output_tokens_details": {"thinking_tokens": 20},
    "service_tier": "standard",
}
_THOUGHT: Json = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
_CALL: Json = {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"subject": "Earl Grey"}}


def shapes() -> Shapes:
    """What it sends in each case."""
    return {
        Case.TEXT: _message(_THOUGHT, _text("Earl Grey.")),
        Case.SCHEMA: _message(_text('{"subject": "Earl Grey"}')),
        Case.TOOLS: _message(_CALL, stop="tool_use"),
        Case.IMAGE: _message(_text("Earl Grey.")),
        Case.REFUSAL: _message(stop="refusal"),
        Case.TRUNCATED: _message(_text("Earl"), stop="max_tokens"),
        Case.EMPTY: _message(_THOUGHT),
        Case.LIMITED: _error(429, "rate_limit_error", "Number of requests exceeds your limit.", retry_after="2"),
        Case.BROKEN: _error(529, "overloaded_error", "Overloaded"),
        Case.AUTH: _error(401, "authentication_error", "invalid x-api-key"),
        Case.TIMEOUT: HOLDS,
        Case.ERROR_IN_200: _error(200, "overloaded_error", "Overloaded"),
        Case.NOTHING: NOTHING,
    }


def _text(text: str) -> Json:
    return {"type": "text", "text": text, "citations": None}


def _message(*content: Json, stop: str = "end_turn") -> Scripted:
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "a-model",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": _USAGE,
    }
    return of_json(body, request_id="req_1")


def _error(status: int, kind: str, message: str, **headers: str) -> Scripted:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return of_json(body, status, **headers)
