"""Every number that is shown of a model says where it was read, and when."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import default_catalog, default_settings, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.prices import resolve
from modelroute_cli.catalog.sourced import Sourced, sources

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = sorted(default_catalog().models)


def facts(name: str, text: str = "", folder: Path | None = None) -> dict[str, Sourced]:
    """The facts of a model by field."""
    settings = default_settings() if folder is None else settings_of(f"{text}\n", folder)
    return {fact.field: fact for fact in sources(load_catalog(settings).models[name], settings, NOON)}


@given(st.sampled_from(NAMES))
def test_each_fact_has_a_value_a_source_and_a_date(name: str) -> None:
    """And each field is named once."""
    found = sources(default_catalog().models[name], default_settings(), NOON)
    assert [fact.field for fact in found if not (fact.value and fact.source and fact.date)] == []
    assert len({fact.field for fact in found}) == len(found)
    assert all(re.fullmatch(r"20\d\d-\d\d(-\d\d)?", fact.date or "") for fact in found)


@pytest.mark.parametrize(
    ("name", "field", "value", "date"),
    [
        ("gpt-6-luna", "standard.input", "$0.1 per million tokens", "2026-11-23"),
        ("gpt-6-luna", "flex.cache_write", "$0.0625 per million tokens", "2026-11-23"),
        ("gpt-6-luna", "batch.output above 272,000 input tokens", "$0.375 per million tokens", "2026-11-23"),
        ("deepseek-flash", "standard 01:00-04:00 UTC Mon-Fri.output", "$1.2 per million tokens", "2026-11-23"),
        ("gpt-6-luna", "context_tokens", "922,000", "2026-11"),
        ("gpt-6-luna", "sampling", "no", "2026-11"),
        ("gpt-6-luna", "efforts", "none, low, medium, high, xhigh, max", "2026-11"),
        ("gpt-6-luna", "batch.window_s", "86,400", "2026-11"),
        ("gpt-6-luna", "cache.min_tokens", "1,024", "2026-11"),
        ("gpt-6-luna", "cache_with_batch", "yes", "2026-11"),
        ("gpt-6-luna", "retention_days", "30", "2026-11"),
        ("gpt-6-luna", "trains_on_data", "no", "2026-11"),
        ("deepseek-flash", "limits.concurrency", "2,500", "2026-11"),
        ("deepseek-flash", "regions", "cn", "2026-06"),
        ("gpt-5", "shutdown", "2026-12-11", "2026-11"),
        ("gemini-3.8-flash", "cache.min_tokens", "4,096", "2026-10-13"),
    ],
)
def test_a_fact_reads_like_this(name: str, field: str, value: str, date: str) -> None:
    """Money exact, counts with commas, truth as yes and no."""
    fact = facts(name)[field]
    assert (fact.value, fact.date) == (value, date)


def test_what_is_unknown_is_left_out() -> None:
    """Nothing is said of what nobody knows, and no tier of a gateway that does not sell it."""
    found = facts("portkey/openai/gpt-6-sol")
    assert [name for name in found if name.split(".")[0] in {"flex", "batch", "priority", "regions", "limits"}] == []
    assert "retention_days" not in found
    assert "standard.cache_write" not in facts("gpt-5")


def test_a_price_without_a_cache_price_shows_none() -> None:
    """What nobody lists is not shown as if somebody did."""
    assert "standard.cache_write" not in facts("deepseek-flash")
    assert facts("deepseek-flash")["standard.cache_read"].value == "$0.003 per million tokens"


def test_what_the_user_set_names_the_file(tmp_path: Path) -> None:
    """Abilities, limits, tiers, cache and data, on the card or on its account."""
    text = (
        "models: {gpt-6-luna: {context_tokens: 1000, limits: {rpm: 9}, cache: {ttl_s: 60}, retention_days: 0}}\n"
        "providers: {openai: {limits: {tpd: 5}, regions: [eu], tiers: {batch: {queue_tokens: 7}}}}"
    )
    found = facts("gpt-6-luna", text, tmp_path)
    told = {name: fact.value for name, fact in found.items() if fact.source == "settings: modelroute.yaml"}
    assert told == {
        "context_tokens": "1,000",
        "limits.rpm": "9",
        "openai.limits.tpd": "5",
        "batch.queue_tokens": "7",
        "cache.ttl_s": "60",
        "regions": "eu",
        "retention_days": "0",
    }
    assert {found[name].date for name in told} == {None}


def test_own_prices_name_the_file_and_their_day(tmp_path: Path) -> None:
    """A fee a request is one of them."""
    text = "prices: {gpt-6-luna: {per_hour: 1, requests_per_hour: 8, date: 2026-10-01}}"
    fact = facts("gpt-6-luna", text, tmp_path)["standard.request"]
    assert (fact.value, fact.date) == ("$0.125 per request", "2026-10-01")
    assert fact.source == "settings: modelroute.yaml ($1 an hour at 8 requests)"


def test_a_model_without_a_price_shows_the_rest(tmp_path: Path) -> None:
    """It can be looked at before it is priced."""
    text = "models: {local/m: {provider: local, model_id: m, base_model: m, context_tokens: 9, max_output_tokens: 9}}"
    found = facts("local/m", text, tmp_path)
    assert [name for name in found if name.startswith("standard")] == []
    assert found["context_tokens"] == Sourced(
        field="context_tokens", value="9", source="settings: modelroute.yaml", date=None
    )
    assert found["zero_retention"].value == "always"


def test_a_variant_has_its_cards_facts(tmp_path: Path) -> None:
    """What the user set of the card is set of the variant."""
    text = "models: {gpt-6-luna: {context_tokens: 1000}}"
    found = facts("gpt-6-luna@high", text, tmp_path)
    assert (found["effort"].value, found["context_tokens"].source) == ("high", "settings: modelroute.yaml")


@given(st.sampled_from([name for name in NAMES if not name.startswith("openrouter/google")]))
def test_prices_are_shown_to_the_last_digit(name: str) -> None:
    """What is shown is what is charged."""
    card = default_catalog().models[name]
    shown = facts(name)["standard.input"].value
    rate = resolve(card, default_settings(), NOON).steps[0].rate
    assert Decimal(shown.removeprefix("$").removesuffix(" per million tokens")) * 10**6 == rate.input_pusd


def test_a_card_without_its_account_is_refused(tmp_path: Path) -> None:
    """Its terms cannot be known."""
    card = default_catalog().models["gpt-6-luna"]
    with pytest.raises(SettingsError) as caught:
        sources(msgspec.structs.replace(card, provider="nobody"), settings_of("", tmp_path), NOON)
    assert caught.value.message == "`providers.nobody` is new and lacks `base_url`"
