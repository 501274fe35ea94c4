"""A small plan and its run, by hand: two e-mails (one asked twice) and a headline, against gpt-5 for all."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
from msgspec import structs

from modelroute_cli.base.frames import ASSIGNMENTS, ATTEMPTS, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Modality, TaskType
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.prices import PriceStep, Rate, RateCard
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.execution.journal_read import FINALS
from modelroute_cli.planning.plan import PLAN_FORMAT, Baseline, JobRef, Plan, PlanHeader, Questions, Saving, Totals
from modelroute_cli.report.run_types import RunFacts

STARTED = datetime(2026, 11, 23, 10, 14, 5, tzinfo=UTC)


def card(name: str) -> ModelCard:
    """A model that counts as o200k does and does not think."""
    return ModelCard(
        name=name,
        provider="openai",
        model_id=name,
        base_model=name,
        context_tokens=100_000,
        max_output_tokens=10_000,
        modalities=(Modality.TEXT,),
    )


def rates(name: str, input_pusd: int, output_pusd: int) -> RateCard:
    """One price for all lengths and hours."""
    rate = Rate(
        input_pusd=PicoUSD(input_pusd),
        output_pusd=PicoUSD(output_pusd),
        cache_read_pusd=PicoUSD(input_pusd),
        cache_write_pusd=PicoUSD(input_pusd),
    )
    steps = (PriceStep(above_input_tokens=0, rate=rate),)
    return RateCard(model=name, service_tier="standard", steps=steps, source="by hand", price_date="2026-11-20")


def assignments() -> pl.DataFrame:
    """Rows 0 and 2 to the cheap model, row 1 asks what row 0 asks, row 2 is the headline."""
    rows = {
        "row": [0, 1, 2],
        "custom_id": ["mail-1", "mail-1-again", "head-1"],
        "offset": [0, 100, 200],
        "length": [99, 99, 99],
        "duplicate_of": [None, 0, None],
        "task_type": ["email", "email", "headline"],
        "task_confidence": [0.9, 0.9, 0.8],
        "task_source": ["classifier", "classifier", "row"],
        "template": ["t1", "t1", "t2"],
        "language": ["en", "en", "de"],
        "importance": ["bulk", "bulk", "premium"],
        "tenant": [None, None, None],
        "model": ["cheap-1", "cheap-1", "good-1"],
        "service_tier": ["standard"] * 3,
        "input_tokens": [100, 100, 50],
        "output_tokens": [200, 200, 100],
        "reasoning_tokens": [0, 0, 40],
        "max_tokens": [400, 400, 300],
        "cost_pusd": [300, 0, 5_000],
        "cost_low_pusd": [200, 0, 4_000],
        "cost_range_pusd": [400, 0, 6_000],
        "cost_high_pusd": [900, 0, 9_000],
        "quality": [0.8, 0.8, 0.95],
        "quality_low": [0.7, 0.7, 0.9],
        "rule": ["bulk", "bulk", "premium"],
        "reason": ["cheapest", "duplicate of mail-1", "premium"],
        "prefix": [None, None, None],
        "prefix_chars": [0, 0, 0],
        "cache_read_tokens": [0, 0, 0],
        "cache_write_tokens": [0, 0, 0],
        "escalate_to": [None, None, None],
    }
    return check(pl.DataFrame(rows, schema=ASSIGNMENTS), ASSIGNMENTS)


def header() -> PlanHeader:
    """What the assignments rest on."""
    names = ("cheap-1", "good-1", "gpt-5")
    return PlanHeader(
        format=PLAN_FORMAT,
        tool_version="0.1.0",
        created_at="2026-11-23T10:00:00+00:00",
        prices_at="2026-11-23T10:00:00+00:00",
        historic=False,
        job=JobRef(source="jobs/mails.jsonl", format="jsonl", digest="sha256:00", requests=3),
        objective=Objective(min_quality=0.8),
        models={name: card(name) for name in names},
        providers={"openai": Provider(name="openai", base_url="https://api.openai.com/v1")},
        rate_cards={name: rates(name, price, price) for name, price in zip(names, (1, 30, 100), strict=True)},
        escalations={"bulk": ("good-1",), "premium": ()},
        settings_digest="sha256:01",
        rates_digest="sha256:02",
        quality_source="unmeasured: prior only",
        quality_digest="sha256:03",
        totals=Totals(
            requests=2,
            duplicates=1,
            input_tokens=150,
            output_tokens=300,
            reasoning_tokens=40,
            cost_pusd=PicoUSD(5_300),
            cost_low_pusd=PicoUSD(4_200),
            cost_range_pusd=PicoUSD(6_400),
            quality=0.85,
            quality_low=0.77,
        ),
        baselines=(
            _baseline("chosen", "gpt-5", 74_000, 0.97),
            _baseline("best_single", "good-1", 12_000, 0.95),
            _baseline("all_cheapest", None, 5_300, 0.85),
        ),
        savings=(
            Saving(cause="cheaper_models", saved_pusd=PicoUSD(38_700)),
            Saving(cause="duplicates", saved_pusd=PicoUSD(30_000)),
        ),
        hard_cap_pusd=PicoUSD(9_900),
        hard_cap_source="1.25 x the projection",
        lower_bound_pusd=PicoUSD(5_300),
        gap=0.0,
        shadow_price="0.01 more quality would cost about $0.000000001",
        assumptions=("gpt-5 thinks 0 tokens",),
        warnings=("`gpt-5` is switched off on 2026-12-11, in 18 days",),
    )


def _baseline(kind: str, model: str | None, cost: int, quality: float) -> Baseline:
    """One model for the three requests."""
    return Baseline(kind=kind, model=model, requests=3, unable=0, cost_pusd=PicoUSD(cost), quality=quality)


def plan() -> Plan:
    """The plan by hand."""
    return Plan(header(), assignments().lazy())


def attempts() -> pl.DataFrame:
    """Mail-1 is answered at once; head-1 fails its gate on the first model and is escalated, then accepted."""
    count = 3
    rows = {
        "attempt": [1, 2, 3],
        "row": [0, 2, 2],
        "kind": ["first", "first", "escalation"],
        "model": ["cheap-1", "cheap-1", "good-1"],
        "model_served": ["cheap-1", "cheap-1", "good-1"],
        "service_tier": ["standard"] * count,
        "started_at": [STARTED] * count,
        "latency_s": [1.0, 2.0, 60.0],
        "outcome": ["answered"] * count,
        "failure": [None] * count,
        "verdict": ["pass", "refusal", "pass"],
        "detail": ["", "said no", ""],
        "finish_reason": ["stop"] * count,
        "input_tokens": [100, 50, 50],
        "output_tokens": [150, 10, 90],
        "cache_read_tokens": [0] * count,
        "cache_write_tokens": [0] * count,
        "reasoning_tokens": [0, 0, 40],
        "reserved_pusd": [900, 400, 9_000],
        "cost_pusd": [250, 60, 4_200],
        "emulated": [True] * count,
    }
    return check(pl.DataFrame(rows, schema=ATTEMPTS), ATTEMPTS)


def finals() -> pl.DataFrame:
    """Both sent requests were accepted."""
    rows = {"row": [0, 2], "status": ["accepted"] * 2, "attempt": [1, 3], "reason": ["", ""]}
    return check(pl.DataFrame(rows, schema=FINALS), FINALS)


def learned() -> RunFacts:
    """Twenty mails were answered for 250 each instead of 300; another one and the headline wait."""
    rows = [row for row in assignments().to_dicts() if row["duplicate_of"] is None]
    mail, headline = rows
    many = pl.DataFrame([{**mail, "row": at} for at in range(21)] + [{**headline, "row": 21}], schema=ASSIGNMENTS)
    first = attempts().row(0, named=True)
    answers = pl.DataFrame([{**first, "attempt": at + 1, "row": at} for at in range(20)], schema=ATTEMPTS)
    ended = [{"row": at, "status": "accepted", "attempt": at + 1, "reason": ""} for at in range(20)]
    return replace(
        facts(),
        plan=Plan(header(), check(many, ASSIGNMENTS).lazy()),
        attempts=check(answers, ATTEMPTS),
        finals=pl.DataFrame(ended, schema=FINALS),
        spent_pusd=PicoUSD(5_000),
    )


def facts() -> RunFacts:
    """The whole run."""
    return RunFacts(
        run_id="0123456789ab",
        plan=plan(),
        attempts=attempts(),
        finals=finals(),
        spent_pusd=PicoUSD(4_510),
        held_pusd=PicoUSD(0),
        hard_cap_pusd=PicoUSD(9_900),
        emulated=True,
    )


def questions() -> Questions:
    """Two templates of 20 requests are to be asked about."""
    return Questions(
        model="cheap-1",
        templates=2,
        requests=20,
        input_tokens=900,
        output_tokens=20,
        cost_pusd=PicoUSD(100),
        cost_low_pusd=PicoUSD(80),
        cost_range_pusd=PicoUSD(150),
        cost_high_pusd=PicoUSD(400),
    )


def asked() -> Questions:
    """One of them was answered."""
    answers = {"t1": TaskType.EMAIL}
    return structs.replace(questions(), answers=answers, spent_pusd=PicoUSD(90), emulated=True)
