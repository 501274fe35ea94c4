"""Tests of modelroute_cli.emulator.dialects.chat.reply; tests/conformance holds the bodies to OpenAI's own types."""

import json
from dataclasses import replace

from support.emulating import asked

from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.chat import reply
from modelroute_cli.emulator.generate import Answer
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

USAGE = Usage(prompt_tokens=10, cached_tokens=4, completion_tokens=7, reasoning_tokens=5)
ANSWER = Answer(text="Hi", finish_reason="stop", refusal=None, usage=USAGE)


def heading(provider: str) -> Heading:
    """The answer `emulated-1` of gpt-5."""
    return Heading(id="1", created=1795428000, model="gpt-5", provider=provider)


def test_a_completion_is_marked_and_complete() -> None:
    """The whole body, as OpenAI writes it, and who it is from."""
    assert json.loads(reply.completion(ANSWER, heading("openai"), asked())) == {
        "id": "emulated-1",
        "object": "chat.completion",
        "created": 1795428000,
        "model": "gpt-5",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hi", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": 7,
            "total_tokens": 17,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 5,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "emulated",
    }


def test_a_completion_names_the_tier_that_served() -> None:
    """As OpenAI does."""
    flex = Heading(id="1", created=1, model="gpt-5", provider="openai", service_tier="flex")
    assert json.loads(reply.completion(ANSWER, flex, asked()))["service_tier"] == "flex"


def test_an_error_inside_a_200_carries_its_status() -> None:
    """As OpenRouter sends it."""
    assert json.loads(reply.failed(heading("openrouter")))["error"]["code"] == 502


def test_a_call_is_text_under_its_name() -> None:
    """Its arguments are JSON as text."""
    made = MadeCall(id="c", name="f", arguments='{"a":1}')
    called = Answer(text=None, finish_reason="tool_calls", refusal=None, usage=USAGE, calls=(made,))
    choice = json.loads(reply.completion(called, heading("openai"), asked()))["choices"][0]
    assert choice["message"]["tool_calls"] == [
        {"id": "call_c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    ]
    assert (choice["message"]["content"], choice["finish_reason"]) == (None, "tool_calls")


def test_deepseek_shows_its_thoughts() -> None:
    """Beside the answer, in a field of its own; OpenAI shows none."""
    thoughtful = replace(ANSWER, thoughts="Hm.")
    messages = [
        json.loads(reply.completion(thoughtful, heading(name), asked("Hi", name)))["choices"][0]["message"]
        for name in ("deepseek", "openai")
    ]
    assert [message.get("reasoning_content") for message in messages] == ["Hm.", None]


def test_together_has_a_word_of_its_own_for_the_end() -> None:
    """`eos`; a limit is `length` there too."""
    words = [
        json.loads(reply.completion(replace(ANSWER, finish_reason=reason), heading("together"), asked()))["choices"][0]
        for reason in ("stop", "length")
    ]
    assert [word["finish_reason"] for word in words] == ["eos", "length"]


def test_a_stop_word_is_a_stop() -> None:
    """OpenAI does not say which."""
    stopped = replace(ANSWER, finish_reason="stop_sequence", stopped_by="END")
    assert json.loads(reply.completion(stopped, heading("openai"), asked()))["choices"][0]["finish_reason"] == "stop"
