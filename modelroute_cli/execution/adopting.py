"""The attempts of a pilot, taken into the journal of the run that they were made for: in one transaction or not at all.

So what was measured counts under the run's hard cap, in its report, its results and its status like all it sent itself,
exactly once; and an answer that was paid for is not paid for again.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.transactions import transaction

_FACT = "pilot"
_OF_ATTEMPTS = {
    "intents": {
        "attempt": "t.attempt + :base",
        "row": "a.row",
        "kind": "CASE t.kind WHEN 'judge' THEN t.kind ELSE :kind END",
        "about": "t.about + :base",
        "batch": "NULL",
    },
    "outcomes": {"attempt": "t.attempt + :base"},
    "verdicts": {"attempt": "t.attempt + :base"},
    "redactions": {"attempt": "t.attempt + :base"},
}
"""The tables with a line an attempt, and the columns of them that change on the way."""
_FINALS = """
INSERT INTO finals SELECT a.row, 'accepted', f.attempt + :base, ''
FROM piloted.finals f JOIN adopted a ON a.own_row = f.row WHERE a.is_final
"""
_REOPENED = """
INSERT OR REPLACE INTO reopened SELECT row, MAX(attempt) FROM intents
WHERE row IN (SELECT row FROM adopted) AND row NOT IN (SELECT row FROM finals) GROUP BY row
"""


@dataclass(frozen=True, slots=True)
class Adoption:
    """A row of the pilot's own job, the row of the run's job that it is of, and whether its answer is the result."""

    own_row: int
    row: int
    is_final: bool


@dataclass(frozen=True, slots=True)
class Adopted:
    """A journal of the newest version, at rest, that is taken in as attempts of a kind, once under its name."""

    path: Path
    name: str
    rows: Sequence[Adoption]
    kind: AttemptKind = AttemptKind.PILOT


def copy_pilot(connection: sqlite3.Connection, adopted: Adopted) -> None:
    """Copy what the journal holds of these rows; nothing where it was copied before."""
    rows, name = adopted.rows, adopted.name
    if has_copied(connection, name):
        return
    with _attached(connection, adopted.path), transaction(connection):
        connection.execute("CREATE TEMP TABLE adopted (own_row INTEGER PRIMARY KEY, row INTEGER, is_final INTEGER)")
        connection.executemany(
            "INSERT INTO adopted VALUES (?, ?, ?)", [(each.own_row, each.row, each.is_final) for each in rows]
        )
        base = connection.execute("SELECT COALESCE(MAX(attempt), 0) FROM intents").fetchone()[0]
        for command in _commands(connection):
            connection.execute(command, {"base": base, "kind": adopted.kind.value})
        connection.execute("INSERT INTO facts VALUES (?, ?)", (f"{_FACT}:{name}", str(len(rows))))
        connection.execute("DROP TABLE adopted")


def has_copied(connection: sqlite3.Connection, name: str) -> bool:
    """Whether the pilot of that name was copied."""
    return connection.execute("SELECT 1 FROM facts WHERE name = ?", (f"{_FACT}:{name}",)).fetchone() is not None


def _commands(connection: sqlite3.Connection) -> Iterator[str]:
    """What copies each table, column by column: a table that was migrated has them in another order than a new one."""
    for table, changed in _OF_ATTEMPTS.items():
        columns = [str(found[1]) for found in connection.execute(f"PRAGMA main.table_info({table})")]
        values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
        yield (
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM piloted.{table} t "  # noqa: S608 - our own
            "JOIN piloted.intents i USING (attempt) JOIN adopted a ON a.own_row = i.row ORDER BY t.attempt"
        )
    yield from (_FINALS, _REOPENED)


@contextmanager
def _attached(connection: sqlite3.Connection, pilot: Path) -> Iterator[None]:
    """The pilot's journal beside ours, for as long as it is read."""
    connection.execute("ATTACH ? AS piloted", (str(pilot),))
    try:
        yield
    finally:
        connection.execute("DETACH piloted")
