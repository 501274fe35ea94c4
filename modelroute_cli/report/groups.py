"""How the requests of each template and of each tenant fared, against the plan: sums that add up to the whole run's."""

import polars as pl

from modelroute_cli.execution.records import AttemptKind, FinalStatus
from modelroute_cli.report.actual_baseline import chosen_baseline
from modelroute_cli.report.detail_types import NAME_CHARS, OTHERS, GroupActual
from modelroute_cli.report.run_types import RunFacts

TEMPLATES_TOLD = 50
TENANTS_TOLD = 500
_UNPLANNED = "(not planned)"
_SUMS = (
    "groups",
    "requests",
    "duplicates",
    "accepted",
    "failed",
    "escalated",
    "cost_pusd",
    "projected_pusd",
)


def by_template(facts: RunFacts, answers: pl.DataFrame) -> tuple[GroupActual, ...]:
    """The dearest templates, at most TEMPLATES_TOLD and the others in one line behind them.

    `answers` has `own_row`, `template`, `tenant` and `baseline_pusd` (null where it is unknown, or not accepted).
    """
    return _told(_groups(facts, answers, "template"), TEMPLATES_TOLD)


def by_tenant(facts: RunFacts, answers: pl.DataFrame) -> tuple[GroupActual, ...]:
    """The dearest tenants in the same way, at most TENANTS_TOLD; none where no request names one."""
    lines = _groups(facts, answers, "tenant")
    return _told(lines, TENANTS_TOLD) if (lines["name"] != "").any() else ()


def _groups(facts: RunFacts, answers: pl.DataFrame, key: str) -> pl.DataFrame:
    """One line for each value of a column of ASSIGNMENTS, the dearest first. Money is exact."""
    name = pl.col(key).cast(pl.String).fill_null("")
    baseline = answers.lazy().group_by(name.alias("name")).agg(pl.col("baseline_pusd").sum())
    known = facts.plan.header.rate_cards.keys() & facts.plan.header.models.keys()
    unknown = chosen_baseline(facts.plan.header) not in known
    lines = (
        _requests(facts, name)
        .group_by("name")
        .agg(pl.lit(1, pl.Int64).alias("groups"), pl.exclude("name").sum().cast(pl.Int64))
        .join(baseline, on="name", how="left")
    )
    whole = pl.lit(None, pl.Int64) if unknown else pl.col("baseline_pusd").fill_null(0)
    return (
        lines.with_columns(whole.alias("baseline_pusd")).sort("cost_pusd", "name", descending=[True, False]).collect()
    )


def _requests(facts: RunFacts, name: pl.Expr) -> pl.LazyFrame:
    """Each request as what it adds to its group: ones, noughts and money."""
    own = pl.col("duplicate_of").is_null()
    asked = facts.plan.assignments.select(
        "row",
        name.alias("name"),
        own.alias("requests"),
        (~own).alias("duplicates"),
        pl.col("cost_pusd").alias("projected_pusd"),
    )
    accepted, status = FinalStatus.ACCEPTED.value, pl.col("status")
    ended = facts.finals.lazy().select(
        "row", (status == accepted).alias("accepted"), (status != accepted).alias("failed")
    )
    sent = (
        facts.attempts.lazy()
        .group_by("row")
        .agg(pl.col("cost_pusd").sum(), (pl.col("kind") == AttemptKind.ESCALATION.value).any().alias("escalated"))
    )
    every = asked.join(sent, on="row", how="full", coalesce=True).join(ended, on="row", how="left")
    return every.drop("row").with_columns(pl.col("name").fill_null(_UNPLANNED), pl.exclude("name").fill_null(0))


def _told(lines: pl.DataFrame, most: int) -> tuple[GroupActual, ...]:
    """The first ones, with names of at most NAME_CHARS, and one line for the rest of them."""
    shown = lines.head(most).with_columns(pl.col("name").str.slice(0, NAME_CHARS))
    first = tuple(GroupActual(**row) for row in shown.iter_rows(named=True))
    rest = lines.slice(most)
    return (*first, _together(rest)) if rest.height else first


def _together(lines: pl.DataFrame) -> GroupActual:
    """Several groups as one; what is unknown of one is unknown of all."""
    baseline = pl.col("baseline_pusd")
    known = pl.when(baseline.null_count() == 0).then(baseline.sum()).alias("baseline_pusd")
    row = lines.select(pl.lit(OTHERS).alias("name"), pl.col(_SUMS).sum(), known)
    return GroupActual(**row.row(0, named=True))
