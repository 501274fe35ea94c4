"""Tests of modelroute_cli.providers.batches.formats."""

import pytest
from msgspec.structs import replace
from support.calls import OPENAI
from support.catalog_room import default_catalog

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.providers.batches.formats import batch_api_for
from modelroute_cli.providers.batches.mistral import MistralJobs
from modelroute_cli.providers.batches.openai import OpenAIBatches
from modelroute_cli.providers.batches.openrouter import OpenRouterBatches


@pytest.mark.parametrize(
    ("provider", "kind"),
    [
        ("openai", OpenAIBatches),
        ("groq", OpenAIBatches),
        ("mistral", MistralJobs),
        ("openrouter", OpenRouterBatches),
        ("deepseek", type(None)),
        ("portkey", type(None)),
        ("ollama", type(None)),
    ],
)
def test_each_provider_speaks_the_api_of_its_card(provider: str, kind: type) -> None:
    """As it ships."""
    assert type(batch_api_for(default_catalog().providers[provider], ServiceTier.BATCH)) is kind


@pytest.mark.parametrize("tier", [ServiceTier.STANDARD, ServiceTier.FLEX, ServiceTier.PRIORITY, ServiceTier.OFF_PEAK])
def test_other_tiers_are_not_handed_in(tier: ServiceTier) -> None:
    """Whatever API the provider has."""
    assert batch_api_for(replace(OPENAI, batch_api="openai"), tier) is None
