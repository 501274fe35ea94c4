"""A plan's numbers, computed once: what the terminal and the JSON output show, they take from here."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.planning.plan import (
    Baseline,
    Certainty,
    CertifiedBy,
    CheaperStart,
    IfWaited,
    Judging,
    Piloted,
    Plan,
    PlanHeader,
    Questions,
    Saving,
    Totals,
)
from modelroute_cli.planning.rule_price import RulePrice
from modelroute_cli.report.cascade_lines import CascadeLine, cascade_lines
from modelroute_cli.report.redaction import Redaction, redaction_of
from modelroute_cli.report.tiers import TierLine, tier_lines


class ModelLine(Struct, frozen=True, kw_only=True):
    """What one model at one service tier is given; counts are of requests sent, duplicates excluded."""

    model: str
    service_tier: str
    requests: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    quality: float
    quality_low: float
    cost_pusd: PicoUSD
    escalate_to: str | None = None  # where its answers go that fail their gates, as planned


class TaskLine(Struct, frozen=True, kw_only=True):
    """What one task type costs; `requests` includes duplicates."""

    task_type: str
    requests: int
    quality: float
    cost_pusd: PicoUSD


class BaselineLine(Struct, frozen=True, kw_only=True):
    """One model for every request, against the plan; unknown where it cannot do the job."""

    kind: str
    model: str | None
    requests: int
    unable: int
    quality: float | None
    cost_pusd: PicoUSD | None
    saved_pusd: PicoUSD | None
    saved_share: float | None
    note: str


class TokenCount(Struct, frozen=True, kw_only=True):
    """How the input of the models of one family was counted; `bound_share`: how far a job's sum may be off."""

    tokenizer: str
    method: str  # exact, calibrated, assumed
    o200k_ratio: float
    bound_share: float


class PlanJob(Struct, frozen=True, kw_only=True):
    """The job file a plan was made for; `planned` counts the requests that --limit or --sample left."""

    source: str
    digest: str
    requests: int
    planned: int
    duplicates: int


class BudgetCheck(Struct, frozen=True, kw_only=True):
    """A plan's cost held against an amount that it is not to pass; the amount had no say in the plan."""

    budget_pusd: PicoUSD
    by: str  # projected, or high: the upper end of the 90% range
    cost_pusd: PicoUSD  # that which was compared


class PlanSummary(Struct, frozen=True, kw_only=True):
    """Everything a plan says, without its assignments."""

    kind: str
    created_at: str
    prices_at: str
    historic: bool
    job: PlanJob
    objective: Objective
    asked_quality: float | None
    totals: Totals
    models: tuple[ModelLine, ...]
    task_types: tuple[TaskLine, ...]
    baselines: tuple[BaselineLine, ...]
    savings: tuple[Saving, ...]
    questions: Questions | None
    pilot: Piloted | None
    judging: tuple[Judging, ...]
    quality_source: str
    certainty: Certainty | None
    hard_cap_pusd: PicoUSD
    hard_cap_source: str
    lower_bound_pusd: PicoUSD | None
    gap: float
    shadow_price: str
    limit_prices: tuple[str, ...]
    curve: tuple[CurvePoint, ...]
    rule_prices: tuple[RulePrice, ...]
    price_sources: Mapping[str, str]
    token_counts: tuple[TokenCount, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    personal_data: Mapping[str, int] = {}  # requests in whose texts each kind was found
    budget: BudgetCheck | None = None  # None where none was asked for (--fail-above)
    over_budget: bool | None = None  # whether the cost is above it
    tiers: tuple[TierLine, ...] = ()  # beside the standard one
    if_waited: IfWaited | None = None
    start_at: str | None = None  # ISO, UTC; None: at once
    cheaper_start: CheaperStart | None = None
    cascades: tuple[CascadeLine, ...] = ()
    certified: CertifiedBy | None = None  # None: nothing was tested on fresh requests
    redaction: Redaction | None = None  # None: nothing is replaced before requests are sent


def plan_summary(plan: Plan) -> PlanSummary:
    """All numbers of `plan`; money sums are exact."""
    header = plan.header
    return PlanSummary(
        kind="plan",
        created_at=header.created_at,
        prices_at=header.prices_at,
        historic=header.historic,
        job=plan_job(header),
        objective=header.objective,
        asked_quality=header.asked_quality,
        totals=header.totals,
        models=model_lines(plan.assignments),
        task_types=task_lines(plan.assignments),
        baselines=tuple(against(base, header.totals.cost_pusd) for base in header.baselines),
        savings=header.savings,
        questions=header.questions,
        pilot=header.pilot,
        judging=header.judging,
        quality_source=header.quality_source,
        certainty=header.certainty,
        hard_cap_pusd=header.hard_cap_pusd,
        hard_cap_source=header.hard_cap_source,
        lower_bound_pusd=header.lower_bound_pusd,
        gap=header.gap,
        shadow_price=header.shadow_price,
        limit_prices=header.limit_prices,
        curve=header.curve,
        rule_prices=header.rule_prices,
        price_sources=price_sources(header),
        token_counts=token_counts(header),
        assumptions=header.assumptions,
        warnings=header.warnings,
        personal_data=header.personal_data,
        tiers=tier_lines(plan),
        if_waited=header.if_waited,
        start_at=header.start_at,
        cheaper_start=header.cheaper_start,
        cascades=cascade_lines(plan),
        certified=header.certified,
        redaction=redaction_of(header.redaction),
    )


def plan_job(header: PlanHeader) -> PlanJob:
    """The job file of a plan, with the counts of what was planned."""
    return PlanJob(
        source=header.job.source,
        digest=header.job.digest,
        requests=header.job.requests,
        planned=header.totals.requests + header.totals.duplicates,
        duplicates=header.totals.duplicates,
    )


def price_sources(header: PlanHeader) -> dict[str, str]:
    """Where each model's prices come from, with their date."""
    return {name: f"{card.source}, {card.price_date}" for name, card in sorted(header.rate_cards.items())}


def token_counts(header: PlanHeader) -> tuple[TokenCount, ...]:
    """How each family of models counted this job, by name."""
    return tuple(
        TokenCount(tokenizer=name, method=each.method, o200k_ratio=each.ratio, bound_share=bound_of(each))
        for name, each in sorted(header.token_families.items())
    )


def bound_of(counted: TokenFamily) -> float:
    """How far a family's sum may be off: as measured on the job, else up to its upper end; 0 where it is exact."""
    return counted.bound if counted.method == "exact" or counted.bound else counted.ratio_high / counted.ratio - 1


def against(baseline: Baseline, cost: PicoUSD) -> BaselineLine:
    """A baseline with what a cost of `cost` saves against it."""
    return BaselineLine(
        kind=baseline.kind,
        model=baseline.model,
        requests=baseline.requests,
        unable=baseline.unable,
        quality=baseline.quality,
        cost_pusd=baseline.cost_pusd,
        saved_pusd=None if baseline.cost_pusd is None else PicoUSD(baseline.cost_pusd - cost),
        saved_share=saved_share(baseline.cost_pusd, cost),
        note=baseline.note,
    )


def saved_share(baseline: PicoUSD | None, cost: PicoUSD) -> float | None:
    """The part of `baseline` that `cost` leaves unspent; negative when it is dearer, None when unknown."""
    return None if not baseline else (baseline - cost) / baseline


def model_lines(assignments: pl.LazyFrame) -> tuple[ModelLine, ...]:
    """One line for each (model, service tier, planned escalation), the one with most requests first.

    Quality counts duplicates too.
    """
    sent = pl.col("duplicate_of").is_null()
    tokens = [pl.col(name).filter(sent).sum() for name in ("input_tokens", "output_tokens", "reasoning_tokens")]
    lines = assignments.group_by(pl.col("model", "service_tier", "escalate_to").cast(pl.String)).agg(
        sent.sum().cast(pl.Int64).alias("requests"),
        *tokens,
        pl.col("quality", "quality_low").mean(),
        pl.col("cost_pusd").sum(),
    )
    ordered = lines.sort(
        "requests", "model", "service_tier", "escalate_to", descending=[True, False, False, False], nulls_last=True
    )
    return tuple(ModelLine(**row) for row in ordered.collect().iter_rows(named=True))


def task_lines(assignments: pl.LazyFrame) -> tuple[TaskLine, ...]:
    """One line for each task type, the most frequent first."""
    lines = assignments.group_by(pl.col("task_type").cast(pl.String)).agg(
        pl.len().cast(pl.Int64).alias("requests"),
        pl.col("quality").mean(),
        pl.col("cost_pusd").sum(),
    )
    ordered = lines.sort("requests", "task_type", descending=[True, False])
    return tuple(TaskLine(**row) for row in ordered.collect().iter_rows(named=True))
