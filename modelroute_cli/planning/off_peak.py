"""How long a request of the off-peak tier may have to wait at the time of a plan."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import ceil

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.cheap_hours import cheap_from
from modelroute_cli.catalog.offers import tier_terms
from modelroute_cli.catalog.prices import RateCard, resolve
from modelroute_cli.catalog.settings import Settings

MARGIN_S = 1800  # judgement: what answers take once the cheap hours have come


def wait_s(standard: RateCard, at: datetime) -> int | None:
    """Seconds from `at` until requests that wait for a model's cheap hours are answered.

    None where there is nothing to wait for: the hour of `at` is a cheap one, or none ever comes.
    """
    begins = cheap_from(standard, at)
    if begins is None or begins <= at:
        return None
    return ceil((begins - at).total_seconds()) + MARGIN_S


def waits(catalog: Catalog, settings: Settings, at: datetime) -> tuple[int, ...]:
    """The waits of all models that are sold off-peak and are dear at `at`, each length once."""
    found = {wait_s(rates, at) for rates in _sold(catalog.models.values(), catalog, settings, at)}
    return tuple(sorted(length for length in found if length is not None))


def _sold(cards: Iterable[ModelCard], catalog: Catalog, settings: Settings, at: datetime) -> Iterator[RateCard]:
    """The standard rates of models whose provider sells them off-peak; what has ended or has no price has none."""
    day = at.date().isoformat()
    for card in cards:
        if card.shutdown is not None and card.shutdown <= day:
            continue
        if tier_terms(card, catalog.providers[card.provider], ServiceTier.OFF_PEAK) is not None:
            try:
                yield resolve(card, settings, at)
            except SettingsError:
                continue
