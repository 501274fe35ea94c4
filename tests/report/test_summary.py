"""A plan's numbers."""

import json

import pytest
from msgspec.structs import replace
from support.report_plans import assignments, header, plan

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.features.tokens import family
from modelroute_cli.planning.plan import Baseline, Plan
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.summary import ModelLine, TaskLine, TokenCount, against, plan_summary, saved_share


def test_model_lines_count_what_is_sent_and_leave_duplicates_out() -> None:
    """A duplicate adds neither a request nor tokens nor cost."""
    assert plan_summary(plan()).models == (
        ModelLine(
            model="cheap-1",
            service_tier="standard",
            requests=1,
            input_tokens=100,
            output_tokens=200,
            reasoning_tokens=0,
            quality=0.8,
            quality_low=0.7,
            cost_pusd=PicoUSD(300),
        ),
        ModelLine(
            model="good-1",
            service_tier="standard",
            requests=1,
            input_tokens=50,
            output_tokens=100,
            reasoning_tokens=40,
            quality=0.95,
            quality_low=0.9,
            cost_pusd=PicoUSD(5_000),
        ),
    )


def test_task_lines_count_every_request() -> None:
    """A duplicate is a request the user asked for."""
    assert plan_summary(plan()).task_types == (
        TaskLine(task_type="email", requests=2, quality=0.8, cost_pusd=PicoUSD(300)),
        TaskLine(task_type="headline", requests=1, quality=0.95, cost_pusd=PicoUSD(5_000)),
    )


def test_model_lines_add_up_to_the_plan() -> None:
    """The table's costs sum to the total, to the last pico-dollar."""
    summary = plan_summary(plan())
    assert sum(line.cost_pusd for line in summary.models) == assignments()["cost_pusd"].sum()
    assert sum(line.cost_pusd for line in summary.task_types) == summary.totals.cost_pusd


def test_a_baseline_that_cannot_do_the_job_has_no_saving() -> None:
    """Unknown is null, never 0."""
    base = Baseline(kind="chosen", model="m", requests=3, unable=3, cost_pusd=None, quality=None)
    line = against(base, PicoUSD(10))
    assert (line.saved_pusd, line.saved_share) == (None, None)


def test_a_dearer_plan_saves_a_negative_share() -> None:
    """What is not saved is said too."""
    assert saved_share(PicoUSD(100), PicoUSD(150)) == -0.5
    assert saved_share(PicoUSD(0), PicoUSD(150)) is None


def test_job_counts_tell_read_from_planned() -> None:
    """All requests of the file, those planned, and those found twice."""
    job = plan_summary(plan()).job
    assert (job.requests, job.planned, job.duplicates) == (3, 3, 1)


def test_json_keys_of_a_plan_are_stable() -> None:
    """Scripts read these; to change one on purpose, raise `format` and change this list."""
    shown = json.loads(to_json(plan_summary(plan())))
    assert sorted(shown) == [
        "asked_quality",
        "assumptions",
        "baselines",
        "budget",
        "cascades",
        "certainty",
        "certified",
        "cheaper_start",
        "created_at",
        "curve",
        "format",
        "gap",
        "hard_cap_source",
        "hard_cap_usd",
        "historic",
        "if_waited",
        "job",
        "judging",
        "kind",
        "limit_prices",
        "lower_bound_usd",
        "models",
        "objective",
        "over_budget",
        "personal_data",
        "pilot",
        "price_sources",
        "prices_at",
        "quality_source",
        "questions",
        "redaction",
        "rule_prices",
        "savings",
        "shadow_price",
        "start_at",
        "task_types",
        "tiers",
        "token_counts",
        "totals",
        "warnings",
    ]
    assert sorted(shown["baselines"][0]) == [
        "cost_usd",
        "kind",
        "model",
        "note",
        "quality",
        "requests",
        "saved_share",
        "saved_usd",
        "unable",
    ]
    assert shown["totals"]["cost_usd"] == "0.0000000053"


def test_token_counts_name_method_and_bound_of_each_family() -> None:
    """Measured on the job, exact, or nothing but the upper end."""
    measured = replace(family("claude_5"), ratio=1.64, bound=0.12)
    families = {"o200k": family("o200k"), "claude_5": measured, "unknown": family("unknown")}
    found = plan_summary(Plan(replace(header(), token_families=families), plan().assignments)).token_counts
    assert found[:2] == (
        TokenCount(tokenizer="claude_5", method="calibrated", o200k_ratio=1.64, bound_share=0.12),
        TokenCount(tokenizer="o200k", method="exact", o200k_ratio=1.0, bound_share=0.0),
    )
    assert found[2].method == "assumed"
    assert found[2].bound_share == pytest.approx(2.7 / 1.1 - 1)


def test_price_sources_name_every_card_with_its_date() -> None:
    """Each price says where it comes from."""
    assert plan_summary(plan()).price_sources["gpt-5"] == "by hand, 2026-11-20"
    assert sorted(plan_summary(plan()).price_sources) == sorted(header().rate_cards)
