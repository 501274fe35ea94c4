"""OPEN requests made from plans: what a re-plan takes in."""

from collections.abc import Mapping, Sequence

import polars as pl

from modelroute_cli.base.frames import check
from modelroute_cli.planning.open_requests import OPEN
from modelroute_cli.planning.plan import Plan

_FACTS: Mapping[str, pl.Expr] = {
    "tried": pl.lit(""),
    "needs": pl.lit(0, pl.UInt16),
    "min_quality": pl.lit(None, pl.Float64),
    "has_schema": pl.lit(value=False),
    "own_limit": pl.lit(0, pl.Int64),
    "bound_tokens": pl.col("input_tokens") * 4 + 800,
    "bound_audio_tokens": pl.lit(0, pl.Int64),
}


def open_of(plan: Plan, rows: Sequence[int] | None = None, **facts: pl.Expr) -> pl.DataFrame:
    """The requests of a plan that are sent (or `rows` of them) as plain open ones, `facts` said otherwise."""
    sent = plan.assignments.filter(pl.col("duplicate_of").is_null()).collect()
    chosen = sent if rows is None else sent.filter(pl.col("row").is_in(list(rows)))
    added = {name: facts.get(name, plain) for name, plain in _FACTS.items()}
    return check(chosen.with_columns(**added).select(list(OPEN)), OPEN)
