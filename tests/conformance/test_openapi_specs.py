"""The providers' own OpenAPI documents as the judge of what we send and of what the emulator answers."""

import json

import pytest
from msgspec.structs import replace
from support.calls import OPENAI, OPENROUTER
from support.conformance_calls import calls
from support.emulating import UNLIMITED, NotingClock, ask, read
from support.openapi import known_fields, problems

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.providers.openai_chat.encode import encode

CALLS = {"openai": calls(OPENAI), "openrouter": calls(OPENROUTER, model="openai/gpt-6-luna")}
REQUEST = {"openai": "CreateChatCompletionRequest", "openrouter": "ChatRequest"}
RESPONSE = {"openai": "CreateChatCompletionResponse", "openrouter": "ChatResult"}
EVERY_CALL = [(provider, name) for provider, made in CALLS.items() for name in made]


@pytest.mark.parametrize(("provider", "name"), EVERY_CALL)
def test_the_document_accepts_what_we_send(provider: str, name: str) -> None:
    """Right types, and no field the document does not name."""
    body = json.loads(encode(CALLS[provider][name]).body)
    assert problems(provider, REQUEST[provider], body) == []
    assert set(body) - known_fields(provider, REQUEST[provider]) == set()


@pytest.mark.parametrize("fault", ["none", "empty", "truncated", "refusal"])
@pytest.mark.parametrize(("provider", "name"), EVERY_CALL)
def test_the_document_accepts_what_the_emulator_answers(provider: str, name: str, fault: str) -> None:
    """For every kind of request, and for spoilt answers too."""
    faults = EmulatorFaults(**({} if fault == "none" else {fault: 1.0}))
    emulator = Answering(replace(UNLIMITED, faults=faults), NotingClock())
    outgoing = ask(emulator, encode(CALLS[provider][name]).body, provider)
    assert outgoing.status == 200, outgoing.body
    assert problems(provider, RESPONSE[provider], read(outgoing)) == []


@pytest.mark.parametrize("provider", CALLS)
def test_the_document_would_notice(provider: str) -> None:
    """A body that is wrong is refused: the check can fail."""
    body = json.loads(encode(CALLS[provider]["plain"]).body)
    assert problems(provider, REQUEST[provider], body | {"messages": [{"role": "robot", "content": 3}]}) != []
    assert problems(provider, RESPONSE[provider], {"id": 3}) != []
