"""OpenAI's own types and document as judges of hundreds of generated requests, in both of its formats."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError
from support.asked import EVERYTHING, requests
from support.calls import OPENAI, OPENROUTER, make_call, make_card
from support.openapi import known_fields, problems

from modelroute_cli.base.schema import Modality, Request, ServiceTier
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import Call
from modelroute_cli.providers.openai_chat import OpenAIChat
from modelroute_cli.providers.openai_responses import OpenAIResponses

CHAT = TypeAdapter(CompletionCreateParamsNonStreaming)
RESPONSES = TypeAdapter(ResponseCreateParamsNonStreaming)
SEEDED = msgspec.structs.replace(OPENAI, seed_field="seed", tiers={ServiceTier.FLEX: TierTerms(window_s=900)})
ROUTER = msgspec.structs.replace(OPENROUTER, seed_field="seed", max_tokens_field="max_completion_tokens")
SILENT = EVERYTHING - {Modality.AUDIO}
HUNDREDS = settings(max_examples=120)
A_HUNDRED = settings(max_examples=100)


def cards() -> st.SearchStrategy[ModelCard]:
    """Models that can be held to a schema, to JSON or to nothing, think or not, take sampling and stop words or not."""
    return st.builds(
        msgspec.structs.replace,
        st.just(make_card()),
        effort=st.sampled_from([None, "none", "low", "max"]),
        response_schema=st.sampled_from(["native", "json_object", "none"]),
        sampling=st.booleans(),
        stop=st.booleans(),
    )


def calls(asked: st.SearchStrategy[Request], provider: Provider = SEEDED) -> st.SearchStrategy[Call]:
    """A call of any of these requests to any model, at any tier, with and without a beginning that it shares."""
    return st.builds(
        lambda request, card, tier, prefix: replace(
            make_call(request, provider, card), service_tier=tier, prefix=prefix
        ),
        asked,
        cards(),
        st.sampled_from(["standard", "flex", "priority"]),
        st.none() | st.integers(0, 2**63 - 1),
    )


def drained(value: object) -> object:
    """Pydantic checks `Iterable` fields only when they are walked through."""
    if isinstance(value, Mapping):
        return {key: drained(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [drained(inner) for inner in value]
    return value


def chat(call: Call) -> dict[str, Any]:
    """The body in Chat Completions."""
    body: dict[str, Any] = json.loads(OpenAIChat().encode(call).body)
    return body


def responses(call: Call) -> dict[str, Any]:
    """The body in Responses."""
    body: dict[str, Any] = json.loads(OpenAIResponses().encode(call).body)
    return body


@HUNDREDS
@given(calls(requests(linked_files=False)))
def test_the_sdk_s_types_accept_every_chat_request(call: Call) -> None:
    """Every field known and of the right type, at any depth: unknown keys would be dropped, and nothing is missing."""
    body = chat(call)
    assert drained(CHAT.validate_python(body)) == body


@HUNDREDS
@given(calls(requests(carries=SILENT)))
def test_the_sdk_s_types_accept_every_response_request(call: Call) -> None:
    """The same in the newer format, which has no sound."""
    body = responses(call)
    assert drained(RESPONSES.validate_python(body)) == body


@A_HUNDRED
@given(calls(requests(linked_files=False)))
def test_openai_s_document_accepts_every_chat_request(call: Call) -> None:
    """Right types, and no field that it does not name."""
    body = chat(call)
    assert problems("openai", "CreateChatCompletionRequest", body) == []
    assert set(body) - known_fields("openai", "CreateChatCompletionRequest") == set()


@A_HUNDRED
@given(calls(requests(carries=SILENT)))
def test_openai_s_document_accepts_every_response_request(call: Call) -> None:
    """Right types, and no field that it does not name.

    A turn with parts fits two of the document's kinds of input, of which it wants exactly one: turns are held against
    the one that they are meant as.
    """
    body = responses(call)
    assert problems("openai", "CreateResponse", body | {"input": "as it stands in the turns"}) == []
    assert [found for turn in body["input"] for found in problems("openai", "EasyInputMessage", turn)] == []
    assert set(body) - known_fields("openai", "CreateResponse") == set()


@A_HUNDRED
@given(calls(requests(linked_files=False), ROUTER))
def test_openrouter_s_document_accepts_every_chat_request(call: Call) -> None:
    """Its own words for effort among them."""
    body = chat(call)
    assert problems("openrouter", "ChatRequest", body) == []
    assert set(body) - known_fields("openrouter", "ChatRequest") == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": [{"role": "robot", "content": "Hi"}]},
        {"tools": [{"type": "function"}]},
        {"tool_choice": {"type": "function", "name": "find"}},
    ],
)
def test_the_sdk_s_types_would_notice(wrong: dict[str, object]) -> None:
    """The check can fail: by an error, or because a part of the body is lost."""
    body = chat(make_call()) | wrong
    try:
        read = drained(CHAT.validate_python(body))
    except ValidationError:
        return
    assert read != body


@pytest.mark.parametrize(
    "wrong",
    [
        {"input": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        {"max_tokens": 5},
        {"tools": [{"type": "function", "function": {"name": "find"}}]},
    ],
)
def test_the_types_of_responses_would_notice(wrong: dict[str, object]) -> None:
    """What belongs to the other format is an error here, or lost."""
    body = responses(make_call()) | wrong
    try:
        read = drained(RESPONSES.validate_python(body))
    except ValidationError:
        return
    assert read != body
