"""Rates: what the tokens of a request cost at one model and service tier, alone and in frames."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Usage

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORK_DAYS = (0, 1, 2, 3, 4)


class Rate(Struct, frozen=True, kw_only=True):
    """Pico-dollars per token, and per request whatever its size, rounded up."""

    input_pusd: PicoUSD
    output_pusd: PicoUSD
    cache_read_pusd: PicoUSD
    cache_write_pusd: PicoUSD
    request_pusd: PicoUSD = PicoUSD(0)
    audio_pusd: PicoUSD | None = None  # of input that is sound; None: as any other


class PriceStep(Struct, frozen=True, kw_only=True):
    """The rate of a whole request whose input is MORE than `above_input_tokens` (the last such step wins)."""

    above_input_tokens: int
    rate: Rate


class PriceWindow(Struct, frozen=True, kw_only=True):
    """Steps that hold between two minutes of the UTC day, end excluded, on some days of the week (Monday is 0)."""

    start_minute: int
    end_minute: int
    steps: tuple[PriceStep, ...]
    weekdays: tuple[int, ...] = EVERY_DAY


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
    audio_tokens: str | None = None  # the part of the input that is sound, never read from a cache


def utc(at: datetime) -> datetime:
    """The moment in UTC; one without a zone is UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def cost(card: RateCard, usage: Usage, at: datetime) -> PicoUSD:
    """What a usage costs at the hour of `at`, exactly: the whole request at the rate of the step its input reaches."""
    rate = _rate_of(rate_at(card, at), usage.input_tokens)
    uncached = max(0, usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens)
    dearer = 0 if rate.audio_pusd is None else rate.audio_pusd - rate.input_pusd
    return PicoUSD(
        uncached * rate.input_pusd
        + min(usage.audio_tokens, uncached) * dearer
        + usage.cache_read_tokens * rate.cache_read_pusd
        + usage.cache_write_tokens * rate.cache_write_pusd
        + usage.output_tokens * rate.output_pusd
        + rate.request_pusd
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
    """The steps that hold at the hour and day of `at`.

    A window whose end lies before its start runs over midnight; each of its hours goes by the day that hour lies on.
    """
    moment = utc(at)
    minute = moment.hour * 60 + moment.minute
    for window in card.windows:
        start, end = window.start_minute, window.end_minute
        inside = start <= minute < end if start <= end else minute >= start or minute < end
        if inside and moment.weekday() in window.weekdays:
            return window.steps
    return card.steps


def rates_digest(cards: Iterable[RateCard]) -> str:
    """`sha256:` + hex over all rates of all tiers, hours and days, in any order; sources and dates are no part."""
    ordered = sorted(cards, key=lambda card: (card.model, card.service_tier))
    rates = [(card.model, card.service_tier, card.steps, card.windows) for card in ordered]
    return f"sha256:{hashlib.sha256(msgspec.json.encode(rates)).hexdigest()}"


def _rate_of(steps: Sequence[PriceStep], input_tokens: int) -> Rate:
    """The rate of the last step that the input exceeds; the first holds for an empty one too."""
    reached = [step.rate for step in steps if input_tokens > step.above_input_tokens]
    return reached[-1] if reached else steps[0].rate


def _rate_expr(rate: Rate, columns: UsageColumns) -> pl.Expr:
    """Every row's cost at one rate."""
    tokens = _tokens_expr(rate, columns)
    if rate.audio_pusd is not None and columns.audio_tokens is not None:
        tokens += _count(columns.audio_tokens) * (rate.audio_pusd - rate.input_pusd)
    return tokens + pl.lit(rate.request_pusd, pl.Int64) if rate.request_pusd else tokens


def _tokens_expr(rate: Rate, columns: UsageColumns) -> pl.Expr:
    """Every row's tokens at one rate."""
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
    given = max(read, written, *(rate.input_pusd for rate in rates))
    heard = [rate.audio_pusd for rate in rates if rate.audio_pusd is not None]
    return Rate(
        input_pusd=given,
        output_pusd=max(rate.output_pusd for rate in rates),
        cache_read_pusd=read,
        cache_write_pusd=written,
        request_pusd=max(rate.request_pusd for rate in rates),
        audio_pusd=max(given, *heard) if heard else None,
    )
