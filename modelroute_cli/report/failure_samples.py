"""A few of the requests that failed, with what they ended on."""

import sqlite3
from pathlib import Path

import polars as pl
from msgspec import Struct

from modelroute_cli.execution.database import reading
from modelroute_cli.execution.records import FinalStatus
from modelroute_cli.features.privacy.hiding import hidden
from modelroute_cli.report.detail_types import SAMPLE_CHARS, FailureSample
from modelroute_cli.report.run_types import RunFacts

MOST_SAMPLES = 30
_OF_EACH = 3
_LAST = """
SELECT model, COALESCE(NULLIF(text, ''), NULLIF(refusal, ''), message, '') FROM intents
LEFT JOIN outcomes USING (attempt) WHERE row = ? AND kind NOT IN ('judge', 'control')
ORDER BY attempt = ? DESC, attempt DESC LIMIT 1
"""


class _Failed(Struct, frozen=True):
    """A request that failed, with the answer it ended with, if any."""

    row: int
    attempt: int | None
    reason: str
    custom_id: str
    template: str


def failure_samples(journal: Path, facts: RunFacts) -> tuple[FailureSample, ...]:
    """Three of each reason, the most frequent reason first, and MOST_SAMPLES in all; StorageError."""
    picked = _picked(facts)
    if not picked:
        return ()
    with reading(journal) as connection:
        return tuple(_sample(failed, connection) for failed in picked)


def _picked(facts: RunFacts) -> list[_Failed]:
    """Those that are shown, in input order within a reason."""
    failed = facts.finals.lazy().filter(pl.col("status") == FinalStatus.FAILED.value)
    frequency = pl.len().over("reason").alias("frequency")
    place = pl.col("row").rank("ordinal").over("reason")
    few = (
        failed.with_columns(frequency)
        .filter(place <= _OF_EACH)
        .sort("frequency", "reason", "row", descending=[True, False, False])
        .head(MOST_SAMPLES)
        .join(facts.plan.assignments.select("row", "custom_id", "template"), on="row", maintain_order="left")
        .select(_Failed.__struct_fields__)
    )
    return [_Failed(*values) for values in few.collect().iter_rows()]


def _sample(failed: _Failed, connection: sqlite3.Connection) -> FailureSample:
    """One of them; its texts cut to SAMPLE_CHARS characters, without the personal data that is found in them."""
    model, text = connection.execute(_LAST, (failed.row, failed.attempt)).fetchone() or (None, "")
    return FailureSample(
        custom_id=failed.custom_id,
        reason=failed.reason[:SAMPLE_CHARS],
        model=model,
        template=failed.template,
        text=hidden(text[:SAMPLE_CHARS]),
        cut=len(text) > SAMPLE_CHARS,
    )
