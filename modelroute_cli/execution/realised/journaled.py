"""What the journal holds of realised quality: pairs, falls, the worth of answers, and what the sample has cost."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from modelroute_cli.base.frames import Schema, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.realised.controls import Earlier, Scored
from modelroute_cli.execution.realised.scoring import GATES, Score
from modelroute_cli.execution.records import Drift, Final, FinalStatus

PAIRS: Schema = {
    "row": pl.Int64,
    "model": pl.String,  # of the request's own answer; null without one
    "first": pl.Boolean,  # no escalated one
    "attempt": pl.Int64,  # the request's own answer; null without one
    "control": pl.Int64,  # the baseline's
    "quality": pl.Float64,
    "control_quality": pl.Float64,
    "scorer": pl.String,
}
WORTH: Schema = {
    "row": pl.Int64,  # of a request that came to its end
    "model": pl.String,  # of the answer that counts; null without one
    "passed": pl.Boolean,
    "quality": pl.Float64,  # null: only gates spoke
    "scorer": pl.String,
}
SEEN: Schema = {"row": pl.Int64, "model": pl.String, "passed": pl.Boolean, "quality": pl.Float64, "scorer": pl.String}

_PAIRS = """
SELECT p.row, model, kind <> 'escalation', attempt, control, quality, control_quality, scorer
FROM pairs p LEFT JOIN intents USING (attempt) ORDER BY {order}
"""
_WORTH = """
SELECT f.row, i.model, f.status = 'accepted', v.quality, v.scorer
FROM finals f LEFT JOIN intents i USING (attempt) LEFT JOIN verdicts v USING (attempt) ORDER BY f.row
"""
_SEEN = """
SELECT i.row, i.model, v.passed, v.quality, v.scorer FROM verdicts v JOIN intents i USING (attempt)
WHERE i.kind NOT IN ('control', 'escalation', 'pilot') AND v.gate <> 'truncated' AND i.row IN (SELECT row FROM finals)
ORDER BY v.attempt
"""
_UNPAIRED = """
SELECT f.row, f.attempt, i.model, v.quality, v.scorer, i.kind <> 'escalation'
FROM finals f JOIN intents i USING (attempt) LEFT JOIN verdicts v USING (attempt)
WHERE f.status = 'accepted' AND i.kind NOT IN ('control', 'pilot') AND f.row NOT IN (SELECT row FROM pairs)
ORDER BY f.row
"""
_EARLIER = """
SELECT row, MAX(CASE WHEN outcome = 'answered' THEN attempt END), SUM(COALESCE(outcome, 'unknown') = 'unknown')
FROM intents LEFT JOIN outcomes USING (attempt)
WHERE kind = 'control' AND row NOT IN (SELECT row FROM pairs) GROUP BY row
"""
_SPENT = """
SELECT COALESCE(SUM(COALESCE(cost_pusd, reserved_pusd)), 0) FROM intents LEFT JOIN outcomes USING (attempt)
WHERE kind = 'control'
"""
_DRIFTS = "SELECT at, template, model, expected, seen, answers, before, versus FROM drifts ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A request that was accepted and not compared."""

    final: Final
    own: Scored


def pairs_frame(path: Path) -> pl.DataFrame:
    """PAIRS, by row; none in a journal of an older modelroute. StorageError."""
    return _frame(path, _PAIRS.format(order="p.row"), PAIRS)


def pairs_in_time(path: Path) -> pl.DataFrame:
    """The same in the order in which they were made; StorageError."""
    return _frame(path, _PAIRS.format(order="p.at, p.row"), PAIRS)


def worth_frame(path: Path) -> pl.DataFrame:
    """WORTH: what each request that ended was worth; none in a journal of an older modelroute. StorageError."""
    return _frame(path, _WORTH, WORTH)


def seen_frame(path: Path) -> pl.DataFrame:
    """SEEN: the verdicts on first answers of requests that ended, in order of sending; StorageError."""
    return _frame(path, _SEEN, SEEN)


def drifts(path: Path) -> tuple[Drift, ...]:
    """The falls of a run, in order; none in a journal of an older modelroute. StorageError."""
    with reading(path) as connection:
        return tuple(Drift(*row) for row in connection.execute(_DRIFTS)) if _knows(connection) else ()


def control_spent(path: Path) -> PicoUSD:
    """What control attempts were billed, and what was reserved for those whose bill is unknown; StorageError."""
    with reading(path) as connection:
        return PicoUSD(connection.execute(_SPENT).fetchone()[0])


def unpaired(path: Path) -> tuple[Unpaired, ...]:
    """The accepted requests without a pair, by row; StorageError."""
    with reading(path) as connection:
        return tuple(
            Unpaired(Final(row, FinalStatus.ACCEPTED, attempt, ""), Scored(model, _score(quality, scorer), bool(first)))
            for row, attempt, model, quality, scorer, first in connection.execute(_UNPAIRED)
        )


def earlier_controls(path: Path) -> dict[int, Earlier]:
    """What is known of the control attempts of requests without a pair, by row; StorageError."""
    with reading(path) as connection:
        return {row: Earlier(answered, bool(lost)) for row, answered, lost in connection.execute(_EARLIER)}


def _score(quality: float | None, scorer: str | None) -> Score:
    """Of an accepted answer."""
    if quality is None or scorer is None:
        return Score(1.0, GATES, passed=True)
    return Score(quality, scorer, passed=True)


def _frame(path: Path, query: str, schema: Schema) -> pl.DataFrame:
    with reading(path) as connection:
        rows = connection.execute(query).fetchall() if _knows(connection) else []
    loose = {name: pl.Int64 if kind == pl.Boolean else kind for name, kind in schema.items()}
    frame = pl.DataFrame(rows, schema=loose, orient="row")
    return check(frame.select(pl.col(name).cast(kind) for name, kind in schema.items()), schema)


def _knows(connection: sqlite3.Connection) -> bool:
    """Whether the journal has these tables."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'pairs'").fetchone() is not None
