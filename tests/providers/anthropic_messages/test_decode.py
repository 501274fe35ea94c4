"""Tests of modelroute_cli.providers.anthropic_messages.decode."""

import json
from typing import Any

import pytest
from anthropic.types import Message as SdkMessage
from hypothesis import given
from hypothesis import strategies as st
from support.calls import answered, failed, wire
from support.claude import ask

from modelroute_cli.base.schema import Request, ToolCall, Usage
from modelroute_cli.providers.anthropic_messages.decode import decode
from modelroute_cli.providers.base import Answer, Failure, FailureKind

CALL = ask()
TEXT = {"type": "text", "text": "Tea time.", "citations": None}
USAGE = {"input_tokens": 12, "output_tokens": 5}


def message(*blocks: dict[str, Any], **fields: Any) -> bytes:  # noqa: ANN401 - the fields of a message
    """A message as Anthropic's own types write it."""
    said: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": list(blocks),
        "stop_reason": "end_turn",
        "usage": USAGE,
    }
    return SdkMessage.model_validate(said | fields).model_dump_json().encode()


def answer(*blocks: dict[str, Any], **fields: Any) -> Answer:  # noqa: ANN401 - the fields of a message
    """What is read of such a message."""
    return answered(decode(wire(message(*blocks, **fields)), CALL))


def test_an_answer_is_its_text_and_what_it_took() -> None:
    """Model, tokens, tier and the provider's own name of the exchange."""
    said = message(TEXT, usage={**USAGE, "service_tier": "standard", "output_tokens_details": {"thinking_tokens": 2}})
    found = answered(decode(wire(said, request_id="req_1", anthropic_ratelimit_requests_limit="50"), CALL))
    assert found.text == "Tea time."
    assert (found.finish_reason, found.refusal, found.reasoning, found.tool_calls) == ("stop", None, None, ())
    assert found.usage == Usage(input_tokens=12, output_tokens=5, reasoning_tokens=2)
    assert (found.model_served, found.service_tier, found.request_id) == ("claude-haiku-5-5", "standard", "req_1")
    assert (found.reported_cost_pusd, found.emulated, found.rate.limit_requests) == (None, False, 50)


def test_texts_are_joined_and_thoughts_kept_apart() -> None:
    """Thoughts that are held back say nothing."""
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    empty, hidden = thought | {"thinking": ""}, {"type": "redacted_thinking", "data": "x"}
    found = answer(thought, empty, hidden, TEXT, TEXT | {"text": " Now."})
    assert (found.text, found.reasoning) == ("Tea time. Now.", "Hm.")
    assert answer(empty, hidden, TEXT).reasoning is None


def test_tools_that_are_asked_for_are_told() -> None:
    """Their arguments as JSON, as other providers send them; the provider's own tools are its own business."""
    asked = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"q": "日本", "n": 1, "x": 0.25}}
    own = {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {}}
    found = answer(TEXT, asked, own, asked | {"id": "toolu_2", "input": {}}, stop_reason="tool_use")
    assert found.tool_calls == (
        ToolCall(id="toolu_1", name="find", arguments='{"q": "日本", "n": 1, "x": 0.25}'),
        ToolCall(id="toolu_2", name="find", arguments="{}"),
    )
    assert (found.text, found.finish_reason) == ("Tea time.", "tool_calls")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("pause_turn", "pause_turn"),
        ("refusal", "refusal"),
    ],
)
def test_each_reason_to_stop_has_our_word(said: str, word: str) -> None:
    """All that the SDK lists."""
    assert answer(TEXT, stop_reason=said).finish_reason == word


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"type": "refusal", "category": "bio", "explanation": "Not this."}, "Not this."),
        ({"type": "refusal", "category": "bio"}, "the model refused: bio"),
        (None, "the model refused and gave no reason"),
    ],
)
def test_a_refusal_says_why(details: dict[str, str] | None, told: str) -> None:
    """In the provider's words, where it has some; what was written before stays the text."""
    found = answer(TEXT, stop_reason="refusal", stop_details=details)
    assert (found.refusal, found.text, found.finish_reason) == (told, "Tea time.", "refusal")


def test_an_answer_is_cut_at_what_was_not_sent() -> None:
    """A stop word of white space alone."""
    call = ask(Request(custom_id="r", prompt="Go.", stop=(" ",)))
    assert answered(decode(wire(message(TEXT)), call)).text == "Tea"


def test_an_empty_answer_is_an_answer() -> None:
    """It was billed; a gate refuses it."""
    assert (answer().text, answer().usage) == ("", Usage(input_tokens=12, output_tokens=5))


def test_an_emulated_answer_says_so() -> None:
    """By the emulator's header."""
    assert answered(decode(wire(message(TEXT), x_modelroute_emulated="1"), CALL)).emulated


def error(status: int, kind: str, text: str = "No.", code: str | None = None, **headers: str) -> Failure:
    """What is made of an error as Anthropic sends it."""
    inner = {"type": kind, "message": text} | ({"details": {"error_code": code}} if code else {})
    said = {"type": "error", "error": inner, "request_id": "req_9"}
    return failed(decode(wire(json.dumps(said), status, **headers), CALL))


@pytest.mark.parametrize(
    ("status", "kind", "code", "found"),
    [
        (400, "invalid_request_error", None, FailureKind.REQUEST),
        (401, "authentication_error", None, FailureKind.ACCOUNT),
        (402, "billing_error", None, FailureKind.ACCOUNT),
        (403, "permission_error", None, FailureKind.ACCOUNT),
        (404, "not_found_error", None, FailureKind.REQUEST),
        (409, "conflict_error", None, FailureKind.TRANSIENT),
        (413, "request_too_large", None, FailureKind.REQUEST),
        (429, "rate_limit_error", None, FailureKind.RATE_LIMITED),
        (429, "rate_limit_error", "ramp_limit_exceeded", FailureKind.RATE_LIMITED),
        (429, "rate_limit_error", "enforced_spend_limit_reached", FailureKind.ACCOUNT),
        (429, "rate_limit_error", "contract_spend_limit_reached", FailureKind.ACCOUNT),
        (402, "billing_error", "linked_organization_spend_limit_reached", FailureKind.ACCOUNT),
        (500, "api_error", None, FailureKind.TRANSIENT),
        (504, "timeout_error", None, FailureKind.UNKNOWN),
        (529, "overloaded_error", None, FailureKind.TRANSIENT),
    ],
)
def test_each_error_is_understood(status: int, kind: str, code: str | None, found: FailureKind) -> None:
    """What passes is tried again, what stops the account stops it, what is wrong with the request ends it."""
    assert (error(status, kind, code=code).kind, error(status, kind, code=code).message) == (found, "No.")


def test_an_error_keeps_the_provider_s_wait_and_name() -> None:
    """The wait is the header's; the name of the exchange too."""
    found = error(429, "rate_limit_error", retry_after="12", request_id="req_9")
    assert (found.retry_after_s, found.request_id, found.status) == (12.0, "req_9", 429)


def test_an_error_inside_a_success_is_an_error() -> None:
    """A gateway may pass one on so."""
    said = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert failed(decode(wire(json.dumps(said)), CALL)).message == "Overloaded"


@pytest.mark.parametrize("said", ["{}", "[]", '"hi"', '{"type": "message"}', '{"content": "text"}', "<html>", ""])
def test_what_is_no_answer_is_malformed(said: str) -> None:
    """It may have been billed, so it is not sent again blindly."""
    assert failed(decode(wire(said), CALL)).kind == FailureKind.MALFORMED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
BLOCKS = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["text", "thinking", "tool_use", "other"]) | JSON},
        optional={"text": JSON, "thinking": JSON, "name": st.text() | JSON, "id": JSON, "input": JSON},
    )
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "content": BLOCKS | JSON,
            "stop_reason": st.text() | JSON,
            "stop_details": JSON,
            "usage": st.dictionaries(st.sampled_from(list(USAGE)), JSON) | JSON,
            "model": JSON,
            "error": JSON,
        },
    )
)
def test_whatever_comes_is_an_answer_or_a_failure(said: dict[str, object]) -> None:
    """Nothing a provider may send raises, and every text can be written as UTF-8."""
    reply = decode(wire(json.dumps(said)), CALL)
    assert isinstance(reply, Answer | Failure)
    repr(reply).encode()
    if isinstance(reply, Answer):
        assert all(isinstance(json.loads(call.arguments), dict) for call in reply.tool_calls)


def test_arguments_without_end_are_none() -> None:
    """Nested as deep as JSON can be read, which is deeper than it can be written."""
    deep = '{"a":' * 900 + "1" + "}" * 900
    block = f'{{"type": "tool_use", "id": "t", "name": "find", "input": {deep}}}'
    reply = decode(wire(f'{{"content": [{block}], "usage": {{"input_tokens": 1, "output_tokens": 1}}}}'), CALL)
    assert isinstance(reply, Answer | Failure)
