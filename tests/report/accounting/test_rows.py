"""The accounts of a run: one row for each request, whose sums are the run's."""

from dataclasses import replace
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from support.journal_of import journal_of
from support.random_runs import random_facts
from support.report_plans import facts, plan
from support.runs import scratch

from modelroute_cli.report.accounting.rows import account_blocks
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts


def accounts(run: RunFacts, folder: Path) -> pl.DataFrame:
    """All of them, by its journal."""
    return pl.concat(account_blocks(run.plan, journal_of(run, folder / "journal.db")))


def test_a_request_is_one_row_with_all_that_it_came_to(tmp_path: Path) -> None:
    """The headline failed its gate on the cheap model and was escalated."""
    assert accounts(facts(), tmp_path).row(2, named=True) == {
        "custom_id": "head-1",
        "tenant": None,
        "template": "t2",
        "task_type": "headline",
        "language": "de",
        "importance": "premium",
        "status": "accepted",
        "reason": "",
        "planned_model": "good-1",
        "planned_tier": "standard",
        "model": "good-1",
        "model_served": "good-1",
        "service_tier": "standard",
        "attempts": 2,
        "escalations": 1,
        "input_tokens": 50,
        "output_tokens": 90,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "reasoning_tokens": 40,
        "cost_pusd": 4_260,
        "held_pusd": 0,
        "projected_pusd": 5_000,
        "baseline_pusd": 10_000,
        "started_at": "2026-11-23T10:14:05.000000+00:00",
        "latency_s": 60.0,
        "verdict": "pass",
        "duplicate_of": None,
        "emulated": True,
    }


def test_a_duplicate_has_the_answer_of_its_first_and_cost_nothing(tmp_path: Path) -> None:
    """But alone it would have cost on the baseline what its first would have."""
    row = accounts(facts(), tmp_path).row(1, named=True)
    assert (row["duplicate_of"], row["status"], row["model"]) == ("mail-1", "accepted", "cheap-1")
    assert (row["attempts"], row["cost_pusd"], row["held_pusd"], row["projected_pusd"]) == (0, 0, 0, 0)
    assert (row["output_tokens"], row["baseline_pusd"]) == (150, 25_000)


def test_what_was_not_sent_has_no_answer() -> None:
    """A plan is accounted for as projected: unknown is null."""
    found = pl.concat(account_blocks(plan(), None))
    row = found.row(0, named=True)
    assert found["status"].to_list() == ["unsent"] * 3
    assert (row["model"], row["input_tokens"], row["baseline_pusd"], row["started_at"]) == (None, None, None, None)
    assert (row["cost_pusd"], row["projected_pusd"], row["emulated"]) == (0, 300, False)


def test_a_failed_request_is_not_told_a_baseline(tmp_path: Path) -> None:
    """Nobody knows what another model would have said; its tokens and its gate are told."""
    failed = facts().finals.with_columns(pl.lit("failed").alias("status"), pl.lit("refusal").alias("reason"))
    row = accounts(replace(facts(), finals=failed), tmp_path).row(2, named=True)
    assert (row["status"], row["reason"], row["baseline_pusd"], row["cost_pusd"]) == ("failed", "refusal", None, 4_260)


def test_an_empty_plan_has_no_rows(tmp_path: Path) -> None:
    """And no block."""
    empty = replace(plan(), assignments=plan().assignments.head(0))
    assert list(account_blocks(empty, journal_of(facts(), tmp_path / "journal.db"))) == []


@settings(max_examples=20, deadline=None)
@given(random_facts())
def test_sums_of_the_accounts_are_those_of_the_report(run: RunFacts) -> None:
    """Whatever was tried: money, counts and the baseline are the summary's."""
    with scratch() as folder:
        found = accounts(run, folder)
    summary = summarise(run)
    assert found["cost_pusd"].sum() == summary.money.spent_pusd
    assert found["held_pusd"].sum() == summary.money.held_pusd
    assert found["projected_pusd"].sum() == summary.money.projected_pusd
    assert found["baseline_pusd"].sum() == summary.baselines[0].actual_pusd
    own = found.filter(pl.col("duplicate_of").is_null())
    counts = summary.counts
    assert (found.height, found.height - own.height) == (counts.requests, counts.duplicates)
    assert (own["status"] == "accepted").sum() == counts.accepted
    assert (own["status"] == "failed").sum() == counts.failed
