"""What is done with the rows of a history: recorded, taken from a file, read, forgotten."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from modelroute_cli.pilot.history.store import reading, writing
from modelroute_cli.pilot.history.sums import Part, Sums, summed
from modelroute_cli.pilot.observation import Observation

_COLUMNS = Sums.__struct_fields__
_VALUES = ", ".join(f":{name}" for name in _COLUMNS)
_PUT = f"INSERT OR REPLACE INTO sums ({', '.join(_COLUMNS)}) VALUES ({_VALUES})"  # noqa: S608 - our own names
_GET = f"SELECT {', '.join(_COLUMNS)} FROM sums"  # noqa: S608 - our own names
_ORDER = " ORDER BY emulated, template, scorer, baseline, model, day, run, source, model_served, task_type, language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Rows that are meant: every field that is set must hold, and one that sets none means all of them."""

    template: str | None = None
    model: str | None = None
    before: date | None = None  # days before this one
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of rows from a file."""

    new: int
    replaced: int  # those that were there with other sums
    known: int  # those that were there just so


def record(path: Path, observations: Iterable[Observation], part: Part) -> int:
    """Keep the sums of what a part of a run measured, in the place of what it had recorded; how many rows it has.

    Recording the same twice changes nothing. HistoryError when the history cannot be written; it is then as before.
    """
    rows = summed(observations, part)
    with writing(path) as connection:
        connection.execute("DELETE FROM sums WHERE run = ? AND source = ?", (part.run, part.source))
        _put(connection, rows)
    return len(rows)


def take(path: Path, rows: Sequence[Sums]) -> Taken:
    """Put rows of an exported history to this one; a row that is there already, sums aside, is replaced."""
    with writing(path) as connection:
        before = set(_rows(connection, ""))
        keys = {key(row) for row in before}
        _put(connection, rows)
    known = sum(row in before for row in rows)
    new = sum(key(row) not in keys for row in rows)
    return Taken(new, len(rows) - new - known, known)


def rows(path: Path, *, emulated: bool | None = None) -> tuple[Sums, ...]:
    """What a history holds, in a fixed order; `emulated` None means both kinds."""
    where = "" if emulated is None else f" WHERE emulated = {emulated:d}"
    with reading(path) as connection:
        return _rows(connection, where)


def forget(path: Path, which: Which) -> int:
    """Delete rows for good: SQLite overwrites them in the file; how many they were."""
    names = {"template": which.template, "model": which.model, "run": which.run}
    given = {name: value for name, value in names.items() if value is not None}
    where = [f"{name} = :{name}" for name in given]
    if which.before is not None:
        where.append("day < :before")
        given["before"] = which.before.isoformat()
    with writing(path) as connection:
        return connection.execute(f"DELETE FROM sums WHERE {' AND '.join(where) or 'true'}", given).rowcount  # noqa: S608 - our own names


def matching(held: Iterable[Sums], which: Which) -> tuple[Sums, ...]:
    """The rows that `forget` would delete."""
    return tuple(
        row
        for row in held
        if which.template in {None, row.template}
        and which.model in {None, row.model}
        and which.run in {None, row.run}
        and (which.before is None or row.day < which.before)
    )


def _put(connection: sqlite3.Connection, rows: Iterable[Sums]) -> None:
    connection.executemany(_PUT, [msgspec.to_builtins(row) for row in rows])


def _rows(connection: sqlite3.Connection, where: str) -> tuple[Sums, ...]:
    found = (dict(zip(_COLUMNS, values, strict=True)) for values in connection.execute(_GET + where + _ORDER))
    return tuple(msgspec.convert(row, Sums, strict=False) for row in found)


def key(row: Sums) -> Sums:
    """What tells a row from others: the row without its sums."""
    return Sums(
        run=row.run,
        source=row.source,
        template=row.template,
        task_type=row.task_type,
        language=row.language,
        model=row.model,
        model_served=row.model_served,
        baseline=row.baseline,
        scorer=row.scorer,
        day=row.day,
        emulated=row.emulated,
        n=1,
        quality_sum=0.0,
        quality_squares=0.0,
    )
