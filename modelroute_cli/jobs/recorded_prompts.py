"""Prompts of recorded outcomes as a job file: tables that call their key `prompt_id` and have columns of their own."""

from pathlib import Path

import msgspec
import polars as pl

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.jobs.sniff import PARQUET_MAGIC

_KEY = "prompt_id"
_OURS = ("prompt", "system", "messages", "task_type", "expected", "importance")


def as_job_file(source: str, folder: Path) -> str:
    """`source` itself, or where its rows have `prompt_id` and no `custom_id`, a job file made of them in `folder`.

    Columns that no request has are left out. OutcomesError where such a table has no `prompt`.
    """
    path = Path(source)
    if not path.is_file():
        return source  # who reads it says so
    columns = _columns(path)
    if _KEY not in columns or "custom_id" in columns:
        return source
    if "prompt" not in columns and "messages" not in columns:
        message = f"`{source}` has `{_KEY}` and no `prompt`"
        raise OutcomesError(message, hint="give each prompt's text in a column `prompt`")
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{path.name.split('.')[0]}.prompts.jsonl"
    kept = [name for name in _OURS if name in columns]
    with made.open("wb") as file:
        for row in _rows(path, [_KEY, *kept]):
            file.write(msgspec.json.encode({"custom_id": str(row.pop(_KEY)), **_known(row)}) + b"\n")
    return str(made)


def _known(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _columns(path: Path) -> tuple[str, ...]:
    """The names of a table's columns; none where it is no table that is read here."""
    with path.open("rb") as file:
        head = file.read(len(PARQUET_MAGIC))
        if head == PARQUET_MAGIC:
            return tuple(pl.read_parquet_schema(path))
        line = (head + file.readline()).strip()
    if path.suffix == ".csv":
        return tuple(pl.read_csv(path, n_rows=0).columns)
    try:
        first = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    return tuple(first) if isinstance(first, dict) else ()


def _rows(path: Path, names: list[str]) -> list[dict[str, object]]:
    if path.suffix == ".csv":
        return pl.read_csv(path, columns=names, infer_schema=False).to_dicts()
    with path.open("rb") as file:
        if file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC:
            return pl.read_parquet(path, columns=names).to_dicts()
    lines = path.read_bytes().splitlines()
    rows = (msgspec.json.decode(line, type=dict[str, object]) for line in lines if line.strip())
    return [{name: row.get(name) for name in names} for row in rows]
