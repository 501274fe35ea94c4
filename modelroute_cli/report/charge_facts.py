"""What a chargeback of one run rests on: its plan, its journal's frames, and the name of each request."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from modelroute_cli.planning.plan import Plan, Questions

CURRENCY = "USD"
NONE = ""  # the name of requests that name none


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFacts:
    """What a split rests on; `names` has `row` (every row of the plan) and `name`, empty for none."""

    run: str
    plan: Plan
    attempts: pl.DataFrame  # ATTEMPTS
    finals: pl.DataFrame  # FINALS
    names: pl.DataFrame
    emulated: bool
    made_on: str  # day, ISO: of what is not an attempt
    not_settled: tuple[int, ...] = ()  # attempts of unknown cost in open batches: nothing is held for them
    questions: Questions | None = None
    duplicates: str = "split"
    caps: Mapping[str, str] = field(default_factory=dict)  # dollars by tenant; none where money is split otherwise


def asked(facts: ChargeFacts) -> pl.DataFrame:
    """Every request: its own row, the row that is sent for it, and its name."""
    rows = facts.plan.assignments.select(
        pl.col("row").alias("own_row"), pl.coalesce("duplicate_of", "row").alias("row")
    ).collect()
    return rows.join(facts.names.rename({"row": "own_row"}), on="own_row", how="left", maintain_order="left")
