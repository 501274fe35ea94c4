"""What our adapters send, the emulator takes; what it answers, they read: two codes that know nothing of each other."""

import re
from urllib.parse import unquote

import msgspec
import pytest
from support.catalog_room import default_catalog
from support.dialects import faulty
from support.emulating import UNLIMITED, NotingClock
from support.pictures import data_url, png

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.routes import PATHS
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.providers.base import (
    Answer,
    Call,
    Failure,
    FailureKind,
    Reply,
    UnsendableError,
    WireRequest,
    WireResponse,
)
from modelroute_cli.providers.formats import format_for

CITY: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CLOSED: dict[str, object] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "score": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["subject", "score"],
    "additionalProperties": False,
}
LOOSE: dict[str, object] = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "array", "items": {"type": "string"}, "minItems": 3}},
    "required": ["a"],
}
ASKING = "Write about tea."
TOOLS = (Tool(name="weather", description="Now", parameters=CITY),)
REQUESTS = (
    Request(custom_id="plain", prompt=ASKING),
    Request(custom_id="system", system="Be brief.", prompt=ASKING),
    Request(
        custom_id="chat",
        messages=(Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "And now?")),
    ),
    Request(custom_id="schema", prompt=ASKING, response_schema=CLOSED),
    Request(custom_id="open schema", prompt=ASKING, response_schema={"type": "object"}),
    Request(custom_id="loose schema", prompt=ASKING, response_schema=LOOSE),
    Request(custom_id="image", prompt="What is it?", images=(data_url(png(640, 480)),)),
    Request(custom_id="file", prompt="What is it?", files=("data:application/pdf;base64,JVBERg==",)),
    Request(custom_id="sound", prompt="What is it?", audio=("data:audio/mpeg;base64," + "AAAA" * 4000,)),
    Request(custom_id="tools", prompt="Rome?", tools=TOOLS, tool_choice="required"),
    Request(custom_id="named tool", prompt="Rome?", tools=(Tool(name="now"),), tool_choice="now"),
    Request(custom_id="sampling", prompt=ASKING, temperature=0.5, top_p=0.9, seed=3, stop=("END",)),
)
MODELS = default_catalog().models


def route_of(url: str) -> tuple[Dialect, str | None]:
    """The dialect that a URL is served by, and the model it names."""
    for path, dialect in PATHS:
        found = re.search(path.replace("{model:[^:]+}", "(?P<model>[^/:]+)") + "$", url)
        if found:
            return dialect, found.groupdict().get("model")
    raise AssertionError(url)


def call_of(card: ModelCard, request: Request) -> Call:
    """A call of 3,000 output tokens to the emulator."""
    provider = rewire(default_catalog().providers[card.provider], "http://127.0.0.1:1")
    return Call(
        request=request, card=card, provider=provider, max_tokens=3000, key=None, secrets={}, client_id="a-1", prefix=7
    )


def sent(card: ModelCard, request: Request) -> WireRequest | None:
    """What the adapter makes of a request; None where it has no place for it and says so."""
    call = call_of(card, request)
    try:
        return format_for(call.provider).encode(call)
    except UnsendableError:
        return None


def replied(card: ModelCard, request: Request, wire: WireRequest, emulator: Answering) -> Reply:
    """What the adapter makes of the emulator's reply."""
    dialect, model = route_of(wire.url)
    headers = {name.lower(): value for name, value in wire.headers.items()}
    named = unquote(model) if model else None
    incoming = Incoming(provider=card.provider, client_id="a-1", body=wire.body, model=named, headers=headers)
    outgoing = emulator.answer(incoming, dialect)
    response = WireResponse(status=outgoing.status, headers=dict(outgoing.headers), body=outgoing.body)
    call = call_of(card, request)
    return format_for(call.provider).decode(response, call)


def exchanged(card: ModelCard, request: Request, wire: WireRequest) -> tuple[Answer, Answering]:
    """The adapter's answer and the emulator that gave it."""
    emulator = Answering(UNLIMITED, NotingClock())
    answer = replied(card, request, wire, emulator)
    assert isinstance(answer, Answer), (request.custom_id, answer)
    return answer, emulator


def answered_with(card: ModelCard, fault: str) -> Reply:
    """What the adapter makes of one request that meets a fault."""
    wire = sent(card, REQUESTS[0])
    assert wire is not None
    return replied(card, REQUESTS[0], wire, faulty(**{fault: 1.0}))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_request_to_every_model_at_every_effort_is_understood(name: str) -> None:
    """Sent, answered, read, and the tokens are those of the other side's books."""
    card = MODELS[name]
    for effort in dict.fromkeys([card.effort, *card.efforts]):
        told = msgspec.structs.replace(card, effort=effort)
        for request in REQUESTS:
            wire = sent(told, request)
            if wire is None:
                continue
            answer, emulator = exchanged(told, request, wire)
            books = emulator.ledger.stats().books[card.model_id]
            usage = answer.usage
            assert answer.emulated
            assert usage is not None
            assert (usage.input_tokens, usage.output_tokens) == (books.input_tokens, books.output_tokens)
            assert usage.cache_write_tokens == books.cache_write_tokens
            assert usage.reasoning_tokens in {0, books.reasoning_tokens}


@pytest.mark.parametrize(
    ("name", "fault", "kind"),
    [
        (name, fault, kind)
        for name in ("claude-haiku-5-5", "gemini-3.8-flash", "gpt-6-luna", "deepseek-flash", "mistral-small")
        for fault, kind in (
            ("rate_limited", FailureKind.RATE_LIMITED),
            ("server_error", FailureKind.TRANSIENT),
            ("unauthorized", FailureKind.ACCOUNT),
            ("error_in_200", FailureKind.TRANSIENT),
            ("malformed", FailureKind.MALFORMED),
        )
    ],
)
def test_every_fault_is_read_as_what_it_is(name: str, fault: str, kind: FailureKind) -> None:
    """In every dialect."""
    reply = answered_with(MODELS[name], fault)
    assert isinstance(reply, Failure)
    assert (reply.kind, reply.emulated) == (kind, True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("claude-haiku-5-5", FailureKind.ACCOUNT),
        ("gemini-3.8-flash", FailureKind.QUOTA),
        ("gpt-6-luna", FailureKind.ACCOUNT),
        ("deepseek-flash", FailureKind.ACCOUNT),
    ],
)
def test_an_empty_purse_stops_the_provider(name: str, kind: FailureKind) -> None:
    """Google's is a quota of the day."""
    reply = answered_with(MODELS[name], "unpaid")
    assert isinstance(reply, Failure)
    assert reply.kind == kind


@pytest.mark.parametrize("name", ["claude-haiku-5-5", "gemini-3.8-flash", "gpt-6-luna", "deepseek-flash"])
@pytest.mark.parametrize(("fault", "reason"), [("refusal", "refusal"), ("truncated", "length"), ("empty", "stop")])
def test_spoilt_answers_are_read_as_such(name: str, fault: str, reason: str) -> None:
    """In every dialect: gates see them, and they were billed."""
    reply = answered_with(MODELS[name], fault)
    assert isinstance(reply, Answer)
    assert reply.usage is not None
    google_s = reason.replace("refusal", "content_filter") if name.startswith("gemini") else reason
    assert (reply.finish_reason, reply.text == "") == (google_s, fault != "truncated")


def test_only_sound_has_no_place_somewhere() -> None:
    """Everything else can be sent to every model that ships."""
    unsendable = {
        (default_catalog().providers[card.provider].format, request.custom_id)
        for card in MODELS.values()
        for request in REQUESTS
        if sent(card, request) is None
    }
    assert unsendable == {("anthropic_messages", "sound")}


@pytest.mark.parametrize("name", ["claude-haiku-5-5", "gemini-2.5-flash-lite", "gpt-6-luna", "mistral-small"])
def test_a_tool_that_must_be_called_is_called(name: str) -> None:
    """Through every format, with arguments that are JSON."""
    card = msgspec.structs.replace(MODELS[name], effort=MODELS[name].efforts[0])
    request = next(request for request in REQUESTS if request.custom_id == "tools")
    wire = sent(card, request)
    assert wire is not None
    answer, _ = exchanged(card, request, wire)
    assert [call.name for call in answer.tool_calls] == ["weather"]
    assert list(msgspec.json.decode(answer.tool_calls[0].arguments)) == ["city"]
