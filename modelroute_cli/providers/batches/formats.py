"""Which batch API a provider speaks."""

from collections.abc import Mapping

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import WireFormat
from modelroute_cli.providers.batch import BatchApi
from modelroute_cli.providers.batches.anthropic import AnthropicBatches
from modelroute_cli.providers.batches.background import BackgroundResponses
from modelroute_cli.providers.batches.gemini import GeminiBatches
from modelroute_cli.providers.batches.mistral import MistralJobs
from modelroute_cli.providers.batches.openai import OpenAIBatches
from modelroute_cli.providers.batches.openrouter import OpenRouterBatches
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.openai_responses import OpenAIResponses

_BATCHES: Mapping[str | None, BatchApi] = {
    "openai": OpenAIBatches(),
    "anthropic": AnthropicBatches(),
    "gemini": GeminiBatches(),
    "mistral": MistralJobs(),
    "openrouter": OpenRouterBatches(),
}
_BACKGROUND: Mapping[ServiceTier, BatchApi] = {
    ServiceTier.BACKGROUND_2H: BackgroundResponses("2h"),
    ServiceTier.BACKGROUND_8H: BackgroundResponses("8h"),
}


def batch_api_for(provider: Provider, tier: ServiceTier) -> BatchApi | None:
    """How requests are handed in there at this tier; None where they cannot be."""
    if tier is ServiceTier.BATCH:
        return _BATCHES.get(provider.batch_api)
    return _BACKGROUND.get(tier) if provider.batch_api == "openai" else None


def wire_for(provider: Provider, tier: ServiceTier) -> WireFormat:
    """What reads the answers to requests handed in there: background windows are sold for responses alone."""
    return OpenAIResponses() if tier in _BACKGROUND else format_for(provider)
