"""What there is to buy: each model at each service tier it is sold at, resolved once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard, least_output_tokens
from modelroute_cli.catalog.offers import offers, tier_terms
from modelroute_cli.catalog.prices import RateCard, dearest, resolve
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.terms import CacheTerms
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.planning.expect import Expectations, load_expectations
from modelroute_cli.planning.off_peak import wait_s
from modelroute_cli.planning.quality import QualityPrior, load_prior

STANDARD = ServiceTier.STANDARD
SENT_TIERS = (ServiceTier.STANDARD, ServiceTier.FLEX, ServiceTier.PRIORITY, ServiceTier.OFF_PEAK)
"""What a run can send; the batch tier can be planned, to see what it would save."""

_BACKGROUND = frozenset({ServiceTier.BACKGROUND_2H, ServiceTier.BACKGROUND_8H})


@dataclass(frozen=True, slots=True)
class Offer:
    """A model at a service tier."""

    model: str
    tier: ServiceTier = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one offer is and costs; `dearest` holds at every hour, also where the standard tier serves in its place."""

    card: ModelCard
    family: TokenFamily
    tier: ServiceTier
    rates: RateCard
    standard: RateCard
    dearest: RateCard
    window_s: int | None  # how long an answer may take; None: it comes at once
    least_output_tokens: int = 1  # the smallest output limit that its wire format takes
    fetches_links: bool = True  # its provider reads what stands at an address
    may_fetch: bool = False  # the run may read it instead
    cache: CacheTerms | None  # how prompts that begin alike are read from the provider's cache; None: they are not


@dataclass(frozen=True, slots=True)
class Outlook:
    """What every quote rests on: beliefs about quality and length, and the time of its prices."""

    prior: QualityPrior
    known: Expectations
    at: datetime


def make_outlook(settings: Settings, at: datetime) -> Outlook:
    """The tables that ship, under the user's assumptions."""
    return Outlook(load_prior(), load_expectations(settings.assumptions), at)


def make_terms(
    name: str, catalog: Catalog, settings: Settings, at: datetime, families: Mapping[str, TokenFamily] | None = None
) -> Terms:
    """One model's terms at the standard tier, counting as `families` do for this job.

    SettingsError when it has no price.
    """
    rates = resolve(catalog.models[name], settings, at)
    return replace(_terms(name, catalog, rates, families or {}), may_fetch=settings.images.fetch)


def make_offers(
    standard: Mapping[str, Terms],
    wanted: Iterable[ServiceTier],
    catalog: Catalog,
    settings: Settings,
    at: datetime,
) -> dict[Offer, Terms]:
    """The offers of models whose `standard` terms are known: the standard tier, and those `wanted` that are sold."""
    others = [tier for tier in ServiceTier if tier in set(wanted) - {STANDARD}]
    found = {}
    for name, terms in standard.items():
        found[Offer(name)] = terms
        sold = offers(terms.card, catalog.providers[terms.card.provider], settings, at) if others else {}
        families = {terms.card.tokenizer: terms.family}
        for tier in others:
            if tier in sold:
                own = _terms(name, catalog, sold[tier].rates, families, terms.rates)
                if tier is ServiceTier.OFF_PEAK:
                    own = replace(own, window_s=wait_s(terms.rates, at))
                    if own.window_s is None:  # the standard price is the cheap one now
                        continue
                found[Offer(name, tier)] = replace(own, may_fetch=terms.may_fetch)
    return found


def windows(catalog: Catalog, off_peak: Iterable[int] = ()) -> tuple[int, ...]:
    """How long the answers of some service tier may take, in seconds, each length once; `off_peak` as of `waits`."""
    sold = [*(each.tiers for each in catalog.providers.values()), *(each.tiers for each in catalog.models.values())]
    lengths = {terms.window_s for tiers in sold for terms in tiers.values()}
    known = {length for length in lengths if length is not None}
    return tuple(sorted(known.union(off_peak)))


def _terms(
    name: str,
    catalog: Catalog,
    rates: RateCard,
    families: Mapping[str, TokenFamily],
    standard: RateCard | None = None,
) -> Terms:
    """The terms of the offer that `rates` are of."""
    card, tier = catalog.models[name], ServiceTier(rates.service_tier)
    own = tier_terms(card, catalog.providers[card.provider], tier)
    return Terms(
        card=card,
        family=families.get(card.tokenizer) or family(card.tokenizer),
        tier=tier,
        rates=rates,
        standard=standard or rates,
        dearest=dearest(rates, *([standard] if standard else [])),
        window_s=own.window_s if own else None,
        least_output_tokens=least_output_tokens(catalog.providers[card.provider]),
        fetches_links=catalog.providers[card.provider].fetches_links,
        cache=card.cache if _caches(card, catalog, tier) else None,
    )


def _caches(card: ModelCard, catalog: Catalog, tier: ServiceTier) -> bool:
    """Whether a prompt's beginning can be read from the cache: by itself, or by markers that the endpoint takes."""
    if tier is ServiceTier.BATCH and not card.cache_with_batch:
        return False
    if tier in _BACKGROUND:  # cached input is priced as any other there
        return False
    markers = card.cache.kind == "marker" and catalog.providers[card.provider].cache_markers
    return markers or card.cache.kind == "automatic"


def is_ended(card: ModelCard, on: date) -> bool:
    """Whether the provider's announced end has come."""
    return card.shutdown is not None and date.fromisoformat(card.shutdown) <= on
