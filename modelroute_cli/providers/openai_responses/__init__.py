"""The OpenAI Responses format: OpenAI's own newer one, spoken by some gateways and servers as well."""

from dataclasses import dataclass

from modelroute_cli.providers.base import Call, Reply, WireRequest, WireResponse
from modelroute_cli.providers.openai_responses.decode import decode
from modelroute_cli.providers.openai_responses.encode import encode


@dataclass(frozen=True, slots=True)
class OpenAIResponses:
    """The wire format `openai_responses`; it has no seed, no stop words and no sound."""

    def encode(self, call: Call) -> WireRequest:
        """The call as bytes; UnsendableError when this format cannot carry it."""
        return encode(call)

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """The bytes as an answer or a failure; never raises on what a provider may send."""
        return decode(response, call)
