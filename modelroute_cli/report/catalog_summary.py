"""What the catalog says of models: prices per million tokens at each service tier, limits, terms, shutdowns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.offers import DataTerms, Offer, data_terms, offers
from modelroute_cli.catalog.prices import PriceStep, PriceWindow, rate_at
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.sourced import Sourced, sources

SHUTDOWN_NOTICE_DAYS = 60
_MTOK = 1_000_000


class StepPrice(Struct, frozen=True, kw_only=True):
    """Dollars per million tokens, for whole requests of more than `above_input_tokens`."""

    above_input_tokens: int
    input_per_mtok_pusd: PicoUSD
    output_per_mtok_pusd: PicoUSD
    cache_read_per_mtok_pusd: PicoUSD
    cache_write_per_mtok_pusd: PicoUSD
    request_pusd: PicoUSD = PicoUSD(0)  # of a request, besides its tokens


class HoursPrice(Struct, frozen=True, kw_only=True):
    """Prices between two minutes of the UTC day, end excluded, on some days of the week (Monday is 0)."""

    start_minute: int
    end_minute: int
    weekdays: tuple[int, ...]
    prices: tuple[StepPrice, ...]


class TierPrice(Struct, frozen=True, kw_only=True):
    """What one service tier costs: `prices` outside `hours`, `now` at the hour that was asked for."""

    service_tier: ServiceTier
    now: tuple[StepPrice, ...]
    prices: tuple[StepPrice, ...]
    hours: tuple[HoursPrice, ...]
    window_s: int | None  # how long an answer may take
    source: str
    date: str


class ModelFacts(Struct, frozen=True, kw_only=True):
    """One model; `prices` are those of the standard tier, empty where none is known, at the hour that was asked for."""

    name: str
    provider: str
    model_id: str
    prices: tuple[StepPrice, ...]
    tiers: tuple[TierPrice, ...]
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
    efforts: tuple[str, ...]
    regions: tuple[str, ...]
    retention_days: int | None
    zero_retention: str | None
    trains_on_data: bool | None
    shutdown: str | None
    shutdown_in_days: int | None  # below 1: it has been switched off
    aliases: tuple[str, ...]
    source: str
    facts: tuple[Sourced, ...]


class ModelsSummary(Struct, frozen=True, kw_only=True):
    """The models that were asked for."""

    kind: str
    prices_at: str
    models: tuple[ModelFacts, ...]


def models_summary(
    catalog: Catalog, settings: Settings, names: Iterable[str], at: datetime, today: date | None = None
) -> ModelsSummary:
    """The facts of `names`, with the prices that hold at `at`; shutdowns are counted from `today` [default: `at`]."""
    facts = tuple(_facts(catalog, settings, name, at, today or at.date()) for name in names)
    return ModelsSummary(kind="models", prices_at=at.isoformat(), models=facts)


def tier_of(model: ModelFacts, tier: ServiceTier) -> TierPrice | None:
    """The prices of one service tier; None where the model is not sold at it or has no price."""
    return next((item for item in model.tiers if item.service_tier is tier), None)


def _facts(catalog: Catalog, settings: Settings, name: str, at: datetime, today: date) -> ModelFacts:
    """One model."""
    card = catalog.models[name]
    sold = tuple(_tier(tier, offer, at) for tier, offer in _offers(catalog, settings, card, at).items())
    standard = next((item for item in sold if item.service_tier is ServiceTier.STANDARD), None)
    terms = data_terms(card, catalog.providers[card.provider]) if card.provider in catalog.providers else DataTerms()
    return ModelFacts(
        name=card.name,
        provider=card.provider,
        model_id=card.model_id,
        prices=() if standard is None else standard.now,
        tiers=sold,
        changes_by_hour=standard is not None and bool(standard.hours),
        price_source=None if standard is None else standard.source,
        price_date=None if standard is None else standard.date,
        context_tokens=card.context_tokens,
        max_output_tokens=card.max_output_tokens,
        modalities=tuple(item.value for item in card.modalities),
        tokenizer=card.tokenizer,
        response_schema=card.response_schema,
        thinking=card.thinking,
        effort=card.effort,
        efforts=card.efforts,
        regions=terms.regions,
        retention_days=terms.retention_days,
        zero_retention=terms.zero_retention,
        trains_on_data=terms.trains_on_data,
        shutdown=card.shutdown,
        shutdown_in_days=(date.fromisoformat(card.shutdown) - today).days if card.shutdown else None,
        aliases=tuple(alias for alias, members in catalog.aliases.items() if card.name in members),
        source=card.source,
        facts=sources(card, settings, at) if card.provider in catalog.providers else (),
    )


def _offers(catalog: Catalog, settings: Settings, card: ModelCard, at: datetime) -> Mapping[ServiceTier, Offer]:
    """What can be bought; nothing of a model without a price: here it is listed, a plan refuses it."""
    try:
        return (
            offers(card, catalog.providers[card.provider], settings, at) if card.provider in catalog.providers else {}
        )
    except SettingsError:
        return {}


def _tier(tier: ServiceTier, offer: Offer, at: datetime) -> TierPrice:
    """One tier."""
    rates = offer.rates
    return TierPrice(
        service_tier=tier,
        now=_steps(rate_at(rates, at)),
        prices=_steps(rates.steps),
        hours=tuple(_hours(window) for window in rates.windows),
        window_s=offer.terms.window_s,
        source=rates.source,
        date=rates.price_date,
    )


def _hours(window: PriceWindow) -> HoursPrice:
    """One window."""
    return HoursPrice(
        start_minute=window.start_minute,
        end_minute=window.end_minute,
        weekdays=window.weekdays,
        prices=_steps(window.steps),
    )


def _steps(steps: Sequence[PriceStep]) -> tuple[StepPrice, ...]:
    """Steps per million tokens."""
    return tuple(
        StepPrice(
            above_input_tokens=step.above_input_tokens,
            input_per_mtok_pusd=PicoUSD(step.rate.input_pusd * _MTOK),
            output_per_mtok_pusd=PicoUSD(step.rate.output_pusd * _MTOK),
            cache_read_per_mtok_pusd=PicoUSD(step.rate.cache_read_pusd * _MTOK),
            cache_write_per_mtok_pusd=PicoUSD(step.rate.cache_write_pusd * _MTOK),
            request_pusd=step.rate.request_pusd,
        )
        for step in steps
    )
