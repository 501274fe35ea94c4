"""Tests of modelroute_cli.emulator.dialects.chat.request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import chat_body

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.chat.request import ChatRequest, read_request


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


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    """No client can break the server."""
    assert isinstance(read_request(body), ChatRequest | Refusal)
