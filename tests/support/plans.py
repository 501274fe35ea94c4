"""Small plans made by hand, with round prices: one pico-dollar sum can be done in the head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from modelroute_cli.base.frames import ASSIGNMENTS, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Modality, Request, ServiceTier
from modelroute_cli.catalog.cards import Limits, ModelCard, Provider
from modelroute_cli.catalog.prices import PriceStep, Rate, RateCard
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.catalog.terms import CacheTerms, TierTerms
from modelroute_cli.planning.plan import Baseline, JobRef, Plan, PlanHeader, Totals

CHEAP, OTHER, STRONG = "cheap-1", "other-1", "strong-1"
PRICES = {CHEAP: (1, 10), OTHER: (2, 20), STRONG: (10, 100)}  # pico-dollars a token, input and output
INPUT_TOKENS = 100
MAX_TOKENS = 200
WORST = {name: PicoUSD(INPUT_TOKENS * rate[0] + MAX_TOKENS * rate[1]) for name, rate in PRICES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request of a hand-made plan."""

    model: str = CHEAP
    importance: str = "standard"
    duplicate_of: int | None = None
    output_tokens: int = 50
    max_tokens: int = MAX_TOKENS
    rule: str = "all"
    request: Request | None = None
    prefix: int | None = None
    service_tier: str = "standard"
    tenant: str | None = None
    template: str = "t1"
    escalate_to: str | None = None  # the plan's own choice for a failed answer


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParts:
    """What differs between hand-made plans."""

    escalations: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"all": (STRONG,)})
    limits: Mapping[str, Limits] = field(default_factory=dict)  # by provider
    cards: Mapping[str, ModelCard] = field(default_factory=dict)  # instead of `card(name)`
    tier_cards: tuple[RateCard, ...] = ()
    rule_tiers: Mapping[str, tuple[ServiceTier, ...]] = field(default_factory=dict)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # none: an older plan, which does not say
    rule_quality: Mapping[str, float] = field(default_factory=dict)
    asked_quality: float | None = None
    tiers: Mapping[ServiceTier, TierTerms] = field(default_factory=dict)  # of every provider
    accounts: Mapping[str, Provider] = field(default_factory=dict)  # instead of a provider made by hand
    deadline_s: int | None = None
    baseline: str | None = None  # the chosen one; what it costs for all requests is reckoned


def provider_of(model: str) -> str:
    """Each model of PRICES has an account of its own: `cheap-1` is at `cheap`."""
    return model.partition("-")[0]


def card(name: str, *, max_output_tokens: int = 1000, limits: Limits | None = None) -> ModelCard:
    """A card that can do everything within 100,000 tokens."""
    return ModelCard(
        name=name,
        provider=provider_of(name),
        model_id=f"{name}-wire",
        base_model=name,
        context_tokens=100_000,
        max_output_tokens=max_output_tokens,
        modalities=(Modality.TEXT, Modality.IMAGE),
        cache=CacheTerms(kind="automatic"),
        limits=limits or Limits(),
    )


def rates(name: str) -> RateCard:
    """Flat rates of PRICES."""
    input_pusd, output_pusd = (PicoUSD(price) for price in PRICES[name])
    rate = Rate(input_pusd=input_pusd, output_pusd=output_pusd, cache_read_pusd=input_pusd, cache_write_pusd=input_pusd)
    step = PriceStep(above_input_tokens=0, rate=rate)
    return RateCard(model=name, service_tier="standard", steps=(step,), source="by hand", price_date="2026-11-23")


def request_of(index: int, row: Row) -> Request:
    """The request of a row; its own if it has one."""
    return row.request or Request(custom_id=f"r{index}", prompt=f"write number {index}")


def plan_of(rows: Sequence[Row], parts: PlanParts | None = None) -> Plan:
    """A plan of these rows; offset is the row's number and length 1, as `reader_of` expects."""
    parts = parts or PlanParts()
    frame = pl.DataFrame([_assignment(index, row) for index, row in enumerate(rows)], schema=ASSIGNMENTS)
    return Plan(_header(frame, parts), check(frame, ASSIGNMENTS).lazy())


def providers_of(plan: Plan) -> Mapping[str, Provider]:
    """The accounts of a plan."""
    return plan.header.providers


def _assignment(index: int, row: Row) -> dict[str, object]:
    input_pusd, output_pusd = PRICES[row.model]
    expected = INPUT_TOKENS * input_pusd + row.output_tokens * output_pusd
    return {
        "row": index,
        "custom_id": request_of(index, row).custom_id,
        "offset": index,
        "length": 1,
        "duplicate_of": row.duplicate_of,
        "task_type": "email",
        "task_confidence": 1.0,
        "task_source": "row",
        "template": row.template,
        "language": "en",
        "importance": row.importance,
        "tenant": row.tenant,
        "model": row.model,
        "service_tier": row.service_tier,
        "input_tokens": INPUT_TOKENS,
        "output_tokens": row.output_tokens,
        "reasoning_tokens": 0,
        "max_tokens": row.max_tokens,
        "cost_pusd": 0 if row.duplicate_of is not None else expected,
        "cost_low_pusd": expected,
        "cost_range_pusd": expected,
        "cost_high_pusd": INPUT_TOKENS * input_pusd + row.max_tokens * output_pusd,
        "quality": 0.9,
        "quality_low": 0.8,
        "rule": row.rule,
        "reason": "by hand",
        "prefix": row.prefix,
        "prefix_chars": 0,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "escalate_to": row.escalate_to,
    }


def _header(frame: pl.DataFrame, parts: PlanParts) -> PlanHeader:
    cards = {name: parts.cards.get(name, card(name)) for name in PRICES}
    names = sorted({item.provider for item in cards.values()})
    return PlanHeader(
        format=1,
        tool_version="0.1.0",
        created_at="2026-11-23T10:00:00+00:00",
        prices_at="2026-11-23T10:00:00+00:00",
        historic=False,
        job=JobRef(source="jobs.jsonl", format="jsonl", digest="sha256:00", requests=frame.height),
        objective=Objective(min_quality=0.85),
        models=cards,
        providers={name: _provider(name, parts) for name in names},
        rate_cards={name: rates(name) for name in PRICES},
        tier_cards=parts.tier_cards,
        rule_tiers=dict(parts.rule_tiers),
        allowed=dict(parts.allowed),
        rule_quality=dict(parts.rule_quality),
        asked_quality=parts.asked_quality,
        deadline_s=parts.deadline_s,
        escalations=dict(parts.escalations),
        settings_digest="sha256:01",
        rates_digest="sha256:02",
        quality_source="unmeasured: prior only",
        quality_digest="sha256:03",
        totals=_totals(frame),
        baselines=_baselines(frame, parts),
        savings=(),
        hard_cap_pusd=PicoUSD(10**9),
        hard_cap_source="by hand",
        lower_bound_pusd=None,
        gap=0.0,
        shadow_price="",
        assumptions=(),
        warnings=(),
    )


def _baselines(frame: pl.DataFrame, parts: PlanParts) -> tuple[Baseline, ...]:
    """The chosen baseline, each request at its planned tokens."""
    if parts.baseline is None:
        return ()
    input_pusd, output_pusd = PRICES[parts.baseline]
    cost = sum(INPUT_TOKENS * input_pusd + tokens * output_pusd for tokens in frame["output_tokens"])
    return (
        Baseline(
            kind="chosen",
            model=parts.baseline,
            requests=frame.height,
            unable=0,
            cost_pusd=PicoUSD(cost),
            quality=0.95,
        ),
    )


def _provider(name: str, parts: PlanParts) -> Provider:
    if name in parts.accounts:
        return parts.accounts[name]
    return Provider(
        name=name, base_url=f"http://127.0.0.1/{name}", limits=parts.limits.get(name, Limits()), tiers=parts.tiers
    )


def _totals(frame: pl.DataFrame) -> Totals:
    sent = frame.filter(pl.col("duplicate_of").is_null())
    return Totals(
        requests=sent.height,
        duplicates=frame.height - sent.height,
        input_tokens=int(sent["input_tokens"].sum()),
        output_tokens=int(sent["output_tokens"].sum()),
        reasoning_tokens=0,
        cost_pusd=PicoUSD(int(sent["cost_pusd"].sum())),
        cost_low_pusd=PicoUSD(int(sent["cost_low_pusd"].sum())),
        cost_range_pusd=PicoUSD(int(sent["cost_range_pusd"].sum())),
        quality=0.9,
        quality_low=0.8,
    )
