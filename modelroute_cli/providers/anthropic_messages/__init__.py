"""The Anthropic Messages format: Anthropic itself, and servers that speak its language."""

from dataclasses import dataclass

from modelroute_cli.providers.anthropic_messages.decode import decode
from modelroute_cli.providers.anthropic_messages.encode import encode
from modelroute_cli.providers.base import Call, Reply, WireRequest, WireResponse


@dataclass(frozen=True, slots=True)
class AnthropicMessages:
    """The wire format `anthropic_messages`, in the API version that the provider's card names."""

    def encode(self, call: Call) -> WireRequest:
        """The call as bytes; UnsendableError when this format cannot carry it."""
        return encode(call)

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """The bytes as an answer or a failure; never raises on what a provider may send."""
        return decode(response, call)
