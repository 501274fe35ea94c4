"""The providers' own OpenAPI documents as the judge of what we send and of what the emulator answers."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from support.calls import OPENAI, OPENROUTER
from support.conformance_calls import calls
from support.emulating import UNLIMITED, NotingClock, ask, read

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.providers.openai_chat.encode import encode

SPECS = Path(__file__).parents[3] / "shared" / "specs"
CALLS = {"openai": calls(OPENAI), "openrouter": calls(OPENROUTER, model="openai/gpt-6-luna")}
REQUEST = {"openai": "CreateChatCompletionRequest", "openrouter": "ChatRequest"}
RESPONSE = {"openai": "CreateChatCompletionResponse", "openrouter": "ChatResult"}
EVERY_CALL = [(provider, name) for provider, made in CALLS.items() for name in made]


@cache
def document(provider: str) -> dict[str, Any]:
    """A provider's whole document; the test is skipped where it is absent."""
    path = SPECS / f"{provider}.json.gz"
    if not path.exists():
        pytest.skip(f"the OpenAPI document of {provider} is not next to this repository")
    read_document: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return read_document


@cache
def validator(provider: str, schema: str) -> Draft202012Validator:
    """A validator of one schema of a provider's document."""
    resource = Resource.from_contents(document(provider), default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:spec", resource)
    return Draft202012Validator({"$ref": f"urn:spec#/components/schemas/{schema}"}, registry=registry)


def problems(provider: str, schema: str, body: object) -> list[str]:
    """What the document has against a body."""
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(provider, schema).iter_errors(body)]


def known_fields(provider: str, schema: str) -> set[str]:
    """The field names of a schema and of what it is composed of; documents accept unknown ones silently."""
    schemas = document(provider)["components"]["schemas"]
    found: set[str] = set()
    waiting = [schemas[schema]]
    while waiting:
        node = waiting.pop()
        found.update(node.get("properties", {}))
        waiting.extend(node.get("allOf", []))
        if "$ref" in node:
            waiting.append(schemas[node["$ref"].rpartition("/")[2]])
    return found


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
