"""Who is charged for what a run spent: every pico-dollar of it, exactly once.

What an attempt cost is charged to the names of the requests that its answer is for: with `split`, an answer that
duplicates share is divided evenly among those requests; with `first` it is whose request was sent. What was spent for
the job as a whole (control sample, answers of a pilot that are no results, questions about templates) is divided by
direct cost, or by requests where nobody has any. All divisions are by the largest remainder, so they add up.
"""

from collections.abc import Mapping

import msgspec
import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.planning.plan import Questions
from modelroute_cli.report.apportion import apportion, shared_out
from modelroute_cli.report.charge_facts import CURRENCY, NONE, ChargeFacts, asked
from modelroute_cli.report.charge_sums import charges_of
from modelroute_cli.report.charge_types import ChargeLine, RunCharges

_SUMS = ("requests", "input_tokens", "output_tokens", "cost_pusd", "held_pusd")
_CELL = ("day", "model", "service_tier")
_OVERHEAD = (AttemptKind.CONTROL.value, AttemptKind.PILOT.value)


def run_charges(facts: ChargeFacts) -> RunCharges:
    """A run's money by name: lines and charges each add up to what was spent and held, to the pico-dollar."""
    owners = _owners(facts)
    cells = _direct(facts, owners)
    lines = _lines(facts, cells, _overhead(facts, _weights(facts, cells)))
    return RunCharges(
        run=facts.run,
        job=facts.plan.header.job.source,
        emulated=facts.emulated,
        prices_at=facts.plan.header.prices_at,
        spent_pusd=PicoUSD(sum(line.charged_pusd for line in lines)),
        held_pusd=PicoUSD(sum(line.held_pusd for line in lines)),
        lines=lines,
        charges=charges_of(facts, owners, lines),
    )


def _owners(facts: ChargeFacts) -> pl.DataFrame:
    """For each row that is sent, the names that its answer is for, and how many requests of each."""
    requests = asked(facts)
    if facts.duplicates == "first":
        requests = requests.filter(pl.col("own_row") == pl.col("row"))
    return requests.group_by("row", "name").agg(pl.len().cast(pl.Int64).alias("count")).sort("row", "name")


def _results(facts: ChargeFacts) -> pl.DataFrame:
    """The attempts whose answers count, with how many requests each answers."""
    each = asked(facts).group_by("row").agg(pl.len().cast(pl.Int64).alias("requests"))
    accepted = facts.finals.filter(pl.col("status") == "accepted", pl.col("attempt").is_not_null())
    return accepted.select("row", "attempt").join(each, on="row", how="left").select("attempt", "requests")


def _counted(facts: ChargeFacts) -> pl.DataFrame:
    """Each attempt: its cell, what it cost, what is held for it, its tokens, and the requests that it answered."""
    unknown = pl.col("cost_pusd").is_null() & ~pl.col("attempt").is_in(facts.not_settled)
    return (
        facts.attempts.join(_results(facts), on="attempt", how="left", maintain_order="left")
        .with_columns(
            pl.col("started_at").dt.date().cast(pl.String).alias("day"),
            pl.col("service_tier").cast(pl.String),
            pl.when(unknown).then(pl.col("reserved_pusd")).otherwise(0).alias("held_pusd"),
            (pl.col("kind").is_in(_OVERHEAD) & pl.col("requests").is_null()).alias("overhead"),
        )
        .with_columns(pl.col(_SUMS).fill_null(0))
        .select("row", *_CELL, *_SUMS, "overhead")
    )


def _direct(facts: ChargeFacts, owners: pl.DataFrame) -> pl.DataFrame:
    """What the requests of each name cost, by cell: `name`, the columns of a cell, and their sums."""
    own = _counted(facts).filter(~pl.col("overhead")).drop("overhead")
    cells = own.group_by("row", *_CELL).agg(pl.col(_SUMS).sum()).sort("row", *_CELL)
    parts = shared_out(cells, owners, _SUMS).with_columns(pl.col("name").fill_null(NONE))
    return parts.group_by("name", *_CELL).agg(pl.col(_SUMS).sum())


def _weights(facts: ChargeFacts, cells: pl.DataFrame) -> dict[str, int]:
    """What each name weighs in what is spent for all: its direct cost, else its requests; by name."""
    counts = facts.names.group_by("name").agg(pl.len().cast(pl.Int64)).sort("name")
    requests = {str(name): int(count) for name, count in counts.iter_rows()}
    costs = {str(name): int(cost) for name, cost in cells.group_by("name").agg(pl.col("cost_pusd").sum()).iter_rows()}
    names = sorted({*requests, *costs})
    return {name: costs.get(name, 0) for name in names} if any(costs.values()) else requests


def _overhead(facts: ChargeFacts, weights: Mapping[str, int]) -> pl.DataFrame:
    """What was spent for the job as a whole, by name and cell."""
    spent = _counted(facts).filter("overhead").drop("overhead", "row")
    cells = pl.concat([spent, _asking(facts.questions, facts.made_on)])
    cells = cells.group_by(*_CELL).agg(pl.col(_SUMS).sum()).sort(*_CELL)
    rows = [
        (name, *(cell[column] for column in _CELL), *parts)
        for cell in cells.iter_rows(named=True)
        for name, *parts in zip(weights, *(apportion(cell[each], [*weights.values()]) for each in _SUMS), strict=True)
    ]
    schema = dict.fromkeys(("name", *_CELL), pl.String) | dict.fromkeys(_SUMS, pl.Int64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _asking(questions: Questions | None, day: str) -> pl.DataFrame:
    """What questions about templates came to, as a cell."""
    schema = dict.fromkeys(_CELL, pl.String) | dict.fromkeys(_SUMS, pl.Int64)
    if questions is None or not (questions.spent_pusd or questions.held_pusd):
        return pl.DataFrame(schema=schema)
    cell = (day, questions.model, "standard", 0, 0, 0, questions.spent_pusd, questions.held_pusd)
    return pl.DataFrame([cell], schema=schema, orient="row")


def _lines(facts: ChargeFacts, direct: pl.DataFrame, overhead: pl.DataFrame) -> tuple[ChargeLine, ...]:
    """Both together, by day, name, model and tier; cells in which nothing happened are left out."""
    nothing = pl.lit(0, pl.Int64)
    both = pl.concat(
        [
            direct.with_columns(pl.col("cost_pusd").alias("direct_pusd"), nothing.alias("overhead_pusd")),
            overhead.with_columns(nothing.alias("direct_pusd"), pl.col("cost_pusd").alias("overhead_pusd")),
        ],
        how="diagonal",
    )
    sums = both.group_by("day", "name", "model", "service_tier").agg(pl.col(pl.Int64).sum())
    told = sums.filter(pl.sum_horizontal(_SUMS) > 0).rename({"cost_pusd": "charged_pusd"})
    common = {
        "run": facts.run,
        "job": facts.plan.header.job.source,
        "currency": CURRENCY,
        "prices_at": facts.plan.header.prices_at,
        "emulated": facts.emulated,
    }
    rows = told.sort("day", "name", "model", "service_tier").iter_rows(named=True)
    return msgspec.convert([common | row for row in rows], tuple[ChargeLine, ...])
