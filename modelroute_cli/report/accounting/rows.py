"""The accounts of a run, block by block in input order: nothing but one block is in memory, whatever the job's size."""

import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import polars as pl

from modelroute_cli.base.frames import Schema, check
from modelroute_cli.base.spill import blocks
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_accounts import ENDINGS, EXPENSES, endings_of, expenses_of
from modelroute_cli.planning.plan import Plan, PlanHeader
from modelroute_cli.report.actual_baseline import actual_costs, chosen_baseline

ACCOUNTS: Schema = {
    "custom_id": pl.String,
    "tenant": pl.String,
    "template": pl.String,
    "task_type": pl.String,
    "language": pl.String,
    "importance": pl.String,
    "status": pl.String,  # accepted, failed, unsent
    "reason": pl.String,  # why it failed; empty when it did not
    "planned_model": pl.String,
    "planned_tier": pl.String,
    "model": pl.String,  # that gave the answer, as it was asked; null without an answer
    "model_served": pl.String,  # what the provider called it
    "service_tier": pl.String,
    "attempts": pl.Int64,
    "escalations": pl.Int64,
    "input_tokens": pl.Int64,  # of the answer; null: not told
    "output_tokens": pl.Int64,  # those of reasoning included
    "cache_read_tokens": pl.Int64,
    "cache_write_tokens": pl.Int64,
    "reasoning_tokens": pl.Int64,
    "cost_pusd": pl.Int64,  # of all attempts, judges and failed ones among them; 0 for a duplicate
    "held_pusd": pl.Int64,  # reserved for attempts whose cost is not known (yet)
    "projected_pusd": pl.Int64,  # as planned, judges left out; 0 for a duplicate
    "baseline_pusd": pl.Int64,  # an estimate: this answer on the chosen baseline; null without an accepted answer
    "started_at": pl.String,  # of the first attempt, ISO, UTC
    "latency_s": pl.Float64,  # of the answer; of what was handed in, until it was collected
    "verdict": pl.String,  # `pass`, or the gate that failed; null: no gate looked
    "duplicate_of": pl.String,  # custom_id of the request that was answered for both
    "emulated": pl.Boolean,
}
_PLANNED_TOKENS = ("input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens")
_PLANNED = ("row", "custom_id", "duplicate_of", "tenant", "template", "task_type", "language", "importance", "model")
_OWN_MONEY = ("attempts", "cost_pusd", "held_pusd")


def account_blocks(plan: Plan, journal: Path | None) -> Iterator[pl.DataFrame]:
    """ACCOUNTS of every request of the plan, some at a time; without a journal nothing was sent. StorageError."""
    with nullcontext() if journal is None else reading(journal) as connection:
        for block in blocks(plan.assignments.select(*_PLANNED, "service_tier", "cost_pusd", *_PLANNED_TOKENS)):
            yield check(_accounts(block, plan, connection), ACCOUNTS)


def _accounts(block: pl.DataFrame, plan: Plan, connection: sqlite3.Connection | None) -> pl.DataFrame:
    """The accounts of some assignments."""
    planned = _named(block, plan)
    firsts = planned["first"].unique().to_list()
    ended = pl.DataFrame(schema=ENDINGS) if connection is None else endings_of(connection, firsts)
    spent = pl.DataFrame(schema=EXPENSES) if connection is None else expenses_of(connection, firsts)
    joined = planned.join(ended, left_on="first", right_on="row", how="left", maintain_order="left").join(
        spent, left_on="first", right_on="row", how="left", maintain_order="left"
    )
    return joined.with_columns(_baseline(joined, plan.header)).select(*_columns())


def _named(block: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """Assignments with the row that was sent for each (`first`), its custom_id, and planned values under own names."""
    repeated = block["duplicate_of"].drop_nulls().unique()
    ids = plan.assignments.select(pl.col("row").alias("duplicate_of"), pl.col("custom_id").alias("first_id"))
    found = ids.filter(pl.col("duplicate_of").is_in(repeated.implode())).collect()
    renamed = {name: f"planned_{name}" for name in ("model", "service_tier", "cost_pusd", *_PLANNED_TOKENS)}
    return (
        block.rename(renamed)
        .join(found, on="duplicate_of", how="left", maintain_order="left")
        .with_columns(pl.coalesce("duplicate_of", "row").alias("first"))
    )


def _baseline(joined: pl.DataFrame, header: PlanHeader) -> pl.Series:
    """What each accepted answer would have cost on the chosen baseline, as the run's summary sums it up."""
    accepted = pl.col("status") == "accepted"
    answers = joined.select(
        pl.when(accepted).then("model").alias("model"),
        "task_type",
        "template",
        *(pl.coalesce(name, f"planned_{name}").alias(name) for name in _PLANNED_TOKENS),
    )
    costs = actual_costs(answers, header, chosen_baseline(header))
    return (
        pl.Series("baseline_pusd", [None] * joined.height, pl.Int64) if costs is None else costs.alias("baseline_pusd")
    )


def _columns() -> Iterator[pl.Expr]:
    """ACCOUNTS of what was joined: a duplicate has the answer of its first and cost nothing itself."""
    is_own = pl.col("duplicate_of").is_null()
    special = {
        "status": pl.col("status").fill_null("unsent"),
        "reason": pl.col("reason").fill_null(""),
        "planned_tier": pl.col("planned_service_tier").cast(pl.String),
        "escalations": pl.col("escalations").fill_null(0),
        "projected_pusd": pl.col("planned_cost_pusd"),
        "duplicate_of": pl.col("first_id"),
        "emulated": pl.col("emulated").fill_null(0).cast(pl.Boolean),
        **{name: pl.when(is_own).then(pl.col(name)).fill_null(0) for name in _OWN_MONEY},
    }
    for name, kind in ACCOUNTS.items():
        yield special.get(name, pl.col(name)).cast(kind).alias(name)
