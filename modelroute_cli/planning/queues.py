"""What the queues of handed-in tiers can take before deadlines: tokens that wait, and batches that are open.

A queue is emptied once in a window of its tier at the latest, so a request that can wait for k windows shares k fills
of it with all that can wait no longer than it: what is due first is handed in first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
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

    Tokens wait in a queue for each model where a batch is of one, else in one of the account; models that draw on one
    limit share it. How many batches are open is counted by account and tier.
    """
    handed_in = [offer for offer in offers if offer.tier in HANDED_IN]
    tokens = _grouped(handed_in, lambda offer: _queue_of(offer, catalog)).items()
    batches = _grouped(handed_in, lambda offer: catalog.models[offer.model].provider).items()
    found = [
        *(each for owner, members in tokens for each in _tokens(owner, members, catalog)),
        *(each for owner, members in batches for each in _batches(owner, members, catalog)),
    ]
    return tuple(found)


def _grouped(offers: Iterable[Offer], owner_of: Callable[[Offer], str]) -> Mapping[str, list[Offer]]:
    """The offers of one owner and tier, by what their limit is called."""
    groups: dict[tuple[str, ServiceTier], list[Offer]] = {}
    for offer in offers:
        groups.setdefault((owner_of(offer), offer.tier), []).append(offer)
    return {_called(members, owner): members for (owner, _), members in groups.items()}


def _called(members: list[Offer], owner: str) -> str:
    """`gpt-6-luna batch` or `anthropic batch`: a group of models is called after the first."""
    return f"{members[0].model if '/' in owner else owner} {members[0].tier.value}"


def _queue_of(offer: Offer, catalog: Catalog) -> str:
    """Whose tokens wait together: the provider, with a model after a slash where each has a queue of its own."""
    card = catalog.models[offer.model]
    return f"{card.provider}/{limits_key(card)}" if _terms(offer, catalog).one_model else card.provider


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
