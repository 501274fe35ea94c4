"""A job file into the REQUESTS frame: the one place where requests become rows of numbers and keys."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice

import msgspec
import polars as pl

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.frames import REQUESTS, Schema, check
from modelroute_cli.base.schema import Modality, Request
from modelroute_cli.jobs.images import Pictures
from modelroute_cli.jobs.job_file import Describe, JobFile
from modelroute_cli.jobs.opening import IndexOptions
from modelroute_cli.jobs.problems import Fault, quoted
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.scan import Scan, scanning

__all__ = ["IndexOptions", "index"]

_BLOCK_ROWS = 1_000
_BLOCK_BYTES = 8 * 2**20
_MERGED_BLOCKS = 64
_KEYS = ("custom_id", "line")
_CONTENT_BYTES = 16
_TYPES: Schema = {"content": pl.Binary, **REQUESTS}
_encode = msgspec.json.Encoder(order="deterministic").encode


def index(source: str, describe: Describe, options: IndexOptions) -> JobFile:
    """Read, validate and describe the whole job file `source` (`-`: `options.stdin`).

    Texts pass through in blocks and are not kept. JobFileError lists the first problems of the file, after
    all its lines were read; StorageError when the disk refuses the spool.
    """
    with scanning(source, options) as scan:
        requests = _requests(scan, describe)
        path = scan.finish()
    return JobFile(
        source=source,
        path=path,
        format=scan.given.format,
        digest=scan.origin.digest,
        size_bytes=scan.origin.size_bytes,
        requests=check(requests, REQUESTS),
        packed=scan.opened.packed,
        reading=options.reading,
        notes=_notes(scan),
        images=scan.pictures.digests,
    )


def _notes(scan: Scan) -> tuple[str, ...]:
    """Fields of batch lines that were left out, the most frequent first."""
    return tuple(
        f"`{name}` ({count:,} {'request' if count == 1 else 'requests'}) is not sent: models are asked as their "
        "catalog entries say"
        for name, count in scan.dropped.most_common()
    )


def _requests(scan: Scan, describe: Describe) -> pl.DataFrame:
    """Every request as a row of the frame, or none of them when any row was refused."""
    problems = scan.refused.problems
    frames = _gathered(scan, describe)
    _refuse_doubled_ids([frame.select(_KEYS) for frame in frames], scan.refused)
    if not frames and not problems.count:
        msg = f"`{scan.given.shown}` holds no request"
        raise JobFileError(msg, hint="write one request a line")
    return pl.DataFrame(schema=REQUESTS) if problems.count else _with_duplicates(pl.concat(frames))


def _gathered(scan: Scan, describe: Describe) -> list[pl.DataFrame]:
    """All rows in few large frames; once one row was refused only ids are kept, to find the doubled ones.

    A million rows took 620 MB in a thousand small frames and take 365 MB so (the frame itself: 124 MB).
    """
    problems = scan.refused.problems
    blocks = _blocks(scan.rows())
    small = (_keys(block) if problems.count else _part(block, describe, scan.pictures) for block in blocks)
    gathered = []
    while group := list(islice(small, _MERGED_BLOCKS)):
        kept = [frame.select(_KEYS) for frame in group] if problems.count else group
        gathered.append(pl.concat(kept, rechunk=True))
    return gathered


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in blocks that are small in number and in bytes."""
    block: list[Row] = []
    size_bytes = 0
    for row in rows:
        block.append(row)
        size_bytes += row.length
        if len(block) >= _BLOCK_ROWS or size_bytes >= _BLOCK_BYTES:
            yield block
            block, size_bytes = [], 0
    if block:
        yield block


def _keys(block: Sequence[Row]) -> pl.DataFrame:
    return _frame({"custom_id": [row.request.custom_id for row in block], "line": [row.line for row in block]})


def _refuse_doubled_ids(keys: Sequence[pl.DataFrame], refused: Refused) -> None:
    """Refuse every row whose `custom_id` an earlier row has, refused rows included."""
    of_refused = _frame({"custom_id": refused.ids, "line": refused.lines})
    frame = pl.concat([*keys, of_refused]).sort("line", maintain_order=True)
    doubled = frame.filter(pl.col("custom_id").is_duplicated()).with_columns(
        first=pl.col("line").first().over("custom_id")
    )
    for custom_id, line, first in doubled.filter(~pl.col("custom_id").is_first_distinct()).iter_rows():
        fault = Fault(
            "custom_id", f"{quoted(custom_id)} is used already on line {first}", "give each request its own id"
        )
        refused.add(line, Refusal([fault]))


def _part(block: Sequence[Row], describe: Describe, pictures: Pictures) -> pl.DataFrame:
    """The columns of one block, with the digest of each request's content in the place of `duplicate_of`."""
    requests = [row.request for row in block]
    features = describe(requests)
    columns: dict[str, Sequence[object]] = {
        "custom_id": [request.custom_id for request in requests],
        "line": [row.line for row in block],
        "offset": [row.offset for row in block],
        "length": [row.length for row in block],
        "content": [_content_digest(request) for request in requests],
        "task_type": [item.task_type for item in features],
        "task_confidence": [item.task_confidence for item in features],
        "task_source": [item.task_source for item in features],
        "template": [item.template for item in features],
        "language": [item.language for item in features],
        "importance": [request.importance for request in requests],
        "modality": [Modality.IMAGE if request.images else Modality.TEXT for request in requests],
        "model": [request.model for request in requests],
        "min_quality": [request.min_quality for request in requests],
        "max_output_tokens": [request.max_output_tokens for request in requests],
        "has_schema": [request.response_schema is not None for request in requests],
        "schema_tokens": [item.schema_tokens for item in features],
        "has_deadline": [request.deadline is not None for request in requests],
        "tenant": [request.tenant for request in requests],
        "data_class": [request.data_class for request in requests],
        "input_tokens": [item.input_tokens for item in features],
        "message_count": [_message_count(request) for request in requests],
        "image_sizes": [pictures.sizes(request) for request in requests],
        "length_hint_tokens": [item.length_hint_tokens for item in features],
    }
    return _frame(columns)


def _frame(columns: Mapping[str, Sequence[object]]) -> pl.DataFrame:
    """A frame from series: a third faster than from lists with a schema."""
    return pl.DataFrame([_series(name, values) for name, values in columns.items()])


def _series(name: str, values: Sequence[object]) -> pl.Series:
    """A column of its type in the frame; words become an Enum in one step, not one by one."""
    kind = _TYPES[name]
    if isinstance(kind, pl.Enum):
        return pl.Series(name, values, dtype=pl.String).cast(kind)
    return pl.Series(name, values, dtype=kind)


def _content_digest(request: Request) -> bytes:
    """The same for requests that ask the same: equal in all but who asks and how it is filed."""
    asked = msgspec.structs.replace(request, custom_id="", tenant=None, metadata={})
    return blake2b(_encode(asked), digest_size=_CONTENT_BYTES).digest()


def _message_count(request: Request) -> int:
    turns = 1 if request.messages is None else len(request.messages)
    return turns + 1 if request.system else turns


def _with_duplicates(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace content digests by the row of the first request that asks the same."""
    row = pl.col("row")
    first = row.first().over("content")
    numbered = frame.with_row_index("row").with_columns(row.cast(pl.Int64))
    return numbered.with_columns(duplicate_of=pl.when(first < row).then(first)).select(list(REQUESTS))
