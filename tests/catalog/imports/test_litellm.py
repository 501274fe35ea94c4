"""LiteLLM's map: prices per token become prices per million, exactly; what we cannot say truly is left out."""

from decimal import Decimal

import pytest
from support.model_lists import LITELLM, found, one, read

from modelroute_cli.base.schema import Modality, ServiceTier
from modelroute_cli.catalog.imports.found import FoundPrice, UnfitError
from modelroute_cli.catalog.imports.litellm import entries


def test_a_model_is_read_with_all_that_the_map_says() -> None:
    """Prices, tiers, limits, capabilities, the end."""
    model = found(LITELLM, "nova-1")
    assert model.price == FoundPrice(input=Decimal("1.25"), output=Decimal(10), cache_read=Decimal("0.125"))
    assert (model.context_tokens, model.max_output_tokens, model.step_tokens) == (272_000, 128_000, 200_000)
    assert model.modalities == (Modality.TEXT, Modality.IMAGE)
    assert (model.schema, model.thinks, model.sampling, model.shutdown) == (True, True, False, "2027-04-01")
    assert model.efforts == ("none", "low", "medium", "high", "xhigh")


def test_a_tier_needs_both_prices() -> None:
    """Flex lacks its output here, so it is not sold."""
    assert found(LITELLM, "nova-1").tiers == {
        ServiceTier.BATCH: FoundPrice(input=Decimal("0.625"), output=Decimal(5)),
    }


def test_a_cache_price_of_0_is_not_known() -> None:
    """DeepSeek's writes stand as 0 there and are billed as input."""
    assert found(LITELLM, "nova-1").price.cache_write is None


def test_ids_lose_the_prefix_that_litellm_adds() -> None:
    """Google's models are reached by their bare id."""
    entry = read(LITELLM).entries[1]
    assert (entry.listed, entry.provider, entry.model_id) == ("gemini/gemini-7-dash", "google", "gemini-7-dash")


@pytest.mark.parametrize(("theirs", "ours"), [("gemini", "google"), ("together_ai", "together"), ("groq", "groq")])
def test_providers_have_the_names_that_ship(theirs: str, ours: str) -> None:
    """Else an imported model would belong to a provider that nobody declared."""
    assert [entry.provider for entry in entries({"m": {"litellm_provider": theirs}})] == [ours]


def test_the_explanation_of_the_fields_is_no_model() -> None:
    """`sample_spec` opens the map."""
    assert "sample_spec" not in [entry.listed for entry in read(LITELLM).entries]


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("nova-drawing", "not chat"),
        ("nova-thinker", "reasoning tokens cost more than output"),
        ("nova-unlimited", "no limits of its input and output"),
        ("nova-unpriced", "no price"),
    ],
)
def test_what_cannot_be_used_says_why(listed: str, reason: str) -> None:
    """Never a guess in place of a number."""
    with pytest.raises(UnfitError, match=f"^{reason}$"):
        found(LITELLM, listed)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"supported_endpoints": ["/v1/responses"]}, "not chat"),
        ({"input_cost_per_token": -1e-6}, "`input_cost_per_token` is no price"),
        ({"input_cost_per_token": "cheap"}, "`input_cost_per_token` is no number"),
        ({"input_cost_per_token": True}, "`input_cost_per_token` is no number"),
        ({"max_output_tokens": 0}, "no limits of its input and output"),
    ],
)
def test_wrong_values_are_reasons(fields: dict[str, object], reason: str) -> None:
    """A list of a stranger may hold anything."""
    with pytest.raises(UnfitError, match=f"^{reason}$"):
        found(one(fields), "nova-2")


def test_fine_tunes_are_no_models() -> None:
    """`ft:` is a price for models whose ids only their owner knows."""
    with pytest.raises(UnfitError, match="the price of fine-tuned models, not a model"):
        found(one({}, "ft:nova-2"), "ft:nova-2")


def test_listed_efforts_are_put_in_order() -> None:
    """Weakest first, as cards have them; unknown ones are left."""
    assert found(one({"reasoning_effort_levels": ["high", "none", "odd"]}), "nova-2").efforts == ("none", "high")
