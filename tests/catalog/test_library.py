"""The catalog holds the shipped cards with the user's fields over them; names and aliases lead to models."""

import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import NOWHERE, REPO, catalog_of, default_catalog

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import Modality
from modelroute_cli.catalog.cards import Limits, ModelCard
from modelroute_cli.catalog.library import check_shutdowns, expand, load_catalog, shipped_models
from modelroute_cli.catalog.load import load_settings

MODEL_MAP = REPO.parent / "shared" / "data" / "litellm_model_map_1.109.1.json.gz"
MAP_NAMES = {
    "gemini-2.5-flash": "gemini/gemini-2.5-flash",
    "gemini-4-argon": "gemini/gemini-4-argon",
    "gemini-3.8-flash": "gemini/gemini-3.8-flash",
    "gemini-2.5-flash-lite": "gemini/gemini-2.5-flash-lite",
    "deepseek-flash": "deepseek/deepseek-flash",
    "deepseek-v4-pro": "deepseek/deepseek-v4-pro",
    "deepseek-chat": "deepseek/deepseek-chat",
    "mistral-small": "mistral/mistral-small-latest",
}
SHORTER_OUTPUT = {"gemini-4-argon": 32_768}  # of one request; the map has what a chain of continued ones may write
DIRECT = sorted(name for name in shipped_models() if "/" not in name)
NAMES = sorted(shipped_models())

WHOLE_CARD = """
models:
  local/tiny:
    provider: local
    model_id: tiny
    base_model: tiny
    context_tokens: 4096
    max_output_tokens: 512
"""


def refusal(text: str, folder: Path) -> tuple[str, str | None]:
    """Message and hint that a project's file meets."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(text, folder)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        "gpt-5",
        "gpt-5-mini",
        "gpt-6-sol",
        "gpt-6-luna",
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
        "gemini-3.8-flash",
        "gemini-2.5-flash-lite",
        "deepseek-flash",
        "deepseek-v4-pro",
        "deepseek-chat",
    ],
)
def test_the_models_that_must_ship_do(name: str) -> None:
    """Each has a card of its own, reached at its own provider."""
    assert default_catalog().models[name].name == name


@pytest.mark.parametrize("name", [name for name in DIRECT if name not in {"deepseek-chat", "mistral-small"}])
def test_every_living_model_is_also_reached_through_both_gateways(name: str) -> None:
    """The same weights have a card at OpenRouter and one at Portkey."""
    cards = [card for card in default_catalog().models.values() if card.base_model == name]
    assert [card.provider for card in cards] == [cards[0].provider, "openrouter", "portkey"]


@pytest.mark.parametrize("name", NAMES)
def test_every_card_says_where_its_facts_are_from(name: str) -> None:
    """No capability without a source, and every model can be priced."""
    card = default_catalog().models[name]
    assert card.source
    assert (card.price_provider is None) == (card.price_model is None)
    assert (card.price_provider is None) == (card.weights is not None)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("portkey/")])
def test_portkey_is_priced_as_the_provider_behind_it(name: str) -> None:
    """A gateway that passes calls on bills what its upstream bills."""
    card = default_catalog().models[name]
    direct = default_catalog().models[card.base_model]
    assert name == f"portkey/{card.upstream}/{card.model_id}"
    assert card.upstream == direct.provider
    assert (card.price_provider, card.price_model) == (direct.price_provider, direct.price_model)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("openrouter/")])
def test_openrouter_is_priced_under_its_own_ids(name: str) -> None:
    """What goes over the wire is what is looked up."""
    card = default_catalog().models[name]
    assert name == f"openrouter/{card.model_id}"
    assert (card.price_provider, card.price_model) == ("openrouter", card.model_id)


def test_a_schema_is_promised_only_where_it_is_forwarded() -> None:
    """Portkey's gateway to Anthropic ignores schemas; DeepSeek knows JSON without one."""
    models = default_catalog().models
    assert {name: card.response_schema for name, card in models.items() if card.base_model == "claude-haiku-5-5"} == {
        "claude-haiku-5-5": "native",
        "openrouter/anthropic/claude-haiku-5.5": "native",
        "portkey/anthropic/claude-haiku-5-5": "none",
    }
    assert models["deepseek-flash"].response_schema == "json_object"


def test_deepseek_behind_portkey_always_thinks() -> None:
    """Portkey drops the switch, so hidden tokens are planned for."""
    card = default_catalog().models["portkey/deepseek/deepseek-flash"]
    assert (card.thinking, card.effort) == ("always", None)


@pytest.mark.skipif(not MODEL_MAP.exists(), reason="the model map is not part of the repository")
@pytest.mark.parametrize("name", DIRECT)
def test_capabilities_agree_with_the_model_map(name: str) -> None:
    """Limits, vision and shutdown of every card are those of the map that its source names."""
    entry = json.loads(gzip.decompress(MODEL_MAP.read_bytes()))[MAP_NAMES.get(name, name)]
    card = default_catalog().models[name]
    output = SHORTER_OUTPUT.get(name, entry["max_output_tokens"])
    assert (card.context_tokens, card.max_output_tokens) == (entry["max_input_tokens"], output)
    assert (Modality.IMAGE in card.modalities) == entry.get("supports_vision", False)
    assert card.shutdown == entry.get("deprecation_date")
    if card.thinking == "none":
        assert not entry.get("supports_reasoning", False)
    assert "none" not in card.efforts or entry.get("supports_none_reasoning_effort", True)


def test_a_users_field_goes_over_the_card(tmp_path: Path) -> None:
    """One field changes, the others stay, and mappings inside merge."""
    text = "models: {deepseek-flash: {effort: high, limits: {rpm: 60}}}\n"
    shipped = default_catalog().models["deepseek-flash"]
    expected = msgspec.structs.replace(shipped, effort="high", limits=Limits(rpm=60, concurrency=2500))
    assert catalog_of(text, tmp_path).models["deepseek-flash"] == expected


def test_an_empty_mapping_takes_all_of_a_field_away(tmp_path: Path) -> None:
    """Your own Portkey gateway needs no Portkey key."""
    providers = catalog_of("providers: {portkey: {key_headers: {}}}\n", tmp_path).providers
    assert default_catalog().providers["portkey"].key_headers == {"x-portkey-api-key": "PORTKEY_API_KEY"}
    assert providers["portkey"].key_headers == {}


def test_null_takes_a_cards_field_away(tmp_path: Path) -> None:
    """A user who knows better can clear a shutdown date."""
    assert catalog_of("models: {gpt-5: {shutdown: null}}\n", tmp_path).models["gpt-5"].shutdown is None


def test_a_date_may_be_written_without_quotes(tmp_path: Path) -> None:
    """YAML reads a date; the card holds its text."""
    assert (
        catalog_of("models: {gpt-6-sol: {shutdown: 2027-01-31}}\n", tmp_path).models["gpt-6-sol"].shutdown
        == "2027-01-31"
    )


def test_a_new_model_needs_only_its_required_fields(tmp_path: Path) -> None:
    """The rest has defaults."""
    assert catalog_of(WHOLE_CARD, tmp_path).models["local/tiny"] == ModelCard(
        name="local/tiny",
        provider="local",
        model_id="tiny",
        base_model="tiny",
        context_tokens=4096,
        max_output_tokens=512,
    )


def test_a_new_model_names_all_that_it_lacks(tmp_path: Path) -> None:
    """One error, not five: every missing field at once."""
    message, hint = refusal("models: {local/tiny: {provider: local, model_id: tiny}}\n", tmp_path)
    lacking = "`base_model`, `context_tokens`, `max_output_tokens`"
    assert message == f"`models.local/tiny` is new and lacks {lacking}"
    assert hint == f"add {lacking}, or correct the name to override a card that ships; `modelroute models` lists all"


def test_a_new_provider_needs_a_url(tmp_path: Path) -> None:
    """Nothing can be reached without one."""
    assert refusal("providers: {mine: {auth: none}}\n", tmp_path)[0] == "`providers.mine` is new and lacks `base_url`"


def test_a_provider_can_be_added_and_used(tmp_path: Path) -> None:
    """A second account is a provider under another name."""
    text = (
        "providers: {team: {base_url: https://api.openai.com/v1, api_key_env: TEAM_KEY}}\n"
        "models: {gpt-6-luna: {provider: team}}\n"
    )
    catalog = catalog_of(text, tmp_path)
    assert catalog.models["gpt-6-luna"].provider == "team"
    assert catalog.providers["team"].api_key_env == "TEAM_KEY"


def test_names_and_aliases_expand_in_order_each_once() -> None:
    """The first mention decides the place."""
    names = ["gpt-6-luna", "premium", "cheap", "gpt-6-sol"]
    assert expand(default_catalog(), names) == (
        "gpt-6-luna",
        "gpt-6-sol",
        "claude-sonnet-5-5",
        "deepseek-flash",
        "claude-haiku-5-5",
        "gemini-2.5-flash-lite",
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("gpt-6-lna", "did you mean `gpt-6-luna`?"),
        ("premum", "did you mean `premium`?"),
        ("zzzz", "`modelroute models` lists all"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    """A typing error in a flag or a row is met with what was likely meant."""
    with pytest.raises(SettingsError) as caught:
        expand(default_catalog(), [name])
    assert (caught.value.message, caught.value.hint) == (f"no model or alias is named `{name}`", hint)


@given(st.lists(st.sampled_from([*NAMES, "cheap", "analysis", "premium", "multimodal", "escalation"])))
def test_expanding_twice_changes_nothing(names: list[str]) -> None:
    """What comes out are models, each once."""
    once = expand(default_catalog(), names)
    assert expand(default_catalog(), once) == once
    assert len(set(once)) == len(once)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-10-11", ()),
        ("2026-10-12", ("`gpt-5` is switched off on 2026-12-11, in 60 days",)),
        ("2026-11-23", ("`gpt-5` is switched off on 2026-12-11, in 18 days",)),
        ("2026-12-10", ("`gpt-5` is switched off on 2026-12-11, in 1 day",)),
    ],
)
def test_a_shutdown_is_announced_sixty_days_ahead(on: str, expected: tuple[str, ...]) -> None:
    """Later dates are near enough to plan for, earlier ones are noise."""
    assert check_shutdowns(default_catalog(), ["gpt-5", "gpt-6-sol"], date.fromisoformat(on)) == expected


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_model_past_its_end_cannot_be_routed_to(days: int) -> None:
    """From its last day on a model is refused, with what to do."""
    with pytest.raises(SettingsError) as caught:
        check_shutdowns(default_catalog(), ["gpt-6-luna", "gpt-5"], date(2026, 12, 11) + timedelta(days))
    assert caught.value.message == "`gpt-5` was switched off on 2026-12-11: no request can be sent to it"
    assert caught.value.hint == "take it out of the aliases and rules, or of `--models`; as a baseline it may stay"


def test_a_model_of_the_past_can_be_studied_in_its_time() -> None:
    """At a date of 2025 DeepSeek's model of that year was alive."""
    assert check_shutdowns(default_catalog(), ["deepseek-chat", "gpt-5"], date(2025, 3, 1)) == ()


def test_the_default_strategy_has_no_model_near_its_end() -> None:
    """Who plans with the defaults on the day of these facts is not warned of their own choice."""
    names = expand(default_catalog(), ["cheap", "analysis", "premium", "multimodal", "escalation"])
    assert check_shutdowns(default_catalog(), names, date(2026, 11, 23)) == ()


def test_loading_twice_gives_the_same_catalog() -> None:
    """The shipped cards are read once and never changed by who uses them."""
    settings = load_settings(NOWHERE, None, {}, {})
    assert load_catalog(settings) == load_catalog(settings)
