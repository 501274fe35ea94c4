"""The journal as others read it: status, report, results, and what a resumed run must know."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct

from modelroute_cli.base.frames import ATTEMPTS, Schema, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.records import AttemptKind, Event, EventKind, FinalStatus, OutcomeKind

FINALS: Schema = {
    "row": pl.Int64,
    "status": pl.String,  # accepted, failed
    "attempt": pl.Int64,  # the answer that counts; null when there is none
    "reason": pl.String,  # why it failed; empty when accepted
}

_STATE = """
SELECT (SELECT COUNT(*) FROM finals WHERE status = 'accepted'), (SELECT COUNT(*) FROM finals WHERE status = 'failed'),
       COUNT(*), COALESCE(SUM(outcome = 'answered'), 0), COALESCE(SUM(outcome = 'unknown'), 0),
       COALESCE(SUM(outcome IS NULL AND batch IS NULL), 0), COALESCE(SUM(cost_pusd), 0),
       COALESCE(SUM(CASE WHEN cost_pusd IS NULL AND NOT (outcome IS NULL AND batch IS NOT NULL)
                    THEN reserved_pusd ELSE 0 END), 0),
       COALESCE(SUM(outcome IS NULL AND batch IS NOT NULL), 0),
       COALESCE(SUM(CASE WHEN outcome IS NULL AND batch IS NOT NULL THEN reserved_pusd ELSE 0 END), 0),
       (SELECT cap_pusd FROM caps ORDER BY rowid DESC LIMIT 1), COALESCE(MAX(emulated), 0)
FROM intents LEFT JOIN outcomes USING (attempt)
"""

_ATTEMPTS = """
SELECT attempt, row, kind, model, model_served, service_tier, started_at, latency_s, COALESCE(outcome, 'unknown'),
       failure, CASE WHEN passed IS NULL THEN NULL WHEN passed THEN 'pass' ELSE gate END,
       CASE WHEN passed IS NULL THEN message ELSE detail END, finish_reason,
       input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
       reserved_pusd, cost_pusd, COALESCE(emulated, 0)
FROM intents LEFT JOIN outcomes USING (attempt) LEFT JOIN verdicts USING (attempt) ORDER BY attempt
"""

_ENDING = """
SELECT f.status, f.reason, i.model, i.service_tier, o.model_served, COALESCE(v.output, o.text), v.passed, v.gate,
       v.detail, o.input_tokens, o.output_tokens, o.cache_read_tokens, o.cache_write_tokens, o.reasoning_tokens,
       o.served_tier, o.reasoning, o.tool_calls, o.request_id, i.kind, r.kinds, r.lost, r.unknown
FROM finals f LEFT JOIN intents i USING (attempt) LEFT JOIN outcomes o USING (attempt)
LEFT JOIN verdicts v USING (attempt) LEFT JOIN redactions r USING (attempt)
WHERE f.row = ?
"""

_EXPENSE = """
SELECT COALESCE(SUM(kind NOT IN ('judge', 'control')), 0), COALESCE(SUM(cost_pusd), 0),
       COALESCE(SUM(CASE WHEN cost_pusd IS NULL THEN reserved_pusd ELSE 0 END), 0),
       COALESCE(SUM(kind = 'escalation'), 0), COALESCE(MAX(emulated), 0)
FROM intents LEFT JOIN outcomes USING (attempt) WHERE row = ?
"""

_OPEN = """
SELECT i.row, i.attempt, i.kind, i.model, i.max_tokens, COALESCE(o.outcome, 'unknown'), v.passed, i.service_tier,
       COALESCE(o.failure, '')
FROM intents i LEFT JOIN outcomes o USING (attempt) LEFT JOIN verdicts v USING (attempt)
LEFT JOIN reopened r ON r.row = i.row
WHERE i.row NOT IN (SELECT row FROM finals) AND i.kind NOT IN ('judge', 'control')
  AND i.attempt > COALESCE(r.after_attempt, 0) AND {which}
ORDER BY i.row, i.attempt
"""
_NOT_HANDED_IN = """i.row NOT IN (
  SELECT row FROM intents LEFT JOIN outcomes USING (attempt) WHERE batch IS NOT NULL AND outcome IS NULL)"""

_TRIED = """
SELECT row FROM finals UNION SELECT i.row FROM intents i LEFT JOIN reopened r ON r.row = i.row
WHERE i.attempt > COALESCE(r.after_attempt, 0)
"""


_PART = 20_000  # rows read at once


_LOOKED = """
SELECT COALESCE(SUM(passed AND judged), 0), COALESCE(SUM(NOT passed AND gate = 'judge'), 0),
       COALESCE(SUM(passed AND NOT judged AND detail LIKE '%not judged by judge: %'), 0),
       COALESCE(SUM(passed AND NOT commanded AND detail LIKE '%not judged by command: %'), 0)
FROM (SELECT passed, gate, detail, ',' || COALESCE(applied, '') || ',' LIKE '%,judge,%' AS judged,
             ',' || COALESCE(applied, '') || ',' LIKE '%,command,%' AS commanded FROM verdicts)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """Where a run stands, by its journal; requests without duplicates."""

    accepted: int
    failed: int
    attempts: int
    answered: int
    unknown: int  # attempts that ended without word of them, possibly billed
    open: int  # in flight, or cut off by a crash
    spent_pusd: PicoUSD
    held_pusd: PicoUSD  # reservations of all attempts whose cost is not known, open ones included
    handed_in: int  # requests that were handed in and have no answer yet
    handed_in_pusd: PicoUSD  # what is reserved for them
    cap_pusd: PicoUSD | None  # of the last session
    emulated: bool

    @property
    def done(self) -> int:
        """Requests that came to their end."""
        return self.accepted + self.failed


class Ending(Struct, frozen=True, array_like=True):
    """What a request ended as, with the answer that counts."""

    status: FinalStatus
    reason: str
    model: str | None
    service_tier: str | None
    model_served: str | None
    output: str | None
    passed: bool | None
    gate: str | None
    detail: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    served_tier: str | None
    reasoning: str | None
    tool_calls: str | None  # JSON: a list of ToolCall
    request_id: str | None
    kind: AttemptKind | None  # None when nothing was answered
    redacted: str | None = None  # JSON: kind -> values that were replaced; None where none was
    lost: int | None = None  # placeholders that the answer does not hold
    unknown: int | None = None  # placeholders in it that were never given out


class Expense(Struct, frozen=True, array_like=True):
    """What all attempts of one request came to; judges of its answers cost money and are no attempts of it."""

    attempts: int
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    escalations: int
    emulated: bool


class PastAttempt(Struct, frozen=True, array_like=True):
    """An attempt of a request that has not come to its end; `passed` None: not judged."""

    row: int
    attempt: int
    kind: AttemptKind
    model: str
    max_tokens: int
    outcome: OutcomeKind
    passed: bool | None
    service_tier: str
    failure: str  # kind of failure; empty without one


class Answered(Struct, frozen=True, array_like=True):
    """An answer as it was journaled, with its verdict (`gate: detail`) if it was judged."""

    text: str
    finish_reason: str
    refusal: str | None
    output_tokens: int | None
    reasoning_tokens: int | None
    verdict: str
    tool_calls: str | None  # JSON: a list of ToolCall


class Overbill(Struct, frozen=True):
    """An attempt that was billed above its reservation."""

    model: str
    reserved_pusd: PicoUSD
    cost_pusd: PicoUSD


class ResultReader:
    """Endings and expenses row by row, over one read-only connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ending(self, row: int) -> Ending | None:
        """What the request ended as; None when it has not."""
        found = self._connection.execute(_ENDING, (row,)).fetchone()
        return None if found is None else msgspec.convert(found, Ending, strict=False)

    def expense(self, row: int) -> Expense:
        """What its attempts came to; all zero when there were none."""
        return msgspec.convert(self._connection.execute(_EXPENSE, (row,)).fetchone(), Expense, strict=False)


_STATE_NAMES = tuple(field.name for field in fields(RunState))


def read_state(path: Path) -> RunState:
    """Counts and money of the whole run so far, also while it runs; StorageError."""
    with reading(path) as connection:
        row = connection.execute(_STATE).fetchone()
    values = dict(zip(_STATE_NAMES, row, strict=True))
    return RunState(**{**values, "emulated": bool(values["emulated"])})


def attempts_frame(path: Path) -> pl.DataFrame:
    """Every attempt, in order of sending, as ATTEMPTS; StorageError."""
    with reading(path) as connection:
        parts = [_attempts(rows) for rows in _in_parts(connection.execute(_ATTEMPTS))]
    return check(pl.concat([_attempts([]), *parts], rechunk=True), ATTEMPTS)


def _attempts(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    """Some rows of the journal as ATTEMPTS."""
    loose = {**ATTEMPTS, "started_at": pl.String, "service_tier": pl.String, "emulated": pl.Int64}
    return pl.DataFrame(rows, schema=loose, orient="row").with_columns(
        pl.col("started_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", time_zone="UTC"),
        pl.col("service_tier").cast(ATTEMPTS["service_tier"]),
        pl.col("emulated").cast(pl.Boolean),
    )


def finals_frame(path: Path) -> pl.DataFrame:
    """What each request that came to its end ended as, by row, as FINALS; StorageError."""
    with reading(path) as connection:
        cursor = connection.execute("SELECT row, status, attempt, reason FROM finals ORDER BY row")
        parts = [pl.DataFrame(rows, schema=FINALS, orient="row") for rows in _in_parts(cursor)]
    return check(pl.concat([pl.DataFrame(schema=FINALS), *parts], rechunk=True), FINALS)


def _in_parts(cursor: sqlite3.Cursor) -> Iterator[list[tuple[object, ...]]]:
    """Rows a few at a time: as objects they take ten times the memory of columns."""
    return iter(lambda: cursor.fetchmany(_PART), [])


def tried_rows(path: Path) -> npt.NDArray[np.int64]:
    """The rows that came to their end or were tried since they were opened again, in any order; StorageError."""
    with reading(path) as connection:
        return np.fromiter((row for (row,) in connection.execute(_TRIED)), dtype=np.int64)


def past_attempts(path: Path, row: int | None = None) -> Iterator[PastAttempt]:
    """The attempts of requests that have not come to their end, by row and in order; StorageError.

    Those of one row, or of all rows but such as are handed in and not answered yet.
    """
    which = _NOT_HANDED_IN if row is None else f"i.row = {row}"
    with reading(path) as connection:
        for attempt in connection.execute(_OPEN.format(which=which)):
            yield msgspec.convert(attempt, PastAttempt, strict=False)


def answer_of(path: Path, attempt: int) -> Answered:
    """One journaled answer; StorageError."""
    query = (
        "SELECT text, finish_reason, refusal, output_tokens, reasoning_tokens, COALESCE(gate || ': ' || detail, ''), "
        "tool_calls FROM outcomes LEFT JOIN verdicts USING (attempt) WHERE attempt = ?"
    )
    with reading(path) as connection:
        return msgspec.convert(connection.execute(query, (attempt,)).fetchone(), Answered)


def judge_answers(path: Path, row: int, about: int) -> tuple[str, ...]:
    """What judges said of the answer that one attempt of a row gave, in order; StorageError."""
    query = (
        "SELECT text FROM intents JOIN outcomes USING (attempt) "
        "WHERE row = ? AND about = ? AND kind = 'judge' AND outcome = 'answered' ORDER BY attempt"
    )
    with reading(path) as connection:
        return tuple(str(text) for (text,) in connection.execute(query, (row, about)))


@dataclass(frozen=True, slots=True)
class Bills:
    """What providers say they charged, beside what the same answers cost by our prices."""

    attempts: int  # that have both
    reported_pusd: PicoUSD
    priced_pusd: PicoUSD


def bills(path: Path) -> Bills:
    """The sums over all answers whose provider names its charge; StorageError."""
    query = (
        "SELECT COUNT(*), COALESCE(SUM(reported_pusd), 0), COALESCE(SUM(priced_pusd), 0) FROM outcomes "
        "WHERE reported_pusd IS NOT NULL AND priced_pusd IS NOT NULL"
    )
    with reading(path) as connection:
        return Bills(*connection.execute(query).fetchone())


@dataclass(frozen=True, slots=True)
class Looked:
    """Verdicts on answers by judges and programs, and answers that were to be looked at and were not."""

    passed: int  # by a judge
    rejected: int
    unjudged: int  # passed without the judge that was to look
    unjudged_by_command: int


def looked_at(path: Path) -> Looked:
    """How many answers judges and programs looked at; StorageError."""
    with reading(path) as connection:
        return Looked(*connection.execute(_LOOKED).fetchone())


def events(path: Path) -> tuple[Event, ...]:
    """What happened to the run as a whole, in order; none in a journal of an older modelroute. StorageError."""
    with reading(path) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            return ()
        rows = connection.execute("SELECT at, kind, subject, requests, text FROM events ORDER BY rowid").fetchall()
    return tuple(Event(at, EventKind(kind), subject, requests, text) for at, kind, subject, requests, text in rows)


def overbilled(path: Path) -> list[Overbill]:
    """The attempts that cost more than was reserved for them; StorageError."""
    query = (
        "SELECT model, reserved_pusd, cost_pusd FROM intents JOIN outcomes USING (attempt) "
        "WHERE cost_pusd > reserved_pusd"
    )
    with reading(path) as connection:
        return [Overbill(*row) for row in connection.execute(query)]
