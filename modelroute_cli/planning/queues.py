"""What the queues of handed-in tiers can take before deadlines: tokens that wait, and batches that are open.

A queue is emptied once in a window of its tier at the latest, so a request that can wait for k windows shares k fills
of it with all that can wait no longer than it: what is due first is handed in first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.schema import HANDED_IN, ServiceTier
from modelroute_cli.catalog.cards import Catalog, limits_key
from modelroute_cli.catalog.offers import tier_terms
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.offers import MOST_WINDOWS, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Models whose requests wait in one queue, and how much of them it takes in one window: requests, or input tokens.

    `models` were asked for at `tier`; requests without a deadline go when there is room.
    """

    name: str
    models: frozenset[str]
    tier: ServiceTier
    window_s: int
    limit: int
    counts_tokens: bool

    def use(self, candidates: pl.DataFrame, patience_s: pl.Series, windows: int) -> Ints:
        """What one request takes on each candidate, where it can wait for `windows` windows and no more."""
        here = (pl.col("service_tier").cast(pl.String) == self.tier.value) & pl.col("model").is_in(list(self.models))
        soon = pl.col("patience_s") < (windows + 1) * self.window_s if windows < MOST_WINDOWS else True
        due = pl.col("patience_s").is_not_null() & soon
        each = pl.col("input_tokens") if self.counts_tokens else pl.lit(1, pl.Int64)
        known = candidates.with_columns(patience_s.alias("patience_s"))
        return known.select(pl.when(here & due).then(each).otherwise(0).cast(pl.Int64)).to_series().to_numpy()

    def holds(self, windows: int, largest: int) -> int:
        """What surely goes through it in so many windows where no request takes more than `largest`.

        At the end of each window but the last there may be room left, less than the next request takes.
        """
        return max(self.limit * windows - (windows - 1) * max(largest - 1, 0), 0)


def queues(offers: Iterable[Offer], catalog: Catalog) -> tuple[Queue, ...]:
    """The queues of the handed-in tiers on offer, as far as their limits are known.

    A limit that a provider states is of its account: all its models share one queue. A limit of a model's own card
    replaces it for that model, and for those that draw on one limit with it.
    """
    handed_in = [offer for offer in offers if offer.tier in HANDED_IN]
    tokens = _shared(handed_in, catalog, "queue_tokens").items()
    batches = _shared(handed_in, catalog, "max_batches").items()
    found = [
        *(each for owner, members in tokens for each in _tokens(owner, members, catalog)),
        *(each for owner, members in batches for each in _batches(owner, members, catalog)),
    ]
    return tuple(found)


def _shared(offers: Iterable[Offer], catalog: Catalog, field: str) -> Mapping[str, list[Offer]]:
    """The offers that share a limit, by what it is called: an account's or a model's, and the tier."""
    groups: dict[tuple[str, str, str], list[Offer]] = {}
    for offer in offers:
        card = catalog.models[offer.model]
        own = card.tiers.get(offer.tier)
        is_own = own is not None and getattr(own, field) is not None
        key = (card.provider, limits_key(card) if is_own else "", offer.tier.value)
        groups.setdefault(key, []).append(offer)
    return {f"{members[0].model if key[1] else key[0]} {key[2]}": members for key, members in groups.items()}


def _tokens(owner: str, offers: list[Offer], catalog: Catalog) -> Iterator[Queue]:
    """The queue of input tokens that some offers share, where its limit is known; the first one's, as in a run."""
    terms = _terms(offers[0], catalog)
    if terms.queue_tokens is not None and terms.window_s is not None:
        yield Queue(
            name=f"{owner} tokens",
            models=frozenset(offer.model for offer in offers),
            tier=offers[0].tier,
            window_s=terms.window_s,
            limit=terms.queue_tokens,
            counts_tokens=True,
        )


def _batches(owner: str, offers: list[Offer], catalog: Catalog) -> Iterator[Queue]:
    """The requests that fit into the batches that may be open; where each is of one model, one of each may be small."""
    every = [_terms(offer, catalog) for offer in offers]
    most, sizes = every[0].max_batches, [terms.max_requests for terms in every if terms.max_requests is not None]
    if most is None or len(sizes) < len(every) or every[0].window_s is None:
        return
    begun = len(offers) - 1 if every[0].one_model else 0
    yield Queue(
        name=f"{owner} requests",
        models=frozenset(offer.model for offer in offers),
        tier=offers[0].tier,
        window_s=every[0].window_s,
        limit=max(most - begun, 1) * min(sizes),
        counts_tokens=False,
    )


def _terms(offer: Offer, catalog: Catalog) -> TierTerms:
    """What holds for an offer."""
    card = catalog.models[offer.model]
    return tier_terms(card, catalog.providers[card.provider], offer.tier) or TierTerms()
