"""Attempts of earlier sessions that have no outcome yet: what waits in provider batches."""

from pathlib import Path

import msgspec

from modelroute_cli.execution.database import reading
from modelroute_cli.execution.records import Intent

_COLUMNS = ", ".join(Intent.__struct_fields__)
_OPEN = f"SELECT {_COLUMNS} FROM intents WHERE batch IS NOT NULL AND attempt NOT IN (SELECT attempt FROM outcomes)"  # noqa: S608 - our own names


def open_intents(path: Path) -> tuple[Intent, ...]:
    """Them, in any order; none where there is no journal yet. StorageError."""
    if not path.exists():
        return ()
    with reading(path) as connection:
        rows = connection.execute(_OPEN).fetchall()
    return tuple(msgspec.convert(dict(zip(Intent.__struct_fields__, row, strict=True)), Intent) for row in rows)
