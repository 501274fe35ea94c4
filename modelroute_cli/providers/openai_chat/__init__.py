"""The OpenAI Chat Completions format: OpenAI, DeepSeek, OpenRouter, Portkey and every compatible server."""

from dataclasses import dataclass

from modelroute_cli.providers.base import Call, Reply, WireRequest, WireResponse
from modelroute_cli.providers.openai_chat.decode import decode
from modelroute_cli.providers.openai_chat.encode import encode


@dataclass(frozen=True, slots=True)
class OpenAIChat:
    """The wire format `openai_chat`; what differs between providers stands on their card."""

    def encode(self, call: Call) -> WireRequest:
        """The call as bytes; UnsendableError when this format cannot carry it."""
        return encode(call)

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """The bytes as an answer or a failure; never raises on what a provider may send."""
        return decode(response, call)
