"""All rows of a job file, described block by block; what is kept of them is bounded or on disk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from modelroute_cli.base.described import Templates
from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.frames import Schema
from modelroute_cli.base.spill import Spill
from modelroute_cli.jobs.block import PROVISIONAL, Extras, provisional
from modelroute_cli.jobs.finish import Alike, finished
from modelroute_cli.jobs.job_file import Describer
from modelroute_cli.jobs.prefixes import Beginnings, Count, prefixes
from modelroute_cli.jobs.problems import Fault, quoted
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.scan import Scan
from modelroute_cli.jobs.twins import Hashes, Ints, asked_hashes, doubled, twins

_BLOCK_ROWS = 4_000
_BLOCK_BYTES = 8 * 2**20
KEYS: Schema = {"custom_id": pl.String, "line": pl.Int64}


class Gathered:
    """The rows of a job file, or of a part of one: PROVISIONAL rows, ids by line, and a hash a row of either."""

    def __init__(self, folder: Path | None = None) -> None:
        self.rows = Spill(PROVISIONAL, folder=folder and folder / "rows")
        self.keys = Spill(KEYS, folder=folder and folder / "keys")
        self.asked = Hashes()
        self.ids = Hashes()
        self.begun = Beginnings()

    def keep_keys(self, block: Sequence[Row]) -> None:
        """The ids of a block."""
        ids = [row.request.custom_id for row in block]
        self.keys.append(pl.DataFrame({"custom_id": ids, "line": [row.line for row in block]}, schema=KEYS))
        self.ids.add([hash(each) for each in ids])

    def describe(self, block: Sequence[Row], describer: Describer, extras: Extras) -> None:
        """The rows of a block."""
        requests = [row.request for row in block]
        self.asked.add(asked_hashes(requests))
        self.begun.meet(block, self.rows.height)
        self.rows.append(provisional(block, describer.block(requests), extras))


def gather(scan: Scan, describer: Describer) -> Gathered:
    """Every row of `scan`; once one was refused only ids are kept, to find those used twice. JobFileError for none."""
    gathered, problems = Gathered(), scan.refused.problems
    for block in blocks_of(scan.rows()):
        gathered.keep_keys(block)
        if not problems.count:
            gathered.describe(block, describer, scan.extras)
    if not gathered.keys.height and not problems.count:
        msg = f"`{scan.given.shown}` holds no request"
        raise JobFileError(msg, hint="write one request a line")
    _refuse_doubled_ids(gathered, scan.refused)
    return gathered


def blocks_of(rows: Iterator[Row]) -> Iterator[list[Row]]:
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


def _refuse_doubled_ids(gathered: Gathered, refused: Refused) -> None:
    """Refuse every row whose `custom_id` an earlier row has, refused rows included."""
    gathered.ids.add([hash(each) for each in refused.ids])
    of_refused = pl.DataFrame({"custom_id": refused.ids, "line": refused.lines}, schema=KEYS)
    for custom_id, line, first in doubled_ids(gathered.ids, pl.concat([gathered.keys.frame(), of_refused.lazy()])):
        fault = Fault(
            "custom_id", f"{quoted(custom_id)} is used already on line {first}", "give each request its own id"
        )
        refused.add(line, Refusal([fault]))


def doubled_ids(hashes: Hashes, keys: pl.LazyFrame) -> list[tuple[str, int, int]]:
    """Each id that an earlier line has, with its line and the first; `hashes` are those of `keys`, row by row."""
    shared = hashes.shared()
    if not len(shared):
        return []
    suspects = keys.with_row_index("row").filter(pl.col("row").is_in(pl.Series(shared).cast(pl.UInt32).implode()))
    return doubled(suspects.sort("line").select("custom_id", "line").collect().iter_rows())


@dataclass(frozen=True, slots=True)
class Whole:
    """All rows of a job, PROVISIONAL, with what may make them alike."""

    rows: pl.LazyFrame
    asked: Hashes
    begun: Beginnings


def finish(whole: Whole, templates: Templates, reader: RequestReader, count: Count) -> Spill:
    """The REQUESTS frame; `reader` gives back the requests at their offsets."""
    shared = whole.asked.shared()
    repeats = twins(shared, _places(whole.rows, shared), reader.at)
    groups = whole.begun.alike(but=repeats["row"].to_numpy())
    begun = _places(whole.rows, np.sort(np.concatenate(groups)) if groups else np.empty(0, np.int64))
    return finished(whole.rows, Alike(repeats, prefixes(groups, begun, reader.at, count)), templates)


def _places(rows: pl.LazyFrame, wanted: Ints) -> pl.DataFrame:
    """`row`, `offset` and `length` of the rows that are wanted, in order."""
    is_wanted = pl.col("row").is_in(pl.Series(wanted).cast(pl.UInt32).implode())
    return rows.select("offset", "length").with_row_index("row").filter(is_wanted).collect()
