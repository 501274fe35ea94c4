"""A price of one's own wins over every list: per token, by the hour of a server, and by service tier."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import default_catalog, default_settings, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.own_prices import hourly_rate, own_tiers
from modelroute_cli.catalog.prices import RateCard, UsageColumns, cost, cost_expr, dearest, resolve, tiers
from modelroute_cli.catalog.rates import Rate
from modelroute_cli.catalog.settings import Price

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOL = default_catalog().models["gpt-6-sol"]
SOURCE = "settings: modelroute.yaml"


def sold(price: str, folder: Path) -> dict[ServiceTier, RateCard]:
    """The tiers of one model under a price of the user's."""
    return dict(tiers(SOL, settings_of(f"prices: {{gpt-6-sol: {{{price}}}}}\n", folder), NOON))


def rate_of(card: RateCard) -> Rate:
    """The one rate of an own price."""
    (step,) = card.steps
    assert step.above_input_tokens == 0
    return step.rate


def test_nothing_is_priced_by_default() -> None:
    """Who sets no price has none."""
    assert own_tiers(SOL, default_settings(), NOON) == {}


def test_a_flat_price_is_the_standard_tier_alone(tmp_path: Path) -> None:
    """With a contract of one's own no listed tier is sold: it may not have them."""
    cards = sold('input: "1.70", output: "8.50", cache_read: "0.17"', tmp_path)
    assert list(cards) == [ServiceTier.STANDARD]
    card = cards[ServiceTier.STANDARD]
    assert (card.source, card.price_date, card.windows) == (SOURCE, "2026-11-23", ())
    rate = rate_of(card)
    assert (rate.input_pusd, rate.output_pusd, rate.cache_read_pusd) == (1_700_000, 8_500_000, 170_000)
    assert (rate.cache_write_pusd, rate.request_pusd) == (1_700_000, 0)


def test_tiers_have_prices_of_their_own(tmp_path: Path) -> None:
    """Each with its cache prices, which default to its own input price."""
    price = "input: 2, output: 9, flex: {input: 1, output: 5}, batch: {input: 1, output: 4, cache_read: 0.1}"
    cards = sold(f"{price}, priority: {{input: 4, output: 20}}", tmp_path)
    assert {tier: rate_of(card).input_pusd for tier, card in cards.items()} == {
        ServiceTier.STANDARD: 2_000_000,
        ServiceTier.FLEX: 1_000_000,
        ServiceTier.BATCH: 1_000_000,
        ServiceTier.PRIORITY: 4_000_000,
    }
    assert [card.service_tier for card in cards.values()] == ["standard", "flex", "batch", "priority"]
    batch = rate_of(cards[ServiceTier.BATCH])
    assert (batch.cache_read_pusd, batch.cache_write_pusd) == (100_000, 1_000_000)


def test_a_price_for_one_tier_leaves_the_others_listed(tmp_path: Path) -> None:
    """The user knows a better batch price, and nothing else."""
    cards = sold("batch: {input: 0.5, output: 2}", tmp_path)
    assert list(cards) == [ServiceTier.STANDARD, ServiceTier.FLEX, ServiceTier.BATCH, ServiceTier.PRIORITY]
    assert cards[ServiceTier.BATCH].source == SOURCE
    assert cards[ServiceTier.STANDARD] == resolve(SOL, default_settings(), NOON)


def test_a_source_and_a_date_are_shown(tmp_path: Path) -> None:
    """Where the price is from, in the user's words."""
    cards = sold("input: 1, output: 2, source: contract of 2026-10, date: 2026-10-01", tmp_path)
    card = cards[ServiceTier.STANDARD]
    assert (card.source, card.price_date) == (f"{SOURCE} (contract of 2026-10)", "2026-10-01")


def test_each_tier_names_the_file_that_prices_it(tmp_path: Path) -> None:
    """The user's own file has the standard price, the project's the batch price."""
    home = tmp_path / "home"
    (home / ".config" / "modelroute").mkdir(parents=True)
    (home / ".config" / "modelroute" / "settings.yaml").write_text("prices: {gpt-6-sol: {input: 1, output: 2}}\n")
    (tmp_path / "modelroute.yaml").write_text("prices: {gpt-6-sol: {batch: {input: 0.5, output: 1}}}\n")
    cards = tiers(SOL, load_settings(tmp_path, None, {"HOME": str(home)}, {}), NOON)
    assert {tier.value: card.source for tier, card in cards.items()} == {
        "standard": "settings: home/.config/modelroute/settings.yaml",
        "batch": SOURCE,
    }


def test_a_server_by_the_hour_costs_its_share_of_each_request(tmp_path: Path) -> None:
    """$1.20 an hour and 3,000 requests: $0.0004 each, whatever its size."""
    card = sold('per_hour: "1.20", requests_per_hour: 3000', tmp_path)[ServiceTier.STANDARD]
    assert card.source == f"{SOURCE} ($1.20 an hour at 3,000 requests)"
    usages = [Usage(input_tokens=0, output_tokens=0), Usage(input_tokens=9_000, output_tokens=500)]
    assert [cost(card, usage, NOON) for usage in usages] == [400_000_000, 400_000_000]


def test_a_server_by_the_hour_costs_its_share_of_each_token(tmp_path: Path) -> None:
    """$3 an hour and 7 million tokens: rounded up to a whole pico-dollar a token, of every kind."""
    card = sold("per_hour: 3, tokens_per_hour: 7000000", tmp_path)[ServiceTier.STANDARD]
    assert card.source == f"{SOURCE} ($3 an hour at 7,000,000 tokens)"
    usage = Usage(input_tokens=10, output_tokens=5, cache_read_tokens=4, cache_write_tokens=2)
    assert cost(card, usage, NOON) == 15 * 428_572


def test_a_fee_for_each_request_is_in_frames_and_reservations(tmp_path: Path) -> None:
    """The vector form and the dearest card have it too; an unknown count stays unknown."""
    card = sold('per_hour: "1.20", requests_per_hour: 3000', tmp_path)[ServiceTier.STANDARD]
    frame = pl.DataFrame({"input_tokens": [1, None], "output_tokens": [2, 3]})
    assert frame.select(cost_expr(card, UsageColumns(), NOON).alias("cost"))["cost"].to_list() == [400_000_000, None]
    assert rate_of(dearest(card)).request_pusd == 400_000_000


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_the_share_of_an_hour_rounds_up_once(millionths: int, count: int) -> None:
    """A full hour is never sold below its price, and not a pico-dollar a token above what that takes."""
    dollars = f"{millionths // 10**6}.{millionths % 10**6:06}"
    exact = Fraction(millionths * 10**6, count)
    for_tokens = hourly_rate(Price(per_hour=dollars, tokens_per_hour=count))
    for_requests = hourly_rate(Price(per_hour=dollars, requests_per_hour=count))
    assert exact <= for_tokens.input_pusd == for_tokens.output_pusd < exact + 1
    assert (for_requests.request_pusd, for_requests.input_pusd) == (for_tokens.input_pusd, 0)


@pytest.mark.parametrize("price", ["input: 0, output: 0", "per_hour: 0, requests_per_hour: 1"])
def test_free_is_said(price: str, tmp_path: Path) -> None:
    """Only because its owner says so."""
    source = sold(price, tmp_path)[ServiceTier.STANDARD].source
    assert source.endswith(("(free)", "($0 an hour at 1 requests; free)"))


@pytest.mark.parametrize(
    ("name", "tier", "told"),
    [
        ("deepseek-flash", ServiceTier.BATCH, "`standard`"),
        ("claude-haiku-5-5", ServiceTier.FLEX, "`standard`, `batch`"),
    ],
)
def test_a_tier_without_a_price_is_refused_with_the_lines_to_paste(
    name: str, tier: ServiceTier, told: str, tmp_path: Path
) -> None:
    """The standard price never stands in for it; the hint is YAML that works."""
    card = default_catalog().models[name]
    with pytest.raises(SettingsError) as caught:
        resolve(card, default_settings(), NOON, tier)
    assert caught.value.message == f"`{name}` has no price at the service tier `{tier}`: it is sold at {told}"
    pasted = (caught.value.hint or "").partition("\n")[2]
    assert resolve(card, settings_of(f"{pasted}\n", tmp_path), NOON, tier).steps[0].rate.input_pusd == 150_000


SMALL = default_catalog().models["local/smollm2"]
RUNNING = "providers: {local: {base_url: 'http://127.0.0.1:8000/v1'}}\n"


def test_a_model_that_a_run_starts_is_free() -> None:
    """It says where it is from: nobody is paid for a token of your own machine."""
    (card,) = tiers(SMALL, default_settings(), NOON).values()
    assert (card.service_tier, card.source, card.price_date) == ("standard", "your own machine (free)", "2026-11-23")
    assert cost(card, Usage(input_tokens=10**9, output_tokens=10**9), NOON) == 0


def test_an_hour_of_ones_own_machine_can_be_priced(tmp_path: Path) -> None:
    """What the user says wins."""
    settings = settings_of("prices: {local/smollm2: {per_hour: 0.36, requests_per_hour: 360}}\n", tmp_path)
    (card,) = tiers(SMALL, settings, NOON).values()
    assert cost(card, Usage(input_tokens=5, output_tokens=5), NOON) == 10**9
    assert card.source == "settings: modelroute.yaml ($0.36 an hour at 360 requests)"


def test_a_server_that_runs_already_has_no_price_of_its_own(tmp_path: Path) -> None:
    """With an address it may be anybody's: a model without a price is refused, never free."""
    with pytest.raises(SettingsError, match="`local/smollm2` has no price"):
        tiers(SMALL, settings_of(RUNNING, tmp_path), NOON)
