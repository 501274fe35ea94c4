"""An answer of any provider as OpenAI would have written it: the body of a chat completion, or of a response.

Shapes: the models `ChatCompletion` and `Response` of OpenAI's own library (openai 3.54) and its OpenAPI document of
2026-08-21. Names that only OpenAI could give (of the completion, of items) are made of the request's place in the run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelroute_cli.base.schema import ToolCall

Json = dict[str, object]

_TIERS: Mapping[str, str] = {"standard": "default", "flex": "flex", "priority": "priority"}
_FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter"})
_EMULATED = "emulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer that counts; counts are None where the provider did not tell them."""

    key: str  # letters and digits, another one for each request of a run
    created: int  # seconds since 1970, UTC, when it had come
    model: str
    text: str
    finish_reason: str
    refusal: str | None
    reasoning: str | None
    tool_calls: Sequence[ToolCall]
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    service_tier: str | None
    emulated: bool


def chat_completion(given: Given) -> Json:
    """The body of `/v1/chat/completions`."""
    choice = {"index": 0, "message": _message(given), "logprobs": None, "finish_reason": _finish(given)}
    return {
        "id": f"chatcmpl-{given.key}",
        "object": "chat.completion",
        "created": given.created,
        "model": given.model,
        "choices": [choice],
        **_chat_usage(given),
        **_tier(given),
        **({"system_fingerprint": _EMULATED} if given.emulated else {}),
    }


def response(given: Given) -> Json:
    """The body of `/v1/responses`; what the request asked for is not said again in it."""
    cut = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(given.finish_reason)
    return {
        "id": f"resp_{given.key}",
        "object": "response",
        "created_at": given.created,
        "status": "completed" if cut is None else "incomplete",
        "error": None,
        "incomplete_details": None if cut is None else {"reason": cut},
        "instructions": None,
        "metadata": {_EMULATED: "true"} if given.emulated else {},
        "model": given.model,
        "output": list(_items(given, "completed" if cut is None else "incomplete")),
        "parallel_tool_calls": True,
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        **_response_usage(given),
        **_tier(given),
    }


def _message(given: Given) -> Json:
    """The assistant's turn: a text, a refusal, calls of tools."""
    empty = given.refusal is not None or (given.tool_calls and not given.text)
    message: Json = {"role": "assistant", "content": None if empty else given.text, "refusal": given.refusal}
    if given.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in given.tool_calls
        ]
    return message


def _finish(given: Given) -> str:
    """Why it ended, in OpenAI's words; a refusal ends as any answer does, and so does a word that is not known."""
    return given.finish_reason if given.finish_reason in _FINISHES else "stop"


def _tier(given: Given) -> Json:
    """The tier that served, where OpenAI has a word for it."""
    word = _TIERS.get(given.service_tier or "")
    return {} if word is None else {"service_tier": word}


def _chat_usage(given: Given) -> Json:
    """Nothing where the provider did not tell how many tokens there were."""
    if given.input_tokens is None or given.output_tokens is None:
        return {}
    usage: Json = {
        "prompt_tokens": given.input_tokens,
        "completion_tokens": given.output_tokens,
        "total_tokens": given.input_tokens + given.output_tokens,
        "prompt_tokens_details": {"cached_tokens": given.cache_read_tokens or 0},
        "completion_tokens_details": {"reasoning_tokens": given.reasoning_tokens or 0},
    }
    return {"usage": usage}


def _response_usage(given: Given) -> Json:
    """The same under the names of responses."""
    if given.input_tokens is None or given.output_tokens is None:
        return {}
    cached = {"cached_tokens": given.cache_read_tokens or 0, "cache_write_tokens": given.cache_write_tokens or 0}
    usage: Json = {
        "input_tokens": given.input_tokens,
        "input_tokens_details": cached,
        "output_tokens": given.output_tokens,
        "output_tokens_details": {"reasoning_tokens": given.reasoning_tokens or 0},
        "total_tokens": given.input_tokens + given.output_tokens,
    }
    return {"usage": usage}


def _items(given: Given, status: str) -> Iterator[Json]:
    """Thoughts, then what was said, then calls of tools."""
    if given.reasoning:
        thoughts = [{"type": "summary_text", "text": given.reasoning}]
        yield {"type": "reasoning", "id": f"rs_{given.key}", "summary": thoughts}
    if given.text or given.refusal or not given.tool_calls:
        yield _said(given, status)
    for number, call in enumerate(given.tool_calls):
        yield {
            "type": "function_call",
            "id": f"fc_{given.key}{number:02d}",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
            "status": status,
        }


def _said(given: Given, status: str) -> Json:
    """The message: a refusal in the place of a text."""
    if given.refusal is not None:
        part: Json = {"type": "refusal", "refusal": given.refusal}
    else:
        part = {"type": "output_text", "text": given.text, "annotations": [], "logprobs": []}
    return {"type": "message", "id": f"msg_{given.key}", "status": status, "role": "assistant", "content": [part]}
