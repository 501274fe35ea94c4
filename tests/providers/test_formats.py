"""Tests of modelroute_cli.providers.formats and of the format's own face."""

from typing import get_args, get_type_hints

from support.calls import OPENAI, answered, make_call, wire

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.anthropic_messages import AnthropicMessages
from modelroute_cli.providers.base import WireFormat
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.gemini import Gemini
from modelroute_cli.providers.openai_chat import OpenAIChat
from modelroute_cli.providers.openai_chat.encode import encode
from modelroute_cli.providers.openai_responses import OpenAIResponses


def test_every_format_a_card_may_name_is_there() -> None:
    """A card that loads can be spoken to."""
    named = get_args(get_type_hints(Provider)["format"])
    formats = [format_for(Provider(name="p", base_url="https://p.example/v1", format=name)) for name in named]
    assert formats == [OpenAIChat(), OpenAIResponses(), AnthropicMessages(), Gemini()]


def test_the_format_encodes_and_decodes() -> None:
    """Both directions of the protocol, through the format itself."""
    chat: WireFormat = format_for(OPENAI)
    call = make_call()
    body = '{"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}'
    assert chat.encode(call) == encode(call)
    assert answered(chat.decode(wire(body), call)).text == "Hi"
