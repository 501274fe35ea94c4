"""DeepSeek's peak hours hold from Monday to Friday since 2026-08-23, whatever the price library says of weekends."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import default_catalog, default_settings

from modelroute_cli.base.schema import Usage
from modelroute_cli.catalog.list_prices import DayPrices
from modelroute_cli.catalog.peak_price import has_weekends, peak_weekdays
from modelroute_cli.catalog.prices import cost, dearest, rate_at, resolve
from modelroute_cli.catalog.rates import EVERY_DAY, WORK_DAYS

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = date(2026, 11, 23)
FLASH = default_catalog().models["deepseek-flash"]


@pytest.mark.parametrize(
    ("provider", "day", "window", "days"),
    [
        ("deepseek", DAY, (60, 240), WORK_DAYS),
        ("deepseek", DAY, (360, 600), WORK_DAYS),
        ("deepseek", date(2026, 8, 23), (60, 240), WORK_DAYS),
        ("deepseek", date(2026, 8, 22), (60, 240), EVERY_DAY),
        ("deepseek", date(2025, 3, 1), (30, 990), EVERY_DAY),
        ("openrouter", DAY, (60, 240), EVERY_DAY),
        (None, DAY, (60, 240), EVERY_DAY),
    ],
)
def test_the_days_of_a_window(provider: str | None, day: date, window: tuple[int, int], days: tuple[int, ...]) -> None:
    """Its provider, its hours and the day of its prices decide."""
    assert peak_weekdays(provider, day, *window) == days


def test_a_price_without_windows_has_no_weekends() -> None:
    """Nothing to say of most models."""
    assert not has_weekends("deepseek", DAY, DayPrices(ordinary=(), hours=()))


@pytest.mark.parametrize(("days", "peak"), [(0, True), (4, True), (5, False), (6, False), (7, True)])
def test_peak_hours_end_on_friday(days: int, peak: bool) -> None:  # noqa: FBT001 - a table's column
    """At 02:30 UTC on Monday and Friday the price is double, on Saturday and Sunday it is not."""
    card = resolve(FLASH, default_settings(), MONDAY)
    at = MONDAY + timedelta(days=days, hours=2, minutes=30)
    assert rate_at(card, at) == (card.windows[0].steps if peak else card.steps)


def test_the_source_says_so() -> None:
    """The price list does not know it, so it is named beside."""
    card = resolve(FLASH, default_settings(), MONDAY)
    assert card.source.endswith("; peak hours Monday to Friday: api-docs.deepseek.com, 2026-11")
    assert [window.weekdays for window in card.windows] == [WORK_DAYS, WORK_DAYS]
    assert "Monday" not in resolve(default_catalog().models["gpt-5"], default_settings(), MONDAY).source


def test_the_day_goes_by_utc() -> None:
    """Monday morning in Auckland is Sunday in UTC, and Sunday is off-peak."""
    card = resolve(FLASH, default_settings(), MONDAY)
    auckland = timezone(timedelta(hours=13))
    assert rate_at(card, datetime(2026, 11, 23, 10, tzinfo=auckland)) == card.steps


@given(st.datetimes(datetime(2026, 11, 1), datetime(2027, 2, 1)), st.integers(0, 10**6), st.integers(0, 10**5))  # noqa: DTZ001 - the zone is added
def test_no_day_of_the_week_passes_the_dearest(moment: datetime, given_tokens: int, made_tokens: int) -> None:
    """A reservation holds on Wednesday morning too, though it was made on a Sunday."""
    card = resolve(FLASH, default_settings(), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))
    usage = Usage(input_tokens=given_tokens, output_tokens=made_tokens)
    assert cost(card, usage, moment.replace(tzinfo=UTC)) <= cost(dearest(card), usage, MONDAY)
