"""The OpenAPI documents as the judge of generated requests to OpenRouter, and of what the emulator answers to them.

Requests of the other endpoints are judged in test_openai_requests.py.
"""

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from msgspec.structs import replace
from support.asked import requests
from support.calls import OPENAI, OPENROUTER, make_call, make_card
from support.emulating import UNLIMITED, NotingClock
from support.openapi import document, known_fields, problems

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Answering, Outgoing
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.messages import MESSAGES
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.formats import format_for

MANY = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
FEWER = settings(MANY, max_examples=25)  # each is answered and judged: slower


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation of a document, and the provider that we reach it as."""

    document: str
    request: str
    response: str | None = None
    error: str | None = None
    provider: Provider
    card: ModelCard
    dialect: Dialect | None = None  # the emulator's, where it speaks the format


LUNA = make_card("gpt-6-luna", effort="low")
CLAUDE = make_card("claude-haiku-5-5", effort="low")
OPENAI_CHAT = Endpoint(
    document="openai",
    request="CreateChatCompletionRequest",
    response="CreateChatCompletionResponse",
    error="ErrorResponse",
    provider=OPENAI,
    card=LUNA,
    dialect=CHAT,
)
ENDPOINTS = {
    "openai chat": OPENAI_CHAT,
    "openai responses": Endpoint(
        document="openai",
        request="CreateResponse",
        response="Response",
        provider=replace(OPENAI, format="openai_responses"),
        card=LUNA,
    ),
    "openrouter chat": Endpoint(
        document="openrouter",
        request="ChatRequest",
        response="ChatResult",
        provider=OPENROUTER,
        card=LUNA,
        dialect=CHAT,
    ),
    "openrouter responses": Endpoint(
        document="openrouter",
        request="ResponsesRequest",
        response="OpenResponsesResult",
        provider=replace(OPENROUTER, format="openai_responses"),
        card=LUNA,
    ),
    "openrouter messages": Endpoint(  # its answers hold more than Anthropic's, which the emulator plays
        document="openrouter",
        request="MessagesRequest",
        error="AnthropicMessagesErrorResponse",
        provider=replace(OPENROUTER, format="anthropic_messages", api_version="2026-10-21"),
        card=CLAUDE,
        dialect=MESSAGES,
    ),
}
ASKED = ["openrouter responses", "openrouter messages"]
PLAYED = [name for name, endpoint in ENDPOINTS.items() if endpoint.dialect and endpoint.response]
FAILING = [name for name, endpoint in ENDPOINTS.items() if endpoint.dialect and endpoint.error]


def body_of(endpoint: Endpoint, request: Request) -> bytes:
    """As we send it; a request that the format cannot carry is none of this test's."""
    call: Call = make_call(request, endpoint.provider, endpoint.card)
    try:
        return format_for(endpoint.provider).encode(call).body
    except UnsendableError:
        assume(False)
        raise


def answer_of(endpoint: Endpoint, body: bytes, faults: EmulatorFaults | None = None) -> Outgoing:
    """The emulator's."""
    assert endpoint.dialect is not None
    answering = Answering(replace(UNLIMITED, faults=faults or EmulatorFaults()), NotingClock())
    headers = {"anthropic-version": "2026-10-21"}
    return answering.answer(
        Incoming(provider=endpoint.provider.name, client_id="a-1", body=body, headers=headers), endpoint.dialect
    )


@pytest.mark.parametrize("name", ASKED)
def test_the_document_accepts_every_request(name: str) -> None:
    """Right types, and no field that the document does not name."""
    endpoint = ENDPOINTS[name]
    known = known_fields(endpoint.document, endpoint.request)

    @MANY
    @given(requests())
    def accepted(request: Request) -> None:
        body = json.loads(body_of(endpoint, request))
        assert problems(endpoint.document, endpoint.request, body) == []
        assert set(body) - known == set()

    document(endpoint.document)
    accepted()


@pytest.mark.parametrize("name", PLAYED)
def test_the_document_accepts_every_answer_of_the_emulator(name: str) -> None:
    """Whatever is asked, when the emulator takes it."""
    endpoint = ENDPOINTS[name]

    @FEWER
    @given(requests())
    def accepted(request: Request) -> None:
        outgoing = answer_of(endpoint, body_of(endpoint, request))
        schema = endpoint.response if outgoing.status == 200 else endpoint.error
        if schema is not None:
            assert problems(endpoint.document, schema, json.loads(outgoing.body)) == []

    document(endpoint.document)
    accepted()


@pytest.mark.parametrize("fault", ["rate_limited", "server_error"])
@pytest.mark.parametrize("name", FAILING)
def test_the_document_accepts_the_emulator_s_errors(name: str, fault: str) -> None:
    """429 and 5xx in the words of the format."""
    endpoint = ENDPOINTS[name]
    body = body_of(endpoint, Request(custom_id="r", prompt="Hello"))
    outgoing = answer_of(endpoint, body, EmulatorFaults(**{fault: 1.0}))
    assert outgoing.status >= 429
    assert problems(endpoint.document, str(endpoint.error), json.loads(outgoing.body)) == []
