"""What each service tier came to: its cost, what the same answers cost at the standard tier, and how long they took."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.rates import UsageColumns, cost_expr
from modelroute_cli.execution.journal_batches import BatchView
from modelroute_cli.execution.journal_tiers import LineEnds
from modelroute_cli.planning.figures import total
from modelroute_cli.planning.plan import PlanHeader

_USAGE = UsageColumns(cache_read_tokens="cache_read_tokens", cache_write_tokens="cache_write_tokens")
_CACHED = ("cache_read_tokens", "cache_write_tokens")
_ENDED = pl.col("started_at") + pl.duration(microseconds=pl.col("latency_s").fill_null(0) * 1_000_000)


class TierUse(Struct, frozen=True, kw_only=True):
    """One service tier; money that cannot be known is None, and so are times of a tier that nothing is handed in at.

    `standard_pusd` is what the answers that were billed would have cost at the standard tier: their own tokens, by the
    plan's prices; what waited for cheap hours, by the price of the hour that the plan was made for. Times are from the
    submission of a batch until its end was seen, counted by answers.
    """

    service_tier: str
    requests: int
    answers: int
    cost_pusd: PicoUSD
    standard_pusd: PicoUSD | None
    saved_pusd: PicoUSD | None
    batches: int
    waited_median_s: float | None
    waited_longest_s: float | None
    ends: tuple[LineEnds, ...]  # of lines without a plain answer


class _Wait(Struct, frozen=True):
    """So many answers were waited for so long."""

    seconds: float
    answers: int


def tier_use(
    attempts: pl.DataFrame, header: PlanHeader, views: Sequence[BatchView], ends: Sequence[LineEnds]
) -> tuple[TierUse, ...]:
    """Each tier that something was sent at, by name. Takes ATTEMPTS; judges' calls are left out."""
    sent = attempts.filter(pl.col("kind") != "judge").with_columns(pl.col("service_tier").cast(pl.String).alias("tier"))
    return tuple(
        _use(tier, part, header, [view for view in views if view.service_tier == tier], ends)
        for (tier,), part in sorted(sent.group_by("tier"))
        if isinstance(tier, str)
    )


def _use(
    tier: str, sent: pl.DataFrame, header: PlanHeader, views: Sequence[BatchView], ends: Sequence[LineEnds]
) -> TierUse:
    """One tier."""
    cost, standard = total(sent["cost_pusd"]), _standard(tier, sent, header)
    waits = sorted(_waits(views), key=lambda wait: wait.seconds)
    return TierUse(
        service_tier=tier,
        requests=sent["row"].n_unique(),
        answers=int((sent["outcome"] == "answered").sum()),
        cost_pusd=PicoUSD(cost),
        standard_pusd=standard,
        saved_pusd=None if standard is None else PicoUSD(standard - cost),
        batches=len(views),
        waited_median_s=_median(waits),
        waited_longest_s=waits[-1].seconds if waits else None,
        ends=tuple(end for end in ends if end.service_tier == tier),
    )


def _standard(tier: str, sent: pl.DataFrame, header: PlanHeader) -> PicoUSD | None:
    """The billed answers at the standard tier; None where one of them has no tokens, or no standard price."""
    billed = sent.filter(pl.col("cost_pusd").fill_null(0) > 0)
    if tier == ServiceTier.STANDARD:
        return PicoUSD(total(billed["cost_pusd"]))
    counted = billed.with_columns(pl.col(*_CACHED).fill_null(0), _ENDED.dt.truncate("1m").alias("ended_at"))
    if counted["input_tokens"].null_count() or counted["output_tokens"].null_count():
        return None
    if not set(counted["model"].unique()) <= set(header.rate_cards):
        return None
    planned = datetime.fromisoformat(header.prices_at)
    if tier == ServiceTier.OFF_PEAK:  # at the standard tier nothing waits for another hour than that of the plan
        counted = counted.with_columns(pl.lit(planned).alias("ended_at"))
    return PicoUSD(sum(_priced(counted, header)))


def _priced(counted: pl.DataFrame, header: PlanHeader) -> Iterator[int]:
    """By model, and by minute where prices change with the hour."""
    for (model,), answers in counted.group_by("model"):
        card = header.rate_cards[str(model)]
        for part in answers.partition_by("ended_at") if card.windows else [answers]:
            priced = part.select(cost_expr(card, _USAGE, part["ended_at"][0]).alias("cost"))
            yield total(priced["cost"])


def _waits(views: Sequence[BatchView]) -> Iterator[_Wait]:
    """How long each batch took that has ended and answered something."""
    for view in views:
        since = view.submitted_at or view.submitting_at
        if since is not None and view.ended_at is not None and view.answered:
            took = datetime.fromisoformat(view.ended_at) - datetime.fromisoformat(since)
            yield _Wait(took.total_seconds(), view.answered)


def _median(waits: Sequence[_Wait]) -> float | None:
    """How long half of the answers took at most; `waits` from the shortest on."""
    left = (sum(wait.answers for wait in waits) + 1) // 2
    for wait in waits:
        left -= wait.answers
        if left <= 0:
            return wait.seconds
    return None
