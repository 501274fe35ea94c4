"""Which batch API a provider speaks."""

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.batch import BatchApi
from modelroute_cli.providers.batches.mistral import MistralJobs
from modelroute_cli.providers.batches.openai import OpenAIBatches
from modelroute_cli.providers.batches.openrouter import OpenRouterBatches


def batch_api_for(provider: Provider, tier: ServiceTier) -> BatchApi | None:
    """How requests are handed in there at this tier; None where they cannot be."""
    if tier is not ServiceTier.BATCH:
        return None
    match provider.batch_api:
        case "openai":
            return OpenAIBatches()
        case "mistral":
            return MistralJobs()
        case "openrouter":
            return OpenRouterBatches()
        case _:
            return None
