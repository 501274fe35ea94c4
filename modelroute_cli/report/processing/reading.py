"""What was, or would be, sent to whom: frames of a plan, of a run's journal, and of the requests themselves.

TRANSMISSIONS has a row for each attempt (of a plan: for each assignment), CATEGORIES one for each request.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from modelroute_cli.base.errors import ModelrouteError
from modelroute_cli.base.frames import DATA_CLASS, Schema, check
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.privacy import with_data_class

TRANSMISSIONS: Schema = {
    "row": pl.Int64,
    "model": pl.String,
    "service_tier": pl.String,
    "purpose": pl.String,
    "at": pl.Datetime("us", "UTC"),  # null: not sent
    "redacted": pl.Boolean,
    "emulated": pl.Boolean,
}
CATEGORIES: Schema = {
    "row": pl.Int64,
    "data_class": DATA_CLASS,
    "personal": pl.UInt16,
    "modality": pl.String,
    "language": pl.String,
}
ANSWERS, ASKING, MEASURING = "answers", "asking about templates", "measuring quality"
_PURPOSES = {"judge": "judging answers", "control": "comparing with the baseline", "pilot": MEASURING}
_BLOCK = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One plan with what was sent of it; `categories` None: the job file is not there any more."""

    plan: Plan
    transmissions: pl.DataFrame
    categories: pl.DataFrame | None

    def without(self, purpose: str) -> "Part":
        """The same but for what was sent for one purpose, which another part has."""
        return replace(self, transmissions=self.transmissions.filter(pl.col("purpose") != purpose))


def planned_part(plan: Plan, jobs: Path | None, privacy: PrivacySettings) -> Part:
    """What a plan would send at first."""
    sent = plan.assignments.filter(pl.col("duplicate_of").is_null()).select(
        "row",
        "model",
        pl.col("service_tier").cast(pl.String),
        pl.lit(ANSWERS).alias("purpose"),
        pl.lit(None, TRANSMISSIONS["at"]).alias("at"),
        pl.lit(value=plan.header.redaction is not None).alias("redacted"),
        pl.lit(value=False).alias("emulated"),
    )
    return Part(
        plan=plan, transmissions=check(sent.collect(), TRANSMISSIONS), categories=categories(plan, jobs, privacy)
    )


def sent_part(plan: Plan, journal: Path, found: pl.DataFrame | None, purpose: str | None = None) -> Part:
    """What a journal says was sent; all of it for `purpose`, else by the kind of each attempt. StorageError."""
    attempts = attempts_frame(journal)
    replaced = redacted_attempts(journal)
    by_kind = pl.col("kind").replace_strict(_PURPOSES, default=ANSWERS, return_dtype=pl.String)
    sent = attempts.select(
        "row",
        "model",
        pl.col("service_tier").cast(pl.String),
        (by_kind if purpose is None else pl.lit(purpose)).alias("purpose"),
        pl.col("started_at").alias("at"),
        pl.col("attempt").is_in(replaced).alias("redacted"),
        "emulated",
    )
    return Part(plan=plan, transmissions=check(sent, TRANSMISSIONS), categories=found)


def redacted_attempts(journal: Path) -> list[int]:
    """The attempts in which something was replaced; StorageError."""
    with reading(journal) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'redactions'").fetchone():
            return []
        return [attempt for (attempt,) in connection.execute("SELECT attempt FROM redactions ORDER BY attempt")]


def jobs_of(plan: Plan, spool: Path, folder: RunFolder | None = None, own: str | None = None) -> Path | None:
    """Where a plan's requests are: in its folder by their `own` name, or as the plan names them; None: gone."""
    if folder is not None and own is not None:
        inside = folder.path / own
        return inside if inside.is_file() else None
    try:
        return locate(plan.header.job, spool)
    except ModelrouteError:  # it changed or is gone, which a record says
        return None


def categories(plan: Plan, jobs: Path | None, privacy: PrivacySettings) -> pl.DataFrame | None:
    """CATEGORIES of a plan's requests, read once more; None where they are gone. What is found is only counted."""
    if jobs is None:
        return None
    places = plan.assignments.select("row", "offset", "length", "language").collect()
    detector = Detector(privacy)
    try:
        with RequestReader(jobs, ignore_models=plan.header.job.reading.ignore_models) as reader:
            parts = [_block(part, reader, detector) for part in places.iter_slices(_BLOCK)]
    except ModelrouteError:
        return None
    every = pl.concat([pl.DataFrame(schema=CATEGORIES), *parts])
    return check(with_data_class(every, privacy), CATEGORIES)


def _block(places: pl.DataFrame, reader: RequestReader, detector: Detector) -> pl.DataFrame:
    """Some of them."""
    spots = places.select("offset", "length").iter_rows()
    requests: Sequence[Request] = [reader.at(offset, length) for offset, length in spots]
    classes = [None if each.data_class is None else each.data_class.value for each in requests]
    return places.select(
        "row",
        pl.Series("data_class", classes, DATA_CLASS),
        pl.Series("personal", detector.bits(requests), pl.UInt16),
        pl.Series("modality", [each.modality().value for each in requests], pl.String),
        "language",
    )
