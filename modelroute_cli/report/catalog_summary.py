"""What the catalog says of models: prices per million tokens with their date, limits, shutdowns."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.prices import PriceStep, RateCard, rate_at, resolve
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.report.screen import Column, Line, Row, Screen, table, tokens

_MTOK = 1_000_000
_COLUMNS = (
    Column("Model", right=False),
    Column("Input/M"),
    Column("Cached/M", drop=4),
    Column("Output/M"),
    Column("Context", drop=2),
    Column("Output limit", drop=3),
    Column("Takes", right=False, drop=5),
    Column("Aliases", right=False, drop=6),
    Column("Shutdown", right=False, drop=1),
    Column("Prices of", right=False, drop=7),
    Column("Counts as", right=False, drop=8),
)


class StepPrice(Struct, frozen=True, kw_only=True):
    """Dollars per million tokens, for whole requests of more than `above_input_tokens`."""

    above_input_tokens: int
    input_per_mtok_pusd: PicoUSD
    output_per_mtok_pusd: PicoUSD
    cache_read_per_mtok_pusd: PicoUSD
    cache_write_per_mtok_pusd: PicoUSD


class ModelFacts(Struct, frozen=True, kw_only=True):
    """One model; `prices` is empty where none is known, and holds for the hour that was asked."""

    name: str
    provider: str
    model_id: str
    prices: tuple[StepPrice, ...]
    changes_by_hour: bool
    price_source: str | None
    price_date: str | None
    context_tokens: int
    max_output_tokens: int
    modalities: tuple[str, ...]
    tokenizer: str
    response_schema: str
    thinking: str
    effort: str | None
    shutdown: str | None
    aliases: tuple[str, ...]
    source: str


class ModelsSummary(Struct, frozen=True, kw_only=True):
    """The models that were asked for."""

    kind: str
    prices_at: str
    models: tuple[ModelFacts, ...]


def models_summary(catalog: Catalog, settings: Settings, names: Iterable[str], at: datetime) -> ModelsSummary:
    """The facts of `names`, with the prices that hold at `at`."""
    facts = tuple(_facts(catalog, settings, catalog.models[name], at) for name in names)
    return ModelsSummary(kind="models", prices_at=at.isoformat(), models=facts)


def _facts(catalog: Catalog, settings: Settings, card: ModelCard, at: datetime) -> ModelFacts:
    """One model."""
    rates = _rates(card, settings, at)
    return ModelFacts(
        name=card.name,
        provider=card.provider,
        model_id=card.model_id,
        prices=() if rates is None else tuple(_step(step) for step in rate_at(rates, at)),
        changes_by_hour=rates is not None and bool(rates.windows),
        price_source=None if rates is None else rates.source,
        price_date=None if rates is None else rates.price_date,
        context_tokens=card.context_tokens,
        max_output_tokens=card.max_output_tokens,
        modalities=tuple(item.value for item in card.modalities),
        tokenizer=card.tokenizer,
        response_schema=card.response_schema,
        thinking=card.thinking,
        effort=card.effort,
        shutdown=card.shutdown,
        aliases=tuple(alias for alias, members in catalog.aliases.items() if card.name in members),
        source=card.source,
    )


def _rates(card: ModelCard, settings: Settings, at: datetime) -> RateCard | None:
    """The rate card, None for a model without a price: here it is listed, a plan refuses it."""
    try:
        return resolve(card, settings, at)
    except SettingsError:
        return None


def _step(step: PriceStep) -> StepPrice:
    """One step per million tokens."""
    rate = step.rate
    return StepPrice(
        above_input_tokens=step.above_input_tokens,
        input_per_mtok_pusd=PicoUSD(rate.input_pusd * _MTOK),
        output_per_mtok_pusd=PicoUSD(rate.output_pusd * _MTOK),
        cache_read_per_mtok_pusd=PicoUSD(rate.cache_read_pusd * _MTOK),
        cache_write_per_mtok_pusd=PicoUSD(rate.cache_write_pusd * _MTOK),
    )


def models_screen(summary: ModelsSummary, width: int | None) -> Screen:
    """One row a model, and what the row cannot say below."""
    title, *rows = table(_COLUMNS, [_row(model) for model in summary.models], width)
    notes = (Line(text) for model in summary.models for text in _notes(model))
    return (Line(title, "bold"), *(Line(text) for text in rows), Line(), *notes)


def _row(model: ModelFacts) -> Row:
    """One model; a dash where a price is not known."""
    first = model.prices[0] if model.prices else None
    return (
        model.name,
        "-" if first is None else format_usd(first.input_per_mtok_pusd),
        "-" if first is None else format_usd(first.cache_read_per_mtok_pusd),
        "-" if first is None else format_usd(first.output_per_mtok_pusd),
        tokens(model.context_tokens),
        tokens(model.max_output_tokens),
        ", ".join(model.modalities),
        ", ".join(model.aliases),
        model.shutdown or "",
        model.price_date or "-",
        model.tokenizer,
    )


def _notes(model: ModelFacts) -> list[str]:
    """Prices by length and by hour, and prices that are missing."""
    steps = [
        f"{model.name}: above {tokens(step.above_input_tokens)} input tokens "
        f"{format_usd(step.input_per_mtok_pusd)} in, {format_usd(step.output_per_mtok_pusd)} out"
        for step in model.prices[1:]
    ]
    hours = [f"{model.name}: prices change by the hour; these hold now"] if model.changes_by_hour else []
    missing = [] if model.prices else [f"{model.name}: no price is known; set `prices.{model.name}` to use it"]
    return steps + hours + missing
