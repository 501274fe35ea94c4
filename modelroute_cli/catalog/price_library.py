"""What genai-prices says about one model on one day: its list prices in dollars per million tokens, by hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import pairwise

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    TieredPrices,
    TimeOfDateConstraint,
)

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.list_prices import DayPrices, Hours, ListPrice

_DAY_MINUTES = 24 * 60
# Units that our usage does not count apart: a price on one of them cannot be reproduced, only underestimated.
_UNSUPPORTED = ("requests_kcount", "input_image_mtok", "output_reasoning_mtok", "output_citation_mtok", "input_mchars")

# How the library names a tier. Only OpenAI and Google have flex and priority there, and OpenRouter lists what is sent
# to its Batch API as models of their own.
_CONTEXTS: Mapping[ServiceTier, Mapping[str, str]] = {
    ServiceTier.STANDARD: {},
    ServiceTier.FLEX: {"service_tier": "flex"},
    ServiceTier.BATCH: {"processing": "batch"},
    ServiceTier.PRIORITY: {"service_tier": "priority"},
}
_OWN_IDS = {("openrouter", ServiceTier.BATCH): ":batch"}


def tier_prices(provider: str, model: str, day: date) -> dict[ServiceTier, DayPrices]:
    """The prices of each tier that a model is really sold at on a UTC day; none at all without a standard price.

    The library itself answers an unknown tier with the standard price; here a tier has a price of its own or none.
    """
    asked = {tier: _offer(provider, model, tier) for tier in _CONTEXTS}
    found = {tier: None if offer is None else _day_prices(offer, day) for tier, offer in asked.items()}
    if found[ServiceTier.STANDARD] is None:
        return {}
    return {tier: prices for tier, prices in found.items() if prices is not None}


@dataclass(frozen=True, slots=True)
class _Offer:
    """Where the library lists one tier: a model, and the variants that hold there (empty: its standard price)."""

    info: ModelInfo
    context: Mapping[str, str]


def _offer(provider: str, model: str, tier: ServiceTier) -> _Offer | None:
    """The library's entry for a tier; None when it has none."""
    suffix = _OWN_IDS.get((provider, tier))
    if suffix is not None:
        info = _exact(provider, f"{model}{suffix}")
        return None if info is None else _Offer(info, {})
    info = _find(provider, model)
    return None if info is None else _Offer(info, _CONTEXTS[tier])


def _day_prices(offer: _Offer, day: date) -> DayPrices | None:
    """An offer's prices on a day; None when a part of the day has none."""
    segments = _segments(offer, day)
    if segments is None:
        return None
    windows = _windows(offer)
    ordinary = next((part.prices for part in segments if not _in(windows, part.start_minute)), segments[0].prices)
    hours = tuple(part for part in segments if part.prices != ordinary)
    return DayPrices(ordinary=ordinary, hours=hours)


@cache
def _find(provider: str, model: str) -> ModelInfo | None:
    """The library's model of this id, else the one that it takes the name for (a dated snapshot of it)."""
    snapshot = get_snapshot()
    for candidate in snapshot.providers:
        if candidate.id == provider:
            return _exact(provider, model) or candidate.find_model(model, all_providers=snapshot.providers)
    return None


@cache
def _exact(provider: str, model: str) -> ModelInfo | None:
    """The library's model of this id at this provider."""
    models = (info for item in get_snapshot().providers if item.id == provider for info in item.models)
    return next((info for info in models if info.id == model), None)


def _segments(offer: _Offer, day: date) -> tuple[Hours, ...] | None:
    """The day cut at every minute where a price may change; None when one part has no price or cannot be expressed."""
    cuts = sorted({0, _DAY_MINUTES} | {minute for window in _windows(offer) for minute in window})
    parts = []
    for start, end in pairwise(cuts):
        at = _at(day, start)
        prices = _list_prices(offer.info.get_prices(at, offer.context)) if _is_sold(offer, at) else None
        if prices is None:
            return None
        parts.append(Hours(start, end, prices))
    return tuple(parts)


def _is_sold(offer: _Offer, at: datetime) -> bool:
    """Whether the library has a price of this tier's own at a moment."""
    return not offer.context or any(
        any(price is not None for price in vars(variant.prices).values())
        for variant in _variants(offer)
        if variant.constraint is None or variant.constraint.active(at)
    )


def _variants(offer: _Offer) -> list[PriceVariant]:
    """The model's prices for this tier, at some time or other."""
    return [variant for variant in offer.info.price_variants or () if variant.when.items() <= offer.context.items()]


def _windows(offer: _Offer) -> list[tuple[int, int]]:
    """Start and end of each daily window, in minutes of the UTC day."""
    limits = [item.constraint for item in _conditions(offer.info)] + [item.constraint for item in _variants(offer)]
    return [
        (_minute(item.start_time), _minute(item.end_time)) for item in limits if isinstance(item, TimeOfDateConstraint)
    ]


def _in(windows: Iterable[tuple[int, int]], minute: int) -> bool:
    """Whether a minute lies in any daily window."""
    return any(start <= minute < end if start <= end else minute >= start or minute < end for start, end in windows)


def _conditions(info: ModelInfo) -> list[ConditionalPrice]:
    """The model's conditional prices; none where it has one price for all times."""
    return info.prices if isinstance(info.prices, list) else []


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
    audio = price.input_audio_mtok
    parts = (given, made, read, written, audio)
    starts = sorted({0} | {tier.start for part in parts if isinstance(part, TieredPrices) for tier in part.tiers})
    return tuple(
        ListPrice(
            above_input_tokens=start,
            input=_above(given, start),
            output=_above(made, start),
            cache_read=None if read is None else _above(read, start),
            cache_write=None if written is None else _above(written, start),
            audio=None if audio is None else _above(audio, start),
        )
        for start in starts
    )


def _above(part: Decimal | TieredPrices, start: int) -> Decimal:
    """One unit's price for prompts of more than `start` tokens: the last tier that begins there or before."""
    if not isinstance(part, TieredPrices):
        return part
    reached = [tier.price for tier in part.tiers if tier.start <= start]
    return reached[-1] if reached else part.base
