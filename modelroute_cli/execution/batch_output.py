"""Results as OpenAI writes those of a batch: one line a request, in input order, and a file of errors beside it.

OpenAI puts failures into the second file alone. Here they stand in both, so that the first has a line for every
request; what failed has `error` and no `response`.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.spill import blocks
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.gates.calls import read_calls
from modelroute_cli.execution.openai_bodies import Given, Json, chat_completion, response
from modelroute_cli.execution.records import FinalStatus
from modelroute_cli.execution.whole_file import whole
from modelroute_cli.jobs.batch_endpoints import response_ids
from modelroute_cli.planning.plan import Plan

_ENDED = """
SELECT f.status, f.reason, i.model, i.started_at, i.service_tier, COALESCE(v.output, o.text), o.finish_reason,
       o.refusal, o.reasoning, o.tool_calls, o.model_served, o.input_tokens, o.output_tokens, o.cache_read_tokens,
       o.cache_write_tokens, o.reasoning_tokens, o.served_tier, o.request_id, o.latency_s, COALESCE(o.emulated, 0)
FROM finals f LEFT JOIN intents i USING (attempt) LEFT JOIN outcomes o USING (attempt)
LEFT JOIN verdicts v USING (attempt) WHERE f.row = ?
"""
_UNSENT = "the request has no answer yet: the run is not finished"


class LineResponse(Struct, frozen=True, kw_only=True):
    """What a request got."""

    status_code: int
    request_id: str
    body: Json


class LineError(Struct, frozen=True, kw_only=True):
    """Why a request has no answer: `request_failed`, or `request_unsent` of a run that is not finished."""

    code: str
    message: str


class OutputLine(Struct, frozen=True, kw_only=True):
    """One line of the file; either `response` or `error` is null."""

    id: str
    custom_id: str
    response: LineResponse | None
    error: LineError | None


class _Ended(Struct, frozen=True, array_like=True):
    """What a request ended as, with the answer that counts."""

    status: FinalStatus
    reason: str
    model: str | None
    started_at: str | None
    service_tier: str | None
    output: str | None
    finish_reason: str | None
    refusal: str | None
    reasoning: str | None
    tool_calls: str | None
    model_served: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    served_tier: str | None
    request_id: str | None
    latency_s: float | None
    emulated: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, its place, and whether it asked for a response."""

    custom_id: str
    row: int
    answered_by: int  # the row whose answer it has: another one's for a duplicate
    wants_response: bool


def errors_path(path: Path) -> Path:
    """The file of errors beside a file of results: `out.jsonl` has `out.errors.jsonl`."""
    return path.with_name(f"{path.stem}.errors{path.suffix or '.jsonl'}")


def write_batch_output(journal: Path, plan: Plan, path: Path) -> int:
    """Write a line for every request, and the errors beside them if there are any; how many. StorageError."""
    errors = errors_path(path)
    failed = count = 0
    with ExitStack() as stack:
        file = stack.enter_context(whole(path))
        aside = stack.enter_context(whole(errors))
        for line in output_lines(journal, plan):
            count += 1
            written = msgspec.json.encode(line)
            _put(file, written)
            if line.error is not None:
                failed += 1
                _put(aside, written)
    if not failed:
        errors.unlink(missing_ok=True)
    return count


def output_lines(journal: Path, plan: Plan) -> Iterator[OutputLine]:
    """The line of each request of the plan, in input order; StorageError."""
    wanting = response_ids(plan.header.job, journal.parent)
    columns = plan.assignments.select("custom_id", "row", pl.coalesce("duplicate_of", "row").alias("by"))
    with reading(journal) as connection:
        for block in blocks(columns):
            for custom_id, row, answered_by in block.iter_rows():
                asked = _Asked(custom_id, row, answered_by, custom_id in wanting)
                yield _line(asked, _ended(connection, answered_by))


def _put(file: IO[bytes], line: bytes) -> None:
    file.write(line)
    file.write(b"\n")


def _ended(connection: sqlite3.Connection, row: int) -> _Ended | None:
    """What a request ended as; None when it has not."""
    found = connection.execute(_ENDED, (row,)).fetchone()
    return None if found is None else msgspec.convert(found, _Ended, strict=False)


def _line(asked: _Asked, ended: _Ended | None) -> OutputLine:
    """One request; its name is the same whenever the results are written."""
    key = hashlib.sha256(msgspec.json.encode((asked.custom_id, asked.row))).hexdigest()[:24]
    name = f"batch_req_{key}"
    if ended is None:
        error = LineError(code="request_unsent", message=_UNSENT)
        return OutputLine(id=name, custom_id=asked.custom_id, response=None, error=error)
    if ended.status is not FinalStatus.ACCEPTED:
        error = LineError(code="request_failed", message=ended.reason)
        return OutputLine(id=name, custom_id=asked.custom_id, response=None, error=error)
    given = _given(key, ended)
    body = response(given) if asked.wants_response else chat_completion(given)
    got = LineResponse(status_code=200, request_id=ended.request_id or key, body=body)
    return OutputLine(id=name, custom_id=asked.custom_id, response=got, error=None)


def _given(key: str, ended: _Ended) -> Given:
    """The answer that counts."""
    return Given(
        key=key,
        created=_seconds(ended),
        model=ended.model_served or ended.model or "",
        text=ended.output or "",
        finish_reason=ended.finish_reason or "stop",
        refusal=ended.refusal,
        reasoning=ended.reasoning,
        tool_calls=read_calls(ended.tool_calls),
        input_tokens=ended.input_tokens,
        output_tokens=ended.output_tokens,
        cache_read_tokens=ended.cache_read_tokens,
        cache_write_tokens=ended.cache_write_tokens,
        reasoning_tokens=ended.reasoning_tokens,
        service_tier=ended.served_tier or ended.service_tier,
        emulated=ended.emulated,
    )


def _seconds(ended: _Ended) -> int:
    """When the answer had come, in seconds since 1970."""
    if ended.started_at is None:
        return 0
    return int((datetime.fromisoformat(ended.started_at) + timedelta(seconds=ended.latency_s or 0)).timestamp())
