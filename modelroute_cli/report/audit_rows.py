"""The audit log as a table: one flat row for each attempt, and for each request that was answered without one."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.cells import defused
from modelroute_cli.base.frames import Schema
from modelroute_cli.base.money import PicoUSD, to_usd_string
from modelroute_cli.base.spill import Spill
from modelroute_cli.execution.audit.entries import Attempt, Began, RequestEntry
from modelroute_cli.execution.audit.looking import Found

_BLOCK = 20_000


class AuditRow(Struct, frozen=True, kw_only=True):
    """One attempt; what is not known is None. Money in exact dollars."""

    entry: int  # its number in the log
    at: str  # ISO, UTC; of a request without an attempt: when its session began
    run_id: str
    what: str | None  # run, pilot, certify, questions; None: its beginning was deleted
    user: str | None
    host: str | None
    plan_sha256: str | None
    prices_at: str | None
    rates_digest: str | None
    settings_digest: str | None
    row: int
    custom_id: str
    tenant: str | None
    task_type: str
    template: str
    rule: str
    reason: str
    planned_model: str
    planned_service_tier: str
    planned_quality: float | None
    planned_cost_usd: str
    duplicate_of: int | None
    attempt: int | None
    kind: str | None
    model: str | None
    model_served: str | None
    provider: str | None
    region: str | None
    service_tier: str | None
    served_tier: str | None
    prompt_sha256: str | None
    answer_sha256: str | None
    redacted: str | None  # JSON: kind of data -> values that were replaced before sending
    request_id: str | None
    outcome: str | None
    failure: str | None
    status: int | None
    finish_reason: str | None
    verdict: str | None
    gates: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    reserved_usd: str | None
    cost_usd: str | None
    latency_s: float | None
    emulated: bool | None
    ended: str | None  # how the request ended, where this entry says it


FIELDS = AuditRow.__struct_fields__


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows; None: all. Days are UTC, both included."""

    since: date | None = None
    until: date | None = None
    run: str | None = None
    tenant: str | None = None

    def takes(self, row: AuditRow) -> bool:
        """Whether the row is among them."""
        day = row.at[:10]
        return (
            (self.since is None or day >= self.since.isoformat())
            and (self.until is None or day <= self.until.isoformat())
            and (self.run is None or row.run_id.startswith(self.run))
            and (self.tenant is None or row.tenant == self.tenant)
        )


def audit_rows(found: Iterable[Found], wanted: Wanted) -> Iterator[AuditRow]:
    """The rows of a log that are wanted, in its order."""
    begun: dict[int, Began] = {}
    for each in found:
        entry = each.entry
        if isinstance(entry, Began):
            begun[entry.of or each.number] = entry
        elif isinstance(entry, RequestEntry):
            rows = _rows(entry, each.number, begun.get(entry.of))
            yield from (row for row in rows if wanted.takes(row))


def _rows(entry: RequestEntry, number: int, began: Began | None) -> Iterator[AuditRow]:
    for attempt in entry.attempts or (None,):
        yield _row(entry, number, began, attempt)


def _row(entry: RequestEntry, number: int, began: Began | None, attempt: Attempt | None) -> AuditRow:
    decided, of = entry.decision, attempt
    values = {
        **{name: None if of is None else getattr(of, name) for name in _OF_ATTEMPTS},
        **{name: None if began is None else getattr(began, name) for name in _OF_SESSIONS},
        **{name: getattr(entry, name) for name in _OF_REQUESTS},
        "entry": number,
        "at": of.at if of is not None else "" if began is None else began.at,
        "rule": decided.rule,
        "reason": decided.reason,
        "planned_model": decided.model,
        "planned_service_tier": decided.service_tier,
        "planned_quality": decided.quality,
        "planned_cost_usd": to_usd_string(decided.cost_pusd),
        "reserved_usd": None if of is None else _dollars(of.reserved_pusd),
        "cost_usd": None if of is None else _dollars(of.cost_pusd),
        "redacted": None if of is None or of.redacted is None else msgspec.json.encode(of.redacted).decode(),
        "ended": None if entry.ended is None else entry.ended.status,
    }
    return AuditRow(**values)


def _names(kind: type[Struct]) -> tuple[str, ...]:
    """The fields of rows that stand under the same name in entries of that kind."""
    return tuple(name for name in kind.__struct_fields__ if name in FIELDS and name not in {"at", "row", "run_id"})


_OF_ATTEMPTS = _names(Attempt)
_OF_SESSIONS = _names(Began)
_OF_REQUESTS = (*(name for name in _names(RequestEntry) if name != "ended"), "row", "run_id")


def _dollars(amount: PicoUSD | None) -> str | None:
    return None if amount is None else to_usd_string(amount)


def write_rows(rows: Iterable[AuditRow], path: Path, file: IO[bytes]) -> int:
    """All rows in the form that the ending of `path` names, to `file`; how many."""
    return {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}[path.suffix](rows, file)


FORMS = (".csv", ".jsonl", ".parquet")


def _write_jsonl(rows: Iterable[AuditRow], file: IO[bytes]) -> int:
    encode, count = msgspec.json.Encoder().encode, 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is told
        file.write(encode(row) + b"\n")
    return count


def _write_csv(rows: Iterable[AuditRow], file: IO[bytes]) -> int:
    """Cells that a spreadsheet would take for a formula get an apostrophe."""
    text = io.TextIOWrapper(file, "utf-8", errors="replace", newline="")
    writer, count = csv.writer(text), 0
    writer.writerow(FIELDS)
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is told
        writer.writerow(cell(value) for value in msgspec.structs.astuple(row))
    text.detach()
    return count


def cell(value: object) -> str:
    """A value as a CSV cell; numbers of our own are never touched."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return defused(value)
        case _:
            return str(value)


def _write_parquet(rows: Iterable[AuditRow], file: IO[bytes]) -> int:
    """Money as exact decimals; written in blocks."""
    spill = Spill(SCHEMA)
    for block in _blocks(rows):
        spill.append(_frame(block))
    spill.frame().sink_parquet(file)
    return spill.height


def _blocks(rows: Iterable[AuditRow]) -> Iterator[list[AuditRow]]:
    """A few at a time."""
    found = iter(rows)
    return iter(lambda: list(islice(found, _BLOCK)), [])


def _frame(block: list[AuditRow]) -> pl.DataFrame:
    loose = {name: pl.String if name in _MONEY else kind for name, kind in SCHEMA.items()}
    frame = pl.DataFrame([msgspec.structs.astuple(row) for row in block], schema=loose, orient="row")
    return frame.with_columns(pl.col(name).cast(SCHEMA[name]) for name in _MONEY)


def _kind(annotation: object) -> pl.DataType | type[pl.DataType]:
    """The type of a column."""
    found = {int: pl.Int64, float: pl.Float64, bool: pl.Boolean}
    return next((kind for own, kind in found.items() if annotation in (own, own | None)), pl.String)


_MONEY = tuple(name for name in FIELDS if name.endswith("_usd"))
SCHEMA: Schema = {
    field.name: pl.Decimal(38, 12) if field.name in _MONEY else _kind(field.type)
    for field in msgspec.structs.fields(AuditRow)
}
