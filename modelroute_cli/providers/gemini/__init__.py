"""The Gemini format: `generateContent` of Google's Gemini API."""

from dataclasses import dataclass

from modelroute_cli.providers.base import Call, Reply, WireRequest, WireResponse
from modelroute_cli.providers.gemini.decode import decode
from modelroute_cli.providers.gemini.encode import encode


@dataclass(frozen=True, slots=True)
class Gemini:
    """The wire format `gemini`."""

    def encode(self, call: Call) -> WireRequest:
        """The call as bytes; UnsendableError when this format cannot carry it."""
        return encode(call)

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """The bytes as an answer or a failure; never raises on what a provider may send."""
        return decode(response, call)
