"""Tests of modelroute_cli.emulator.dialects.messages.reply."""

import json
from dataclasses import replace

import pytest
from support.dialects import ask_messages, faulty, place, read_messages, understood
from support.emulating import UNLIMITED, NotingClock, read

from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.messages import reply
from modelroute_cli.emulator.generate import Answer
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

USAGE = Usage(
    prompt_tokens=100,
    cached_tokens=40,
    cache_write_tokens=30,
    cache_write_long_tokens=10,
    completion_tokens=7,
    reasoning_tokens=5,
)
ANSWER = Answer(text="Hi", finish_reason="stop", refusal=None, usage=USAGE, thoughts="Hm.")
HEADING = Heading(id="1", created=1, model="claude-haiku-5-5", provider="anthropic", service_tier="standard")
ASKED = understood(read_messages())


def test_an_answer_is_marked_and_complete() -> None:
    """The whole body; what was read from the cache or written to it is not in `input_tokens`."""
    assert json.loads(reply.message(ANSWER, HEADING, ASKED)) == {
        "id": "msg_emulated_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "emulated"},
            {"type": "text", "text": "Hi"},
        ],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "stop_details": None,
        "usage": {
            "input_tokens": 30,
            "cache_creation_input_tokens": 30,
            "cache_read_input_tokens": 40,
            "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
            "output_tokens": 7,
            "output_tokens_details": {"thinking_tokens": 5},
            "service_tier": "standard",
        },
    }


def test_thoughts_can_be_left_out() -> None:
    """The block stays, with its signature."""
    content = json.loads(reply.message(ANSWER, HEADING, replace(ASKED, shows_thoughts=False)))["content"]
    assert content[0] == {"type": "thinking", "thinking": "", "signature": "emulated"}


def test_a_call_carries_json_and_not_text() -> None:
    """Unlike OpenAI's."""
    called = replace(
        ANSWER, text=None, finish_reason="tool_calls", calls=(MadeCall(id="c", name="f", arguments='{"a":1}'),)
    )
    body = json.loads(reply.message(called, HEADING, ASKED))
    assert body["content"][-1] == {"type": "tool_use", "id": "toolu_c", "name": "f", "input": {"a": 1}}
    assert body["stop_reason"] == "tool_use"


def test_the_stop_word_is_told() -> None:
    """Which of them ended it."""
    body = json.loads(reply.message(replace(ANSWER, finish_reason="stop_sequence", stopped_by="END"), HEADING, ASKED))
    assert (body["stop_reason"], body["stop_sequence"]) == ("stop_sequence", "END")


@pytest.mark.parametrize(
    ("status", "type_"),
    [(400, "invalid_request_error"), (402, "billing_error"), (413, "request_too_large"), (529, "overloaded_error")],
)
def test_an_error_is_typed_by_its_status(status: int, type_: str) -> None:
    """With the request's name beside it."""
    assert json.loads(reply.error(Refusal(status=status, message="no"), place("anthropic"))) == {
        "type": "error",
        "error": {"type": type_, "message": "no"},
        "request_id": "req_1",
    }


@pytest.mark.parametrize(
    ("fault", "stop_reason", "texts"),
    [("empty", "end_turn", []), ("refusal", "refusal", []), ("truncated", "max_tokens", ["text"])],
)
def test_faults_of_the_content_have_anthropic_s_words(fault: str, stop_reason: str, texts: list[str]) -> None:
    """200s that a gate must catch."""
    body = read(ask_messages(faulty(**{fault: 1.0}), prompt="Write an e-mail.", thinking={"type": "disabled"}))
    assert (body["stop_reason"], [block["type"] for block in body["content"]]) == (stop_reason, texts)


@pytest.mark.parametrize(
    ("fault", "status", "type_"),
    [
        ("server_error", 529, "overloaded_error"),
        ("unauthorized", 401, "authentication_error"),
        ("unpaid", 402, "billing_error"),
        ("rate_limited", 429, "rate_limit_error"),
        ("error_in_200", 200, "overloaded_error"),
    ],
)
def test_faults_instead_of_an_answer_are_its_errors(fault: str, status: int, type_: str) -> None:
    """Each with its status."""
    outgoing = ask_messages(faulty(**{fault: 1.0}))
    assert (outgoing.status, read(outgoing)["error"]["type"]) == (status, type_)
    assert outgoing.headers["x-modelroute-emulated"] == "1"
    assert read(outgoing)["request_id"] == outgoing.headers["request-id"]


def test_only_what_is_marked_is_cached() -> None:
    """The second of two alike reads what the first wrote, and the rest is plain input."""
    answering = Answering(UNLIMITED, NotingClock())
    words = "word " * 3000
    marked = [{"type": "text", "text": words, "cache_control": {"type": "ephemeral"}}]
    first, second = (read(ask_messages(answering, system=marked))["usage"] for _ in range(2))
    plain = read(ask_messages(answering, system=words))["usage"]
    written = first["cache_creation_input_tokens"]
    assert (first["cache_read_input_tokens"], written) == (0, 3001)
    assert (second["cache_read_input_tokens"], second["cache_creation_input_tokens"]) == (written, 0)
    assert first["input_tokens"] == second["input_tokens"] == plain["input_tokens"] - written
    assert (plain["cache_read_input_tokens"], plain["cache_creation_input_tokens"]) == (0, 0)


def test_thinking_is_output() -> None:
    """Inside the total, and told apart."""
    usage = read(ask_messages(faulty(), model="claude-sonnet-5-5"))["usage"]
    assert 0 < usage["output_tokens_details"]["thinking_tokens"] < usage["output_tokens"]
