"""Tests of modelroute_cli.providers.openai_responses.decode."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.calls import OPENROUTER, answered, failed, make_call, wire

from modelroute_cli.base.schema import Request, ToolCall, Usage
from modelroute_cli.providers.base import Answer, Failure, FailureKind, RateSignal
from modelroute_cli.providers.openai_responses.decode import decode

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hello", "annotations": []}],
}
RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1795428000,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "model": "gpt-6-luna-2026-08-01",
    "output": [MESSAGE],
    "service_tier": "default",
    "usage": {
        "input_tokens": 12,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 15,
    },
}
FIELDS = ["status", "output", "content", "usage", "error", "type", "text", "summary", "name", "incomplete_details"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["completed", "message", "failed", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)


def response(**changes: object) -> str:
    """The response with its own fields changed."""
    return json.dumps(RESPONSE | changes)


def message(*parts: dict[str, object], **changes: object) -> dict[str, object]:
    """A message of other parts."""
    return MESSAGE | {"content": list(parts)} | changes


def test_an_answer_is_read_whole() -> None:
    """Text, reason, tokens, the model and tier that served, where the limits stand, what support asks for."""
    reply = decode(wire(response(), x_ratelimit_remaining_requests="99", x_request_id="req_1"), make_call())
    assert reply == Answer(
        text="Hello",
        finish_reason="stop",
        refusal=None,
        usage=Usage(input_tokens=12, output_tokens=3),
        model_served="gpt-6-luna-2026-08-01",
        service_tier="standard",
        reported_cost_pusd=None,
        emulated=False,
        rate=RateSignal(remaining_requests=99),
        request_id="req_1",
    )


def test_all_parts_of_all_messages_are_the_text() -> None:
    """In order; what the model says on the way to its answer is not part of it."""
    on_the_way = message({"type": "output_text", "text": "Let me see. "}, phase="commentary")
    first = message({"type": "output_text", "text": "Hel"}, {"type": "output_text", "text": "lo"})
    last = message({"type": "output_text", "text": "!"}, phase="final_answer")
    body = response(output=[on_the_way, first, last])
    assert answered(decode(wire(body), make_call())).text == "Hello!"


def test_thoughts_are_kept_apart() -> None:
    """Summaries, and the thoughts themselves where a server shows them."""
    thought = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "Short."}, {"type": "summary_text", "text": "Shorter."}],
        "content": [{"type": "reasoning_text", "text": "Long."}],
    }
    answer = answered(decode(wire(response(output=[thought, MESSAGE])), make_call()))
    assert (answer.text, answer.reasoning) == ("Hello", "Short.\n\nShorter.\n\nLong.")


def test_calls_of_tools_are_kept() -> None:
    """By the name that an answer to them needs; arguments that are missing are none."""
    output = [
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "find", "arguments": '{"id": 7}'},
        {"type": "function_call", "call_id": "call_2", "name": "stop"},
        {"type": "function_call", "call_id": "call_3"},
    ]
    answer = answered(decode(wire(response(output=output)), make_call()))
    assert (answer.text, answer.finish_reason) == ("", "tool_calls")
    assert answer.tool_calls == (
        ToolCall(id="call_1", name="find", arguments='{"id": 7}'),
        ToolCall(id="call_2", name="stop", arguments="{}"),
    )


def test_a_refusal_is_an_answer() -> None:
    """It was billed; the gate fails it."""
    refused = message({"type": "refusal", "refusal": "I can't help."})
    answer = answered(decode(wire(response(output=[refused])), make_call()))
    assert (answer.text, answer.finish_reason, answer.refusal) == ("", "refusal", "I can't help.")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("max_output_tokens", "length"),
        ("content_filter", "content_filter"),
        ("steered", "stop"),
        ("max_messages", "length"),
        (None, "unknown"),
    ],
)
def test_an_incomplete_answer_says_why(reason: str | None, expected: str) -> None:
    """It is billed all the same; its text is what there is."""
    body = response(status="incomplete", incomplete_details={"reason": reason})
    answer = answered(decode(wire(body), make_call()))
    assert (answer.text, answer.finish_reason) == ("Hello", expected)


def test_thinking_up_to_the_limit_is_an_empty_answer() -> None:
    """With the tokens it cost."""
    body = response(status="incomplete", incomplete_details={"reason": "max_output_tokens"}, output=[])
    answer = answered(decode(wire(body), make_call()))
    assert (answer.text, answer.finish_reason, answer.usage) == ("", "length", Usage(input_tokens=12, output_tokens=3))


@pytest.mark.parametrize("code", ["server_error", "some_new_error"])
def test_a_failure_inside_a_success_is_a_failure(code: str) -> None:
    """The status of the response counts, not that of HTTP."""
    body = response(status="failed", error={"code": code, "message": "The server had an error."}, output=[], usage=None)
    failure = failed(decode(wire(body), make_call()))
    assert (failure.kind, failure.message) == (FailureKind.TRANSIENT, "The server had an error.")


def test_a_refused_prompt_inside_a_success_is_about_the_request() -> None:
    """Sending it again would not help."""
    body = response(status="failed", error={"code": "invalid_prompt", "message": "No."}, output=[], usage=None)
    assert failed(decode(wire(body), make_call())).kind == FailureKind.REQUEST


def test_a_failure_without_a_reason_is_one_that_passes() -> None:
    """As a choice without one is in Chat Completions."""
    failure = failed(decode(wire(response(status="failed", output=[])), make_call()))
    assert (failure.kind, failure.message) == (
        FailureKind.TRANSIENT,
        "the provider broke off while it generated",
    )


@pytest.mark.parametrize("status", ["queued", "in_progress", "cancelled", None, 7])
def test_what_has_not_ended_is_no_answer(status: object) -> None:
    """It may be billed, so it is its own kind of failure."""
    failure = failed(decode(wire(response(status=status)), make_call()))
    assert (failure.kind, failure.message) == (
        FailureKind.MALFORMED,
        "the answer cannot be read: it holds neither an answer nor a count of tokens",
    )


def test_stop_words_are_kept_to_here() -> None:
    """The format has no place for them."""
    call = make_call(Request(custom_id="r", prompt="Count.", stop=("lo",)))
    assert answered(decode(wire(response()), call)).text == "Hel"


def test_the_charged_cost_is_read_where_the_provider_reports_it() -> None:
    """OpenRouter speaks this format too."""
    body = response(usage={"input_tokens": 12, "output_tokens": 3, "cost": 0.0000123})
    assert answered(decode(wire(body), make_call(provider=OPENROUTER))).reported_cost_pusd == 12_300_000
    silent = replace(OPENROUTER, reports_cost=False)
    assert answered(decode(wire(body), make_call(provider=silent))).reported_cost_pusd is None


def test_an_emulated_answer_is_marked() -> None:
    """By its header."""
    assert answered(decode(wire(response(), x_modelroute_emulated="1"), make_call())).emulated


def test_missing_usage_is_unknown() -> None:
    """The reservation stays counted; it is never 0."""
    assert answered(decode(wire(response(usage=None)), make_call())).usage is None


@given(st.binary(max_size=300), st.sampled_from([200, 201, 204, 301, 400, 401, 404, 429, 500, 503, 529, 0, 999]))
def test_any_bytes_are_a_reply(body: bytes, status: int) -> None:
    """Decoding never raises, whatever a provider or a proxy sends."""
    assert isinstance(decode(wire(body, status), make_call()), Answer | Failure)


@given(ANYTHING)
def test_any_json_is_a_reply(data: object) -> None:
    """Known fields with values of any type are read or ignored."""
    changed = RESPONSE | data if isinstance(data, dict) else data
    reply = decode(wire(json.dumps(changed)), make_call())
    assert isinstance(reply.text if isinstance(reply, Answer) else reply.message, str)
