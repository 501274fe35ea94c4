"""The three forms of an exported history: JSON lines, CSV and Parquet, the same columns in each."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO

import msgspec

from modelroute_cli.base.money import to_usd_string
from modelroute_cli.pilot.history.sums import Sums

COST = "cost_usd"  # an exact decimal string of dollars, as in everything that leaves the program
FIELDS = tuple(COST if name == "cost_pusd" else name for name in Sums.__struct_fields__)

_WHOLE = frozenset({"n", "n_paired", "n_tokens", "output_tokens_sum", "n_cost"})
_REAL = frozenset(
    {"quality_sum", "quality_squares", "difference_sum", "difference_squares", "output_tokens_squares"},
)
_EMPTY_IS_UNKNOWN = "model_served"


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as it stands in a file: its line (in Parquet its number), its values, or why it has none."""

    line: int
    values: Mapping[str, object] = field(default_factory=dict)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """How rows become bytes and bytes rows; `lax` where all that is read is text."""

    write: Callable[[Sequence[Sums]], bytes]
    read: Callable[[bytes], Iterable[Raw]]
    lax: bool = False


def public(row: Sums) -> dict[str, object]:
    """The row as it is written: money as a decimal string."""
    values: dict[str, object] = msgspec.to_builtins(row)
    return {name: to_usd_string(row.cost_pusd) if name == COST else values[name] for name in FIELDS}


def _write_jsonl(rows: Sequence[Sums]) -> bytes:
    return b"".join(msgspec.json.encode(public(row)) + b"\n" for row in rows)


def _read_jsonl(content: bytes) -> Iterator[Raw]:
    for line, text in enumerate(content.splitlines(), start=1):
        if text.strip():
            yield _read_line(line, text)


def _read_line(line: int, text: bytes) -> Raw:
    try:
        return Raw(line, msgspec.json.decode(text, type=dict[str, object]))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Raw(line, fault=f"is no JSON object: {error}")


def _write_csv(rows: Sequence[Sums]) -> bytes:
    text = StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in public(row).items()} for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    """`true` and `false` as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else value


def _read_csv(content: bytes) -> Iterator[Raw]:
    """The rows by the names of the header; the line is that where a row ends."""
    reader = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), restkey="", strict=True)
    try:
        for row in reader:
            if "" in row or None in row.values():
                yield Raw(reader.line_num, fault="has not as many cells as the header")
            else:
                yield Raw(reader.line_num, {name: _known(name, text) for name, text in row.items()})
    except csv.Error as error:
        yield Raw(reader.line_num + 1, fault=f"is no CSV: {error}")


def _known(name: str, text: str) -> str | None:
    return None if name == _EMPTY_IS_UNKNOWN and not text else text


def _write_parquet(rows: Sequence[Sums]) -> bytes:
    import polars as pl  # noqa: PLC0415 - the other forms do without

    kinds = {name: pl.Int64 if name in _WHOLE else pl.Float64 if name in _REAL else pl.String for name in FIELDS}
    file = BytesIO()
    pl.DataFrame([public(row) for row in rows], schema={**kinds, "emulated": pl.Boolean}).write_parquet(file)
    return file.getvalue()


def _read_parquet(content: bytes) -> Iterator[Raw]:
    import polars as pl  # noqa: PLC0415 - the other forms do without

    try:
        frame = pl.read_parquet(BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        yield Raw(1, fault=f"is no Parquet: {error}")
        return
    yield from (Raw(line, row) for line, row in enumerate(frame.iter_rows(named=True), start=1))


FORMS: Mapping[str, Form] = {
    ".jsonl": Form(_write_jsonl, _read_jsonl),
    ".csv": Form(_write_csv, _read_csv, lax=True),
    ".parquet": Form(_write_parquet, _read_parquet),
}
