"""What there is to buy: each model at each service tier it is sold at, resolved once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from modelroute_cli.base.schema import HANDED_IN, ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard, Provider, least_output_tokens
from modelroute_cli.catalog.offers import offers, tier_terms
from modelroute_cli.catalog.prices import RateCard, dearest, resolve
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.terms import CacheTerms, TierTerms
from modelroute_cli.features.tokens import TokenFamily, family
from modelroute_cli.planning.expect import Expectations, load_expectations
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.off_peak import wait_s
from modelroute_cli.planning.quality import QualityPrior, load_prior

STANDARD = ServiceTier.STANDARD
SENT_TIERS = (
    ServiceTier.STANDARD,
    ServiceTier.FLEX,
    ServiceTier.BATCH,
    ServiceTier.PRIORITY,
    ServiceTier.BACKGROUND_2H,
    ServiceTier.BACKGROUND_8H,
    ServiceTier.OFF_PEAK,
)
"""What a run can send, or hand in and collect later."""
MOST_WINDOWS = 7
"""A queue of requests that were handed in is counted on to be emptied so often at most: a week of days."""

_BACKGROUND = frozenset({ServiceTier.BACKGROUND_2H, ServiceTier.BACKGROUND_8H})


@dataclass(frozen=True, slots=True)
class Offer:
    """A model at a service tier."""

    model: str
    tier: ServiceTier = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one offer is and costs; `dearest` holds at every hour.

    It also holds where the standard tier serves in its place: what is handed in is served as it was, or not at all.
    """

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
    standard_cache: CacheTerms | None = None  # the same at the standard tier


@dataclass(frozen=True, slots=True)
class Outlook:
    """What every quote rests on: beliefs about quality and length, and the time of its prices."""

    prior: QualityPrior
    known: Expectations
    at: datetime
    measured: Measured | None = None  # None: the prior table alone


def make_outlook(settings: Settings, at: datetime, measured: Measured | None = None) -> Outlook:
    """The tables that ship, under the user's assumptions and what was measured."""
    return Outlook(load_prior(), load_expectations(settings.assumptions), at, measured)


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
            if tier in sold and is_served(catalog.providers[terms.card.provider], tier):
                own = _terms(name, catalog, sold[tier].rates, families, terms.rates)
                if tier is ServiceTier.OFF_PEAK:
                    own = replace(own, window_s=wait_s(terms.rates, at))
                    if own.window_s is None:  # the standard price is the cheap one now
                        continue
                found[Offer(name, tier)] = replace(own, may_fetch=terms.may_fetch)
    return found


def is_served(provider: Provider, tier: ServiceTier) -> bool:
    """Whether a run can buy at a tier there: a price of batches is no use without a way to hand them in."""
    return tier is not ServiceTier.BATCH or provider.batch_api is not None


def windows(catalog: Catalog, off_peak: Iterable[int] = ()) -> tuple[int, ...]:
    """How long the answers of some service tier may take, in seconds, each length once; `off_peak` as of `waits`.

    Where it is known how much can wait at a tier, its window some times over as well: so often its queue is emptied.
    """
    sold = [*(each.tiers for each in catalog.providers.values()), *(each.tiers for each in catalog.models.values())]
    every = [(tier, terms) for tiers in sold for tier, terms in tiers.items()]
    often = MOST_WINDOWS if any(_is_queued(terms) for _, terms in every) else 1
    lengths = ((terms.window_s, often if tier in HANDED_IN else 1) for tier, terms in every)
    known = {window * (at + 1) for window, most in lengths if window is not None for at in range(most)}
    return tuple(sorted(known.union(off_peak)))


def _is_queued(terms: TierTerms) -> bool:
    """Whether how much can wait at a tier is known."""
    return terms.queue_tokens is not None or (terms.max_batches is not None and terms.max_requests is not None)


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
        dearest=dearest(rates) if tier in HANDED_IN or standard is None else dearest(rates, standard),
        window_s=own.window_s if own else None,
        least_output_tokens=least_output_tokens(catalog.providers[card.provider]),
        fetches_links=catalog.providers[card.provider].fetches_links,
        cache=card.cache if _caches(card, catalog, tier) else None,
        standard_cache=card.cache if _caches(card, catalog, STANDARD) else None,
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
