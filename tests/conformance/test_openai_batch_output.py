"""OpenAI's own library reads the bodies of our results files, and its OpenAPI document has nothing against them."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from support.asked import texts, words
from support.openapi import problems

from modelroute_cli.base.schema import ToolCall
from modelroute_cli.execution.openai_bodies import Given, chat_completion, response

COUNTS = st.none() | st.integers(0, 10**6)
CALLS = st.lists(st.builds(ToolCall, id=words(), name=words(), arguments=st.just('{"a": 1}')), max_size=3).map(tuple)
ANSWERS = st.builds(
    Given,
    key=st.just("0123abcd"),
    created=st.integers(1_700_000_000, 1_900_000_000),
    model=words(),
    text=texts(),
    finish_reason=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal", "unknown"]),
    refusal=st.none() | texts(),
    reasoning=st.none() | texts(),
    tool_calls=CALLS,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    cache_read_tokens=COUNTS,
    cache_write_tokens=COUNTS,
    reasoning_tokens=COUNTS,
    service_tier=st.sampled_from([None, "standard", "flex", "batch", "priority", "background_2h", "off_peak"]),
    emulated=st.booleans(),
)
MANY = settings(max_examples=100)


@MANY
@given(given_=ANSWERS)
def test_a_chat_completion_is_one_to_openais_library(given_: Given) -> None:
    """Strictly: no value is bent into another; and it finds in it what we put there."""
    read = ChatCompletion.model_validate_json(json.dumps(chat_completion(given_)), strict=True)
    message = read.choices[0].message
    assert [(call.id, call.type) for call in message.tool_calls or []] == [
        (call.id, "function") for call in given_.tool_calls
    ]
    assert message.refusal == given_.refusal
    if given_.refusal is None and not given_.tool_calls:
        assert message.content == given_.text
    assert (read.usage is None) == (given_.input_tokens is None or given_.output_tokens is None)


@MANY
@given(given_=ANSWERS)
def test_a_response_is_one_to_openais_library(given_: Given) -> None:
    """The same."""
    read = Response.model_validate_json(json.dumps(response(given_)), strict=True)
    assert [item.name for item in read.output if item.type == "function_call"] == [
        call.name for call in given_.tool_calls
    ]
    assert read.output_text == ("" if given_.refusal is not None else given_.text)


FULL = Given(
    key="0123abcd",
    created=1_795_000_000,
    model="gpt-6-luna",
    text="Fine.",
    finish_reason="stop",
    refusal=None,
    reasoning="First the tea.",
    tool_calls=(ToolCall(id="call_1", name="look_up", arguments="{}"),),
    input_tokens=100,
    output_tokens=50,
    cache_read_tokens=40,
    cache_write_tokens=10,
    reasoning_tokens=20,
    service_tier="flex",
    emulated=True,
)


def test_openais_document_has_nothing_against_a_chat_completion() -> None:
    """Full, refused, cut off, silent about tokens."""
    for answer in (FULL, replace(FULL, refusal="No."), replace(FULL, finish_reason="length", input_tokens=None)):
        assert problems("openai", "CreateChatCompletionResponse", chat_completion(answer)) == []


def test_openais_document_has_nothing_against_a_response() -> None:
    """The same."""
    for answer in (FULL, replace(FULL, refusal="No."), replace(FULL, finish_reason="length", input_tokens=None)):
        assert problems("openai", "Response", response(answer)) == []
