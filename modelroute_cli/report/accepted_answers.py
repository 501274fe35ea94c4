"""The answers that count, one row for each request: what baselines and savings are told from."""

from typing import Protocol

import polars as pl

from modelroute_cli.planning.plan import Plan

_COUNTED = ("input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens")


class Answered(Protocol):
    """A plan, and the ATTEMPTS and FINALS that came of it; RunFacts and ChargeFacts are such."""

    @property
    def plan(self) -> Plan:
        """What was planned."""
        ...

    @property
    def attempts(self) -> pl.DataFrame:
        """What was sent."""
        ...

    @property
    def finals(self) -> pl.DataFrame:
        """What requests ended as."""
        ...


def accepted_answers(facts: Answered) -> pl.DataFrame:
    """One row for each request, duplicates included, with its answer's tokens (planned where not reported).

    `own_row` is its place in the job file, `row` that of the request that was sent for it. `model`, `attempt` and
    `cost_pusd` are null where nothing was accepted.
    """
    used = facts.attempts.select("attempt", "model", "cost_pusd", *_COUNTED)
    accepted = facts.finals.filter(pl.col("status") == "accepted").select("row", "attempt").join(used, on="attempt")
    asked = facts.plan.assignments.select(
        pl.col("row").alias("own_row"),
        pl.coalesce("duplicate_of", "row").alias("row"),
        pl.col("task_type"),
        pl.col("template"),
        pl.col("tenant"),
        *(pl.col(name).alias(f"planned_{name}") for name in _COUNTED),
    )
    filled = (pl.coalesce(name, f"planned_{name}").alias(name) for name in _COUNTED)
    planned = [f"planned_{name}" for name in _COUNTED]
    return (
        asked.collect().join(accepted, on="row", maintain_order="left", how="left").with_columns(*filled).drop(planned)
    )
