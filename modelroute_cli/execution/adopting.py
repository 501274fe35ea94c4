"""The attempts of a pilot, taken into the journal of the run that they were made for: in one transaction or not at all.

So what was measured counts under the run's hard cap, in its report, its results and its status like all it sent itself,
exactly once; and an answer that was paid for is not paid for again.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.execution.transactions import transaction

_FACT = "pilot"
_COPIED = (
    """
    INSERT INTO intents SELECT attempt + :base, a.row, CASE kind WHEN 'judge' THEN kind ELSE 'pilot' END, model,
           service_tier, reserved_pusd, max_tokens, started_at, about + :base, NULL
    FROM piloted.intents i JOIN adopted a ON a.own_row = i.row ORDER BY attempt
    """,
    """
    INSERT INTO outcomes ({columns}) SELECT o.attempt + :base, {others}
    FROM piloted.outcomes o JOIN piloted.intents i USING (attempt) JOIN adopted a ON a.own_row = i.row
    """,
    """
    INSERT INTO verdicts SELECT v.attempt + :base, v.passed, v.gate, v.detail, v.output, v.applied, v.score, v.is_right,
           v.quality, v.scorer
    FROM piloted.verdicts v JOIN piloted.intents i USING (attempt) JOIN adopted a ON a.own_row = i.row
    """,
    """
    INSERT INTO finals SELECT a.row, 'accepted', f.attempt + :base, ''
    FROM piloted.finals f JOIN adopted a ON a.own_row = f.row WHERE a.is_final
    """,
    """
    INSERT INTO reopened SELECT row, MAX(attempt) FROM intents
    WHERE row IN (SELECT row FROM adopted) AND row NOT IN (SELECT row FROM finals) GROUP BY row
    """,
)


@dataclass(frozen=True, slots=True)
class Adoption:
    """A row of the pilot's own job, the row of the run's job that it is of, and whether its answer is the result."""

    own_row: int
    row: int
    is_final: bool


def copy_pilot(connection: sqlite3.Connection, pilot: Path, rows: Sequence[Adoption], name: str) -> None:
    """Copy what `pilot` (a journal of the newest version, at rest) holds of `rows`; nothing where `name` was copied."""
    if has_copied(connection, name):
        return
    with _attached(connection, pilot), transaction(connection):
        connection.execute("CREATE TEMP TABLE adopted (own_row INTEGER PRIMARY KEY, row INTEGER, is_final INTEGER)")
        connection.executemany(
            "INSERT INTO adopted VALUES (?, ?, ?)", [(each.own_row, each.row, each.is_final) for each in rows]
        )
        base = connection.execute("SELECT COALESCE(MAX(attempt), 0) FROM intents").fetchone()[0]
        for command in _commands(connection):
            connection.execute(command, {"base": base} if ":base" in command else {})
        connection.execute("INSERT INTO facts VALUES (?, ?)", (f"{_FACT}:{name}", str(len(rows))))
        connection.execute("DROP TABLE adopted")


def has_copied(connection: sqlite3.Connection, name: str) -> bool:
    """Whether the pilot of that name was copied."""
    return connection.execute("SELECT 1 FROM facts WHERE name = ?", (f"{_FACT}:{name}",)).fetchone() is not None


def _commands(connection: sqlite3.Connection) -> Iterator[str]:
    """What copies each table, the columns of outcomes by name."""
    columns = [str(found[1]) for found in connection.execute("PRAGMA main.table_info(outcomes)")]
    others = ", ".join(f"o.{name}" for name in columns if name != "attempt")
    ordered = ", ".join(["attempt", *(name for name in columns if name != "attempt")])
    yield from (command.format(columns=ordered, others=others) for command in _COPIED)


@contextmanager
def _attached(connection: sqlite3.Connection, pilot: Path) -> Iterator[None]:
    """The pilot's journal beside ours, for as long as it is read."""
    connection.execute("ATTACH ? AS piloted", (str(pilot),))
    try:
        yield
    finally:
        connection.execute("DETACH piloted")
