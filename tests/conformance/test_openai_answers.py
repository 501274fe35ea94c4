"""OpenAI's own models read generated answers, in both of its formats; ours must find the same in them."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from support.asked import texts, words
from support.calls import answered, make_call, wire

from modelroute_cli.base.schema import ToolCall, Usage
from modelroute_cli.providers.base import Answer
from modelroute_cli.providers.openai_chat import OpenAIChat
from modelroute_cli.providers.openai_responses import OpenAIResponses

Json = dict[str, Any]
HUNDREDS = settings(max_examples=100)
COUNTS = st.integers(0, 10**6)
ARGUMENTS = st.dictionaries(words(), st.integers() | texts(), max_size=2).map(json.dumps)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Tokens whose parts fit into their wholes."""
    given_, written = draw(COUNTS), draw(COUNTS)
    cached = draw(st.integers(0, given_))
    return Usage(
        input_tokens=given_,
        output_tokens=written,
        cache_read_tokens=cached,
        cache_write_tokens=draw(st.integers(0, given_ - cached)),
        reasoning_tokens=draw(st.integers(0, written)),
    )


def part(text: str) -> Json:
    """Text as a message carries it."""
    return {"type": "output_text", "text": text, "annotations": []}


def message(parts: list[Json]) -> Json:
    """A message that is put out."""
    return {"type": "message", "id": "msg", "role": "assistant", "status": "completed", "content": parts}


def thought(summaries: list[str]) -> Json:
    """What is told of the thoughts."""
    return {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": each} for each in summaries]}


def called(name: str, arguments: str) -> Json:
    """A call of a tool."""
    return {"type": "function_call", "call_id": f"call_{name}", "name": name, "arguments": arguments}


OUTPUTS = st.lists(
    st.lists(texts(), max_size=2).map(thought)
    | st.lists(texts().map(part), max_size=3).map(message)
    | st.builds(called, words(), ARGUMENTS),
    max_size=4,
)


def response(output: list[Json], usage: Usage) -> Json:
    """A whole response."""
    return {
        "id": "resp",
        "object": "response",
        "created_at": 1795428000,
        "status": "completed",
        "model": "gpt-6-luna",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": usage.input_tokens,
            "input_tokens_details": {
                "cached_tokens": usage.cache_read_tokens,
                "cache_write_tokens": usage.cache_write_tokens,
            },
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
            "total_tokens": usage.input_tokens + usage.output_tokens,
        },
    }


@HUNDREDS
@given(OUTPUTS, usages())
def test_a_response_is_read_as_the_sdk_reads_it(output: list[Json], usage: Usage) -> None:
    """Text, calls of tools and tokens; thoughts are no part of the text."""
    body = response(output, usage)
    theirs = Response.model_validate(body, strict=True)
    ours = answered(OpenAIResponses().decode(wire(json.dumps(body)), make_call()))
    assert (ours.text, ours.usage) == (theirs.output_text, usage)
    assert ours.tool_calls == tuple(
        ToolCall(id=item.call_id, name=item.name, arguments=item.arguments)
        for item in theirs.output
        if item.type == "function_call"
    )


def completion(content: str | None, calls: list[tuple[str, str]], usage: Usage) -> Json:
    """A whole completion."""
    named = [
        {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for name, arguments in calls
    ]
    said = {"role": "assistant", "content": content, "refusal": None} | ({"tool_calls": named} if named else {})
    return {
        "id": "chatcmpl",
        "object": "chat.completion",
        "created": 1795428000,
        "model": "gpt-6-luna",
        "choices": [{"index": 0, "finish_reason": "tool_calls" if named else "stop", "message": said}],
        "usage": {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {
                "cached_tokens": usage.cache_read_tokens,
                "cache_write_tokens": usage.cache_write_tokens,
            },
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        },
    }


@HUNDREDS
@given(st.none() | texts(), st.lists(st.tuples(words(), ARGUMENTS), max_size=2), usages())
def test_a_completion_is_read_as_the_sdk_reads_it(
    content: str | None, calls: list[tuple[str, str]], usage: Usage
) -> None:
    """The same in the older format."""
    body = completion(content, calls, usage)
    (choice,) = ChatCompletion.model_validate(body, strict=True).choices
    ours: Answer = answered(OpenAIChat().decode(wire(json.dumps(body)), make_call()))
    assert (ours.text, ours.finish_reason, ours.usage) == (choice.message.content or "", choice.finish_reason, usage)
    assert [(call.id, call.name, call.arguments) for call in ours.tool_calls] == [
        (call.id, call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or []
        if call.type == "function"
    ]
