"""What OpenAI's Responses API sends, as the response types of the official SDK (openai 3.54) have it."""

from collections.abc import Mapping, Sequence

from matrix.cells import Case, Shapes
from matrix.chat_shapes import HOLDS, NOTHING
from support.scripted import Scripted, of_json

Json = Mapping[str, object]

OPENAI_USAGE: Json = {
    "input_tokens": 1000,
    "input_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 100},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 1050,
}
_THOUGHT: Json = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]}
_CALL: Json = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "call_1",
    "name": "look_up",
    "arguments": '{"subject": "Earl Grey"}',
    "status": "completed",
}


XAI_USAGE: Json = {
    "input_tokens": 1000,
    "input_tokens_details": {"cached_tokens": 600},
    "output_tokens": 50,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 1050,
}


def shapes(limited: Scripted, broken: Scripted, auth: Scripted, usage: Json = OPENAI_USAGE) -> Shapes:
    """What it sends in each case; errors before generation are those of Chat Completions."""

    def _response(output: Sequence[Json], **fields: object) -> Scripted:
        return _whole(output, **{"usage": usage, **fields})

    return {
        Case.TEXT: _response([_THOUGHT, _said("Earl Grey.")]),
        Case.SCHEMA: _response([_said('{"subject": "Earl Grey"}')]),
        Case.TOOLS: _response([_CALL]),
        Case.IMAGE: _response([_said("Earl Grey.")]),
        Case.REFUSAL: _response([_message({"type": "refusal", "refusal": "I cannot help with that."})]),
        Case.TRUNCATED: _response(
            [_said("Earl")], status="incomplete", incomplete_details={"reason": "max_output_tokens"}
        ),
        Case.EMPTY: _response([_THOUGHT]),
        Case.LIMITED: limited,
        Case.BROKEN: broken,
        Case.AUTH: auth,
        Case.TIMEOUT: HOLDS,
        Case.ERROR_IN_200: _response(
            [], status="failed", usage=None, error={"code": "server_error", "message": "The model failed."}
        ),
        Case.NOTHING: NOTHING,
    }


def _said(text: str) -> Json:
    return _message({"type": "output_text", "text": text, "annotations": []})


def _message(part: Json) -> Json:
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}


def _whole(output: Sequence[Json], **fields: object) -> Scripted:
    """A whole response; `fields` replace what is usual."""
    usual: dict[str, object] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_795_000_000,
        "model": "a-model",
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "service_tier": "default",
    }
    return of_json({**usual, "output": output, **fields}, x_request_id="req_1")
