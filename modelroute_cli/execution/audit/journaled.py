"""What of a journal is not in the log yet, as entries: caps, events, batches, then requests in input order."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.money import PicoUSD
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
SELECT s.at, s.batch, s.step, b.provider, s.name, b.requests, b.digest, s.done, s.failed
FROM batch_steps s JOIN batches b USING (batch) WHERE s.step <> 'seen' ORDER BY s.rowid LIMIT -1 OFFSET ?
"""  # nothing is ever deleted from any of the three
_NEW_ATTEMPTS = """
SELECT i.attempt, i.row FROM intents i LEFT JOIN outcomes o USING (attempt)
WHERE i.attempt >= ? AND (i.batch IS NULL OR o.attempt IS NOT NULL)
"""
_OPEN_ROW = "SELECT row FROM intents WHERE attempt = ?"
_FINALS = "SELECT f.row, COALESCE(r.after_attempt, 0) FROM finals f LEFT JOIN reopened r USING (row) ORDER BY f.row"
_ATTEMPTS = """
SELECT n.row, i.attempt, i.kind, i.model, o.model_served, i.service_tier, o.served_tier, i.started_at, i.prompt_sha256,
       i.reserved_pusd, i.max_tokens, o.outcome, o.failure, o.status, o.finish_reason, CAST(o.text AS BLOB),
       CAST(o.tool_calls AS BLOB), o.input_tokens, o.output_tokens, o.cache_read_tokens, o.cache_write_tokens,
       o.reasoning_tokens, o.cost_pusd, o.reported_pusd, o.latency_s, o.request_id, v.passed, v.gate, v.applied,
       v.score, v.quality, v.scorer, i.about, i.batch, o.emulated
FROM temp.news n JOIN intents i ON i.row = n.row LEFT JOIN outcomes o USING (attempt)
LEFT JOIN verdicts v USING (attempt)
WHERE i.batch IS NULL OR o.attempt IS NOT NULL
ORDER BY n.row, i.attempt
"""
_ENDINGS = """
SELECT n.row, f.status, f.attempt, COALESCE(r.after_attempt, 0)
FROM temp.news n JOIN finals f ON f.row = COALESCE(n.source, n.row)
LEFT JOIN reopened r ON r.row = f.row ORDER BY n.row
"""
_DECIDED = (
    "row",
    "custom_id",
    "tenant",
    "task_type",
    "template",
    "model",
    "service_tier",
    "rule",
    "reason",
    "quality",
    "quality_low",
    "cost_pusd",
    "cost_high_pusd",
    "duplicate_of",
)
_BLOCK = 20_000  # requests whose decisions are held at once
_SHOWN = 200  # characters of a name that a provider gave

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
            name=_short(name),
            requests=requests,
            sha256=digest,
            done=done,
            failed=failed,
        )


def _requests(source: Source, cursor: Cursor) -> Iterator[RequestEntry]:
    """A line for each request of which something is new."""
    rows = _take_news(source, cursor)
    if not len(rows):
        return
    attempts = _grouped(source.connection.execute(_ATTEMPTS))
    endings = _grouped(source.connection.execute(_ENDINGS))
    terms = Terms(source.plan.header)
    for decided in _decided(source.plan, rows):
        row = decided[0]
        own = tuple(_news_of(attempts.get(row), cursor, source, terms))
        ended = _news_of_end(endings.get(row), cursor, row)
        if own or ended is not None:
            yield _request(decided, source, own, ended)


class _Lockstep:
    """Rows of a query in groups by their first column, given out to somebody who asks in the same order."""

    def __init__(self, groups: Iterator[tuple[int, Iterator[Values]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def get(self, row: int) -> Iterable[Values]:
        """The rows of that group; to be used before the next is asked for."""
        while self._next is not None and self._next[0] < row:
            self._next = next(self._groups, None)
        return self._next[1] if self._next is not None and self._next[0] == row else ()


def _grouped(cursor: sqlite3.Cursor) -> _Lockstep:
    return _Lockstep(groupby(cursor, itemgetter(0)))


def _take_news(source: Source, cursor: Cursor) -> Rows:
    """The rows of which something may be new, in order; they stand in a table of their own, to be joined with."""
    connection = source.connection
    found = connection.execute(_NEW_ATTEMPTS, (cursor.attempts.first_missing(),)).fetchall()
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    tried = pairs[cursor.attempts.missing(pairs[:, 0]), 1]
    again = numbers_of(row for attempt in cursor.open for (row,) in connection.execute(_OPEN_ROW, (attempt,)))
    finals = np.array(connection.execute(_FINALS).fetchall(), dtype=np.int64).reshape(-1, 2)
    ended = finals[_is_news(finals[:, 0], finals[:, 1], cursor), 0]
    copies = _copies(source.plan, finals, cursor)
    rows = np.unique(np.concatenate([tried, again, ended]))
    _fill(connection, rows, copies)
    return np.unique(np.concatenate([rows, copies[:, 0]]))


def _is_news(rows: Rows, after: Rows, cursor: Cursor) -> npt.NDArray[np.bool_]:
    """Which ends were not told: of rows that are new, and of rows that ended once more."""
    fresh = cursor.ended.missing(rows)
    for at in np.flatnonzero(after > 0):
        fresh[at] |= cursor.again.get(int(rows[at]), 0) != after[at]
    return fresh


def _copies(plan: Plan, finals: Rows, cursor: Cursor) -> Rows:
    """Duplicates whose answer came to its end, which was not told of them: their rows, and those they are of."""
    pairs = (
        plan.assignments.filter(pl.col("duplicate_of").is_not_null())
        .select("row", "duplicate_of")
        .collect()
        .to_numpy()
        .astype(np.int64)
        .reshape(-1, 2)
    )
    at = np.searchsorted(finals[:, 0], pairs[:, 1])
    has_end = at < len(finals)
    has_end[has_end] = finals[at[has_end], 0] == pairs[has_end, 1]
    pairs, at = pairs[has_end], at[has_end]
    return pairs[_is_news(pairs[:, 0], finals[at, 1], cursor)]


def _fill(connection: sqlite3.Connection, rows: Rows, copies: Rows) -> None:
    """The table `news`: rows, and for a duplicate the row that was answered for it."""
    connection.execute("CREATE TEMP TABLE news (row INTEGER PRIMARY KEY, source INTEGER)")
    connection.executemany("INSERT INTO temp.news VALUES (?, NULL)", ((int(row),) for row in rows))
    connection.executemany("INSERT OR IGNORE INTO temp.news VALUES (?, ?)", copies.tolist())
    connection.commit()


def _decided(plan: Plan, rows: Rows) -> Iterator[Values]:
    """What the plan says of these rows, some at a time."""
    for begin in range(0, len(rows), _BLOCK):
        part = rows[begin : begin + _BLOCK]
        wanted = pl.DataFrame({"row": part}, schema={"row": pl.Int64})
        between = plan.assignments.filter(pl.col("row").is_between(int(part[0]), int(part[-1])))
        frame = between.select(_DECIDED).collect().join(wanted, on="row", how="semi").sort("row")
        yield from frame.iter_rows()


def _news_of(found: Iterable[Values], cursor: Cursor, source: Source, terms: "Terms") -> Iterator[Attempt]:
    """The attempts of a row that are new, or of which more is known than was told."""
    for values in found:
        number = values[1]
        if number in cursor.attempts and number not in cursor.open:
            continue
        attempt = _attempt(values, terms, texts=source.texts)
        if cursor.open.get(attempt.attempt) != told_of(attempt):
            yield attempt


def _news_of_end(found: Iterable[Values], cursor: Cursor, row: int) -> Ending | None:
    for _, status, attempt, after in found:
        if row in cursor.ended and cursor.again.get(row, 0) == after:
            return None
        return Ending(status=status, attempt=attempt, after=after)
    return None


def _request(decided: Values, source: Source, attempts: tuple[Attempt, ...], ended: Ending | None) -> RequestEntry:
    row, custom_id, tenant, task_type, template, model, tier, rule, reason, quality, low, cost, most, copy_of = decided
    return RequestEntry(
        of=source.of,
        run_id=source.run_id,
        row=row,
        custom_id=custom_id,
        tenant=tenant,
        task_type=task_type,
        template=template,
        decision=Decision(
            model=model,
            service_tier=tier,
            rule=rule,
            reason=reason,
            quality=quality,
            quality_low=low,
            cost_pusd=cost,
            most_pusd=most,
        ),
        duplicate_of=copy_of,
        attempts=attempts,
        ended=ended,
    )


class Terms:
    """Where the requests of each model go."""

    def __init__(self, header: PlanHeader) -> None:
        self.providers: Mapping[str, str] = {name: card.provider for name, card in header.models.items()}
        self.regions: Mapping[str, str | None] = {
            name: ", ".join(card.regions or header.providers[card.provider].regions) or None
            for name, card in header.models.items()
            if card.provider in header.providers
        }


def _attempt(values: Values, terms: Terms, *, texts: bool) -> Attempt:
    """A row of the query as an entry."""
    (
        _, number, kind, model, served, tier, served_tier, at, prompt, reserved, most, outcome, failure, status, finish,
        text, calls, into, out, read, written, reasoned, cost, reported, latency, name, passed, gate, gates, score,
        quality, scorer, about, batch, emulated,
    ) = values  # fmt: skip
    return Attempt(
        attempt=number,
        kind=kind,
        model=model,
        model_served=_short(served),
        provider=terms.providers.get(model),
        region=terms.regions.get(model),
        service_tier=tier,
        served_tier=_short(served_tier),
        at=at,
        prompt_sha256=prompt,
        reserved_pusd=PicoUSD(reserved),
        max_tokens=most,
        outcome=outcome,
        failure=failure,
        status=status,
        finish_reason=_short(finish),
        answer_sha256=_digest(text),
        calls_sha256=_digest(calls),
        input_tokens=into,
        output_tokens=out,
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=reasoned,
        cost_pusd=cost,
        reported_pusd=reported,
        latency_s=None if latency is None else round(latency, 3),
        request_id=_short(name),
        verdict=None if passed is None else "pass" if passed else gate,
        gates=gates,
        score=score,
        quality=quality,
        scorer=scorer,
        about=about,
        batch=batch,
        emulated=bool(emulated),
        answer=text.decode("utf-8", "replace") if texts and text is not None else None,
    )


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()


def _short(name: str | None) -> str | None:
    """A provider's own word, no longer than a name is."""
    return name if name is None else name[:_SHOWN]
