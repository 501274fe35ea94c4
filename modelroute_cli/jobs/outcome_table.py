"""A table of recorded outcomes as its file holds it: columns by name, and the line each row stands on."""

from pathlib import Path

import polars as pl

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.jobs.given import BOM, nearest_file
from modelroute_cli.jobs.outcome_text import FIELDS, LINE, csv_records, json_lines
from modelroute_cli.jobs.problems import Problems
from modelroute_cli.jobs.sniff import PARQUET_MAGIC

_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "Zstandard", b"PK\x03\x04": "ZIP"}
_HEAD_BYTES = 2**12


def read_table(path: Path, problems: Problems) -> pl.DataFrame:
    """Those of `FIELDS` that the file has, and `line`: 1-based; of a Parquet file the row.

    Cells are what the file holds: text from CSV, numbers from the others. Lines that cannot be read go to `problems`;
    OutcomesError where the file as a whole cannot.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        return _read(path, head, problems)
    except FileNotFoundError as error:
        msg = f"no such file: `{path}`"
        raise OutcomesError(msg, hint=nearest_file(path)) from error
    except OSError as error:
        msg = f"cannot read `{path}`: {error.strerror or error}"
        raise OutcomesError(msg, hint="name a JSONL, CSV or Parquet file that you may read") from error


def _read(path: Path, head: bytes, problems: Problems) -> pl.DataFrame:
    """By the first bytes of the file, else by its name."""
    if head.startswith(PARQUET_MAGIC):
        return _parquet(path)
    text = head.removeprefix(BOM).lstrip()
    _refuse_foreign(path, text)
    is_json = text.startswith(b"{") or path.suffix in {".jsonl", ".ndjson"}
    return json_lines(path, problems) if is_json else csv_records(path, problems)


def _refuse_foreign(path: Path, head: bytes) -> None:
    """What is no table of text."""
    if not head:
        msg = f"`{path}` is empty"
        raise OutcomesError(msg, hint='write one outcome a line: `{"custom_id": "1", "model": "...", "quality": 1}`')
    if packing := next((name for magic, name in _PACKED.items() if head.startswith(magic)), None):
        msg = f"`{path}` is packed ({packing}), which is not read here"
        raise OutcomesError(msg, hint="unpack it first, or save it as Parquet, which is small by itself")
    if head.startswith(b"["):
        msg = f"`{path}` is a JSON list; outcomes stand one a line"
        raise OutcomesError(msg, hint=f"turn it into lines: `jq -c '.[]' {path.name} > lines.jsonl`")
    if b"\0" in head:
        msg = f"`{path}` is a binary file: it holds NUL bytes"
        raise OutcomesError(msg, hint="give JSONL, CSV or Parquet")


def _parquet(path: Path) -> pl.DataFrame:
    """The known columns of all rows."""
    try:
        table = pl.scan_parquet(path, glob=False)
        found = [name for name in table.collect_schema().names() if name in FIELDS]
        return table.select(found).collect().with_row_index(LINE, offset=1).cast({LINE: pl.Int64})
    except pl.exceptions.PolarsError as error:
        msg = f"`{path}` is broken Parquet: its bytes are damaged, or it ends too early"
        raise OutcomesError(msg, hint="copy or write the file again") from error
