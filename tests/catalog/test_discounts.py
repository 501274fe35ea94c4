"""A discount is an exact share of the list price, rounded up once, and is named with the price."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import default_catalog, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.money import per_token
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.discounts import Charge, charge
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.prices import RateCard, resolve, tiers
from modelroute_cli.catalog.settings import Discount

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOL = default_catalog().models["gpt-6-sol"]


def priced(text: str, folder: Path, name: str = "gpt-6-sol", at: datetime = NOON) -> RateCard:
    """A model's rate card under a settings file."""
    settings = settings_of(f"{text}\n", folder)
    return resolve(load_catalog(settings).models[name], settings, at)


def first_rate(card: RateCard) -> tuple[int, int, int, int]:
    """The four rates of the first step."""
    rate = card.steps[0].rate
    return rate.input_pusd, rate.output_pusd, rate.cache_read_pusd, rate.cache_write_pusd


def test_a_providers_discount_holds_for_all_its_prices(tmp_path: Path) -> None:
    """Input, output and cache, at every length and tier."""
    card = priced("discounts: {openai: 10}", tmp_path)
    assert first_rate(card) == (1_800_000, 9_000_000, 180_000, 2_250_000)
    assert card.steps[1].rate.input_pusd == 3_600_000
    settings = settings_of("discounts: {openai: 10}\n", tmp_path)
    assert first_rate(tiers(SOL, settings, NOON)[ServiceTier.BATCH])[:2] == (900_000, 4_500_000)


def test_the_source_names_the_discount(tmp_path: Path) -> None:
    """Nobody takes it for a list price."""
    assert priced("discounts: {openai: 12.5}", tmp_path).source.endswith("; less 12.5% (settings: modelroute.yaml)")
    assert priced("discounts: {openai: -10}", tmp_path).source.endswith("; plus 10% (settings: modelroute.yaml)")


def test_below_zero_the_account_pays_more(tmp_path: Path) -> None:
    """A gateway's fee, or processing in one region."""
    assert first_rate(priced("discounts: {openai: -10}", tmp_path))[:2] == (2_200_000, 11_000_000)


def test_a_models_discount_goes_before_its_providers(tmp_path: Path) -> None:
    """They do not add up; a variant's card counts for it."""
    text = "discounts: {openai: 10, gpt-6-sol: 50, gpt-6-sol@max: 25}"
    names = ("gpt-6-sol", "gpt-6-sol@high", "gpt-6-sol@max", "gpt-6-luna")
    assert [first_rate(priced(text, tmp_path, name))[0] for name in names] == [1_000_000, 1_000_000, 1_500_000, 90_000]


def test_a_gateways_models_are_its_own(tmp_path: Path) -> None:
    """A discount at OpenAI is none at OpenRouter."""
    assert first_rate(priced("discounts: {openai: 10}", tmp_path, "openrouter/openai/gpt-6-sol"))[0] == 2_000_000


@pytest.mark.parametrize(("day", "expected"), [(30, 1_000_000), (31, 1_000_000), (32, 1_800_000)])
def test_a_discount_ends_after_its_last_day(day: int, expected: int, tmp_path: Path) -> None:
    """The last day counts; then the provider's holds again."""
    text = "discounts: {openai: 10, gpt-6-sol: {percent: 50, until: 2026-12-31}}"
    at = datetime(2026, 12, day, 23, 59, tzinfo=UTC) if day <= 31 else datetime(2027, 1, 1, tzinfo=UTC)
    assert first_rate(priced(text, tmp_path, at=at))[0] == expected


def test_a_price_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    """Discounts are for list prices."""
    text = "discounts: {openai: 50}\nprices: {gpt-6-sol: {input: 1, output: 2}}"
    assert first_rate(priced(text, tmp_path))[:2] == (1_000_000, 2_000_000)


def test_a_number_alone_is_a_percentage(tmp_path: Path) -> None:
    """The short form and the long one are the same setting, to the last digit."""
    short = settings_of("discounts: {openai: 12.345678}\n", tmp_path)
    long = settings_of("discounts: {openai: {percent: 12.345678}}\n", tmp_path)
    assert short.discounts == long.discounts == {"openai": Discount(percent="12.345678")}
    assert short.origins["discounts.openai.percent"] == "modelroute.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "discounts: {openai: 101}",
            "modelroute.yaml:1: `discounts.openai.percent` is `101`: expected a plain number such as `12.50`",
        ),
        (
            "discounts: {openai: lots}",
            "modelroute.yaml:1: `discounts.openai.percent` is `lots`: expected a plain number such as `12.50`",
        ),
        ("discounts:\n  openai: {until: 2026-12-31}", "modelroute.yaml:2: `discounts.openai` lacks `percent`"),
        (
            "discounts:\n  openai:\n    percent: 5\n    until: soon",
            "modelroute.yaml:4: `discounts.openai.until` is `soon`, which is no date",
        ),
        ("discounts: {opnai: 5}", "modelroute.yaml: `discounts.opnai`: `opnai` is no model or provider"),
        (
            "discounts: {gpt-6-sol@turbo: 5}",
            "modelroute.yaml: `discounts.gpt-6-sol@turbo`: `gpt-6-sol` does not take the effort `turbo`",
        ),
    ],
)
def test_what_is_no_discount_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    """File, line and key."""
    with pytest.raises(SettingsError) as caught:
        load_catalog(settings_of(f"{text}\n", tmp_path))
    assert caught.value.message == message


def test_without_a_discount_the_list_price_is_charged(tmp_path: Path) -> None:
    """All of it, and no words."""
    assert charge(SOL, settings_of("", tmp_path), date(2026, 11, 23)) == Charge(Fraction(1), "")


@given(st.decimals(0, 1000, places=6), st.fractions(0, 2))
def test_a_share_is_exact_but_for_one_rounding_up(price: Decimal, share: Fraction) -> None:
    """Never below the share, less than a pico-dollar above, and all of it is the list price itself."""
    charged = Charge(share).per_token(price)
    exact = Fraction(price) * share * 10**6
    assert exact <= charged < exact + 1
    assert Charge().per_token(price) == per_token(price)
