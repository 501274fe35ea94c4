"""Tests of modelroute_cli.emulator.dialects.responses.reply."""

import json
from dataclasses import replace
from typing import Any

import pytest
from support.dialects import ask_responses, faulty, read_responses, understood
from support.emulating import read

from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.responses import reply
from modelroute_cli.emulator.generate import Answer
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

USAGE = Usage(prompt_tokens=10, cached_tokens=4, cache_write_tokens=2, completion_tokens=7, reasoning_tokens=5)
ANSWER = Answer(text="Hi", finish_reason="stop", refusal=None, usage=USAGE, thoughts="Hm.")
HEADING = Heading(id="1", created=1795428000, model="gpt-6-luna", provider="openai")
ASKED = understood(read_responses())


def body_of(answer: Answer) -> dict[str, Any]:
    """The reply, read."""
    body: dict[str, Any] = json.loads(reply.response(answer, HEADING, ASKED))
    return body


def test_an_answer_is_marked_and_complete() -> None:
    """The whole body: a thought without words, the message, the usage, and what was asked."""
    body = body_of(ANSWER)
    assert {name: body[name] for name in ("id", "object", "created_at", "completed_at", "model", "status")} == {
        "id": "resp_emulated_1",
        "object": "response",
        "created_at": 1795428000,
        "completed_at": 1795428000,
        "model": "gpt-6-luna",
        "status": "completed",
    }
    assert body["output"] == [
        {"id": "rs_1", "type": "reasoning", "summary": []},
        {
            "id": "msg_1",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}],
        },
    ]
    assert body["usage"] == {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 5},
        "total_tokens": 17,
    }
    assert (body["error"], body["incomplete_details"], body["service_tier"]) == (None, None, "default")
    assert body["text"] == {"format": {"type": "text"}}


def test_a_summary_of_the_thoughts_is_told_where_it_is_asked_for() -> None:
    """As an item before the message."""
    body = json.loads(reply.response(ANSWER, HEADING, replace(ASKED, shows_thoughts=True)))
    assert body["output"][0]["summary"] == [{"type": "summary_text", "text": "Hm."}]


def test_a_call_is_an_item() -> None:
    """Instead of a message."""
    made = MadeCall(id="c", name="f", arguments='{"a":1}')
    body = body_of(replace(ANSWER, text=None, finish_reason="tool_calls", calls=(made,)))
    assert [item["type"] for item in body["output"]] == ["reasoning", "function_call"]
    assert body["output"][1] == {
        "id": "fc_c",
        "type": "function_call",
        "status": "completed",
        "call_id": "call_c",
        "name": "f",
        "arguments": '{"a":1}',
    }


def test_a_limit_that_thinking_ate_leaves_no_message() -> None:
    """Incomplete, billed."""
    body = body_of(replace(ANSWER, text="", finish_reason="length"))
    assert [item["type"] for item in body["output"]] == ["reasoning"]
    assert (body["status"], body["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})


@pytest.mark.parametrize(
    ("fault", "status", "part"),
    [
        ("empty", "completed", "output_text"),
        ("refusal", "completed", "refusal"),
        ("truncated", "incomplete", "output_text"),
    ],
)
def test_faults_of_the_content_have_openai_s_words(fault: str, status: str, part: str) -> None:
    """200s that a gate must catch."""
    body = read(ask_responses(faulty(**{fault: 1.0}), prompt="Write an e-mail."))
    message = body["output"][-1]
    assert (body["status"], message["status"], message["content"][0]["type"]) == (status, status, part)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("server_error", 500, None),
        ("rate_limited", 429, "rate_limit_exceeded"),
        ("error_in_200", 200, "server_error"),
    ],
)
def test_faults_instead_of_an_answer_are_its_errors(fault: str, status: int, code: str | None) -> None:
    """The last as a response that failed."""
    outgoing = ask_responses(faulty(**{fault: 1.0}))
    body = read(outgoing)
    assert (outgoing.status, body["error"]["code"], body.get("status")) == (
        status,
        code,
        "failed" if status == 200 else None,
    )
    assert "x-ratelimit-limit-requests" in outgoing.headers
