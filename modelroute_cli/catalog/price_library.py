"""What genai-prices says about one model on one day: its list prices in dollars per million tokens, by hour."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import pairwise

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    TieredPrices,
    TimeOfDateConstraint,
)

from modelroute_cli.catalog.list_prices import DayPrices, Hours, ListPrice

_DAY_MINUTES = 24 * 60
# Units that our usage does not count apart: a price on one of them cannot be reproduced, only underestimated.
_UNSUPPORTED = ("requests_kcount", "input_image_mtok", "output_reasoning_mtok", "output_citation_mtok", "input_mchars")


def day_prices(provider: str, model: str, day: date) -> DayPrices | None:
    """The prices of a model on a UTC day; None when the library has none that token counts can express."""
    info = _find(provider, model)
    if info is None:
        return None
    segments = _segments(info, day)
    if segments is None:
        return None
    ordinary = next((part.prices for part in segments if not _in_window(info, part.start_minute)), segments[0].prices)
    hours = tuple(part for part in segments if part.prices != ordinary)
    return DayPrices(ordinary=ordinary, hours=hours)


@cache
def _find(provider: str, model: str) -> ModelInfo | None:
    """The library's model of this id, else the one that it takes the name for (a dated snapshot of it)."""
    snapshot = get_snapshot()
    for candidate in snapshot.providers:
        if candidate.id == provider:
            exact = next((info for info in candidate.models if info.id == model), None)
            return exact or candidate.find_model(model, all_providers=snapshot.providers)
    return None


def _segments(info: ModelInfo, day: date) -> tuple[Hours, ...] | None:
    """The day cut at every minute where a price may change; None when one part cannot be expressed."""
    cuts = sorted({0, _DAY_MINUTES} | {minute for window in _windows(info) for minute in window})
    parts = []
    for start, end in pairwise(cuts):
        prices = _list_prices(info.get_prices(_at(day, start)))
        if prices is None:
            return None
        parts.append(Hours(start, end, prices))
    return tuple(parts)


def _conditions(info: ModelInfo) -> list[ConditionalPrice]:
    """The model's conditional prices; none where it has one price for all times."""
    return info.prices if isinstance(info.prices, list) else []


def _windows(info: ModelInfo) -> list[tuple[int, int]]:
    """Start and end of each daily window, in minutes of the UTC day."""
    limits = [item.constraint for item in _conditions(info)]
    return [
        (_minute(item.start_time), _minute(item.end_time)) for item in limits if isinstance(item, TimeOfDateConstraint)
    ]


def _in_window(info: ModelInfo, minute: int) -> bool:
    """Whether a minute lies in any daily window."""
    return any(
        start <= minute < end if start <= end else minute >= start or minute < end for start, end in _windows(info)
    )


def _minute(moment: time) -> int:
    """The minute of the UTC day; a time without a zone is UTC."""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    utc = datetime.combine(date(2000, 1, 2), zoned).astimezone(UTC)
    return utc.hour * 60 + utc.minute


def _at(day: date, minute: int) -> datetime:
    """A minute of a UTC day."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=UTC)


def _list_prices(price: ModelPrice) -> tuple[ListPrice, ...] | None:
    """A price as steps by prompt length; None when it lacks input or output or is on units that we do not count."""
    given, made, read, written = price.input_mtok, price.output_mtok, price.cache_read_mtok, price.cache_write_mtok
    if given is None or made is None or any(getattr(price, name) is not None for name in _UNSUPPORTED):
        return None
    parts = (given, made, read, written)
    starts = sorted({0} | {tier.start for part in parts if isinstance(part, TieredPrices) for tier in part.tiers})
    return tuple(
        ListPrice(
            above_input_tokens=start,
            input=_above(given, start),
            output=_above(made, start),
            cache_read=None if read is None else _above(read, start),
            cache_write=None if written is None else _above(written, start),
        )
        for start in starts
    )


def _above(part: Decimal | TieredPrices, start: int) -> Decimal:
    """One unit's price for prompts of more than `start` tokens: the last tier that begins there or before."""
    if not isinstance(part, TieredPrices):
        return part
    reached = [tier.price for tier in part.tiers if tier.start <= start]
    return reached[-1] if reached else part.base
