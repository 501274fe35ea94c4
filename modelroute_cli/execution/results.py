"""The results file: one row a request, in input order, written aside and renamed.

In CSV, a cell that a spreadsheet would take for a formula is defused as `base.cells` says. JSONL is exact.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

import msgspec
import polars as pl
from msgspec import UNSET, Struct, UnsetType

from modelroute_cli.base.cells import TextOver, defused
from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD, to_usd_string
from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.base.spill import blocks
from modelroute_cli.catalog.marking import ResultSettings
from modelroute_cli.execution.batch_output import write_batch_output
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.gates.calls import read_calls
from modelroute_cli.execution.journal_read import Ending, Expense, ResultReader
from modelroute_cli.execution.marking import MarkedRow, Marker
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.result_row import Hidden, ResultRow
from modelroute_cli.execution.whole_file import aside_of, whole
from modelroute_cli.planning.plan import Plan

Format = Literal["jsonl", "csv", "openai-batch"]

_NOTHING_SPENT = Expense(0, PicoUSD(0), PicoUSD(0), 0, False)


class _Planned(Struct, frozen=True):
    """What the plan says of a row."""

    row: int
    custom_id: str
    duplicate_of: int | None
    model: str
    cost_pusd: PicoUSD
    language: str


def check_writable(path: Path, what: str = "results", example: str = "results.jsonl") -> None:
    """UsageError, before anything is done, when `what` could not be written to `path`."""
    folder = path.parent
    if path.is_dir():
        message = f"`{path}` is a folder"
        raise UsageError(message, hint=f"name a file: `-o {example}`")
    if not folder.is_dir():
        message = f"there is no folder `{folder}` for the {what}"
        raise UsageError(message, hint=f"`mkdir -p {folder}`, or name another file with `-o`")
    aside = aside_of(path)
    try:
        aside.touch()
        aside.unlink()
    except OSError as error:
        message = f"{what} cannot be written to `{path}`: {error.strerror}"
        raise UsageError(message, hint="name a file in a folder you may write to with `-o`") from error


def write_results(journal: Path, plan: Plan, path: Path, form: Format, said: ResultSettings | None = None) -> int:
    """Write every request of the plan, in input order; how many rows. StorageError when the disk refuses.

    Rows say who wrote them where `said` asks for it; OpenAI's own form has no place for that.
    """
    said = said or ResultSettings()
    if form == "openai-batch":
        return write_batch_output(journal, plan, path)
    with whole(path) as file:
        rows = result_rows(journal, plan, said)
        if form == "jsonl":
            return _write_jsonl(file, rows)
        columns = MarkedRow.__struct_fields__ if said.mark_ai else ResultRow.__struct_fields__
        return _write_csv(file, rows, columns if plan.header.redaction else _unredacted(columns))


def result_rows(journal: Path, plan: Plan, said: ResultSettings | None = None) -> Iterator[ResultRow]:
    """What each request of the plan ended as, in input order, with marks where `said` asks for them; StorageError."""
    ids = _asked_twice(plan.assignments)
    with reading(journal) as connection:
        reader = ResultReader(connection)
        marker = Marker(connection, plan.header.models, said) if said is not None and said.mark_ai else None
        for block in blocks(plan.assignments.select(_Planned.__struct_fields__)):
            yield from (_marked(_Planned(*values), reader, ids, marker) for values in block.iter_rows())


def _marked(planned: _Planned, reader: ResultReader, ids: dict[int, str], marker: Marker | None) -> ResultRow:
    """A row, with its marks where there is a marker."""
    row = _row(planned, reader, ids)
    first = planned.row if planned.duplicate_of is None else planned.duplicate_of
    return row if marker is None else marker.marked(row, first, planned.language)


def _unredacted(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a run in which nothing is replaced."""
    return tuple(name for name in columns if name != "redacted")


def _asked_twice(assignments: pl.LazyFrame) -> dict[int, str]:
    """The custom_id of each request that is answered for others too, by row."""
    firsts = assignments.select(pl.col("duplicate_of").alias("row")).drop_nulls().unique()
    return dict(assignments.select("row", "custom_id").join(firsts, on="row", how="semi").collect().iter_rows())


def _row(planned: _Planned, reader: ResultReader, ids: dict[int, str]) -> ResultRow:
    """A duplicate has the answer of its first, and cost nothing itself."""
    first = planned.row if planned.duplicate_of is None else planned.duplicate_of
    ending, expense = reader.ending(first), reader.expense(first)
    own = expense if planned.duplicate_of is None else _NOTHING_SPENT
    return ResultRow(
        custom_id=planned.custom_id,
        status="unsent" if ending is None else ending.status.value,
        output=None if ending is None else ending.output,
        model=None if ending is None else ending.model,
        model_served=None if ending is None else ending.model_served,
        service_tier=None if ending is None else _tier(ending),
        input_tokens=None if ending is None else ending.input_tokens,
        output_tokens=None if ending is None else ending.output_tokens,
        cache_read_tokens=None if ending is None else ending.cache_read_tokens,
        cache_write_tokens=None if ending is None else ending.cache_write_tokens,
        reasoning_tokens=None if ending is None else ending.reasoning_tokens,
        cost_usd=to_usd_string(own.spent_pusd),
        held_usd=to_usd_string(own.held_pusd),
        attempts=own.attempts,
        escalated=expense.escalations > 0,
        verdict=_verdict(ending),
        reason="" if ending is None else ending.reason,
        planned_model=planned.model,
        planned_cost_usd=to_usd_string(planned.cost_pusd),
        duplicate_of=None if planned.duplicate_of is None else ids[planned.duplicate_of],
        emulated=expense.emulated,
        tool_calls=() if ending is None else read_calls(ending.tool_calls),
        reasoning=None if ending is None else ending.reasoning,
        request_id=None if ending is None else ending.request_id,
        pilot=ending is not None and ending.kind is AttemptKind.PILOT,
        redacted=UNSET if ending is None else _hidden(ending),
    )


def _hidden(ending: Ending) -> Hidden | UnsetType:
    """What was replaced, where anything was."""
    if ending.redacted is None:
        return UNSET
    values = msgspec.json.decode(ending.redacted, type=dict[str, int])
    return Hidden(values=values, lost=ending.lost or 0, unknown=ending.unknown or 0)


def _tier(ending: Ending) -> str | None:
    """The tier it was bought at: as its provider says, but of what was handed in providers call it as they like."""
    return ending.service_tier if ending.service_tier in HANDED_IN else ending.served_tier or ending.service_tier


def _verdict(ending: Ending | None) -> str | None:
    if ending is None or ending.passed is None:
        return None
    return "pass" if ending.passed else ending.gate


def _write_jsonl(file: IO[bytes], rows: Iterator[ResultRow]) -> int:
    encoder = msgspec.json.Encoder()
    count = 0
    for row in rows:
        file.write(encoder.encode(row))
        file.write(b"\n")
        count += 1
    return count


def _write_csv(file: IO[bytes], rows: Iterator[ResultRow], columns: tuple[str, ...]) -> int:
    text = TextOver(file)
    writer = csv.writer(text)  # RFC 4180 line ends: with others a lone carriage return in a cell is not quoted
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in columns])
        count += 1
    return count


def _cell(value: object) -> str:
    """A value as a CSV cell; texts that look like formulas are defused."""
    match value:
        case None | msgspec.UNSET:
            return ""
        case Struct():
            return msgspec.json.encode(value).decode()
        case tuple():
            return msgspec.json.encode(value).decode() if value else ""
        case bool():
            return "true" if value else "false"
        case str():
            return defused(value)
        case _:
            return str(value)
