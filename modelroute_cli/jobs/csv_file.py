"""CSV by column names: each record becomes a line of the spool."""

import csv
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.columns import asks, column_faults, is_known
from modelroute_cli.jobs.csv_cells import convert
from modelroute_cli.jobs.given import BOM, MAX_LINE_BYTES, HashedLines
from modelroute_cli.jobs.made import made, spooled
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.prompt_template import Prompter
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.spool import Aside

_DELIMITERS = ",;\t|"
_QUOTE_HINT = 'put cells that hold the delimiter, a quote or a line break into "double quotes"'
_LINES_HINT = 'end every line alike, with LF or CRLF; a line break inside a cell needs "double quotes" around the cell'
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


class _Named(msgspec.Struct, frozen=True):
    """The cells of one record under the names of their columns, and the id it has where no cell gives one."""

    columns: Sequence[str]
    cells: Sequence[str]
    default_id: str


def rows(
    lines: HashedLines, media: Media, refused: Refused, spool: Aside, prompter: Prompter | None = None
) -> Iterator[Row]:
    """Every valid record in order, written to `spool`; what is not valid goes to `refused`."""
    records = _records(lines, refused, prompter)
    header = next(records, None)
    if header is None:
        return
    columns = [cell.strip() for cell in header.cells]
    refused.add(header.line, Refusal(column_faults(columns, prompter)))
    if not asks(columns, prompter) or (prompter is not None and prompter.missing(columns)):
        return
    for number, record in enumerate(records, start=1):
        outcome = _read(_Named(columns, record.cells, f"row-{number:06d}"), media, prompter)
        if isinstance(outcome, Refusal):
            refused.add(record.line, outcome)
        else:
            yield spooled(record.line, outcome, spool)


def _records(lines: HashedLines, refused: Refused, prompter: Prompter | None) -> Iterator[_Record]:
    """Every record that is not blank; one whose quotes are broken goes to `refused`."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES))
    texts = (raw.decode(errors="surrogateescape") for raw in lines)
    first = next((text for text in texts if text.strip("\ufeff, ;\t|\r\n")), "")
    skipped = max(lines.number - 1, 0)
    head = first.removeprefix(BOM.decode())
    reader = csv.reader(chain([head], texts), delimiter=_delimiter(head, prompter), strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refused.add(line, Refusal([_broken(error)]))
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield _Record(line, cells)


def _broken(error: csv.Error) -> Fault:
    """The library's reason in our words: its own change from one Python to the next."""
    reason = next((words for part, words in _BROKEN.items() if part in str(error)), str(error))
    hint = _LINES_HINT if "new-line" in str(error) else _QUOTE_HINT
    return Fault(None, f"broken CSV: {reason}", hint)


def _delimiter(header: str, prompter: Prompter | None) -> str:
    """The one that finds most known names in the header, then most cells."""

    def found(delimiter: str) -> tuple[int, int]:
        names = [name.strip(' "\r\n') for name in header.split(delimiter)]
        return sum(is_known(name) or (prompter is not None and prompter.names(name)) for name in names), len(names)

    return max(_DELIMITERS, key=found)


def _read(record: _Named, media: Media, prompter: Prompter | None) -> Request | Refusal:
    if faults := list(_shape_faults(record.cells, record.columns)):
        return Refusal(faults)
    converted = convert(record.columns, record.cells)
    row = {"custom_id": record.default_id, **converted.row}
    if prompter is not None and (faults := prompter.fill(row, dict(zip(record.columns, record.cells, strict=True)))):
        return Refusal(faults, row["custom_id"])
    return made(row, converted.unreadable, media)


def _shape_faults(cells: Sequence[str], columns: Sequence[str]) -> Iterator[Fault]:
    """A count of cells that is not the header's (a line break outside quotes cuts a text in two), or foreign bytes."""
    if len(cells) != len(columns):
        count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        yield Fault(None, f"has {count}, the header has {len(columns)}", _QUOTE_HINT)
        return
    for name, cell in zip(columns, cells, strict=True):
        if "\0" in cell:
            yield Fault(name, "holds a NUL byte, which is no text", "remove it, or save the file as UTF-8")
        try:
            cell.encode()
        except UnicodeEncodeError as error:
            byte = ord(cell[error.start]) - 0xDC00  # how `surrogateescape` carries it
            yield Fault(name, f"is not UTF-8 text: byte `0x{byte:02x}`", "save the file as UTF-8")
