"""CSV by column names: each record becomes a line of the spool."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs import checks
from modelroute_cli.jobs.csv_cells import METADATA_PREFIX, convert
from modelroute_cli.jobs.fields import REQUEST_FIELDS, row_faults
from modelroute_cli.jobs.given import BOM, MAX_LINE_BYTES, HashedLines
from modelroute_cli.jobs.problems import Fault, nearest, quoted, suggestion
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.spool import Aside

_DELIMITERS = ",;\t|"
_QUOTE_HINT = 'put cells that hold the delimiter, a quote or a line break into "double quotes"'
_BROKEN = {
    "unexpected end of data": "a quote is opened here and never closed",
    "expected after": "text follows a closing quote",
    "new-line character": "a bare carriage return stands outside quotes",
    "field larger": f"a cell is longer than {MAX_LINE_BYTES // 2**20} MiB",
}


class _Record(msgspec.Struct, frozen=True):
    """The cells of one record and the physical line on which it starts."""

    line: int
    cells: list[str]


def rows(lines: HashedLines, folder: Path, refused: Refused, spool: Aside) -> Iterator[Row]:
    """Every valid record in order, written to `spool`; what is not valid goes to `refused`."""
    records = _records(lines, refused)
    header = next(records, None)
    if header is None:
        return
    columns = [cell.strip() for cell in header.cells]
    refused.add(header.line, Refusal(_header_faults(columns)))
    if not _asks(columns):
        return
    for number, record in enumerate(records, start=1):
        outcome = _read(record, columns, folder, f"row-{number:06d}")
        if isinstance(outcome, Refusal):
            refused.add(record.line, outcome)
        else:
            raw = msgspec.json.encode(outcome)
            yield Row(record.line, spool.write(raw + b"\n"), len(raw), outcome)


def _records(lines: HashedLines, refused: Refused) -> Iterator[_Record]:
    """Every record that is not blank; one whose quotes are broken goes to `refused`."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES))
    texts = (raw.decode(errors="surrogateescape") for raw in lines)
    first = next((text for text in texts if text.strip("\ufeff, ;\t|\r\n")), "")
    skipped = max(lines.number - 1, 0)
    head = first.removeprefix(BOM.decode())
    reader = csv.reader(chain([head], texts), delimiter=_delimiter(head), strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refused.add(line, Refusal([Fault(None, f"broken CSV: {_reason(error)}", _QUOTE_HINT)]))
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield _Record(line, cells)


def _reason(error: csv.Error) -> str:
    """The library's reason in our words: its own change from one Python to the next."""
    return next((words for part, words in _BROKEN.items() if part in str(error)), str(error))


def _delimiter(header: str) -> str:
    """The one that finds most known names in the header, then most cells."""

    def found(delimiter: str) -> tuple[int, int]:
        names = [name.strip(' "\r\n') for name in header.split(delimiter)]
        return sum(_is_known(name) for name in names), len(names)

    return max(_DELIMITERS, key=found)


def _is_known(column: str) -> bool:
    return column in REQUEST_FIELDS or column.startswith(METADATA_PREFIX)


def _asks(columns: Sequence[str]) -> bool:
    return "prompt" in columns or "messages" in columns


def _header_faults(columns: Sequence[str]) -> list[Fault]:
    """What is wrong with the names of the columns."""
    counts = Counter(columns)
    faults = (
        [Fault(None, f"column {columns.index('') + 1} has no name", "name it or remove it")] if "" in counts else []
    )
    faults += [Fault(name, "names two columns", "remove one") for name in counts if name and counts[name] > 1]
    if not _asks(columns):
        return [*faults, _no_prompt(columns)]
    unknown = [name for name in counts if name and not _is_known(name)]
    return [*faults, *(Fault(name, "is no field", suggestion(name, REQUEST_FIELDS)) for name in unknown)]


def _no_prompt(columns: Sequence[str]) -> Fault:
    near = nearest("prompt", [name for name in columns if name and not _is_known(name)])
    named = ", ".join(quoted(name) for name in columns)
    hint = f"rename `{near}` to `prompt`" if near else "name the column that holds the request `prompt`"
    return Fault("prompt", f"there is no such column; the columns are {named}", hint)


def _read(record: _Record, columns: Sequence[str], folder: Path, default_id: str) -> Request | Refusal:
    if faults := list(_shape_faults(record.cells, columns)):
        return Refusal(faults)
    converted = convert(columns, record.cells)
    row = {"custom_id": default_id, **converted.row}
    request = None if converted.unreadable else _request(row)
    if request is None:
        wrong = row_faults(row, folder, converted.unreadable.keys())
        return Refusal([*converted.unreadable.values(), *wrong], row["custom_id"])
    faults = checks.request_faults(request, folder)
    return Refusal(faults, request.custom_id) if faults else request


def _request(row: dict[str, object]) -> Request | None:
    try:
        return msgspec.convert(row, Request)
    except msgspec.ValidationError:
        return None


def _shape_faults(cells: Sequence[str], columns: Sequence[str]) -> Iterator[Fault]:
    """A count of cells that is not the header's (a line break outside quotes cuts a text in two), or foreign bytes."""
    if len(cells) != len(columns):
        yield Fault(None, f"has {len(cells)} cells, the header has {len(columns)}", _QUOTE_HINT)
        return
    for name, cell in zip(columns, cells, strict=True):
        try:
            cell.encode()
        except UnicodeEncodeError as error:
            byte = ord(cell[error.start]) - 0xDC00  # how `surrogateescape` carries it
            yield Fault(name, f"is not UTF-8 text: byte `0x{byte:02x}`", "save the file as UTF-8")
