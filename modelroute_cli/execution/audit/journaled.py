"""What of a journal is not in the log yet, as entries: caps, events, batches, then requests in input order."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.execution.audit.cursor import Cursor, told_of
from modelroute_cli.execution.audit.due import FINALS, Rows, Values, copies_due, decided_of, pairs_of, rows_due
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
from modelroute_cli.planning.plan import Plan, PlanHeader

_CAPS = "SELECT at, cap_pusd FROM caps WHERE rowid > ? ORDER BY rowid"
_EVENTS = "SELECT at, kind, subject, requests FROM events WHERE rowid > ? ORDER BY rowid"
_STEPS = """
SELECT s.at, s.batch, s.step, b.provider, SUBSTR(s.name, 1, 200), b.requests, b.digest, s.done, s.failed
FROM batch_steps s JOIN batches b USING (batch) WHERE s.step <> 'seen' ORDER BY s.rowid LIMIT -1 OFFSET ?
"""  # nothing is ever deleted from any of the three
_ATTEMPTS = """
SELECT i.row, i.attempt, i.kind, i.model, i.service_tier, i.started_at, i.reserved_pusd, i.max_tokens, i.prompt_sha256,
       SUBSTR(o.model_served, 1, 200), SUBSTR(o.served_tier, 1, 200), o.outcome, o.failure, o.status,
       SUBSTR(o.finish_reason, 1, 200), o.input_tokens, o.output_tokens, o.cache_read_tokens, o.cache_write_tokens,
       o.reasoning_tokens, o.cost_pusd, o.reported_pusd, ROUND(o.latency_s, 3), SUBSTR(o.request_id, 1, 200),
       CASE v.passed WHEN 1 THEN 'pass' ELSE v.gate END, v.applied, v.score, v.quality, v.scorer, i.about, i.batch,
       o.emulated, d.kinds, CAST(o.tool_calls AS BLOB), CAST(o.text AS BLOB)
FROM {news}intents i{on} LEFT JOIN outcomes o USING (attempt) LEFT JOIN verdicts v USING (attempt)
LEFT JOIN redactions d USING (attempt)
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
_ALL = {"news": "", "on": ""}
_NEW = {"news": "temp.news n CROSS JOIN ", "on": " USING (row)"}


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
    finals = pairs_of(source.connection.execute(FINALS))
    copies = copies_due(source.plan, finals, cursor)
    yield from _tried(source, cursor, finals)
    if len(copies):
        yield from _copied(source, copies)


def _tried(source: Source, cursor: Cursor, finals: Rows) -> Iterator[RequestEntry]:
    """Those that were sent; a run that is taken in as a whole needs no table of what is new."""
    rows = None if cursor.is_fresh else rows_due(source.connection, cursor, finals)
    if rows is not None and not len(rows):
        return
    join = _ALL if rows is None else _NEW
    attempts = _Lockstep(source.connection.execute(_ATTEMPTS.format(**join)))
    endings = _Lockstep(source.connection.execute(_ENDINGS.format(**join)))
    terms = Terms(source.plan.header)
    for decided in decided_of(source.plan, rows):
        row = decided[0]
        own = _news_of(attempts.take(row), cursor, terms, texts=source.texts)
        ended = _news_of_end(endings.take(row), cursor)
        if own or ended is not None:
            yield _request(decided, source, tuple(own), ended)


def _copied(source: Source, copies: Rows) -> Iterator[RequestEntry]:
    """Those that were answered as another was."""
    firsts = dict(copies.tolist())
    for decided in decided_of(source.plan, copies[:, 0]):
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
    *own, emulated, kinds, calls, text = values[1:]
    provider, region = terms.of.get(values[3], _NOWHERE)
    kept = text.decode("utf-8", "replace") if texts and text is not None else None
    redacted = None if kinds is None else _counts(kinds)
    rest: Values = (bool(emulated), provider, region, _digest(text), _digest(calls), redacted, kept)
    return Attempt(*own, *rest)


_counts = msgspec.json.Decoder(dict[str, int]).decode


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()
