"""Summaries of runs with all that a report can say, by hand."""

from msgspec import structs
from support.report_plans import facts, plan

from modelroute_cli.base.money import PER_USD, PicoUSD
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.planning.plan import Saving
from modelroute_cli.report.detail_types import (
    LATENCY_EDGES_S,
    Basis,
    Choice,
    Details,
    FailureSample,
    GroupActual,
    LatencyUse,
    PaceUse,
)
from modelroute_cli.report.gates import GateLine
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import Compared, Counts, FailureLine, KindLine, ModelActual, Money, RunSummary
from modelroute_cli.report.summary import PlanSummary, TokenCount, plan_summary


def small_run() -> RunSummary:
    """The run of `support.report_plans`: two requests, one escalated, nothing failed, no details."""
    return summarise(facts())


def small_plan() -> PlanSummary:
    """The plan of `support.report_plans`, with a curve of three points."""
    return structs.replace(plan_summary(plan()), curve=(point("0.0000000053", 0.85), point("0.0000000090", 0.9)))


def usd(amount: float) -> PicoUSD:
    """Dollars of a test, which never are many."""
    return PicoUSD(round(amount * PER_USD))


def point(cost: str, quality: float) -> CurvePoint:
    """A point of a curve."""
    return CurvePoint(cost_pusd=usd(float(cost)), quality=quality)


def group(name: str, cost: float, requests: int = 100) -> GroupActual:
    """A template or a tenant."""
    return GroupActual(
        name=name,
        requests=requests,
        duplicates=3,
        accepted=requests - 2,
        failed=2,
        escalated=7,
        cost_pusd=usd(cost),
        projected_pusd=usd(cost * 1.1),
        baseline_pusd=usd(cost * 8),
    )


def latency(model: str) -> LatencyUse:
    """A thousand answers, most of them within five seconds."""
    bins = (0, 3, 41, 212, 418, 251, 64, 9, 2, 0, 0)
    assert len(bins) == len(LATENCY_EDGES_S) + 1
    return LatencyUse(model=model, answers=1000, median_s=1.62, p95_s=6.04, longest_s=31.7, bins=bins)


def pace(model: str, limit_rpm: int | None = 500) -> PaceUse:
    """Forty steps of ten seconds, with a few refusals and a pause."""
    started = tuple(0 if 18 <= at < 22 else 60 + (at * 7) % 23 for at in range(40))
    refused = tuple(9 if at in {5, 6, 7, 30} else 0 for at in range(40))
    sent = tuple(each * 900 for each in started)
    return PaceUse(
        model=model,
        step_s=10.0,
        started=started,
        refused=refused,
        tokens=sent,
        limit_rpm=limit_rpm,
        limit_tpm=450_000,
    )


def sample(text: str, reason: str = "server error") -> FailureSample:
    """A request that failed."""
    return FailureSample(
        custom_id="row-17", reason=reason, model="gpt-6-luna", template="t1", text=text, cut=len(text) >= 500
    )


def basis() -> Basis:
    """What the numbers rest on, with a curve of a dozen points."""
    curve = tuple(
        CurvePoint(cost_pusd=usd(0.9 + 0.35 * at**1.7), quality=0.62 + 0.36 * (1 - 0.72**at)) for at in range(12)
    )
    return Basis(
        tool_version="0.1.0",
        planned_at="2026-11-23T10:00:00+00:00",
        prices_at="2026-11-23T10:00:00+00:00",
        price_sources={"gpt-5": "genai-prices, 2026-11-20", "gpt-6-luna": "genai-prices, 2026-11-20"},
        quality_source="unmeasured: prior only",
        token_counts=(TokenCount(tokenizer="o200k", method="exact", o200k_ratio=1.0, bound_share=0.02),),
        assumptions=("gpt-5 thinks 800 tokens", "answers are as long as the middle of their task type"),
        warnings=("`gpt-5` is switched off on 2026-12-11, in 18 days",),
        hard_cap_source="1.25 x the projection",
        curve=curve,
        choices=(
            Choice(kind="plan", model=None, cost_pusd=usd(7.9), quality=0.93),
            Choice(kind="chosen", model="gpt-5", cost_pusd=usd(31.2), quality=0.97),
            Choice(kind="best_single", model="gpt-6-luna", cost_pusd=usd(12.4), quality=0.91),
            Choice(kind="all_cheapest", model=None, cost_pusd=usd(0.9), quality=0.62),
        ),
        personal_data={"email": 812, "iban": 3},
    )


def details() -> Details:
    """Templates, tenants, speed, samples and the basis."""
    return Details(
        templates=(group("answer this mail: {body}", 3.1), group("translate", 1.4), group("(others)", 0.6)),
        tenants=(group("Blue Kettle", 4.0), group("", 1.1)),
        latency=(latency("gpt-6-luna"), latency("deepseek-v4-pro")),
        pace=(pace("gpt-6-luna"), pace("deepseek-v4-pro", None)),
        samples=(sample("500 Internal Server Error"), sample("I cannot help with that.", "refusal")),
        basis=basis(),
    )


def full_run() -> RunSummary:
    """A run of a thousand requests that has something to say in every section; its causes add up."""
    return structs.replace(
        small_run(),
        counts=Counts(requests=1010, duplicates=18, sent=992, accepted=989, failed=3, waiting=0),
        money=Money(
            projected_pusd=usd(7.9),
            projected_low_pusd=usd(5.2),
            projected_high_pusd=usd(11.3),
            projected_of_ended_pusd=usd(7.9),
            spent_pusd=usd(6.4),
            held_pusd=usd(0.02),
            hard_cap_pusd=usd(10),
            inside_range=True,
        ),
        baselines=(_compared("chosen", "gpt-5", 31.2, 28.8), _compared("best_single", "gpt-6-luna", 12.4, 11.9)),
        savings=(
            Saving(cause="cheaper_models", saved_pusd=usd(21.4)),
            Saving(cause="duplicates", saved_pusd=usd(1.3)),
            Saving(cause="unused_attempts", saved_pusd=usd(-0.3)),
        ),
        attempts=(_kind("first", 992, 5.6), _kind("escalation", 61, 0.7), _kind("retry", 9, 0.1)),
        models=(_model("gpt-6-luna", 4.4), _model("deepseek-v4-pro", 2.0)),
        gates=(_gate("schema", 41), _gate("length", 20)),
        failures=(
            FailureLine(reason="server error", requests=2, custom_ids=("row-17", "row-40")),
            FailureLine(reason="refusal", requests=1, custom_ids=("row-801",)),
        ),
        details=details(),
    )


def _compared(kind: str, model: str, projected: float, actual: float) -> Compared:
    return Compared(
        kind=kind,
        model=model,
        projected_pusd=usd(projected),
        projected_saved_share=(projected - 7.9) / projected,
        actual_pusd=usd(actual),
        actual_saved_share=(actual - 6.4) / actual,
    )


def _kind(kind: str, attempts: int, cost: float) -> KindLine:
    return KindLine(kind=kind, attempts=attempts, requests=attempts, cost_pusd=usd(cost))


def _model(model: str, cost: float) -> ModelActual:
    return ModelActual(
        model=model,
        attempts=531,
        accepted=490,
        input_tokens=410_000,
        output_tokens=230_000,
        reasoning_tokens=12_000,
        cache_read_tokens=0,
        cost_pusd=usd(cost),
        projected_pusd=usd(cost * 1.2),
    )


def _gate(gate: str, failed: int) -> GateLine:
    return GateLine(
        gate=gate,
        looked=992,
        failed=failed,
        accepted_after=failed - 1,
        waiting=0,
        false_alarms=2,
        known=9,
        following_pusd=usd(0.35),
        own_pusd=PicoUSD(0),
    )
