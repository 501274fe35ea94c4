"""Rate cards: the price of one model at one service tier, resolved once and then multiplied."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.errors import SettingsError, UsageError
from modelroute_cli.base.money import PicoUSD, per_token
from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.list_prices import DayPrices, ListPrice
from modelroute_cli.catalog.price_shelf import users_shelf
from modelroute_cli.catalog.settings import Price, Settings


class Rate(Struct, frozen=True, kw_only=True):
    """Pico-dollars per token, rounded up."""

    input_pusd: PicoUSD
    output_pusd: PicoUSD
    cache_read_pusd: PicoUSD
    cache_write_pusd: PicoUSD


class PriceStep(Struct, frozen=True, kw_only=True):
    """The rate of a whole request whose input is MORE than `above_input_tokens` (the last such step wins)."""

    above_input_tokens: int
    rate: Rate


class PriceWindow(Struct, frozen=True, kw_only=True):
    """Steps that hold between two minutes of the UTC day, end excluded."""

    start_minute: int
    end_minute: int
    steps: tuple[PriceStep, ...]


class RateCard(Struct, frozen=True, kw_only=True):
    """Prices of one (model, service tier) with their origin; `windows` override `steps` while they last."""

    model: str
    service_tier: str
    steps: tuple[PriceStep, ...]
    windows: tuple[PriceWindow, ...] = ()
    source: str  # `genai-prices 0.2.3` or `settings: modelroute.yaml`
    price_date: str  # the date these prices are of, ISO


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageColumns:
    """Names of the columns that hold a usage; a count without a column is 0."""

    input_tokens: str = "input_tokens"
    output_tokens: str = "output_tokens"
    cache_read_tokens: str | None = None
    cache_write_tokens: str | None = None


def price_time(text: str) -> datetime:
    """A date or time as the moment whose prices hold: a date alone is 12:00 UTC, a time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"`{text}` is neither a date nor a time"
        raise UsageError(message, hint="write it as 2025-03-01 or 2025-03-01T09:30Z") from error
    if len(text) <= len("2025-03-01"):
        moment = datetime.combine(moment.date(), time(12))
    return _utc(moment)


def resolve(card: ModelCard, settings: Settings, at: datetime) -> RateCard:
    """The rate card of a model at the standard tier: the user's price, else the library's of the UTC day of `at`.

    Rates are whole pico-dollars a token: exact for list prices of up to six decimals a million tokens, else rounded up.
    A cache price that nobody lists is the input price. SettingsError, with the YAML to paste, where there is no price.
    """
    if card.name in settings.prices:
        return _own_card(card, settings, at)
    day = _utc(at).date()
    asked = max(day, date.fromisoformat(card.released)) if card.released else day
    prices = _library_prices(card, asked)
    if prices is None:
        raise _unpriced(card)
    note = f" (first price, model is younger than {day})" if asked > day else ""
    return RateCard(
        model=card.name,
        service_tier=ServiceTier.STANDARD.value,
        steps=_steps(prices.ordinary),
        windows=tuple(
            PriceWindow(start_minute=part.start_minute, end_minute=part.end_minute, steps=_steps(part.prices))
            for part in prices.hours
        ),
        source=f"{users_shelf().library}{note}",
        price_date=asked.isoformat(),
    )


def cost(card: RateCard, usage: Usage, at: datetime) -> PicoUSD:
    """What a usage costs at the hour of `at`, exactly: the whole request at the rate of the step its input reaches."""
    rate = _rate_of(rate_at(card, at), usage.input_tokens)
    uncached = max(0, usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens)
    return PicoUSD(
        uncached * rate.input_pusd
        + usage.cache_read_tokens * rate.cache_read_pusd
        + usage.cache_write_tokens * rate.cache_write_pusd
        + usage.output_tokens * rate.output_pusd
    )


def cost_expr(card: RateCard, columns: UsageColumns, at: datetime) -> pl.Expr:
    """`cost` of every row, as Int64 pico-dollars."""
    steps = rate_at(card, at)
    expression = _rate_expr(steps[0].rate, columns)
    for step in steps[1:]:
        reached = pl.col(columns.input_tokens) > step.above_input_tokens
        expression = pl.when(reached).then(_rate_expr(step.rate, columns)).otherwise(expression)
    return expression


def dearest(card: RateCard, *others: RateCard) -> RateCard:
    """A card that no hour and no caching can pass: each rate the highest of the day, all input at its dearest kind.

    With `others`, the same model at other service tiers, none of those either.

    For reservations: a provider may bill any part of the input as written to its cache, at more than the input price.
    """
    ways = [steps for each in (card, *others) for steps in (each.steps, *(window.steps for window in each.windows))]
    starts = sorted({step.above_input_tokens for steps in ways for step in steps})
    steps = tuple(
        PriceStep(above_input_tokens=start, rate=_dearest([_rate_of(way, start + 1) for way in ways]))
        for start in starts
    )
    return msgspec.structs.replace(card, steps=steps, windows=())


def rate_at(card: RateCard, at: datetime) -> tuple[PriceStep, ...]:
    """The steps that hold at the hour of `at`; a window whose end lies before its start runs over midnight."""
    moment = _utc(at)
    minute = moment.hour * 60 + moment.minute
    for window in card.windows:
        start, end = window.start_minute, window.end_minute
        if start <= minute < end if start <= end else minute >= start or minute < end:
            return window.steps
    return card.steps


def rates_digest(cards: Iterable[RateCard]) -> str:
    """`sha256:` + hex over all rates of all hours, whatever their order; sources and dates are no part of it."""
    ordered = sorted(cards, key=lambda card: (card.model, card.service_tier))
    rates = [(card.model, card.service_tier, card.steps, card.windows) for card in ordered]
    return f"sha256:{hashlib.sha256(msgspec.json.encode(rates)).hexdigest()}"


def _own_card(card: ModelCard, settings: Settings, at: datetime) -> RateCard:
    """The user's own price, the same at all hours and lengths."""
    price = settings.prices[card.name]
    rate = _own_rate(price)
    free = (
        " (free)" if not any((rate.input_pusd, rate.output_pusd, rate.cache_read_pusd, rate.cache_write_pusd)) else ""
    )
    return RateCard(
        model=card.name,
        service_tier=ServiceTier.STANDARD.value,
        steps=(PriceStep(above_input_tokens=0, rate=rate),),
        source=f"settings: {settings.origins.get(f'prices.{card.name}.input', 'defaults')}{free}",
        price_date=_utc(at).date().isoformat(),
    )


def _own_rate(price: Price) -> Rate:
    """The user's dollars per million tokens as pico-dollars per token."""
    return Rate(
        input_pusd=per_token(price.input),
        output_pusd=per_token(price.output),
        cache_read_pusd=per_token(price.input if price.cache_read is None else price.cache_read),
        cache_write_pusd=per_token(price.input if price.cache_write is None else price.cache_write),
    )


def _library_prices(card: ModelCard, day: date) -> DayPrices | None:
    """The library's prices, for a card that names its place there."""
    if card.price_provider is None or card.price_model is None:
        return None
    return users_shelf().day_prices(card.price_provider, card.price_model, day)


def _steps(prices: Sequence[ListPrice]) -> tuple[PriceStep, ...]:
    """List prices as steps of whole pico-dollars."""
    return tuple(PriceStep(above_input_tokens=price.above_input_tokens, rate=_rate(price)) for price in prices)


def _rate(price: ListPrice) -> Rate:
    """One list price per token; a cache price that is not listed is the input price."""
    return Rate(
        input_pusd=per_token(price.input),
        output_pusd=per_token(price.output),
        cache_read_pusd=per_token(_or(price.cache_read, price.input)),
        cache_write_pusd=per_token(_or(price.cache_write, price.input)),
    )


def _or(price: Decimal | None, otherwise: Decimal) -> Decimal:
    """The price where there is one: 0 is one."""
    return otherwise if price is None else price


def _rate_of(steps: Sequence[PriceStep], input_tokens: int) -> Rate:
    """The rate of the last step that the input exceeds; the first holds for an empty one too."""
    reached = [step.rate for step in steps if input_tokens > step.above_input_tokens]
    return reached[-1] if reached else steps[0].rate


def _rate_expr(rate: Rate, columns: UsageColumns) -> pl.Expr:
    """Every row's cost at one rate."""
    if columns.cache_read_tokens is None and columns.cache_write_tokens is None:
        return _count(columns.input_tokens) * rate.input_pusd + _count(columns.output_tokens) * rate.output_pusd
    given, read, written = (
        _count(name) for name in (columns.input_tokens, columns.cache_read_tokens, columns.cache_write_tokens)
    )
    uncached = pl.max_horizontal(given - read - written, pl.lit(0, pl.Int64))
    cached = read * rate.cache_read_pusd + written * rate.cache_write_pusd
    return uncached * rate.input_pusd + cached + _count(columns.output_tokens) * rate.output_pusd


def _count(name: str | None) -> pl.Expr:
    """A column of counts as Int64, 0 where there is none."""
    return pl.lit(0, pl.Int64) if name is None else pl.col(name).cast(pl.Int64)


def _dearest(rates: Sequence[Rate]) -> Rate:
    """The highest of each; input at its dearest kind."""
    read = max(rate.cache_read_pusd for rate in rates)
    written = max(rate.cache_write_pusd for rate in rates)
    return Rate(
        input_pusd=max(read, written, *(rate.input_pusd for rate in rates)),
        output_pusd=max(rate.output_pusd for rate in rates),
        cache_read_pusd=read,
        cache_write_pusd=written,
    )


def _unpriced(card: ModelCard) -> SettingsError:
    """A model without a price is never free: the hint is the YAML that gives it one."""
    place = f"`{card.price_provider}` / `{card.price_model}`" if card.price_model else "its card names no place"
    message = f"`{card.name}` has no price: {place} in {users_shelf().library}"
    hint = (
        "give it one in modelroute.yaml, in dollars per million tokens (0 for a server of your own):\n"
        f'prices:\n  {card.name}:\n    input: "0.15"\n    output: "0.60"'
    )
    return SettingsError(message, hint=hint)


def _utc(at: datetime) -> datetime:
    """The moment in UTC; one without a zone is UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
