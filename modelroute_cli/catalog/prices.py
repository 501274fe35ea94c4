"""Rate cards: the prices of one model at the service tiers it is sold at, resolved once and then multiplied."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from modelroute_cli.base.errors import SettingsError, UsageError
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.discounts import Charge, charge
from modelroute_cli.catalog.list_prices import DayPrices, ListPrice
from modelroute_cli.catalog.own_prices import own_tiers
from modelroute_cli.catalog.peak_price import WEEKEND_NOTE, has_weekends, peak_weekdays
from modelroute_cli.catalog.price_shelf import users_shelf
from modelroute_cli.catalog.rates import (
    PriceStep,
    PriceWindow,
    Rate,
    RateCard,
    UsageColumns,
    cost,
    cost_expr,
    dearest,
    rate_at,
    rates_digest,
    utc,
)
from modelroute_cli.catalog.settings import Settings

__all__ = [
    "PriceStep",
    "PriceWindow",
    "Rate",
    "RateCard",
    "UsageColumns",
    "cost",
    "cost_expr",
    "dearest",
    "price_time",
    "rate_at",
    "rates_digest",
    "resolve",
    "tiers",
]


def price_time(text: str) -> datetime:
    """A date or time as the moment whose prices hold: a date alone is 12:00 UTC, a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"`{text}` is neither a date nor a time"
        raise UsageError(message, hint="write it as 2025-03-01 or 2025-03-01T09:30Z") from error
    if len(text) <= len("2025-03-01"):
        moment = datetime.combine(moment.date(), time(12), tzinfo=UTC)
    return utc(moment)


def resolve(card: ModelCard, settings: Settings, at: datetime, tier: ServiceTier = ServiceTier.STANDARD) -> RateCard:
    """The rate card of a model at one tier: the user's price, else the library's of `at`'s UTC day, less a discount.

    Rates are whole pico-dollars a token: exact for list prices of up to six decimals a million tokens, else rounded up.
    A cache price that nobody lists is the input price. SettingsError, with the YAML to paste, where there is no price,
    and for a tier that the model is not sold at: no other tier's price ever stands in.
    """
    sold = tiers(card, settings, at)
    if tier not in sold:
        raise _not_sold(card, tier, sold)
    return sold[tier]


def tiers(card: ModelCard, settings: Settings, at: datetime) -> Mapping[ServiceTier, RateCard]:
    """The rate card of each tier that a model is sold at on the UTC day of `at`; the standard one is always there.

    SettingsError, with the YAML to paste, where there is no price.
    """
    own = own_tiers(card, settings, at)
    sold = own if ServiceTier.STANDARD in own else {**_listed_tiers(card, settings, at), **own}
    if ServiceTier.STANDARD not in sold:
        raise _unpriced(card)
    return {tier: sold[tier] for tier in ServiceTier if tier in sold}


def _listed_tiers(card: ModelCard, settings: Settings, at: datetime) -> dict[ServiceTier, RateCard]:
    """The library's prices of the day, or of the model's first day; none for a card that names no place there."""
    if card.price_provider is None or card.price_model is None:
        return {}
    day = utc(at).date()
    asked = max(day, date.fromisoformat(card.released)) if card.released else day
    charged = charge(card, settings, day)
    notes = (f"; {charged.note}" if charged.note else "") + (
        f" (first price, model is younger than {day})" if asked > day else ""
    )
    listed = users_shelf().tier_prices(card.price_provider, card.price_model, asked)
    return {
        tier: RateCard(
            model=card.name,
            service_tier=tier.value,
            steps=_steps(prices.ordinary, charged),
            windows=_windows(prices, charged, card.price_provider, asked),
            source=f"{users_shelf().library}{notes}{_weekend_note(card.price_provider, asked, prices)}",
            price_date=asked.isoformat(),
        )
        for tier, prices in listed.items()
    }


def _windows(prices: DayPrices, charged: Charge, provider: str, day: date) -> tuple[PriceWindow, ...]:
    """The hours in which other prices hold, and on which days of the week."""
    return tuple(
        PriceWindow(
            start_minute=part.start_minute,
            end_minute=part.end_minute,
            steps=_steps(part.prices, charged),
            weekdays=peak_weekdays(provider, day, part.start_minute, part.end_minute),
        )
        for part in prices.hours
    )


def _weekend_note(provider: str, day: date, prices: DayPrices) -> str:
    """Where it is from that weekends are cheaper."""
    return f"; {WEEKEND_NOTE}" if has_weekends(provider, day, prices) else ""


def _steps(prices: Sequence[ListPrice], charged: Charge) -> tuple[PriceStep, ...]:
    """List prices as steps of whole pico-dollars."""
    return tuple(PriceStep(above_input_tokens=price.above_input_tokens, rate=_rate(price, charged)) for price in prices)


def _rate(price: ListPrice, charged: Charge) -> Rate:
    """One list price per token; a cache price that is not listed is the input price."""
    return Rate(
        input_pusd=charged.per_token(price.input),
        output_pusd=charged.per_token(price.output),
        cache_read_pusd=charged.per_token(_or(price.cache_read, price.input)),
        cache_write_pusd=charged.per_token(_or(price.cache_write, price.input)),
        audio_pusd=None if price.audio is None else charged.per_token(price.audio),
    )


def _or(price: Decimal | None, otherwise: Decimal) -> Decimal:
    """The price where there is one: 0 is one."""
    return otherwise if price is None else price


def _unpriced(card: ModelCard) -> SettingsError:
    """A model without a price is never free: the hint is the YAML that gives it one."""
    place = f"`{card.price_provider}` / `{card.price_model}`" if card.price_model else "its card names no place"
    message = f"`{card.name}` has no price: {place} in {users_shelf().library}"
    hint = (
        "give it one in modelroute.yaml, in dollars per million tokens (0 for a server of your own):\n"
        f'prices:\n  {card.name}:\n    input: "0.15"\n    output: "0.60"'
    )
    return SettingsError(message, hint=hint)


def _not_sold(card: ModelCard, tier: ServiceTier, sold: Iterable[ServiceTier]) -> SettingsError:
    """A tier without a price of its own is not bought at another's."""
    known = ", ".join(f"`{item}`" for item in sold)
    message = f"`{card.name}` has no price at the service tier `{tier}`: it is sold at {known}"
    hint = (
        "choose one of those, or give it a price in modelroute.yaml, in dollars per million tokens:\n"
        f'prices:\n  {card.name}:\n    {tier}: {{input: "0.15", output: "0.60"}}'
    )
    return SettingsError(message, hint=hint)
