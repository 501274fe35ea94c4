"""Tests of modelroute_cli.providers.openai_chat.decode: answers; errors are in test_failures."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.calls import OPENROUTER, answered, failed, make_call, make_card, wire

from modelroute_cli.base.schema import Request, Usage
from modelroute_cli.providers.base import Answer, Failure, FailureKind, RateSignal
from modelroute_cli.providers.openai_chat.decode import decode

CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello", "refusal": None}}
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1795428000,
    "model": "gpt-6-luna-2026-08-01",
    "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
}
FIELDS = [
    "choices",
    "message",
    "content",
    "usage",
    "error",
    "model",
    "finish_reason",
    "refusal",
    "text",
    "type",
    "code",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=15,
)


def completion(**changes: object) -> str:
    """The completion with its first choice or its own fields changed."""
    choice = CHOICE | {name: changes.pop(name) for name in ("message", "finish_reason") if name in changes}
    return json.dumps(COMPLETION | {"choices": [choice]} | changes)


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ("default", "standard"),
        ("flex", "flex"),
        ("fast", "priority"),
        ("priority", "priority"),
        ("scale", None),
        (7, None),
        (None, None),
    ],
)
def test_the_tier_that_served_is_read_in_our_words(said: object, tier: str | None) -> None:
    """A word we do not know is no tier: the bill is then the dearer one."""
    reply = decode(wire(completion(service_tier=said)), make_call())
    assert isinstance(reply, Answer)
    assert reply.service_tier == tier


def test_an_answer_is_read_whole() -> None:
    """Text, reason, tokens, the model that served, and where the limits stand."""
    response = wire(completion(), x_ratelimit_remaining_requests="99")
    assert decode(response, make_call()) == Answer(
        text="Hello",
        finish_reason="stop",
        refusal=None,
        usage=Usage(input_tokens=12, output_tokens=3),
        model_served="gpt-6-luna-2026-08-01",
        reported_cost_pusd=None,
        emulated=False,
        rate=RateSignal(remaining_requests=99),
    )


def test_blank_lines_come_before_the_answer() -> None:
    """DeepSeek sends them while it is busy."""
    assert answered(decode(wire("\n\n\n" + completion()), make_call())).text == "Hello"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Hello", "Hello"),
        (None, ""),
        ([{"type": "text", "text": "Hel"}, {"type": "output_text", "text": "lo"}], "Hello"),
        ([{"type": "thinking", "text": "hmm"}, {"type": "text", "text": "Hello"}], "Hello"),
        (17, ""),
        ([{"type": [], "text": "Hello"}, 3], ""),
    ],
)
def test_content_has_several_forms(content: object, expected: str) -> None:
    """A string, a list of parts, or nothing; thoughts are not part of the answer."""
    assert answered(decode(wire(completion(message={"content": content})), make_call())).text == expected


def test_reasoning_is_not_the_answer() -> None:
    """DeepSeek's `reasoning_content` stays out of the text."""
    message = {"content": "", "reasoning_content": "Let me think"}
    assert answered(decode(wire(completion(message=message)), make_call())).text == ""


@pytest.mark.parametrize(
    ("content", "text", "thoughts"),
    [
        ("<think>\nHmm.\n</think>\n\nHello", "Hello", "Hmm."),
        ("\n<think></think>Hello", "Hello", None),
        ("<think>a</think>Hello <think>b</think>", "Hello <think>b</think>", "a"),
        ("<think>It never ends", "<think>It never ends", None),
        ("Hello <think>a</think>", "Hello <think>a</think>", None),
    ],
)
def test_thoughts_in_tags_at_the_head_are_no_part_of_the_text(content: str, text: str, thoughts: str | None) -> None:
    """Open models on servers without a parser leave them there; an open block is an answer that was cut."""
    answer = answered(decode(wire(completion(message={"content": content})), make_call()))
    assert (answer.text, answer.reasoning) == (text, thoughts)


def test_thoughts_in_a_field_win_over_tags() -> None:
    """Either way they are not in the text."""
    message = {"content": "<think>b</think>Hello", "reasoning_content": "a"}
    answer = answered(decode(wire(completion(message=message)), make_call()))
    assert (answer.text, answer.reasoning) == ("Hello", "a")


def test_thoughts_may_be_parts_of_the_content() -> None:
    """As Mistral sends them."""
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hmm"}, 3]}, {"type": "text", "text": "Hello"}]
    answer = answered(decode(wire(completion(message={"content": parts})), make_call()))
    assert (answer.text, answer.reasoning) == ("Hello", "Hmm")


def test_stop_words_that_the_model_does_not_take_are_kept_to_here() -> None:
    """After its thoughts, which may hold them."""
    message = {"content": "<think>END</think>one END two"}
    request = Request(custom_id="r", prompt="Count.", stop=("END",))
    call = make_call(request, card=replace(make_card(), stop=False))
    assert answered(decode(wire(completion(message=message)), call)).text == "one "


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("STOP", "stop"),
        ("length", "length"),
        ("MAX_TOKENS", "length"),
        ("model_length", "length"),
        ("content_filter", "content_filter"),
        ("SAFETY", "content_filter"),
        ("function_call", "tool_calls"),
        ("malformed_function_call", "malformed_function_call"),
        (None, "unknown"),
        (3, "unknown"),
    ],
)
def test_finish_reasons_are_ours_where_they_fit(said: object, expected: str) -> None:
    """The provider's own word stays where we have none."""
    assert answered(decode(wire(completion(finish_reason=said)), make_call())).finish_reason == expected


def test_a_refusal_is_an_answer() -> None:
    """It was billed; the gate fails it."""
    answer = answered(decode(wire(completion(message={"content": None, "refusal": "I can't help."})), make_call()))
    assert (answer.text, answer.finish_reason, answer.refusal) == ("", "refusal", "I can't help.")


def test_a_blocked_prompt_with_usage_is_an_empty_answer() -> None:
    """Gemini may send no choice at all; the tokens are billed."""
    answer = answered(decode(wire(completion(choices=[])), make_call()))
    assert (answer.text, answer.finish_reason, answer.usage) == ("", "unknown", Usage(input_tokens=12, output_tokens=3))


def test_missing_usage_is_unknown() -> None:
    """The reservation stays counted; it is never 0."""
    assert answered(decode(wire(completion(usage=None)), make_call())).usage is None


def test_the_charged_cost_is_read_where_the_provider_reports_it() -> None:
    """OpenRouter's own bill, exact."""
    body = completion(usage={"prompt_tokens": 12, "completion_tokens": 3, "cost": 0.0000123})
    assert answered(decode(wire(body), make_call(provider=OPENROUTER))).reported_cost_pusd == 12_300_000


def test_another_provider_s_cost_field_is_ignored() -> None:
    """Only a provider whose card says so reports dollars."""
    body = completion(usage={"prompt_tokens": 12, "completion_tokens": 3, "cost": 0.5})
    assert answered(decode(wire(body), make_call())).reported_cost_pusd is None


def test_an_emulated_answer_is_marked() -> None:
    """By the header, and by the body where a gateway drops headers."""
    assert answered(decode(wire(completion(), x_modelroute_emulated="1"), make_call())).emulated
    assert answered(decode(wire(completion(system_fingerprint="emulated")), make_call())).emulated


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "the answer cannot be read: it is no JSON (0 bytes)"),
        ("<html>login</html>", "the answer cannot be read: it is no JSON (18 bytes)"),
        (completion()[:100], "the answer cannot be read: it is no JSON (100 bytes)"),
        ("{}", "the answer cannot be read: it holds neither an answer nor a count of tokens"),
        ("[]", "the answer cannot be read: it holds neither an answer nor a count of tokens"),
        ('{"choices": [null]}', "the answer cannot be read: it holds neither an answer nor a count of tokens"),
    ],
)
def test_a_success_without_an_answer_is_malformed(body: str, message: str) -> None:
    """Possibly billed, so it is its own kind of failure."""
    failure = failed(decode(wire(body), make_call()))
    assert (failure.kind, failure.message) == (FailureKind.MALFORMED, message)


def test_our_own_key_is_hidden_wherever_the_provider_quotes_it() -> None:
    """A key of any form, and every secret header value."""
    call = make_call(key="plain-old-key")
    body = json.dumps({"error": {"message": "key plain-old-key is wrong"}})
    assert failed(decode(wire(body, 401), call)).message == "key [hidden] is wrong"


def test_retry_after_is_carried() -> None:
    """The wait of a 429 in seconds."""
    assert failed(decode(wire("{}", 429, retry_after="7"), make_call())).retry_after_s == 7.0


def test_an_emulated_failure_is_marked() -> None:
    """So that a report can tell emulated failures from real ones."""
    assert failed(decode(wire("{}", 500, x_modelroute_emulated="1"), make_call())).emulated


@given(st.binary(max_size=300), st.sampled_from([200, 201, 204, 301, 400, 401, 404, 429, 500, 503, 529, 0, 999]))
def test_any_bytes_are_a_reply(body: bytes, status: int) -> None:
    """Decoding never raises, whatever a provider or a proxy sends."""
    assert isinstance(decode(wire(body, status), make_call()), Answer | Failure)


@given(ANYTHING, st.sampled_from([200, 429, 500]))
def test_any_json_is_a_reply_with_a_short_message(data: object, status: int) -> None:
    """Known fields with values of any type are read or ignored; what is shown stays short."""
    reply = decode(wire(json.dumps(data), status), make_call(provider=OPENROUTER))
    if isinstance(reply, Failure):
        assert 0 < len(reply.message) <= 300
    else:
        assert isinstance(reply.text, str)
