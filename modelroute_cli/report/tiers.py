"""What each service tier of a plan saves, and how long its answers may take."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import polars as pl
from msgspec import Struct, structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import HANDED_IN, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.offers import tier_terms
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.off_peak import wait_s
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.plan import Plan, PlanHeader
from modelroute_cli.planning.queues import queues

_LINE_BYTES = 300  # what a line of a batch holds beside its prompts, about


class TierLine(Struct, frozen=True, kw_only=True):
    """What is bought at one tier beside the standard one; counts are of requests sent, duplicates excluded."""

    service_tier: str
    requests: int
    cost_pusd: PicoUSD
    saved_pusd: PicoUSD | None  # against the same requests on the same models at the standard tier; None: unknown
    saved_share: float | None
    waits_s: int | None  # how long the last answer may take; longer than a window where a queue is emptied in between
    typical_s: int | None  # when most are there, where somebody has said so of all its models
    batches: int | None  # that the requests are cut into, about; None: they go one by one


class _Part(Struct, frozen=True, kw_only=True):
    """What one model is given at one tier."""

    offer: Offer
    provider: str
    terms: TierTerms
    requests: int
    tokens: int
    bytes: int
    cost_pusd: int


def tier_lines(plan: Plan) -> tuple[TierLine, ...]:
    """A line for each tier but the standard one, in the order of tiers; none where all is bought at that."""
    parts = tuple(_parts(plan))
    tiers = [tier for tier in ServiceTier if any(part.offer.tier is tier for part in parts)]
    return tuple(_line(tier, [part for part in parts if part.offer.tier is tier], plan.header) for tier in tiers)


def _parts(plan: Plan) -> Iterator[_Part]:
    """What each offer beside the standard ones is given."""
    header = plan.header
    tier = pl.col("service_tier").cast(pl.String)
    sent = plan.assignments.filter(pl.col("duplicate_of").is_null(), tier != ServiceTier.STANDARD.value)
    found = sent.group_by("model", tier).agg(
        pl.len().cast(pl.Int64).alias("requests"),
        pl.col("input_tokens").sum().alias("tokens"),
        (pl.col("length") + _LINE_BYTES).sum().alias("bytes"),
        pl.col("cost_pusd").sum(),
    )
    for row in found.sort("model", "service_tier").collect().iter_rows(named=True):
        offer, card = Offer(row.pop("model"), ServiceTier(row.pop("service_tier"))), header.models
        own = card[offer.model]
        terms = tier_terms(own, header.providers[own.provider], offer.tier) or TierTerms()
        if offer.tier is ServiceTier.OFF_PEAK:
            at = datetime.fromisoformat(header.prices_at)
            terms = structs.replace(terms, window_s=wait_s(header.rate_cards[offer.model], at))
        yield _Part(offer=offer, provider=own.provider, terms=terms, **row)


def _line(tier: ServiceTier, parts: Sequence[_Part], header: PlanHeader) -> TierLine:
    """The sums of one tier."""
    cost = sum(part.cost_pusd for part in parts)
    saved = header.tier_savings.get(tier.value)
    return TierLine(
        service_tier=tier.value,
        requests=sum(part.requests for part in parts),
        cost_pusd=PicoUSD(cost),
        saved_pusd=saved,
        saved_share=None if saved is None or not cost + saved else saved / (cost + saved),
        waits_s=_waits(tier, parts, header),
        typical_s=_longest(part.terms.typical_s for part in parts),
        batches=_batches(parts) if tier is ServiceTier.BATCH else None,
    )


def _longest(spans: Iterable[int | None]) -> int | None:
    """The longest; None where one of them is not known."""
    known = list(spans)
    return None if None in known else max((span for span in known if span is not None), default=None)


def _waits(tier: ServiceTier, parts: Sequence[_Part], header: PlanHeader) -> int | None:
    """The window of a tier, as often as the fullest of its queues is filled; until cheap hours where it is those."""
    if tier is ServiceTier.OFF_PEAK:
        at = datetime.fromisoformat(header.prices_at)
        return _longest(wait_s(header.rate_cards[part.offer.model], at) for part in parts)
    window = _longest(part.terms.window_s for part in parts)
    if window is None or tier not in HANDED_IN:
        return window
    catalog = Catalog(header.models, header.providers, {})
    fills = [1]
    for queue in queues([part.offer for part in parts], catalog):
        inside = [part for part in parts if part.offer.model in queue.models]
        taken = sum(part.tokens if queue.counts_tokens else part.requests for part in inside)
        fills.append(-(-taken // queue.limit))
    return window * max(fills)


def _batches(parts: Sequence[_Part]) -> int:
    """How many batches the requests make: of one model each, unless the provider takes several in one."""
    groups: dict[str, list[_Part]] = {}
    for part in parts:
        groups.setdefault(part.offer.model if part.terms.one_model else f"{part.provider} ", []).append(part)
    return sum(_cut(group) for group in groups.values())


def _cut(group: Sequence[_Part]) -> int:
    """Into how many batches requests are cut by what one may hold."""
    terms = group[0].terms
    requests, size = sum(part.requests for part in group), sum(part.bytes for part in group)
    by_count = -(-requests // terms.max_requests) if terms.max_requests else 1
    return max(by_count, -(-size // terms.max_bytes) if terms.max_bytes else 1)
