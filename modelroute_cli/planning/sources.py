"""What each planned quality rests on: this batch's pilot, the user's history, or the prior table alone."""

from collections.abc import Mapping
from typing import get_args

import polars as pl

from modelroute_cli.planning.beliefs import GROUP
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.measured import Measured, Source
from modelroute_cli.planning.quality import UNMEASURED

_BASES: Mapping[Source, str] = {"pilot": "a pilot", "history": "your history", "prior": "the prior table alone"}


def source_counts(portions: pl.DataFrame, kinds: pl.DataFrame, measured: Measured) -> dict[Source, int]:
    """How many requests of a plan, duplicates included, have a quality of each source; sources of none are left out.

    `portions` has `row`, `model`, `requests` and `copies`, `kinds` the `group` of each row.
    """
    sources = [(group, model, cell.source) for group, cells in measured.cells.items() for model, cell in cells.items()]
    schema = {GROUP: pl.String, "model": pl.String, "source": pl.String}
    grouped = portions.select("row", "model", answers=pl.col("requests") * pl.col("copies")).join(
        kinds.select("row", GROUP), on="row", how="left"
    )
    known = grouped.join(pl.DataFrame(sources, schema=schema, orient="row"), on=[GROUP, "model"], how="left")
    counts = dict(known.group_by(pl.col("source").fill_null("prior")).agg(pl.col("answers").sum()).iter_rows())
    return {source: int(counts[source]) for source in get_args(Source) if counts.get(source)}


def source_text(measured: Measured | None, counts: Mapping[Source, int]) -> str:
    """On what the quality of a plan rests, in words: `unmeasured: prior only`, or by what and for how many requests."""
    if measured is None:
        return UNMEASURED
    emulated = ", emulated" if measured.emulated else ""
    parts = [f"{count:,} by {_BASES[source]}" for source, count in counts.items()]
    return f"measured ({measured.scorer}{emulated}) for {count_requests(sum(counts.values()))}: {', '.join(parts)}"


def measured_warnings(measured: Measured | None, baseline: str) -> tuple[str, ...]:
    """What is to be known before a measured quality is believed."""
    if measured is None:
        return ()
    emulated = "quality was measured on emulated answers: it says nothing of the real models"
    other = f"quality was measured beside `{measured.baseline}`, not beside `{baseline}`: what is kept is less certain"
    return (*((emulated,) if measured.emulated else ()), *((other,) if measured.baseline != baseline else ()))
