"""When a model is cheap: DeepSeek's hours on every day of the week, and cards made by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.catalog_room import default_catalog, default_settings

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cheap_hours import changes, cheap_from, cheap_until, cheapest, is_cheap
from modelroute_cli.catalog.prices import resolve
from modelroute_cli.catalog.rates import EVERY_DAY, WORK_DAYS, PriceStep, PriceWindow, Rate, RateCard, rate_at

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DEEPSEEK = resolve(default_catalog().models["deepseek-flash"], default_settings(), MONDAY)
FIXED = resolve(default_catalog().models["gpt-6-luna"], default_settings(), MONDAY)
MOMENTS = st.integers(0, 14 * 24 * 60 - 1).map(lambda minute: MONDAY + timedelta(minutes=minute))


def steps_of(*pusd: int, above: tuple[int, ...] = (0,)) -> tuple[PriceStep, ...]:
    """Steps with one price for every kind of token."""
    return tuple(
        PriceStep(
            above_input_tokens=start,
            rate=Rate(
                input_pusd=PicoUSD(each),
                output_pusd=PicoUSD(each),
                cache_read_pusd=PicoUSD(each),
                cache_write_pusd=PicoUSD(each),
            ),
        )
        for start, each in zip(above, pusd, strict=True)
    )


def card_of(*windows: PriceWindow, price: int = 10) -> RateCard:
    """A card with these windows."""
    return RateCard(
        model="m",
        service_tier="standard",
        steps=steps_of(price),
        windows=windows,
        source="by hand",
        price_date="2026-11-23",
    )


def window(start_hour: int, end_hour: int, price: int, days: tuple[int, ...] = EVERY_DAY) -> PriceWindow:
    """Hours of another price."""
    return PriceWindow(start_minute=60 * start_hour, end_minute=60 * end_hour, steps=steps_of(price), weekdays=days)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of that week; day 0 is the Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_deepseeks_cheap_price_is_that_outside_its_windows() -> None:
    """Half of the dear one, to the pico-dollar."""
    cheap = cheapest(DEEPSEEK)
    assert cheap == DEEPSEEK.steps
    assert cheap is not None
    assert [2 * cheap[0].rate.output_pusd for _ in DEEPSEEK.windows] == [
        window.steps[0].rate.output_pusd for window in DEEPSEEK.windows
    ]


def test_a_price_that_never_changes_has_no_cheap_hours() -> None:
    """Every hour is as good as any other."""
    assert cheapest(FIXED) is None
    assert is_cheap(FIXED, MONDAY)
    assert (cheap_from(FIXED, MONDAY), cheap_until(FIXED, MONDAY)) == (MONDAY, None)
    assert list(changes(FIXED, MONDAY)) == []


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        (at(0, 0), at(0, 0), at(0, 1)),
        (at(0, 1), at(0, 4), at(0, 1)),
        (at(0, 3, 59), at(0, 4), at(0, 3, 59)),
        (at(0, 4), at(0, 4), at(0, 6)),
        (at(0, 6), at(0, 10), at(0, 6)),
        (at(0, 10), at(0, 10), at(1, 1)),
        (at(3, 12), at(3, 12), at(4, 1)),
        (at(4, 7), at(4, 10), at(4, 7)),
        (at(4, 10), at(4, 10), at(7, 1)),  # Friday noon: until Monday
        (at(5, 2), at(5, 2), at(7, 1)),  # Saturday at a work day's dear hour
        (at(6, 23), at(6, 23), at(7, 1)),
    ],
)
def test_deepseeks_week(now: datetime, begins: datetime, ends: datetime) -> None:
    """Dear 01-04 and 06-10 UTC, Monday to Friday; cheap from Friday 10:00 to Monday 01:00."""
    assert (cheap_from(DEEPSEEK, now), cheap_until(DEEPSEEK, now)) == (begins, ends)


def test_another_time_zone_is_the_same_moment() -> None:
    """Beijing's 09:30 on a Tuesday is dear, and cheap again from noon there."""
    beijing = timezone(timedelta(hours=8))
    assert cheap_from(DEEPSEEK, datetime(2026, 11, 24, 9, 30, tzinfo=beijing)) == at(1, 4)


@given(MOMENTS)
def test_the_price_of_the_cheap_hours_holds_in_all_of_them(now: datetime) -> None:
    """From when they begin until they end, each minute of the week."""
    begins = cheap_from(DEEPSEEK, now)
    assert begins is not None
    ends = cheap_until(DEEPSEEK, begins)
    assert ends is not None
    assert now <= begins < ends
    assert rate_at(DEEPSEEK, begins) == rate_at(DEEPSEEK, ends - timedelta(minutes=1)) == cheapest(DEEPSEEK)
    assert rate_at(DEEPSEEK, ends) != cheapest(DEEPSEEK)


@given(MOMENTS)
def test_nothing_before_them_is_cheap(now: datetime) -> None:
    """No earlier minute would have done; dear hours never last above four hours."""
    begins = cheap_from(DEEPSEEK, now)
    assert begins is not None
    waited = range(int((begins - now).total_seconds()) // 60)
    assert not any(is_cheap(DEEPSEEK, now + timedelta(minutes=minute)) for minute in waited)
    assert len(waited) <= 4 * 60


def test_hours_over_midnight() -> None:
    """A night rate from 22:00 to 06:00 is cheap on both sides of midnight."""
    night = card_of(window(22, 6, 5))
    assert cheap_from(night, at(0, 12)) == at(0, 22)
    assert cheap_until(night, at(0, 23)) == at(1, 6)
    assert cheap_until(night, at(1, 3)) == at(1, 6)


def test_hours_of_some_days() -> None:
    """A weekend rate: what is dear on a Friday is cheap from midnight."""
    weekend = card_of(window(0, 24, 5, (5, 6)))
    assert cheap_from(weekend, at(4, 13, 37)) == at(5, 0)
    assert cheap_until(weekend, at(5, 0)) == at(7, 0)


def test_the_least_of_several_prices() -> None:
    """With three prices, only the hours of the least are cheap."""
    three = card_of(window(1, 4, 20), window(20, 22, 5, WORK_DAYS))
    assert cheapest(three) == steps_of(5)
    assert (cheap_from(three, at(0, 5)), cheap_until(three, at(0, 20, 30))) == (at(0, 20), at(0, 22))


def test_no_hour_is_cheapest_where_input_and_output_disagree() -> None:
    """Which hours are cheap would then be for each request to say."""
    mixed = steps_of(10)
    rate = replace(mixed[0].rate, input_pusd=PicoUSD(1), output_pusd=PicoUSD(99))
    other = PriceWindow(start_minute=0, end_minute=60, steps=(replace(mixed[0], rate=rate),))
    card = card_of(other)
    assert cheapest(card) is None
    assert is_cheap(card, MONDAY)


def test_long_prompts_count_too() -> None:
    """Hours that are cheaper for short prompts and dearer for long ones are not the cheap ones."""
    steps = steps_of(5, 50, above=(0, 1000))
    card = card_of(PriceWindow(start_minute=0, end_minute=60, steps=steps))
    assert cheapest(card) is None
    cheaper = card_of(PriceWindow(start_minute=0, end_minute=60, steps=steps_of(5, 9, above=(0, 1000))))
    assert cheapest(cheaper) == steps_of(5, 9, above=(0, 1000))
