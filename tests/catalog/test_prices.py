"""A cost is exact: what the price library computes in decimals, we have in whole pico-dollars, alone and in frames."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec
import polars as pl
import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalog_room import catalog_of, default_catalog, default_settings, settings_of

from modelroute_cli.base.errors import SettingsError, UsageError
from modelroute_cli.base.money import PicoUSD, to_decimal
from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.prices import (
    PriceStep,
    PriceWindow,
    Rate,
    RateCard,
    UsageColumns,
    cost,
    cost_expr,
    dearest,
    price_time,
    rate_at,
    rates_digest,
    resolve,
    tiers,
)
from modelroute_cli.catalog.rates import WORK_DAYS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = sorted(name for name, card in default_catalog().models.items() if card.price_provider)
MOMENTS = [
    datetime(2025, 3, 1, 12, tzinfo=UTC),
    datetime(2025, 3, 1, 20, tzinfo=UTC),
    datetime(2026, 8, 16, 2, 30, tzinfo=UTC),
    datetime(2026, 11, 23, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 11, 23, 1, tzinfo=UTC),
    datetime(2026, 11, 23, 3, 59, tzinfo=UTC),
    datetime(2026, 11, 23, 4, tzinfo=UTC),
    datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    NOON,
    datetime(2027, 1, 1, tzinfo=UTC),
]


@cache
def card_of(name: str, day: datetime = NOON) -> RateCard:
    """The rate card of a shipped model."""
    return resolve(default_catalog().models[name], default_settings(), day)


def rate(*pusd: int) -> Rate:
    """Input, output, cache read and cache write in pico-dollars."""
    given_, made, read, written = (PicoUSD(amount) for amount in pusd)
    return Rate(input_pusd=given_, output_pusd=made, cache_read_pusd=read, cache_write_pusd=written)


def step(above: int, *pusd: int) -> PriceStep:
    """A step of a price."""
    return PriceStep(above_input_tokens=above, rate=rate(*pusd))


def windowed(start: int, end: int) -> RateCard:
    """A card with one window in which all is twice as dear."""
    window = PriceWindow(start_minute=start, end_minute=end, steps=(step(0, 20, 40, 2, 24),))
    return RateCard(
        model="m",
        service_tier="standard",
        steps=(step(0, 10, 20, 1, 12),),
        windows=(window,),
        source="test",
        price_date="2026-11-23",
    )


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Any usage, often near the steps that prices have."""
    near = st.sampled_from([99_999, 100_000, 100_001, 271_999, 272_000, 272_001])
    total = draw(st.one_of(st.integers(0, 2_000), st.integers(0, 900_000), near))
    read = draw(st.integers(0, total))
    written = draw(st.integers(0, total - read))
    return Usage(
        input_tokens=total,
        output_tokens=draw(st.integers(0, 130_000)),
        cache_read_tokens=read,
        cache_write_tokens=written,
    )


def their_cost(card: ModelCard, usage: Usage, at: datetime) -> Decimal:
    """What the price library computes, in dollars."""
    theirs = TheirUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )
    assert card.price_model is not None
    answer = calc_price(theirs, card.price_model, provider_id=card.price_provider, genai_request_timestamp=at)
    return answer.total_price


CONTEXTS = {
    ServiceTier.FLEX: {"service_tier": "flex"},
    ServiceTier.BATCH: {"processing": "batch"},
    ServiceTier.PRIORITY: {"service_tier": "priority"},
}


def their_tier_cost(card: ModelCard, tier: ServiceTier, usage: Usage) -> Decimal:
    """What the price library computes for a tier, in dollars; OpenRouter's batches are models of their own there."""
    theirs = TheirUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )
    own = card.price_provider == "openrouter"
    name = f"{card.price_model}:batch" if own else str(card.price_model)
    context = None if own else CONTEXTS[tier]
    return calc_price(
        theirs, name, provider_id=card.price_provider, genai_request_timestamp=NOON, price_context=context
    ).total_price


@cache
def sold_beside_standard() -> list[tuple[str, ServiceTier]]:
    """Every tier but the standard one of every shipped model."""
    models = default_catalog().models
    sold = {name: tiers(models[name], default_settings(), NOON) for name in NAMES}
    return [(name, tier) for name, cards in sold.items() for tier in cards if tier is not ServiceTier.STANDARD]


@settings(max_examples=300, deadline=None)
@given(st.data(), usages())
def test_a_tiers_cost_is_what_the_price_library_computes(data: st.DataObject, usage: Usage) -> None:
    """Every tier of every shipped model, to the last pico-dollar, or rounded up by less than one a token."""
    name, tier = data.draw(st.sampled_from(sold_beside_standard()))
    card = default_catalog().models[name]
    ours = cost(resolve(card, default_settings(), NOON, tier), usage, NOON)
    excess = (to_decimal(ours) - their_tier_cost(card, tier, usage)) * 10**12
    allowed = usage.cache_write_tokens + usage.input_tokens + usage.output_tokens if "openrouter" in name else 0
    assert 0 <= excess <= allowed


def test_the_tiers_of_a_model_come_in_order() -> None:
    """Each card names its own tier; the standard one is what is resolved without a word."""
    card = default_catalog().models["gpt-6-sol"]
    cards = tiers(card, default_settings(), NOON)
    assert list(cards) == [tier for tier in ServiceTier if tier in cards]
    assert {ServiceTier.STANDARD, ServiceTier.FLEX, ServiceTier.BATCH, ServiceTier.PRIORITY} <= set(cards)
    assert [item.service_tier for item in cards.values()] == list(cards)
    assert cards[ServiceTier.STANDARD] == resolve(card, default_settings(), NOON)


def test_the_digest_sees_tiers_and_weekdays() -> None:
    """Two tiers at one price are two cards, and a peak that spares the weekend is another price."""
    card = windowed(60, 240)
    batch = msgspec.structs.replace(card, service_tier="batch")
    spared = msgspec.structs.replace(card, windows=(msgspec.structs.replace(card.windows[0], weekdays=WORK_DAYS),))
    assert len({rates_digest([item]) for item in (card, batch, spared)}) == 3


INEXACT = {
    "openrouter/google/gemini-3.8-flash",
    "openrouter/google/gemini-2.5-flash",
    "openrouter/google/gemini-2.5-flash-lite",
}
"""Cards with a price of more than six decimals a million tokens: 0.041666... for a cache write."""


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([name for name in NAMES if name not in INEXACT]), st.sampled_from(MOMENTS), usages())
def test_a_cost_is_what_the_price_library_computes(name: str, at: datetime, usage: Usage) -> None:
    """Every shipped model, peak and off-peak, above and below each step, to the last pico-dollar."""
    noon = datetime(at.year, at.month, at.day, 12, tzinfo=UTC)
    card = card_of(name, noon)
    free = at.weekday() not in WORK_DAYS and any(window.weekdays == WORK_DAYS for window in card.windows)
    theirs = their_cost(default_catalog().models[name], usage, noon if free else at)  # it knows no weekends
    assert to_decimal(cost(card, usage, at)) == theirs


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(INEXACT)), usages())
def test_a_price_of_more_than_six_decimals_rounds_up(name: str, usage: Usage) -> None:
    """Then our cost is never below the library's and less than a pico-dollar a token above it."""
    excess = to_decimal(cost(card_of(name), usage, NOON)) - their_cost(default_catalog().models[name], usage, NOON)
    assert 0 <= excess * 10**12 <= usage.cache_write_tokens


def test_the_inexact_cards_are_all_that_are() -> None:
    """When a new snapshot lists finer prices, name the cards in INEXACT after checking the rounding."""
    finer = set()
    for name in NAMES:
        card = default_catalog().models[name]
        one = Usage(input_tokens=1, output_tokens=0, cache_write_tokens=1)
        if to_decimal(cost(card_of(name), one, NOON)) != their_cost(card, one, NOON):
            finer.add(name)
    assert finer == INEXACT


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(MOMENTS), st.lists(usages(), min_size=1, max_size=20))
def test_a_frame_of_usages_costs_what_each_costs(name: str, at: datetime, rows: list[Usage]) -> None:
    """The vector form gives the same whole numbers as the single one, as Int64."""
    frame = pl.DataFrame([msgspec.to_builtins(row) for row in rows])
    columns = UsageColumns(cache_read_tokens="cache_read_tokens", cache_write_tokens="cache_write_tokens")
    found = frame.select(cost_expr(card_of(name), columns, at).alias("cost"))
    assert dict(found.schema) == {"cost": pl.Int64}
    assert found["cost"].to_list() == [cost(card_of(name), row, at) for row in rows]


def test_columns_without_cache_counts_are_all_plain_input() -> None:
    """Planning knows no cache: what is not counted is 0."""
    frame = pl.DataFrame({"given": [1_000, 300_000], "made": [10, 20]})
    columns = UsageColumns(input_tokens="given", output_tokens="made")
    found = frame.select(cost_expr(card_of("gpt-6-luna"), columns, NOON).alias("cost"))["cost"].to_list()
    assert found == [1_000 * 100_000 + 10 * 500_000, 300_000 * 200_000 + 20 * 750_000]


def test_an_unknown_count_costs_an_unknown_amount() -> None:
    """Null is not zero."""
    frame = pl.DataFrame(
        {"input_tokens": [None, 1], "output_tokens": [1, 1]}, schema_overrides={"input_tokens": pl.Int64}
    )
    found = frame.select(cost_expr(windowed(0, 0), UsageColumns(), NOON).alias("cost"))["cost"].to_list()
    assert found[1] == 30


def test_the_whole_request_is_repriced_above_a_step() -> None:
    """272,000 tokens are at the base rate, one more doubles the price of all of them."""
    below = cost(card_of("gpt-6-sol"), Usage(input_tokens=272_000, output_tokens=1), NOON)
    above = cost(card_of("gpt-6-sol"), Usage(input_tokens=272_001, output_tokens=1), NOON)
    assert (below, above) == (272_000 * 2_000_000 + 10_000_000, 272_001 * 4_000_000 + 15_000_000)


def test_cached_input_is_part_of_the_input() -> None:
    """Tokens read from or written to a cache are billed at their own rate and not again as input."""
    usage = Usage(input_tokens=100, output_tokens=1, cache_read_tokens=30, cache_write_tokens=20)
    assert cost(windowed(0, 0), usage, NOON) == 50 * 10 + 30 * 1 + 20 * 12 + 20


def test_more_cache_than_input_is_billed_as_counted() -> None:
    """A provider that counts cached tokens apart is not given a negative input."""
    usage = Usage(input_tokens=10, output_tokens=0, cache_read_tokens=30)
    assert cost(windowed(0, 0), usage, NOON) == 30


def test_reasoning_is_part_of_the_output() -> None:
    """Hidden tokens are not billed twice."""
    usage = Usage(input_tokens=0, output_tokens=5, reasoning_tokens=4)
    assert cost(windowed(0, 0), usage, NOON) == 100


@pytest.mark.parametrize(
    ("start", "end", "hour", "minute", "inside"),
    [
        (60, 240, 0, 59, False),
        (60, 240, 1, 0, True),
        (60, 240, 3, 59, True),
        (60, 240, 4, 0, False),
        (1380, 60, 23, 0, True),
        (1380, 60, 0, 59, True),
        (1380, 60, 1, 0, False),
        (1380, 60, 22, 59, False),
        (0, 1440, 23, 59, True),
    ],
)
def test_a_window_holds_from_its_start_to_before_its_end(
    start: int,
    end: int,
    hour: int,
    minute: int,
    inside: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Also over midnight; the end itself is outside."""
    at = datetime(2026, 11, 23, hour, minute, tzinfo=UTC)
    card = windowed(start, end)
    assert rate_at(card, at) == (card.windows[0].steps if inside else card.steps)


def test_hours_are_utc_whatever_the_zone_of_the_moment() -> None:
    """Nine in the morning in Beijing is one o'clock UTC: DeepSeek's peak begins."""
    beijing = timezone(timedelta(hours=8))
    card = card_of("deepseek-flash")
    assert rate_at(card, datetime(2026, 11, 23, 9, 0, tzinfo=beijing)) == card.windows[0].steps
    assert rate_at(card, datetime(2026, 11, 23, 8, 59, tzinfo=beijing)) == card.steps


def test_a_moment_without_a_zone_is_utc() -> None:
    """A naive time is not taken for local time."""
    card = windowed(60, 240)
    naive = datetime(2026, 11, 23, 2)  # noqa: DTZ001 - the subject of this test
    assert rate_at(card, naive) == card.windows[0].steps


def test_a_resolved_card_names_source_and_date() -> None:
    """A price without its origin is worth nothing."""
    card = card_of("deepseek-flash")
    assert card.source.startswith("genai-prices 0.2.")
    assert (card.model, card.service_tier, card.price_date) == ("deepseek-flash", "standard", "2026-11-23")
    assert [(window.start_minute, window.end_minute) for window in card.windows] == [(60, 240), (360, 600)]


def test_a_cache_price_that_is_not_listed_is_the_input_price() -> None:
    """Unknown is not free."""
    assert card_of("gpt-5").steps == (step(0, 1_250_000, 10_000_000, 125_000, 1_250_000),)


def test_a_model_younger_than_the_date_has_its_first_price_and_says_so() -> None:
    """GPT-5 did not exist in March 2025: its own first price stands in."""
    card = card_of("gpt-5", MOMENTS[0])
    assert card.source.endswith(" (first price, model is younger than 2025-03-01)")
    assert (card.price_date, card.steps) == ("2025-08-07", card_of("gpt-5").steps)


def test_a_model_of_that_time_has_its_price_of_that_time() -> None:
    """At noon in March 2025 DeepSeek cost $0.27 and $1.10."""
    card = card_of("deepseek-chat", MOMENTS[0])
    assert card.price_date == "2025-03-01"
    assert rate_at(card, MOMENTS[0]) == (step(0, 270_000, 1_100_000, 70_000, 270_000),)


def test_the_users_price_wins(tmp_path: Path) -> None:
    """It holds at every hour and length, and the source is the file that says so."""
    own = settings_of("prices: {deepseek-flash: {input: 0.27, output: 1.10, cache_read: 0}}\n", tmp_path)
    card = resolve(default_catalog().models["deepseek-flash"], own, NOON)
    assert card.steps == (step(0, 270_000, 1_100_000, 0, 270_000),)
    assert (card.windows, card.source) == ((), "settings: modelroute.yaml")


def test_a_price_of_zero_is_allowed_and_marked(tmp_path: Path) -> None:
    """A server of one's own costs nothing, because its owner says so."""
    own = settings_of("prices: {gpt-5: {input: 0, output: 0}}\n", tmp_path)
    card = resolve(default_catalog().models["gpt-5"], own, NOON)
    assert (card.steps, card.source) == ((step(0, 0, 0, 0, 0),), "settings: modelroute.yaml (free)")


@pytest.mark.parametrize(
    ("place", "told"),
    [("", "its card names no place"), ("price_provider: openai, price_model: gpt-77", "`openai` / `gpt-77`")],
)
def test_a_model_without_a_price_is_refused_with_the_lines_to_paste(place: str, told: str, tmp_path: Path) -> None:
    """It is never taken as free, and the hint is YAML that works."""
    fields = "provider: local, model_id: t, base_model: t, context_tokens: 4096, max_output_tokens: 512"
    text = f"models: {{local/t: {{{fields}, {place}}}}}\n"
    card = catalog_of(text, tmp_path).models["local/t"]
    with pytest.raises(SettingsError) as caught:
        resolve(card, settings_of(text, tmp_path), NOON)
    assert caught.value.message.startswith(f"`local/t` has no price: {told} in genai-prices ")
    assert caught.value.hint is not None
    pasted = caught.value.hint.partition("\n")[2]
    assert resolve(card, settings_of(f"{text}{pasted}\n", tmp_path), NOON).steps == (
        step(0, 150_000, 600_000, 150_000, 150_000),
    )


def test_the_dearest_card_has_no_hours_and_the_highest_rates() -> None:
    """A reservation must hold whenever the request is answered."""
    card = dearest(card_of("deepseek-flash"))
    assert (card.windows, card.steps) == ((), (step(0, 300_000, 1_200_000, 6_000, 300_000),))


def test_the_dearest_input_is_the_dearest_way_to_bill_it() -> None:
    """OpenAI bills cache writes at 1.25 times the input price without being asked to cache."""
    assert dearest(card_of("gpt-6-luna")).steps == (
        step(0, 125_000, 500_000, 10_000, 125_000),
        step(272_000, 250_000, 750_000, 20_000, 250_000),
    )


def test_steps_of_different_hours_are_taken_together() -> None:
    """Each step of any hour is a step of the dearest card."""
    window = PriceWindow(start_minute=0, end_minute=60, steps=(step(0, 5, 5, 5, 5), step(200, 30, 30, 5, 5)))
    card = msgspec.structs.replace(
        windowed(0, 0), steps=(step(0, 10, 20, 1, 10), step(100, 15, 25, 1, 15)), windows=(window,)
    )
    assert dearest(card).steps == (step(0, 10, 20, 5, 10), step(100, 15, 25, 5, 15), step(200, 30, 30, 5, 15))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 1439), usages())
def test_no_hour_and_no_caching_costs_more_than_the_dearest(name: str, minute: int, usage: Usage) -> None:
    """A request reserved without any cache is never billed above its reservation."""
    at = datetime(2026, 11, 23, minute // 60, minute % 60, tzinfo=UTC)
    reserved = Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    assert cost(card_of(name), usage, at) <= cost(dearest(card_of(name)), reserved, NOON)


def test_the_digest_is_of_the_rates_alone() -> None:
    """The same prices read on another day, from another list or in another order are the same."""
    one, other = card_of("gpt-5"), card_of("deepseek-flash")
    later = msgspec.structs.replace(one, source="elsewhere", price_date="2027-01-01")
    assert rates_digest([one, other]) == rates_digest([other, later])


@pytest.mark.parametrize("changed", [windowed(60, 241), msgspec.structs.replace(windowed(60, 240), model="n")])
def test_the_digest_sees_every_rate_and_hour(changed: RateCard) -> None:
    """A price that changed makes a plan stale."""
    assert rates_digest([changed]) != rates_digest([windowed(60, 240)])


def test_the_hour_of_planning_is_no_part_of_the_digest() -> None:
    """Peak hours are inside the card, so a plan made at night is not stale in the morning."""
    morning = resolve(
        default_catalog().models["deepseek-flash"], default_settings(), datetime(2026, 11, 23, 2, tzinfo=UTC)
    )
    assert rates_digest([morning]) == rates_digest([card_of("deepseek-flash")])


def test_a_rate_card_crosses_a_file_unchanged() -> None:
    """A plan holds its cards as JSON."""
    card = card_of("deepseek-v4-pro")
    assert msgspec.json.decode(msgspec.json.encode(card), type=RateCard) == card


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-01", datetime(2025, 3, 1, 12, tzinfo=UTC)),
        ("2025-03-01T09:30", datetime(2025, 3, 1, 9, 30, tzinfo=UTC)),
        ("2025-03-01T09:30Z", datetime(2025, 3, 1, 9, 30, tzinfo=UTC)),
        ("2025-03-01T09:30+08:00", datetime(2025, 3, 1, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_date_alone_is_noon_utc(text: str, expected: datetime) -> None:
    """Prices of a day are those of its noon; a time is taken as it is."""
    assert price_time(text) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01", "01.03.2025"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """The error shows what was given and how to write it."""
    with pytest.raises(UsageError) as caught:
        price_time(text)
    assert caught.value.message == f"`{text}` is neither a date nor a time"
    assert caught.value.hint == "write it as 2025-03-01 or 2025-03-01T09:30Z"


def test_sound_is_billed_at_its_own_rate() -> None:
    """What is read from the cache is not; without a rate of its own it is input like any other."""
    heard = Rate(
        input_pusd=PicoUSD(10),
        output_pusd=PicoUSD(0),
        cache_read_pusd=PicoUSD(1),
        cache_write_pusd=PicoUSD(10),
        audio_pusd=PicoUSD(30),
    )
    card = msgspec.structs.replace(windowed(0, 0), windows=(), steps=(PriceStep(above_input_tokens=0, rate=heard),))
    usage = Usage(input_tokens=100, output_tokens=0, audio_tokens=40)
    assert cost(card, usage, NOON) == 60 * 10 + 40 * 30
    cached = msgspec.structs.replace(usage, cache_read_tokens=80)
    assert cost(card, cached, NOON) == 80 * 1 + 20 * 30
    plain = PriceStep(above_input_tokens=0, rate=msgspec.structs.replace(heard, audio_pusd=None))
    assert cost(msgspec.structs.replace(card, steps=(plain,)), usage, NOON) == 100 * 10


def test_sound_in_a_frame_costs_what_it_costs_alone() -> None:
    """On a model that lists a rate for it."""
    card = card_of("gemini-2.5-flash")
    frame = pl.DataFrame({"input_tokens": [5_000, 100], "output_tokens": [10, 0], "sound": [1_920, 0]})
    columns = UsageColumns(audio_tokens="sound")
    assert frame.select(cost_expr(card, columns, NOON)).to_series().to_list() == [
        cost(card, Usage(input_tokens=given_, output_tokens=made, audio_tokens=sound), NOON)
        for given_, made, sound in frame.rows()
    ]
