"""A list becomes a settings file that loads, and every model that is not in it has a reason."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import catalog_of, default_catalog, settings_of
from support.model_lists import LITELLM, MODELS_DEV, OPENROUTER, one, with_provider

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import per_token
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.imports.found import LeftOut
from modelroute_cli.catalog.imports.make import IN_CATALOG, Imported, ImportOptions, import_models
from modelroute_cli.catalog.prices import resolve

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def imported(text: str, *only: str) -> Imported:
    """What becomes of a list under the shipped settings."""
    options = ImportOptions(file="list.json", day=DAY, only=only)
    return import_models(text.encode(), default_catalog(), options)


def test_models_of_known_providers_are_taken_the_rest_has_reasons() -> None:
    """In the order of the list."""
    result = imported(LITELLM)
    assert result.taken == ("nova-1", "gemini-7-dash")
    assert result.left_out == (
        LeftOut("azure/nova-1", "provider `azure` is not known"),
        LeftOut("nova-drawing", "not chat"),
        LeftOut("nova-thinker", "reasoning tokens cost more than output"),
        LeftOut("nova-unlimited", "no limits of its input and output"),
        LeftOut("nova-unpriced", "no price"),
        LeftOut("gpt-5", IN_CATALOG),
    )


@pytest.mark.parametrize("text", [LITELLM, MODELS_DEV, OPENROUTER])
def test_what_is_written_loads_as_a_settings_file(text: str, tmp_path: Path) -> None:
    """Each model has the price and the limits of the list."""
    result = imported(text)
    settings, catalog = settings_of(result.yaml, tmp_path), catalog_of(result.yaml, tmp_path)
    assert result.taken
    for name in result.taken:
        assert catalog.models[name].source == f"{result.origin}"
        rates = resolve(catalog.models[name], settings, AT)
        assert rates.source.startswith(f"settings: modelroute.yaml ({result.origin.source}")
        assert rates.price_date == "2026-11-20"


def test_prices_pass_exactly(tmp_path: Path) -> None:
    """1.25e-06 dollars a token is 1,250,000 pico-dollars."""
    settings = settings_of(imported(LITELLM).yaml, tmp_path)
    halved = {"input_cost_per_token_batches": "5e-7", "output_cost_per_token_batches": "5e-6"}
    batched = imported(one(halved, "gpt-5"), "gpt-5").yaml
    price = settings.prices["nova-1"]
    assert (price.input, price.output, price.cache_read, price.cache_write) == ("1.25", "10", "0.125", None)
    assert per_token(price.input or "0") == 1_250_000
    batch = resolve(default_catalog().models["gpt-5"], settings_of(batched, tmp_path), AT, ServiceTier.BATCH)
    assert batch.steps[0].rate.output_pusd == 5_000_000


def test_a_model_of_the_catalog_gets_its_price_alone() -> None:
    """Asked for by name: its card stays as it was chosen here."""
    result = imported(LITELLM, "gpt-5")
    assert result.taken == ("gpt-5",)
    assert "models:" not in result.yaml.splitlines()
    assert '  gpt-5:\n    input: "1.5"\n    output: "10"\n' in result.yaml


def test_a_step_ends_the_context_and_says_so() -> None:
    """Settings hold one price for all lengths."""
    text = one({"input_cost_per_token_above_200k_tokens": 1e-5}, "gpt-5").replace('ens": 1000', 'ens": 272000')
    result = imported(text, "gpt-5")
    assert "  gpt-5:\n    context_tokens: 200000\n" in result.yaml
    assert "    # input above 200000 tokens costs more: `context_tokens` ends there\n" in result.yaml


def test_only_takes_patterns_of_any_of_the_names() -> None:
    """The list's own name, the id, or provider and id."""
    assert imported(LITELLM, "nova-1").taken == ("nova-1",)
    assert imported(LITELLM, "gemini/*").taken == ("gemini-7-dash",)
    assert imported(LITELLM, "google/gemini-7-dash").taken == ("gemini-7-dash",)
    assert imported(LITELLM, "nova-*", "gpt-5").taken == ("nova-1", "gpt-5")


def test_a_name_that_nothing_has_is_an_error() -> None:
    """With the nearest that something has."""
    with pytest.raises(UsageError) as caught:
        imported(LITELLM, "nova-1", "nova-2")
    assert caught.value.message == "--only: no model of the list is named `nova-2`"
    assert caught.value.hint == "did you mean `nova-1`?"


def test_a_price_of_0_is_free_only_where_the_id_says_so() -> None:
    """Elsewhere it may stand for a price nobody knows."""
    unknown = imported(one({"input_cost_per_token": 0, "output_cost_per_token": 0}))
    assert unknown.left_out == (LeftOut("nova-2", "its price is 0, which may mean that nobody knows it"),)
    assert "openrouter/vendor/nova-free:free" in imported(OPENROUTER).taken


def test_models_that_are_gone_are_taken_by_name_alone() -> None:
    """For a study of the past; on its last day a model is gone."""
    ended = one({"deprecation_date": "2026-11-20"})
    assert imported(ended).left_out == (LeftOut("nova-2", "switched off already"),)
    assert imported(ended, "nova-2").taken == ("nova-2",)
    assert imported(one({"deprecation_date": "2026-11-21"})).taken == ("nova-2",)


def test_a_model_stands_once() -> None:
    """LiteLLM has some with and without its prefix."""
    both = one({})[:-1] + ", " + one({}, "openai/nova-2")[1:]
    result = imported(both)
    assert (result.taken, result.left_out) == (
        ("nova-2",),
        (LeftOut("openai/nova-2", "a second entry of the same model"),),
    )


def test_the_users_own_providers_count() -> None:
    """Whoever has added Groq gets its models, under its name."""
    options = ImportOptions(file="api.json", day=DAY)
    result = import_models(MODELS_DEV.encode(), with_provider(default_catalog(), "groq"), options)
    assert result.taken == ("nova-1", "groq/llama-4-scout")


_names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_words = st.sampled_from(["on", "No", "null", "1e3", "2026-01-01", "nova: x", "#nova", "a" * 200, "nova-1"])


@given(name=_names | _words, file=_names, price=st.decimals(min_value="0.000001", max_value=10**6, places=9))
def test_no_name_and_no_file_can_break_the_yaml(
    name: str, file: str, price: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is written loads, with the very model and price, or the model has a reason."""
    options = ImportOptions(file=file, day=DAY)
    data = one({"input_cost_per_token": f"{price}e-6"}, name).encode()
    result = import_models(data, default_catalog(), options)
    assert len(result.taken) + len(result.left_out) == 1
    for taken in result.taken:
        settings = settings_of(result.yaml, tmp_path_factory.mktemp("import"))
        assert settings.prices[taken].input == f"{price}".rstrip("0").rstrip(".")
