"""Every number that is known of a model, with where it was read and when."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.money import to_usd_string
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.library import provider_of
from modelroute_cli.catalog.offers import data_terms, offers, tier_terms
from modelroute_cli.catalog.prices import PriceStep, PriceWindow, RateCard
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.variants import base_name

_MTOK = 1_000_000
_DATE = re.compile(r"20\d\d-\d\d(?:-\d\d)?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CARD_FIELDS = (
    "context_tokens",
    "max_output_tokens",
    "modalities",
    "response_schema",
    "efforts",
    "effort",
    "thinking",
    "sampling",
    "tokenizer",
    "released",
    "shutdown",
)
_CACHE_FIELDS = ("kind", "min_tokens", "block_tokens", "ttl_s", "cold_requests")


class Sourced(Struct, frozen=True, kw_only=True):
    """One fact: its value as people read it, where it is from, and the date (day or month) it is of."""

    field: str
    value: str
    source: str
    date: str | None


def sources(card: ModelCard, settings: Settings, at: datetime) -> tuple[Sourced, ...]:
    """The facts of a model at the prices of `at`: prices by tier, abilities, limits, tiers, cache, data.

    What is unknown is left out. A field that the user set names the file that says so. SettingsError when the card's
    provider is not known.
    """
    provider = provider_of(card, settings)
    return (
        *_price_facts(card, provider, settings, at),
        *_card_facts(card, settings),
        *_limit_facts(card, provider, settings),
        *_tier_facts(card, provider, settings),
        *_cache_facts(card, settings),
        *_data_facts(card, provider, settings),
    )


def _price_facts(card: ModelCard, provider: Provider, settings: Settings, at: datetime) -> Iterator[Sourced]:
    """Each rate of each tier on offer; nothing for a model without a price."""
    try:
        offered = offers(card, provider, settings, at)
    except SettingsError:
        return
    for tier, offer in offered.items():
        for step in offer.rates.steps:
            yield from _step_facts(f"{tier}", step, offer.rates)
        for window in offer.rates.windows:
            for step in window.steps:
                yield from _step_facts(f"{tier} {_hours(window)}", step, offer.rates)


def _step_facts(place: str, step: PriceStep, rates: RateCard) -> Iterator[Sourced]:
    """The rates of one step; a cache price that is the input price says nothing, or nobody lists it."""
    above = f" above {step.above_input_tokens:,} input tokens" if step.above_input_tokens else ""
    for name in ("input", "output", "cache_read", "cache_write"):
        pusd = getattr(step.rate, f"{name}_pusd")
        if name in ("input", "output") or pusd != step.rate.input_pusd:
            value = f"${to_usd_string(pusd * _MTOK)} per million tokens"
            yield Sourced(field=f"{place}.{name}{above}", value=value, source=rates.source, date=rates.price_date)
    if step.rate.request_pusd:
        fee = f"${to_usd_string(step.rate.request_pusd)} per request"
        yield Sourced(field=f"{place}.request{above}", value=fee, source=rates.source, date=rates.price_date)


def _card_facts(card: ModelCard, settings: Settings) -> Iterator[Sourced]:
    """What the card says of the model."""
    for name in _CARD_FIELDS:
        value = getattr(card, name)
        if value is not None and value != ():
            yield _fact(name, value, _origin(settings, f"{_path(card)}.{name}"), card.source)


def _limit_facts(card: ModelCard, provider: Provider, settings: Settings) -> Iterator[Sourced]:
    """Limits of the model and of its account."""
    for name in card.limits.__struct_fields__:
        value = getattr(card.limits, name)
        if value is not None:
            yield _fact(f"limits.{name}", value, _origin(settings, f"{_path(card)}.limits.{name}"), card.source)
        shared = getattr(provider.limits, name)
        if shared is not None:
            origin = _origin(settings, f"providers.{provider.name}.limits.{name}")
            yield _fact(f"{provider.name}.limits.{name}", shared, origin, "")


def _tier_facts(card: ModelCard, provider: Provider, settings: Settings) -> Iterator[Sourced]:
    """How the tiers that the provider offers are sold."""
    for tier in {**provider.tiers, **card.tiers}:
        terms = tier_terms(card, provider, tier)
        for name in ("window_s", "queue_tokens", "max_requests", "discount_percent"):
            value = getattr(terms, name)
            if terms is not None and value is not None:
                paths = (f"{_path(card)}.tiers.{tier}.{name}", f"providers.{provider.name}.tiers.{tier}.{name}")
                yield _fact(f"{tier}.{name}", value, _first_origin(settings, paths), terms.source)


def _cache_facts(card: ModelCard, settings: Settings) -> Iterator[Sourced]:
    """How the beginning of prompts is cached; nothing where no document says."""
    cache = card.cache
    named = _CACHE_FIELDS if cache.kind != "none" else _CACHE_FIELDS[:1]
    for name in named if cache.source or cache.kind != "none" else ():
        origin = _origin(settings, f"{_path(card)}.cache.{name}")
        yield _fact(f"cache.{name}", getattr(cache, name), origin, cache.source)
    if card.cache_with_batch is not None:
        origin = _origin(settings, f"{_path(card)}.cache_with_batch")
        yield _fact("cache_with_batch", card.cache_with_batch, origin, cache.source)


def _data_facts(card: ModelCard, provider: Provider, settings: Settings) -> Iterator[Sourced]:
    """What happens to the data of requests."""
    terms = data_terms(card, provider)
    for name in ("regions", "retention_days", "zero_retention", "trains_on_data"):
        value = getattr(terms, name)
        if value is not None and value != ():
            paths = (f"{_path(card)}.{name}", f"providers.{provider.name}.{name}")
            yield _fact(name, value, _first_origin(settings, paths), terms.source)


def _fact(field: str, value: object, origin: str | None, source: str) -> Sourced:
    """One fact; the user's file where the user said it, else the card's source and the last date in it."""
    if origin is not None:
        return Sourced(field=field, value=_shown(value), source=f"settings: {origin}", date=None)
    dates = _DATE.findall(source)
    return Sourced(field=field, value=_shown(value), source=source, date=dates[-1] if dates else None)


def _shown(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def _path(card: ModelCard) -> str:
    """Where settings hold a card's own fields: a variant's are its card's."""
    return f"models.{base_name(card.name)}"


def _first_origin(settings: Settings, paths: Iterable[str]) -> str | None:
    """The user's source of the first of these keys that the user set."""
    return next((origin for path in paths if (origin := _origin(settings, path)) is not None), None)


def _origin(settings: Settings, path: str) -> str | None:
    """Where the user set a key; None when the user did not."""
    origin = settings.origins.get(path)
    return None if origin == "defaults" else origin


def _hours(window: PriceWindow) -> str:
    """`01:00-04:00 UTC Mon-Fri`."""
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (window.start_minute, window.end_minute))
    days = window.weekdays
    some = "" if len(days) == len(_DAYS) else f" {_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return f"{start}-{end} UTC{some}"
