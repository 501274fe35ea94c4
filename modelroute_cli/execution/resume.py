"""How a run goes on: what the journal knows of requests that have not come to their end, as tickets again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import polars as pl

from modelroute_cli.base.schema import HANDED_IN, Request, ServiceTier
from modelroute_cli.execution.gates.answer import Said
from modelroute_cli.execution.gates.calls import read_calls
from modelroute_cli.execution.journal_read import Answered, PastAttempt, answer_of, past_attempts
from modelroute_cli.execution.records import PUT_BACK, AttemptKind, OutcomeKind
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import COLUMNS, Assigned, History, Ticket, Unjudged


def taken_up(
    assignments: pl.LazyFrame, journal: Path, routes: Routes, read: Callable[[int, int], Request]
) -> Iterator[Ticket | Unjudged]:
    """Each request that was tried and has not come to its end, after its last attempt, in input order."""
    past = {row: list(attempts) for row, attempts in groupby(past_attempts(journal), key=lambda item: item.row)}
    rows = assignments.filter(pl.col("row").is_in(list(past))).select(COLUMNS).collect() if past else None
    for item in () if rows is None else (Assigned(*values) for values in rows.iter_rows()):
        yield _after(routes.planned(item), past[item.row], journal, routes, read(item.offset, item.length))


def _after(
    first: Ticket, attempts: list[PastAttempt], journal: Path, routes: Routes, request: Request
) -> Ticket | Unjudged:
    """The ticket of the last attempt, with the history of those before it.

    Of two that raced the one that was answered counts as the last: its answer is paid, and must not be asked for again.
    """
    attempts = sorted(attempts, key=_place)
    last = attempts[-1]
    ticket = replace(
        routes.again(first, request, last.model, last.max_tokens),
        kind=last.kind,
        extra=any(_is_extra(attempt, first) for attempt in attempts),
        history=_history(attempts, journal, first),
    )
    if first.service_tier in HANDED_IN and last.model == first.model and last.service_tier == ServiceTier.STANDARD:
        ticket = routes.at_standard(ticket, request)
    if last.outcome is OutcomeKind.ANSWERED:
        return said_again(journal, ticket, last.attempt)
    if last.failure == PUT_BACK:
        return replace(ticket, kind=AttemptKind.FIRST)
    if last.service_tier in HANDED_IN and routes.may_switch(ticket):  # as the session would have done that ended
        return replace(routes.at_standard(ticket, request), late=last.outcome is OutcomeKind.UNKNOWN)
    return replace(ticket, kind=AttemptKind.RETRY, late=last.outcome is OutcomeKind.UNKNOWN)


def said_again(journal: Path, ticket: Ticket, attempt: int) -> Unjudged:
    """An answer that the journal has, to be judged; StorageError."""
    answered = answer_of(journal, attempt)
    said = Said(answered.text, answered.finish_reason, answered.refusal, read_calls(answered.tool_calls))
    return Unjudged(ticket, attempt, said, _visible(answered))


def history_of_row(journal: Path, row: int, attempt: int, first: Ticket) -> History:
    """What a row went through before one of its attempts; StorageError."""
    before = [item for item in past_attempts(journal, row) if item.attempt <= attempt]
    return _history(before, journal, first)


def _history(attempts: list[PastAttempt], journal: Path, first: Ticket) -> History:
    """What was tried and kept; a new session starts with fresh retries."""
    last = attempts[-1]
    judged = [attempt for attempt in attempts if attempt.passed is False and attempt is not last]
    best = judged[-1].attempt if judged else None
    return History(
        tried=tuple(dict.fromkeys(attempt.model for attempt in attempts if attempt.model != last.model)),
        escalations=sum(attempt.kind is AttemptKind.ESCALATION for attempt in attempts),
        resent=any(_has_more_room(attempt, first) and attempt.model == last.model for attempt in attempts),
        best=best,
        verdict="" if best is None else answer_of(journal, best).verdict,
        cut=any(_is_as_planned(attempt, first) for attempt in attempts),
    )


def _place(attempt: PastAttempt) -> int:
    """Second attempts without an answer come first, an answer that waits for its verdict last; a judge's is none."""
    if attempt.outcome is not OutcomeKind.ANSWERED:
        return 0 if attempt.kind is AttemptKind.HEDGE else 1
    return 2 if attempt.passed is None and attempt.kind is not AttemptKind.JUDGE else 1


def _is_extra(attempt: PastAttempt, first: Ticket) -> bool:
    return attempt.kind is AttemptKind.ESCALATION or _has_more_room(attempt, first)


def _has_more_room(attempt: PastAttempt, first: Ticket) -> bool:
    """Whether it was sent again with more room than was planned."""
    return attempt.kind is AttemptKind.RESEND and not _is_as_planned(attempt, first)


def _is_as_planned(attempt: PastAttempt, first: Ticket) -> bool:
    """Whether it was sent again with the planned room, after it had less."""
    same = (attempt.model, attempt.max_tokens) == (first.model, first.max_tokens)
    return attempt.kind is AttemptKind.RESEND and same


def _visible(answered: Answered) -> int | None:
    if answered.output_tokens is None:
        return None
    return answered.output_tokens - (answered.reasoning_tokens or 0)
