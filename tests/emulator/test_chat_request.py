"""Tests of modelroute_cli.emulator.chat_request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import chat_body, chat_request

from modelroute_cli.emulator.chat_request import ChatRequest, Refusal, digest, prompt_texts, read_request


def test_a_request_is_read() -> None:
    """Model, turns and limits; unknown fields have no effect."""
    request = chat_request("Hi", max_tokens=5, metadata={"row": "1"}, seed=3)
    assert (request.model, request.limit("acme"), prompt_texts(request)) == ("gpt-4.1", 5, ["Hi"])


def test_parts_are_words_and_images() -> None:
    """Content may be a list."""
    parts = [
        {"type": "text", "text": "What is"},
        {"type": "image_url", "image_url": {"url": "https://e.example/a.png"}},
        {"type": "text", "text": "this?"},
    ]
    request = chat_request(messages=[{"role": "user", "content": parts}])
    assert prompt_texts(request) == ["What is\nthis?"]
    assert request.messages[0].images() == 1


@pytest.mark.parametrize(
    ("fields", "effort"),
    [
        ({}, None),
        ({"reasoning_effort": "low"}, "low"),
        ({"reasoning": {"effort": "high"}}, "high"),
        ({"thinking": {"type": "disabled"}}, "none"),
        ({"thinking": {"type": "enabled"}, "reasoning_effort": "max"}, "max"),
    ],
)
def test_the_effort_is_read_from_any_field(fields: dict[str, object], effort: str | None) -> None:
    """OpenAI's, OpenRouter's and DeepSeek's."""
    assert chat_request(**fields).effort() == effort  # type: ignore[arg-type]


def test_the_newer_limit_counts_only_where_it_is_known() -> None:
    """DeepSeek and small servers ignore `max_completion_tokens`, as they really do."""
    request = chat_request(max_completion_tokens=9)
    assert (request.limit("openai"), request.limit("deepseek"), request.limit("local")) == (9, None, None)


def test_the_schema_is_read() -> None:
    """As OpenAI's structured outputs carry it."""
    named = {"name": "n", "strict": True, "schema": {"type": "object"}}
    assert chat_request(response_format={"type": "json_schema", "json_schema": named}).schema() == {"type": "object"}
    assert chat_request(response_format={"type": "json_object"}).schema() is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"\xff"',
        b"[" * 100_000,
        json.dumps({"messages": []}).encode(),
        json.dumps({"model": "m", "messages": []}).encode(),
        json.dumps({"model": "", "messages": [{"role": "user", "content": "x"}]}).encode(),
        chat_body(max_tokens=0),
        chat_body(max_tokens="many"),
        chat_body(messages=[{"role": "robot", "content": "x"}]),
        chat_body(messages=[{"role": "user", "content": 3}]),
        chat_body(stream=True),
    ],
)
def test_a_wrong_body_is_a_400(body: bytes) -> None:
    """As OpenAI refuses it."""
    refusal = read_request(body)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.type) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("asked", "served"), [("flex", "flex"), ("priority", "priority"), ("auto", "default"), (None, "default")]
)
def test_the_tier_that_is_asked_for_serves(asked: str | None, served: str) -> None:
    """What is not sold is the standard one, by OpenAI's name."""
    request = read_request(chat_body(service_tier=asked))
    assert isinstance(request, ChatRequest)
    assert request.served_tier() == served


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    """No client can break the server."""
    assert isinstance(read_request(body), ChatRequest | Refusal)


def test_a_request_is_the_same_by_provider_and_bytes() -> None:
    """Another provider or another byte is another request."""
    assert digest("a", b"x") == digest("a", b"x")
    assert len({digest("a", b"x"), digest("b", b"x"), digest("a", b"y"), digest("", b"a\0x")}) == 4
