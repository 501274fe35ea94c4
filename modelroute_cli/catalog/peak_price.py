"""Peak prices that hold on some days of the week only: what the price library does not say."""

from collections.abc import Mapping
from datetime import date

from modelroute_cli.catalog.list_prices import DayPrices
from modelroute_cli.catalog.rates import EVERY_DAY, WORK_DAYS

WEEKEND_NOTE = "peak hours Monday to Friday: api-docs.deepseek.com, 2026-11"

# DeepSeek's two peak windows are 09:00-12:00 and 14:00-18:00 in Beijing, which lie on the same day in UTC. Since
# 2026-08-23 weekends are off-peak (api-docs.deepseek.com/quick_start/pricing, read 2026-11). Chinese public holidays
# are off-peak too; they are no fixed days and are planned at the peak price, an upper bound.
_FREE_WEEKENDS_SINCE = date(2026, 8, 23)
_WORK_DAY_WINDOWS: Mapping[str, frozenset[tuple[int, int]]] = {"deepseek": frozenset({(60, 240), (360, 600)})}


def peak_weekdays(provider: str | None, day: date, start_minute: int, end_minute: int) -> tuple[int, ...]:
    """The days of the week (Monday is 0, UTC) on which a provider's window of the day holds, by its prices of `day`."""
    windows = _WORK_DAY_WINDOWS.get(provider or "", frozenset())
    return WORK_DAYS if day >= _FREE_WEEKENDS_SINCE and (start_minute, end_minute) in windows else EVERY_DAY


def has_weekends(provider: str | None, day: date, prices: DayPrices) -> bool:
    """Whether some window of these prices leaves the weekend out."""
    return any(peak_weekdays(provider, day, part.start_minute, part.end_minute) != EVERY_DAY for part in prices.hours)
