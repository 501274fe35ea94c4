"""An answer as OpenAI would have written it; its own library is the judge of that (tests/conformance)."""

from dataclasses import replace

import pytest

from modelroute_cli.base.schema import ToolCall
from modelroute_cli.execution.openai_bodies import Given, Json, chat_completion, response

GIVEN = Given(
    key="0123abcd",
    created=1_795_000_000,
    model="gpt-6-luna",
    text="Grüße",
    finish_reason="stop",
    refusal=None,
    reasoning=None,
    tool_calls=(),
    input_tokens=100,
    output_tokens=50,
    cache_read_tokens=40,
    cache_write_tokens=None,
    reasoning_tokens=20,
    service_tier="batch",
    emulated=False,
)
CALL = ToolCall(id="call_1", name="look_up", arguments='{"order": 7}')


def _choice(given: Given) -> Json:
    choices = chat_completion(given)["choices"]
    assert isinstance(choices, list)
    [choice] = choices
    assert isinstance(choice, dict)
    return choice


def _message(given: Given) -> Json:
    message = _choice(given)["message"]
    assert isinstance(message, dict)
    return message


def _items(given: Given) -> list[Json]:
    items = response(given)["output"]
    assert isinstance(items, list)
    return items


def test_a_chat_completion() -> None:
    """One choice, OpenAI's names of counts; a tier that it has no word for is left out."""
    assert chat_completion(GIVEN) == {
        "id": "chatcmpl-0123abcd",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": "gpt-6-luna",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Grüße", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 40},
            "completion_tokens_details": {"reasoning_tokens": 20},
        },
    }


def test_a_response() -> None:
    """The text is a part of a message; what the request asked for is not said again."""
    body = response(GIVEN)
    assert body["output"] == [
        {
            "type": "message",
            "id": "msg_0123abcd",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Grüße", "annotations": [], "logprobs": []}],
        }
    ]
    assert body["usage"] == {
        "input_tokens": 100,
        "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 0},
        "output_tokens": 50,
        "output_tokens_details": {"reasoning_tokens": 20},
        "total_tokens": 150,
    }
    assert (body["id"], body["status"], body["incomplete_details"], body["tools"]) == (
        "resp_0123abcd",
        "completed",
        None,
        [],
    )


def test_a_refusal_stands_in_its_own_field() -> None:
    """There is no text then."""
    refused = replace(GIVEN, text="", refusal="No.", finish_reason="refusal")
    assert _message(refused) == {"role": "assistant", "content": None, "refusal": "No."}
    assert _items(refused)[0]["content"] == [{"type": "refusal", "refusal": "No."}]


def test_calls_of_tools() -> None:
    """In the message of a chat, as items of a response; a text beside them stays."""
    calling = replace(GIVEN, text="", tool_calls=(CALL,), finish_reason="tool_calls")
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"order": 7}'}}
    assert _message(calling) == {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
    assert _message(replace(calling, text="One moment."))["content"] == "One moment."
    assert [item["type"] for item in _items(calling)] == ["function_call"]
    assert [item["type"] for item in _items(replace(calling, text="One moment."))] == ["message", "function_call"]
    assert _items(calling)[0] == {
        "type": "function_call",
        "id": "fc_0123abcd00",
        "call_id": "call_1",
        "name": "look_up",
        "arguments": '{"order": 7}',
        "status": "completed",
    }


def test_thoughts_are_an_item_of_a_response() -> None:
    """A chat completion has no place for them."""
    thinking = replace(GIVEN, reasoning="First the tea.")
    assert _items(thinking)[0] == {
        "type": "reasoning",
        "id": "rs_0123abcd",
        "summary": [{"type": "summary_text", "text": "First the tea."}],
    }
    assert "First the tea." not in str(chat_completion(thinking))


@pytest.mark.parametrize(
    ("finish", "chat", "status", "why"),
    [
        ("stop", "stop", "completed", None),
        ("length", "length", "incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "content_filter", "incomplete", {"reason": "content_filter"}),
        ("tool_calls", "tool_calls", "completed", None),
        ("refusal", "stop", "completed", None),
        ("some word", "stop", "completed", None),
    ],
)
def test_why_it_ended(finish: str, chat: str, status: str, why: object) -> None:
    """In OpenAI's words, whoever answered."""
    ended = replace(GIVEN, finish_reason=finish)
    assert _choice(ended)["finish_reason"] == chat
    assert (response(ended)["status"], response(ended)["incomplete_details"]) == (status, why)


@pytest.mark.parametrize(("tier", "word"), [("standard", "default"), ("flex", "flex"), ("priority", "priority")])
def test_the_tier_that_served(tier: str, word: str) -> None:
    """Where OpenAI has a word for it."""
    assert chat_completion(replace(GIVEN, service_tier=tier))["service_tier"] == word
    assert response(replace(GIVEN, service_tier=tier))["service_tier"] == word
    assert "service_tier" not in response(GIVEN)


def test_tokens_that_nobody_told_are_left_out() -> None:
    """A count of nothing would be a lie."""
    for untold in (replace(GIVEN, input_tokens=None), replace(GIVEN, output_tokens=None)):
        assert "usage" not in chat_completion(untold)
        assert "usage" not in response(untold)


def test_an_emulated_answer_is_marked() -> None:
    """Where each of the two has a place for it."""
    emulated = replace(GIVEN, emulated=True)
    assert chat_completion(emulated)["system_fingerprint"] == "emulated"
    assert response(emulated)["metadata"] == {"emulated": "true"}
    assert "system_fingerprint" not in chat_completion(GIVEN)
    assert response(GIVEN)["metadata"] == {}
