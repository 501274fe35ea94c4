"""Tests of modelroute_cli.emulator.dialects.gemini.reply."""

import json
from dataclasses import replace

import pytest
from support.dialects import ask_gemini, faulty, place, read_gemini, understood
from support.emulating import read

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.dialects.gemini import reply
from modelroute_cli.emulator.generate import Answer
from modelroute_cli.emulator.ledger import Usage
from modelroute_cli.emulator.tool_use import MadeCall

USAGE = Usage(
    prompt_tokens=100,
    cached_tokens=40,
    completion_tokens=7,
    reasoning_tokens=5,
    image_tokens=20,
    audio_tokens=10,
    file_tokens=3,
)
ANSWER = Answer(text="Hi", finish_reason="stop", refusal=None, usage=USAGE, thoughts="Hm.")
HEADING = Heading(id="1", created=1, model="gemini-3.8-flash", provider="google", service_tier="flex")
ASKED = understood(read_gemini())


def test_an_answer_is_marked_and_complete() -> None:
    """The whole body: thoughts are counted beside the candidates and not shown, cached tokens are in the prompt."""
    assert json.loads(reply.content(ANSWER, HEADING, ASKED)) == {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 100,
            "cachedContentTokenCount": 40,
            "candidatesTokenCount": 2,
            "thoughtsTokenCount": 5,
            "totalTokenCount": 107,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 67},
                {"modality": "IMAGE", "tokenCount": 20},
                {"modality": "AUDIO", "tokenCount": 10},
                {"modality": "DOCUMENT", "tokenCount": 3},
            ],
            "trafficType": "ON_DEMAND_FLEX",
        },
        "modelVersion": "gemini-3.8-flash",
        "responseId": "emulated-1",
    }


def test_thoughts_are_shown_where_they_are_asked_for() -> None:
    """Before the words, and marked."""
    body = json.loads(reply.content(ANSWER, HEADING, replace(ASKED, shows_thoughts=True)))
    assert body["candidates"][0]["content"]["parts"] == [{"text": "Hm.", "thought": True}, {"text": "Hi"}]


def test_a_call_carries_json_and_is_signed() -> None:
    """By a model that thinks; it ends with STOP."""
    made = MadeCall(id="c", name="f", arguments='{"a":1}')
    candidate = json.loads(
        reply.content(replace(ANSWER, text=None, finish_reason="tool_calls", calls=(made,)), HEADING, ASKED)
    )["candidates"][0]
    called = {"functionCall": {"id": "c", "name": "f", "args": {"a": 1}}, "thoughtSignature": "ZW11bGF0ZWQ="}
    assert (candidate["content"]["parts"], candidate["finishReason"]) == ([called], "STOP")


def test_what_is_nothing_is_left_out() -> None:
    """Counts of 0, parts of an empty answer."""
    usage = Usage(prompt_tokens=9, cached_tokens=0, completion_tokens=0, reasoning_tokens=0)
    body = json.loads(reply.content(replace(ANSWER, text="", usage=usage), HEADING, ASKED))
    assert body["candidates"][0]["content"] == {"role": "model"}
    assert sorted(body["usageMetadata"]) == [
        "promptTokenCount",
        "promptTokensDetails",
        "totalTokenCount",
        "trafficType",
    ]


def test_a_prompt_is_blocked_or_an_answer_stopped() -> None:
    """The first is a 200 without candidates and without output; the second has a candidate without content."""
    even = reply.refuse(ANSWER)
    assert (even.usage.completion_tokens, even.usage.reasoning_tokens) == (0, 0)
    blocked = json.loads(reply.content(even, HEADING, ASKED))
    assert blocked["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}
    assert "candidates" not in blocked
    assert blocked["usageMetadata"]["totalTokenCount"] == 100
    odd = replace(ANSWER, usage=Usage(prompt_tokens=101, cached_tokens=0, completion_tokens=7, reasoning_tokens=5))
    stopped = json.loads(reply.content(reply.refuse(odd), HEADING, ASKED))
    assert stopped["candidates"] == [{"finishReason": "SAFETY", "index": 0}]
    assert "promptFeedback" not in stopped


def test_a_wait_stands_in_the_body() -> None:
    """With the quota that is spent."""
    error = json.loads(reply.error(Refusal(status=429, message="no", wait_s=22.0), place("google")))["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    violations = error["details"][0]["violations"]
    assert violations[0]["quotaId"] == "GenerateRequestsPerMinutePerProjectPerModel"
    assert error["details"][1] == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22.000s"}


def test_an_unknown_field_is_named() -> None:
    """As a violation of the form."""
    refusal = Refusal(status=400, message="Unknown name \"a\" at 'b'", param="b")
    error = json.loads(reply.error(refusal, place("google")))["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["details"][0]["fieldViolations"] == [{"field": "b", "description": refusal.message}]


@pytest.mark.parametrize(("fault", "finish_reason"), [("empty", "STOP"), ("truncated", "MAX_TOKENS")])
def test_faults_of_the_content_have_google_s_words(fault: str, finish_reason: str) -> None:
    """200s that a gate must catch."""
    candidate = read(ask_gemini(faulty(**{fault: 1.0}), prompt="Write an e-mail."))["candidates"][0]
    assert candidate["finishReason"] == finish_reason
    assert ("parts" in candidate["content"]) == (fault == "truncated")


def test_refusals_are_of_both_kinds() -> None:
    """And the books agree with what was told."""
    answering = faulty(refusal=1.0)
    bodies = [read(ask_gemini(answering, prompt="word " * nth)) for nth in range(1, 9)]
    assert {"candidates" in body for body in bodies} == {True, False}
    told = sum(body["usageMetadata"]["totalTokenCount"] for body in bodies)
    stats = answering.ledger.stats()
    assert stats.input_tokens + stats.output_tokens == told


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ("server_error", 503, "UNAVAILABLE"),
        ("unauthorized", 400, "INVALID_ARGUMENT"),
        ("unpaid", 429, "RESOURCE_EXHAUSTED"),
        ("rate_limited", 429, "RESOURCE_EXHAUSTED"),
        ("error_in_200", 200, "UNAVAILABLE"),
    ],
)
def test_faults_instead_of_an_answer_are_its_errors(fault: str, status: int, word: str) -> None:
    """Each with its status; headers say nothing of limits."""
    outgoing = ask_gemini(faulty(**{fault: 1.0}))
    assert (outgoing.status, read(outgoing)["error"]["status"]) == (status, word)
    assert outgoing.headers == {"x-modelroute-emulated": "1"}


def test_a_wrong_key_and_a_spent_day_say_so_in_their_details() -> None:
    """The day's quota with a wait of seconds, as Google really sends it."""
    wrong_key = read(ask_gemini(faulty(unauthorized=1.0)))["error"]["details"]
    assert wrong_key[0]["reason"] == "API_KEY_INVALID"
    spent = read(ask_gemini(faulty(unpaid=1.0)))["error"]["details"]
    assert spent[0]["violations"][0]["quotaId"] == "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
    assert spent[1]["retryDelay"] == "22.000s"


def test_models_of_the_path_are_other_requests() -> None:
    """The same body to another model is not the same request."""
    answering = faulty()
    names = [read(ask_gemini(answering, model))["responseId"] for model in ("gemini-3.8-flash", "gemini-2.5-flash")]
    assert len(set(names)) == 2
