"""Rate cards that follow from the standard one: shares of it, and the price of its cheap hours."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.catalog_room import default_catalog, default_settings

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.cheap_hours import cheap_from
from modelroute_cli.catalog.derived import derived
from modelroute_cli.catalog.offers import offers
from modelroute_cli.catalog.prices import cost, resolve
from modelroute_cli.catalog.rates import PriceStep, Rate, RateCard
from modelroute_cli.catalog.terms import TierTerms

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPENAI_MODELS = [name for name, card in default_catalog().models.items() if card.provider == "openai"]
DEEPSEEK = resolve(default_catalog().models["deepseek-flash"], default_settings(), NOON)
TERMS = TierTerms(discount_percent=30, source="a guide, 2026-11")
PUSD = st.integers(0, 10**9).map(PicoUSD)
RATES = st.builds(
    Rate,
    input_pusd=PUSD,
    output_pusd=PUSD,
    cache_read_pusd=PUSD,
    cache_write_pusd=PUSD,
    request_pusd=PUSD,
    audio_pusd=st.none() | PUSD,
)
USAGES = st.builds(
    Usage,
    input_tokens=st.integers(0, 10**6),
    output_tokens=st.integers(0, 10**5),
    cache_read_tokens=st.just(0),
)


def card_of(rate: Rate) -> RateCard:
    """A card of one rate."""
    return RateCard(
        model="m",
        service_tier="standard",
        steps=(PriceStep(above_input_tokens=0, rate=rate),),
        source="a list",
        price_date="2026-11-23",
    )


def sold(name: str, tier: ServiceTier) -> RateCard:
    """The rates that a model is offered at."""
    card = default_catalog().models[name]
    return offers(card, default_catalog().providers[card.provider], default_settings(), NOON)[tier].rates


def test_a_window_of_two_hours_is_sold_at_seven_tenths() -> None:
    """gpt-6-luna: $0.10 and $0.50 become $0.07 and $0.35; what is read from the cache costs as other input."""
    rates = sold("gpt-6-luna", ServiceTier.BACKGROUND_2H)
    first = rates.steps[0].rate
    assert (first.input_pusd, first.output_pusd, first.cache_read_pusd) == (70_000, 350_000, 70_000)
    assert (rates.service_tier, rates.price_date) == ("background_2h", "2026-11-23")
    assert rates.source == (
        f"{sold('gpt-6-luna', ServiceTier.STANDARD).source}; 30% less than standard: developers.openai.com, "
        "guides/background and guides/flex-processing, 2026-11: completion windows of the Responses API, for models "
        "that support them"
    )


def test_a_window_of_eight_hours_is_sold_at_six_tenths() -> None:
    """Of every step of every model of OpenAI's."""
    for name in OPENAI_MODELS:
        steps = zip(sold(name, ServiceTier.STANDARD).steps, sold(name, ServiceTier.BACKGROUND_8H).steps, strict=True)
        for standard, slow in steps:
            assert slow.above_input_tokens == standard.above_input_tokens
            assert slow.rate.output_pusd == -(-standard.rate.output_pusd * 6 // 10)


@given(RATES, st.integers(1, 100), USAGES)
def test_a_share_is_rounded_up_by_token_and_never_under_counted(rate: Rate, percent: int, usage: Usage) -> None:
    """Between the exact share and a pico-dollar a token above it."""
    standard = card_of(rate)
    card = derived(ServiceTier.BACKGROUND_2H, standard, replace(TERMS, discount_percent=percent))
    assert card is not None
    exact = Fraction(100 - percent, 100) * cost(standard, usage, NOON)
    assert exact <= cost(card, usage, NOON) <= exact + usage.input_tokens + usage.output_tokens + 1


@given(RATES, st.integers(1, 100))
def test_no_discount_is_given_twice(rate: Rate, percent: int) -> None:
    """Input that is read from a cache, or written to it, costs no less than input that is not."""
    card = derived(ServiceTier.BACKGROUND_8H, card_of(rate), replace(TERMS, discount_percent=percent))
    assert card is not None
    own = card.steps[0].rate
    assert min(own.cache_read_pusd, own.cache_write_pusd) >= own.input_pusd


def test_hours_keep_their_difference() -> None:
    """A share of a price that follows the hour is a share in each hour."""
    card = derived(ServiceTier.BACKGROUND_2H, DEEPSEEK, TERMS)
    assert card is not None
    assert [(part.start_minute, part.end_minute, part.weekdays) for part in card.windows] == [
        (part.start_minute, part.end_minute, part.weekdays) for part in DEEPSEEK.windows
    ]
    assert card.windows[0].steps[0].rate.output_pusd == DEEPSEEK.windows[0].steps[0].rate.output_pusd * 7 // 10


def test_terms_without_a_discount_make_no_price() -> None:
    """Nor does one of nothing; the standard tier and the cheap hours take no share."""
    standard = card_of(sold("gpt-6-luna", ServiceTier.STANDARD).steps[0].rate)
    assert derived(ServiceTier.BATCH, standard, TierTerms()) is None
    assert derived(ServiceTier.BATCH, standard, TierTerms(discount_percent=0)) is None
    assert derived(ServiceTier.STANDARD, standard, TERMS) is None
    assert derived(ServiceTier.OFF_PEAK, standard, TERMS) is None


def test_a_listed_price_comes_before_a_share() -> None:
    """What the price library lists for a tier is not guessed at."""
    card = default_catalog().models["gpt-6-luna"]
    provider = default_catalog().providers["openai"]
    batch = replace(provider.tiers[ServiceTier.BATCH], discount_percent=99)
    other = replace(provider, tiers={**provider.tiers, ServiceTier.BATCH: batch})
    found = offers(card, other, default_settings(), NOON)[ServiceTier.BATCH].rates
    assert found == sold("gpt-6-luna", ServiceTier.BATCH)


@given(st.integers(0, 14 * 24 * 60 - 1), USAGES)
def test_off_peak_costs_what_the_cheap_hours_do(minute: int, usage: Usage) -> None:
    """Whenever it is asked for: the standard price at the time of an answer in the next cheap hours."""
    card = derived(ServiceTier.OFF_PEAK, DEEPSEEK, TierTerms())
    assert card is not None
    now = NOON + timedelta(minutes=minute)
    answered = cheap_from(DEEPSEEK, now)
    assert answered is not None
    assert cost(card, usage, now) == cost(DEEPSEEK, usage, answered)
    assert cost(card, usage, now) <= cost(DEEPSEEK, usage, now)
