"""What of a journal is not in the log yet, as entries: caps, events, batches, then requests in input order."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.spill import blocks
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.execution.audit.cursor import Cursor, told_of
from modelroute_cli.execution.audit.entries import (
    AnyEntry,
    Attempt,
    BatchEntry,
    CapEntry,
    Decision,
    Ending,
    EventEntry,
    RequestEntry,
)
from modelroute_cli.execution.audit.numbers import numbers_of
from modelroute_cli.planning.plan import Plan, PlanHeader

_CAPS = "SELECT at, cap_pusd FROM caps WHERE rowid > ? ORDER BY rowid"
_EVENTS = "SELECT at, kind, subject, requests FROM events WHERE rowid > ? ORDER BY rowid"
_STEPS = """
SELECT s.at, s.batch, s.step, b.provider, SUBSTR(s.name, 1, 200), b.requests, b.digest, s.done, s.failed
FROM batch_steps s JOIN batches b USING (batch) WHERE s.step <> 'seen' ORDER BY s.rowid LIMIT -1 OFFSET ?
"""  # nothing is ever deleted from any of the three
_NEW_ATTEMPTS = """
SELECT i.attempt, i.row FROM intents i LEFT JOIN outcomes o USING (attempt)
WHERE i.attempt >= ? AND (i.batch IS NULL OR o.attempt IS NOT NULL)
"""
_OPEN_ROW = "SELECT row FROM intents WHERE attempt = ?"
_FINALS = "SELECT f.row, COALESCE(r.after_attempt, 0) FROM finals f LEFT JOIN reopened r USING (row) ORDER BY f.row"
_ATTEMPTS = """
SELECT i.row, i.attempt, i.kind, i.model, i.service_tier, i.started_at, i.reserved_pusd, i.max_tokens, i.prompt_sha256,
       SUBSTR(o.model_served, 1, 200), SUBSTR(o.served_tier, 1, 200), o.outcome, o.failure, o.status,
       SUBSTR(o.finish_reason, 1, 200), o.input_tokens, o.output_tokens, o.cache_read_tokens, o.cache_write_tokens,
       o.reasoning_tokens, o.cost_pusd, o.reported_pusd, ROUND(o.latency_s, 3), SUBSTR(o.request_id, 1, 200),
       CASE v.passed WHEN 1 THEN 'pass' ELSE v.gate END, v.applied, v.score, v.quality, v.scorer, i.about, i.batch,
       o.emulated, CAST(o.tool_calls AS BLOB), CAST(o.text AS BLOB)
FROM {news}intents i{on} LEFT JOIN outcomes o USING (attempt) LEFT JOIN verdicts v USING (attempt)
WHERE i.batch IS NULL OR o.attempt IS NOT NULL
ORDER BY i.row, i.attempt
"""  # names that a provider gave are no longer than names are
_ENDINGS = """
SELECT f.row, f.status, f.attempt, COALESCE(r.after_attempt, 0)
FROM {news}finals f{on} LEFT JOIN reopened r ON r.row = f.row ORDER BY f.row
"""
_ENDING = """
SELECT f.status, f.attempt, COALESCE(r.after_attempt, 0) FROM finals f LEFT JOIN reopened r USING (row) WHERE f.row = ?
"""
_DECIDED = (
    "row",
    "custom_id",
    "task_type",
    "template",
    "tenant",
    "model",
    "service_tier",
    "rule",
    "reason",
    "cost_pusd",
    "cost_high_pusd",
    "quality",
    "quality_low",
    "duplicate_of",
)
_BLOCK = 20_000  # requests whose decisions are held at once
_ALL = {"news": "", "on": ""}
_NEW = {"news": "temp.news n CROSS JOIN ", "on": " USING (row)"}

Rows = npt.NDArray[np.int64]
Values = tuple[Any, ...]  # a row of a query: its columns are those of the query above


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A journal that is read, the plan it is of, and whether answers themselves are kept."""

    connection: sqlite3.Connection
    plan: Plan
    run_id: str
    of: int
    texts: bool = False


def news(source: Source, cursor: Cursor) -> Iterator[AnyEntry]:
    """Everything that the cursor does not know, in order; the cursor is to absorb each before the next is asked for."""
    yield from _caps(source, cursor.caps)
    yield from _events(source, cursor.events)
    yield from _steps(source, cursor.steps)
    yield from _requests(source, cursor)


def _caps(source: Source, known: int) -> Iterator[CapEntry]:
    for at, cap in source.connection.execute(_CAPS, (known,)).fetchall():
        yield CapEntry(of=source.of, run_id=source.run_id, at=at, cap_pusd=cap)


def _events(source: Source, known: int) -> Iterator[EventEntry]:
    for at, kind, subject, requests in source.connection.execute(_EVENTS, (known,)).fetchall():
        yield EventEntry(of=source.of, run_id=source.run_id, at=at, event=kind, subject=subject, requests=requests)


def _steps(source: Source, known: int) -> Iterator[BatchEntry]:
    for at, batch, step, provider, name, requests, digest, done, failed in source.connection.execute(_STEPS, (known,)):
        yield BatchEntry(
            of=source.of,
            run_id=source.run_id,
            at=at,
            batch=batch,
            step=step,
            provider=provider,
            name=name,
            requests=requests,
            sha256=digest,
            done=done,
            failed=failed,
        )


def _requests(source: Source, cursor: Cursor) -> Iterator[RequestEntry]:
    """A line for each request of which something is new, in input order; then the duplicates of those that ended."""
    finals = np.array(source.connection.execute(_FINALS).fetchall(), dtype=np.int64).reshape(-1, 2)
    copies = _copies(source.plan, finals, cursor)
    yield from _tried(source, cursor, finals)
    if len(copies):
        yield from _copied(source, copies)


def _tried(source: Source, cursor: Cursor, finals: Rows) -> Iterator[RequestEntry]:
    """Those that were sent; a run that is taken in as a whole needs no table of what is new."""
    rows = None if cursor.is_fresh else _take_news(source, cursor, finals)
    if rows is not None and not len(rows):
        return
    join = _ALL if rows is None else _NEW
    attempts = _Lockstep(source.connection.execute(_ATTEMPTS.format(**join)))
    endings = _Lockstep(source.connection.execute(_ENDINGS.format(**join)))
    terms = Terms(source.plan.header)
    for decided in _decided(source.plan, rows):
        row = decided[0]
        own = _news_of(attempts.take(row), cursor, terms, texts=source.texts)
        ended = _news_of_end(endings.take(row), cursor)
        if own or ended is not None:
            yield _request(decided, source, tuple(own), ended)


def _copied(source: Source, copies: Rows) -> Iterator[RequestEntry]:
    """Those that were answered as another was."""
    firsts = dict(copies.tolist())
    for decided in _decided(source.plan, copies[:, 0]):
        (found,) = source.connection.execute(_ENDING, (firsts[decided[0]],))
        yield _request(decided, source, (), Ending(*found))


class _Lockstep:
    """Rows of a query by their first column, given out to somebody who asks in the same order."""

    def __init__(self, found: Iterator[Values]) -> None:
        self._found = found
        self._next = next(found, None)

    def take(self, row: int) -> list[Values]:
        """The rows that begin with it; smaller ones are passed over."""
        taken, following = [], self._next
        while following is not None and following[0] <= row:
            if following[0] == row:
                taken.append(following)
            following = next(self._found, None)
        self._next = following
        return taken


def _take_news(source: Source, cursor: Cursor, finals: Rows) -> Rows:
    """The rows of which something may be new, in order; they stand in a table of their own, to be joined with."""
    connection = source.connection
    found = connection.execute(_NEW_ATTEMPTS, (cursor.attempts.first_missing(),)).fetchall()
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    tried = pairs[cursor.attempts.missing(pairs[:, 0]), 1]
    again = numbers_of(row for attempt in cursor.open for (row,) in connection.execute(_OPEN_ROW, (attempt,)))
    ended = finals[_is_news(finals[:, 0], finals[:, 1], cursor), 0]
    rows = np.unique(np.concatenate([tried, again, ended]))
    connection.execute("DROP TABLE IF EXISTS temp.news")
    connection.execute("CREATE TEMP TABLE news (row INTEGER PRIMARY KEY)")
    connection.executemany("INSERT INTO temp.news VALUES (?)", ((row,) for row in rows.tolist()))
    connection.commit()
    return rows


def _is_news(rows: Rows, after: Rows, cursor: Cursor) -> npt.NDArray[np.bool_]:
    """Which ends were not told: of rows that are new, and of rows that ended once more."""
    fresh = cursor.ended.missing(rows)
    for at in np.flatnonzero(after > 0):
        fresh[at] |= cursor.again.get(int(rows[at]), 0) != after[at]
    return fresh


def _copies(plan: Plan, finals: Rows, cursor: Cursor) -> Rows:
    """Duplicates whose answer came to its end, which was not told of them: their rows, and those they are of."""
    of_others = plan.assignments.filter(pl.col("duplicate_of").is_not_null()).select("row", "duplicate_of")
    pairs = of_others.collect().to_numpy().astype(np.int64).reshape(-1, 2)
    at = np.searchsorted(finals[:, 0], pairs[:, 1])
    has_end = at < len(finals)
    has_end[has_end] = finals[at[has_end], 0] == pairs[has_end, 1]
    pairs, at = pairs[has_end], at[has_end]
    return pairs[_is_news(pairs[:, 0], finals[at, 1], cursor)]


def _decided(plan: Plan, rows: Rows | None) -> Iterator[Values]:
    """What the plan says of these rows (None: all), some at a time, in input order."""
    if rows is None:
        for block in blocks(plan.assignments.select(_DECIDED)):
            yield from block.iter_rows()
        return
    for begin in range(0, len(rows), _BLOCK):
        part = rows[begin : begin + _BLOCK]
        between = plan.assignments.filter(pl.col("row").is_between(int(part[0]), int(part[-1])))
        wanted = pl.DataFrame({"row": part}, schema={"row": pl.Int64})
        yield from between.select(_DECIDED).collect().join(wanted, on="row", how="semi").iter_rows()


def _news_of(found: Iterable[Values], cursor: Cursor, terms: "Terms", *, texts: bool) -> list[Attempt]:
    """The attempts of a row that are new, or of which more is known than was told."""
    seen, are_open = cursor.attempts, cursor.open
    news = [_attempt(values, terms, texts=texts) for values in found if values[1] not in seen or values[1] in are_open]
    return [attempt for attempt in news if are_open.get(attempt.attempt) != told_of(attempt)] if are_open else news


def _news_of_end(found: Iterable[Values], cursor: Cursor) -> Ending | None:
    """The end of a row where it was not told."""
    for row, status, attempt, after in found:
        if row not in cursor.ended or cursor.again.get(row, 0) != after:
            return Ending(status, attempt, after)
    return None


def _request(decided: Values, source: Source, attempts: tuple[Attempt, ...], ended: Ending | None) -> RequestEntry:
    row, custom_id, task_type, template, tenant, *chosen, copy_of = decided
    decision = Decision(*chosen)
    return RequestEntry(
        source.of, source.run_id, row, custom_id, task_type, template, decision, tenant, copy_of, attempts, ended
    )


class Terms:
    """Where the requests of each model go."""

    def __init__(self, header: PlanHeader) -> None:
        self.of: Mapping[str, tuple[str | None, str | None]] = {
            name: (card.provider, ", ".join(_regions(card, header.providers)) or None)
            for name, card in header.models.items()
        }


def _regions(card: ModelCard, providers: Mapping[str, Provider]) -> tuple[str, ...]:
    provider = providers.get(card.provider)
    return card.regions or (() if provider is None else provider.regions)


_NOWHERE = (None, None)


def _attempt(values: Values, terms: Terms, *, texts: bool) -> Attempt:
    """A row of the query as an entry."""
    *own, emulated, calls, text = values[1:]
    provider, region = terms.of.get(values[3], _NOWHERE)
    kept = text.decode("utf-8", "replace") if texts and text is not None else None
    return Attempt(*own, bool(emulated), provider, region, _digest(text), _digest(calls), kept)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()
