"""Which wire format a provider speaks."""

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.anthropic_messages import AnthropicMessages
from modelroute_cli.providers.base import WireFormat
from modelroute_cli.providers.gemini import Gemini
from modelroute_cli.providers.openai_chat import OpenAIChat
from modelroute_cli.providers.openai_responses import OpenAIResponses


def format_for(provider: Provider) -> WireFormat:
    """The wire format named by the provider's card."""
    match provider.format:
        case "openai_chat":
            return OpenAIChat()
        case "openai_responses":
            return OpenAIResponses()
        case "anthropic_messages":
            return AnthropicMessages()
        case "gemini":
            return Gemini()
