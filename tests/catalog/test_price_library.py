"""The price library's entries become list prices by prompt length and hour, or nothing: never a wrong number."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelPrice, TieredPrices
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import day_prices

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.list_prices import DayPrices, Hours, ListPrice
from modelroute_cli.catalog.price_library import tier_prices

DAY = date(2026, 11, 23)


def prices_of(provider: str, model: str, day: date = DAY) -> DayPrices:
    """The prices of a model that has some."""
    prices = day_prices(provider, model, day)
    assert prices is not None
    return prices


def one(given_: str, made: str, read: str | None = None, written: str | None = None, above: int = 0) -> ListPrice:
    """A list price from its digits."""
    return ListPrice(
        above_input_tokens=above,
        input=Decimal(given_),
        output=Decimal(made),
        cache_read=None if read is None else Decimal(read),
        cache_write=None if written is None else Decimal(written),
    )


def test_a_flat_price_has_one_step_and_no_hours() -> None:
    """What is not listed stays unknown, not zero."""
    assert prices_of("openai", "gpt-5") == DayPrices(ordinary=(one("1.25", "10", "0.125"),), hours=())


def test_a_long_prompt_has_its_own_step() -> None:
    """Tiers of all units become steps that hold all of them."""
    assert prices_of("openai", "gpt-6-luna").ordinary == (
        one("0.1", "0.5", "0.01", "0.125"),
        one("0.2", "0.75", "0.02", "0.25", above=272_000),
    )


def test_peak_hours_are_windows_over_the_ordinary_price() -> None:
    """DeepSeek doubles its prices in two windows of the UTC day."""
    peak = (one("0.3", "1.2", "0.006"),)
    assert prices_of("deepseek", "deepseek-flash") == DayPrices(
        ordinary=(one("0.15", "0.6", "0.003"),), hours=(Hours(60, 240, peak), Hours(360, 600, peak))
    )


def test_a_price_that_changed_is_taken_of_its_day() -> None:
    """History is kept: before and after the 17th of August two prices hold."""
    before = prices_of("deepseek", "deepseek-v4-pro", date(2026, 8, 16))
    after = prices_of("deepseek", "deepseek-v4-pro", date(2026, 8, 17))
    assert (before.ordinary[0].input, after.ordinary[0].input) == (Decimal("0.435"), Decimal("0.66"))


def test_the_2025_window_of_deepseek_crosses_most_of_the_day() -> None:
    """In March 2025 the full price held from 00:30 to 16:30 UTC and half of it otherwise."""
    prices = prices_of("deepseek", "deepseek-chat", date(2025, 3, 1))
    assert prices.ordinary == (one("0.135", "0.55", "0.035"),)
    assert prices.hours == (Hours(30, 990, (one("0.27", "1.1", "0.07"),)),)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-7"),
        ("nobody", "gpt-5"),
        ("openai", ""),
        ("openrouter", "deepseek/deepseek-r1:free"),
        ("local", "llama"),
    ],
)
def test_what_the_library_does_not_price_has_no_price(provider: str, model: str) -> None:
    """An unknown model, an unknown provider and an entry without numbers are unpriced, never free."""
    assert day_prices(provider, model, DAY) is None


def test_a_dated_snapshot_has_its_models_price() -> None:
    """The library's own matching takes a snapshot's name for the model."""
    assert prices_of("openai", "gpt-5-2025-08-07") == prices_of("openai", "gpt-5")


def _unsupported() -> list[tuple[str, str]]:
    """Entries of the library that are priced by what token counts do not say."""
    names = ("requests_kcount", "output_reasoning_mtok", "input_image_mtok", "output_citation_mtok", "input_mchars")
    return [
        (provider.id, info.id)
        for provider in get_snapshot().providers
        for info in provider.models
        if isinstance(info.prices, ModelPrice) and any(getattr(info.prices, name) is not None for name in names)
    ]


def test_entries_priced_by_more_than_tokens_are_not_taken() -> None:
    """A price per request or per image would be missing from every sum, so such a model must be priced by the user."""
    entries = _unsupported()
    assert entries
    assert [day_prices(provider, model, DAY) for provider, model in entries] == [None] * len(entries)


@given(
    st.sampled_from(["deepseek-flash", "deepseek-v4-pro", "deepseek-chat"]),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1)),  # noqa: DTZ001 - hypothesis adds the zone
)
def test_every_minute_has_the_price_that_the_library_gives_it(model: str, moment: datetime) -> None:
    """Windows and history together say what the library itself says at that minute."""
    at = moment.replace(tzinfo=UTC)
    prices = prices_of("deepseek", model, at.date())
    minute = at.hour * 60 + at.minute
    hour = next(
        (part.prices for part in prices.hours if part.start_minute <= minute < part.end_minute), prices.ordinary
    )
    provider = next(item for item in get_snapshot().providers if item.id == "deepseek")
    info = provider.find_model(model)
    assert info is not None
    theirs = info.get_prices(at)
    assert (hour[0].input, hour[0].output, hour[0].cache_read) == (
        theirs.input_mtok,
        theirs.output_mtok,
        theirs.cache_read_mtok,
    )


def sold(provider: str, model: str, day: date = DAY) -> dict[str, Decimal]:
    """The input price of each tier."""
    return {tier.value: prices.ordinary[0].input for tier, prices in tier_prices(provider, model, day).items()}


def test_each_tier_has_its_own_price() -> None:
    """OpenAI sells four."""
    assert sold("openai", "gpt-6-luna") == {
        "standard": Decimal("0.1"),
        "flex": Decimal("0.05"),
        "batch": Decimal("0.05"),
        "priority": Decimal("0.2"),
    }


def test_a_tier_keeps_the_steps_and_cache_prices_of_its_own() -> None:
    """A batch at Anthropic halves all of them, above 100,000 tokens too."""
    assert tier_prices("anthropic", "claude-haiku-5-5", DAY)[ServiceTier.BATCH].ordinary == (
        one("0.05", "0.25", "0.005", "0.0625"),
        one("0.25", "1.25", "0.025", "0.3125", above=100_000),
    )


@pytest.mark.parametrize(
    ("provider", "model", "tiers"),
    [
        ("deepseek", "deepseek-flash", ["standard"]),
        ("anthropic", "claude-haiku-5-5", ["standard", "batch"]),
        ("google", "gemini-3.8-flash", ["standard", "batch"]),
        ("mistral", "mistral-small-latest", ["standard", "batch"]),
        ("openrouter", "openai/gpt-6-sol", ["standard", "batch"]),
        ("openrouter", "deepseek/deepseek-v4.1-flash", ["standard", "batch"]),
        ("openai", "gpt-77", []),
        ("local", "llama", []),
    ],
)
def test_a_tier_without_a_price_is_not_sold(provider: str, model: str, tiers: list[str]) -> None:
    """The library itself would answer with the standard price."""
    assert list(sold(provider, model)) == tiers


def test_the_trap_is_there() -> None:
    """When this fails the library refuses unknown tiers itself, and our own look at its variants can go."""
    usage = Usage(input_tokens=10**6, output_tokens=0)
    price = calc_price(usage, "deepseek-flash", provider_id="deepseek", price_context={"processing": "batch"})
    standard = calc_price(usage, "deepseek-flash", provider_id="deepseek")
    assert price.total_price == standard.total_price


def test_openrouter_lists_its_batches_as_models() -> None:
    """The price of `NAME:batch` is the batch price of NAME."""
    exact = day_prices("openrouter", "openai/gpt-6-sol:batch", DAY)
    assert day_prices("openrouter", "openai/gpt-6-sol", DAY, ServiceTier.BATCH) == exact
    assert sold("openrouter", "openai/gpt-6-sol")["batch"] == Decimal(1)


def test_a_batch_price_that_changes_is_taken_of_its_day() -> None:
    """Gemini 3.8 doubles its prices with the new year, its batches too."""
    days = (date(2026, 12, 31), date(2027, 1, 1))
    assert [sold("google", "gemini-3.8-flash", day)["batch"] for day in days] == [Decimal("0.375"), Decimal("0.75")]


def _priced_by_variant() -> list[tuple[str, str]]:
    """Every entry of the library with prices for some tier."""
    contexts = ({"processing": "batch"}, {"service_tier": "flex"}, {"service_tier": "priority"})
    return [
        (provider.id, info.id)
        for provider in get_snapshot().providers
        for info in provider.models
        if any(variant.when in contexts for variant in info.price_variants or ())
    ]


@given(st.sampled_from(_priced_by_variant()), st.dates(date(2026, 1, 1), date(2027, 6, 1)))
def test_every_listed_tier_has_the_price_that_the_library_gives_it(place: tuple[str, str], day: date) -> None:
    """A tier is sold where a variant of it holds that day, at what the library makes of it; else it is not sold."""
    provider, model = place
    info = next(
        item for part in get_snapshot().providers if part.id == provider for item in part.models if item.id == model
    )
    found = tier_prices(provider, model, day)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for tier, context in (("batch", {"processing": "batch"}), ("flex", {"service_tier": "flex"})):
        listed = [item for item in info.price_variants or () if item.when == context]
        in_force = any(item.constraint is None or item.constraint.active(noon) for item in listed)
        assert (tier in found) <= in_force
        if tier in found:
            theirs = info.get_prices(noon, context).input_mtok
            base = theirs.base if isinstance(theirs, TieredPrices) else theirs
            assert found[ServiceTier(tier)].ordinary[0].input == base


def test_sound_may_have_a_price_of_its_own() -> None:
    """Google's older models; where none is listed sound is input like any other."""
    [listed] = prices_of("google", "gemini-2.5-flash").ordinary
    assert (listed.input, listed.audio) == (Decimal("0.3"), Decimal(1))
    assert prices_of("openai", "gpt-5").ordinary[0].audio is None
