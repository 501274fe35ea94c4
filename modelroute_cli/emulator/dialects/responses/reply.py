"""Answers in the form of OpenAI Responses: a list of items, a status, and what was asked repeated."""

import msgspec

from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.generate import Answer
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

_ENCODER = msgspec.json.Encoder()


def response(answer: Answer, heading: Heading, asked: Asked) -> bytes:
    """The body of a successful answer, or of one that was cut off."""
    is_cut = answer.finish_reason == "length"
    return _ENCODER.encode(
        {
            **_head(heading),
            "status": "incomplete" if is_cut else "completed",
            "completed_at": None if is_cut else heading.created,
            "incomplete_details": {"reason": "max_output_tokens"} if is_cut else None,
            "output": _output(answer, heading, asked),
            "usage": _usage(answer.usage),
            **asked.echo,
        }
    )


def failed(heading: Heading) -> bytes:
    """A 200 whose status says that generation failed."""
    return _ENCODER.encode(
        {
            **_head(heading),
            "status": "failed",
            "error": {"code": "server_error", "message": "The server had an error while processing your request."},
            "incomplete_details": None,
            "output": [],
            "usage": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "temperature": None,
            "tool_choice": "auto",
            "tools": [],
            "top_p": None,
        }
    )


def _head(heading: Heading) -> dict[str, object]:
    """What every response has."""
    return {
        "id": f"resp_emulated_{heading.id}",
        "object": "response",
        "created_at": heading.created,
        "model": heading.model,
        "error": None,
        "background": False,
        "previous_response_id": None,
        "service_tier": heading.service_tier,
    }


def _output(answer: Answer, heading: Heading, asked: Asked) -> list[dict[str, object]]:
    """Thoughts, then the message, then calls; a limit that thinking ate leaves no message."""
    items: list[dict[str, object]] = []
    if answer.usage.reasoning_tokens:
        items.append(_thinking(answer, heading, asked))
    if not answer.calls and (answer.text or answer.finish_reason != "length"):
        items.append(_message(answer, heading))
    return items + [_call(made) for made in answer.calls]


def _thinking(answer: Answer, heading: Heading, asked: Asked) -> dict[str, object]:
    """That the model thought, with a summary where one was asked for."""
    is_shown = asked.shows_thoughts and bool(answer.thoughts)
    summary = [{"type": "summary_text", "text": answer.thoughts}] if is_shown else []
    return {"id": f"rs_{heading.id}", "type": "reasoning", "summary": summary}


def _message(answer: Answer, heading: Heading) -> dict[str, object]:
    """The assistant's words, or its refusal."""
    said: dict[str, object] = {"type": "output_text", "text": answer.text or "", "annotations": [], "logprobs": []}
    return {
        "id": f"msg_{heading.id}",
        "type": "message",
        "status": "incomplete" if answer.finish_reason == "length" else "completed",
        "role": "assistant",
        "content": [{"type": "refusal", "refusal": answer.refusal} if answer.refusal else said],
    }


def _call(made: MadeCall) -> dict[str, object]:
    """A call."""
    return {
        "id": f"fc_{made.id}",
        "type": "function_call",
        "status": "completed",
        "call_id": f"call_{made.id}",
        "name": made.name,
        "arguments": made.arguments,
    }


def _usage(usage: Usage) -> dict[str, object]:
    """Cached tokens inside the input, thinking inside the output."""
    return {
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
