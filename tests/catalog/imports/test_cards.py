"""What a found model becomes here: its name, its card, its tokenizer."""

from dataclasses import replace

import pytest
from support.catalog_room import default_catalog
from support.model_lists import LITELLM, OPENROUTER, found

from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.imports.cards import base_model_of, card_fields, our_name, tokenizer_of
from modelroute_cli.catalog.imports.found import Entry, UnfitError


@pytest.mark.parametrize(
    ("provider", "model_id", "name"),
    [
        ("openai", "nova-1", "nova-1"),
        ("mistral", "mistral-small-latest", "mistral-small"),
        ("openrouter", "openai/gpt-6-sol", "openrouter/openai/gpt-6-sol"),
        ("openrouter", "vendor/nova-1", "openrouter/vendor/nova-1"),
        ("groq", "llama-4-scout", "groq/llama-4-scout"),
    ],
)
def test_names_are_those_of_the_catalog_or_made_as_they_are(provider: str, model_id: str, name: str) -> None:
    """A maker's own models are named by their id alone."""
    assert our_name(Entry("x", provider, model_id, {}), default_catalog()) == name


@pytest.mark.parametrize("model_id", ["", "-x", "a b", "a\nb", "a\x1b[31m", "a: b", "é", "a@low", "a" * 129])
def test_odd_ids_are_no_names(model_id: str) -> None:
    """Nothing that a terminal, YAML or `NAME@EFFORT` would read otherwise."""
    with pytest.raises(UnfitError, match="its id is no name"):
        our_name(Entry("x", "openai", model_id, {}), default_catalog())


def test_an_alias_is_not_hidden() -> None:
    """The settings would not load with both."""
    catalog = Catalog(default_catalog().models, default_catalog().providers, {"nova-1": ("gpt-5",)})
    with pytest.raises(UnfitError, match="its name is an alias of yours"):
        our_name(Entry("x", "openai", "nova-1", {}), catalog)


def test_a_card_says_what_the_list_says() -> None:
    """Input ends where a dearer price begins, which settings cannot hold."""
    assert card_fields(found(LITELLM, "nova-1"), default_catalog()) == {
        "provider": "openai",
        "model_id": "nova-1",
        "base_model": "nova-1",
        "context_tokens": 200_000,
        "max_output_tokens": 128_000,
        "modalities": ["text", "image"],
        "response_schema": "native",
        "efforts": ["none", "low", "medium", "high", "xhigh"],
        "thinking": "optional",
        "sampling": False,
        "tokenizer": "unknown",
        "shutdown": "2027-04-01",
    }


def test_thinking_that_nobody_can_stop_is_expected() -> None:
    """Where a list does not say that it can be told not to, a plan must not be too cheap."""
    model = replace(found(OPENROUTER, "vendor/nova-1"), efforts=("low", "high"))
    assert card_fields(model, default_catalog())["thinking"] == "always"
    assert card_fields(replace(model, thinks=False), default_catalog())["thinking"] == "none"


@pytest.mark.parametrize(("provider", "schema"), [("anthropic", "none"), ("deepseek", "json_object"), ("x", "native")])
def test_schemas_are_what_the_endpoint_takes(provider: str, schema: str) -> None:
    """Anthropic's compatible endpoint ignores them, whatever its models can."""
    model = replace(found(LITELLM, "nova-1"), provider=provider)
    assert card_fields(model, default_catalog())["response_schema"] == schema
    assert card_fields(replace(model, schema=False), default_catalog())["response_schema"] == "none"


@pytest.mark.parametrize(
    ("model_id", "base"),
    [
        ("gpt-5-2025-08-07", "gpt-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("anthropic/claude-sonnet-5.5", "claude-sonnet-5-5"),
        ("vendor/nova-free:free", "nova-free"),
    ],
)
def test_weights_are_known_under_one_name(model_id: str, base: str) -> None:
    """So that what is known of a model's quality holds for its snapshots and at its gateways."""
    assert base_model_of(model_id, default_catalog()) == base


@pytest.mark.parametrize(
    ("base", "family"),
    [
        ("claude-3-5-haiku", "claude_4"),
        ("claude-opus-4-6", "claude_4"),
        ("claude-opus-4.7", "claude_5"),
        ("claude-haiku-5-5", "claude_5"),
        ("gpt-5.4-nano", "o200k"),
        ("o3", "o200k"),
        ("qwen3.7-plus", "qwen_3_5"),
        ("qwen3-max", "qwen"),
        ("Mistral-Large", "mistral"),
        ("nova-1", "unknown"),
    ],
)
def test_tokenizers_go_by_family(base: str, family: str) -> None:
    """A stranger's text is counted with a wide margin."""
    assert tokenizer_of(base) == family


def test_every_shipped_card_has_the_tokenizer_that_its_name_says() -> None:
    """The table agrees with what was chosen by hand."""
    cards = default_catalog().models.values()
    assert [card.name for card in cards if tokenizer_of(card.base_model) != card.tokenizer] == []
