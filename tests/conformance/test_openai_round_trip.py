"""Hundreds of generated requests in OpenAI's formats, there and back: the emulator reads the wire by its own code."""

import re
from dataclasses import replace

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from support.asked import EVERYTHING, requests
from support.calls import answered, make_call
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED, NotingClock

from modelroute_cli.base.schema import Modality, Request
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.dialects.base import Dialect, Incoming
from modelroute_cli.emulator.dialects.routes import PATHS
from modelroute_cli.providers.base import Answer, Call, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for

HUNDREDS = settings(max_examples=100)
MODELS = ("gpt-6-luna", "gpt-6.1-sol", "gpt-5-mini")
SILENT = EVERYTHING - {Modality.AUDIO}


def call(request: Request, model: str) -> Call:
    """A call of one of OpenAI's models, with room for its thoughts."""
    card = default_catalog().models[model]
    return replace(make_call(request, default_catalog().providers["openai"], card), max_tokens=8000)


def in_responses(made: Call) -> Call:
    """The same in the newer format."""
    return replace(made, provider=msgspec.structs.replace(made.provider, format="openai_responses"))


CHAT = st.builds(call, requests(linked_files=False), st.sampled_from(MODELS))
RESPONSES = st.builds(call, requests(carries=SILENT), st.sampled_from(MODELS)).map(in_responses)


def exchanged(made: Call) -> Answer:
    """What comes back; anything but an answer fails the test."""
    wire = format_for(made.provider).encode(made)
    outgoing = Answering(UNLIMITED, NotingClock()).answer(_incoming(wire), _dialect(wire))
    assert outgoing.status == 200, outgoing.body
    response = WireResponse(status=200, headers=dict(outgoing.headers), body=outgoing.body)
    return answered(format_for(made.provider).decode(response, made))


def _incoming(wire: WireRequest) -> Incoming:
    return Incoming(provider="openai", client_id="a-1", body=wire.body, headers=dict(wire.headers))


def _dialect(wire: WireRequest) -> Dialect:
    return next(dialect for path, dialect in PATHS if re.search(re.escape(path) + "$", wire.url))


@HUNDREDS
@given(CHAT | RESPONSES)
def test_every_request_is_answered_as_it_was_asked(made: Call) -> None:
    """By the model that was asked, at the tier that was paid, billed, up to the first stop word, with known tools."""
    answer = exchanged(made)
    assert (answer.model_served, answer.service_tier, answer.emulated) == (made.card.model_id, "standard", True)
    assert answer.usage is not None
    assert answer.usage.output_tokens <= made.max_tokens
    assert not any(word in answer.text for word in made.request.stop)
    assert {called.name for called in answer.tool_calls} <= {tool.name for tool in made.request.tools}
    if made.request.tool_choice == "none":
        assert answer.tool_calls == ()
