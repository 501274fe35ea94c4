"""Journals in which something is handed in, written record by record as a run writes them."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from support.runs import DIGEST

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.records import (
    AttemptKind,
    Batch,
    BatchStep,
    BatchStepKind,
    Final,
    FinalStatus,
    Intent,
    Outcome,
    OutcomeKind,
    Record,
)

DUE = "2026-11-24T10:00:00+00:00"


def at(hour: int, minute: int = 0, day: int = 23) -> str:
    """A time of the day on which invented runs are made, as a journal notes it."""
    return f"2026-11-{day:02d}T{hour:02d}:{minute:02d}:00.000000+00:00"


def batch(number: int, requests: int, provider: str = "openai", tier: str = "batch") -> Batch:
    """A batch of a model of its own that was made at ten and is due a day later."""
    return Batch(
        batch=number,
        provider=provider,
        service_tier=tier,
        model="cheap-1",
        requests=requests,
        input_tokens=100 * requests,
        bytes=1000,
        digest="sha256:lines",
        tag=f"mr-{number}",
        made_at=at(10),
        due_at=DUE,
    )


def lines(number: int, rows: Iterable[int], reserved: int = 10**9) -> list[Record]:
    """The lines of a batch: attempt 1 is row 0."""
    return [
        Intent(
            attempt=row + 1,
            row=row,
            kind=AttemptKind.FIRST,
            model="cheap-1",
            service_tier="batch",
            reserved_pusd=PicoUSD(reserved),
            max_tokens=200,
            started_at=at(10),
            batch=number,
        )
        for row in rows
    ]


def step(number: int, kind: BatchStepKind, when: str, *, name: str | None = None, done: int | None = None) -> BatchStep:
    """Something that happened to it."""
    return BatchStep(batch=number, at=when, step=kind, name=name, done=done)


def submitted(number: int, name: str, done: int | None = None) -> list[Record]:
    """Uploaded and submitted at a quarter past ten, then looked at."""
    steps: list[Record] = [
        step(number, BatchStepKind.UPLOADED, at(10, 14), name=f"file-{number}"),
        step(number, BatchStepKind.SUBMITTING, at(10, 15)),
        step(number, BatchStepKind.SUBMITTED, at(10, 15), name=name),
    ]
    seen = BatchStep(batch=number, at=at(11), step=BatchStepKind.SEEN, done=done, text="running")
    return [*steps, seen] if done is not None else steps


def answered(row: int, cost: int = 3 * 10**8) -> list[Record]:
    """An answer of 100 input and 50 output tokens that was accepted."""
    told = Outcome(
        attempt=row + 1,
        outcome=OutcomeKind.ANSWERED,
        status=200,
        text=f"answer {row}",
        finish_reason="stop",
        input_tokens=100,
        output_tokens=50,
        cost_pusd=PicoUSD(cost),
    )
    return [told, Final(row=row, status=FinalStatus.ACCEPTED, attempt=row + 1, reason="")]


def unanswered(row: int, message: str) -> list[Record]:
    """A line that was not worked on."""
    return [Outcome(attempt=row + 1, outcome=OutcomeKind.FAILED, failure="tier", message=message, cost_pusd=PicoUSD(0))]


def journal(path: Path, records: Iterable[Record], digest: str = DIGEST) -> Path:
    """A journal that holds these records."""
    asyncio.run(_written(path, records, digest))
    return path


async def _written(path: Path, records: Iterable[Record], digest: str) -> None:
    book = Journal.open(path, digest)
    try:
        for record in records:
            book.note(record)
        await book.flush()
    finally:
        await book.close()
