"""What is really offered of a model at its provider: its service tiers with price and terms, and its data terms."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.derived import derived
from modelroute_cli.catalog.prices import RateCard, tiers
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.terms import Region, TierTerms, ZeroRetention


class Offer(Struct, frozen=True, kw_only=True):
    """One service tier of a model: what it costs and what holds for it."""

    rates: RateCard
    terms: TierTerms


class DataTerms(Struct, frozen=True, kw_only=True):
    """What happens to the data of requests; None, or no region, is unknown and satisfies no restriction."""

    regions: tuple[Region, ...] = ()
    retention_days: int | None = None
    zero_retention: ZeroRetention | None = None
    trains_on_data: bool | None = None
    source: str = ""


def offers(card: ModelCard, provider: Provider, settings: Settings, at: datetime) -> Mapping[ServiceTier, Offer]:
    """The tiers that have a price on the day of `at` AND terms at the provider; the standard one is always there.

    A tier that nobody lists a price of may have one that follows from the standard one (see `derived`).
    SettingsError, with the YAML to paste, where the model has no price.
    """
    sold = tiers(card, settings, at)
    found = {}
    for tier in ServiceTier:
        terms = tier_terms(card, provider, tier)
        if terms is None:
            continue
        rates = sold.get(tier) or derived(tier, sold[ServiceTier.STANDARD], terms)
        if rates is not None:
            found[tier] = Offer(rates=rates, terms=terms)
    return found


def tier_terms(card: ModelCard, provider: Provider, tier: ServiceTier) -> TierTerms | None:
    """The terms of one tier, the card's over its provider's; None when neither offers it. Standard always has some."""
    above, below = card.tiers.get(tier), provider.tiers.get(tier)
    if above is None and below is None:
        return TierTerms() if tier is ServiceTier.STANDARD else None
    return _over(above or TierTerms(), below or TierTerms())


def data_terms(card: ModelCard, provider: Provider) -> DataTerms:
    """What happens to a model's requests, each term of the card before its provider's."""
    return DataTerms(
        regions=card.regions or provider.regions,
        retention_days=provider.retention_days if card.retention_days is None else card.retention_days,
        zero_retention=card.zero_retention or provider.zero_retention,
        trains_on_data=provider.trains_on_data if card.trains_on_data is None else card.trains_on_data,
        source=card.data_source or provider.data_source,
    )


def _over(above: TierTerms, below: TierTerms) -> TierTerms:
    """Each term of `above` that says something, else that of `below`; `one_model` where neither says otherwise."""
    said = {name: value for name in TierTerms.__struct_fields__ if (value := getattr(above, name)) not in (None, "")}
    return msgspec.structs.replace(below, **{**said, "one_model": above.one_model and below.one_model})
