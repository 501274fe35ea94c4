"""All rows of a job file, described block by block; what is kept of them is bounded or on disk."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.frames import Schema
from modelroute_cli.base.spill import Spill
from modelroute_cli.jobs.block import PROVISIONAL, provisional
from modelroute_cli.jobs.finish import finished
from modelroute_cli.jobs.images import Pictures
from modelroute_cli.jobs.job_file import Describer
from modelroute_cli.jobs.problems import Fault, quoted
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.rows import Refusal, Refused, Row
from modelroute_cli.jobs.scan import Scan
from modelroute_cli.jobs.twins import Hashes, asked_hashes, doubled, twins

_BLOCK_ROWS = 4_000
_BLOCK_BYTES = 8 * 2**20
_KEYS: Schema = {"custom_id": pl.String, "line": pl.Int64}


class Gathered:
    """The rows of a job file as they come; once one was refused only ids are kept, to find those used twice."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self._rows = Spill(PROVISIONAL)
        self._asked = Hashes()
        self._keys = Spill(_KEYS)
        self._ids = Hashes()

    def read(self, scan: Scan) -> None:
        """Every row of `scan`; JobFileError when it has none."""
        problems = scan.refused.problems
        for block in _blocks(scan.rows()):
            self._keep_keys(block)
            if not problems.count:
                self._describe(block, scan.pictures)
        if not self._keys.height and not problems.count:
            msg = f"`{scan.given.shown}` holds no request"
            raise JobFileError(msg, hint="write one request a line")
        self._refuse_doubled_ids(scan.refused)

    def _keep_keys(self, block: Sequence[Row]) -> None:
        ids = [row.request.custom_id for row in block]
        self._keys.append(pl.DataFrame({"custom_id": ids, "line": [row.line for row in block]}, schema=_KEYS))
        self._ids.add([hash(each) for each in ids])

    def _describe(self, block: Sequence[Row], pictures: Pictures) -> None:
        requests = [row.request for row in block]
        self._asked.add(asked_hashes(requests))
        self._rows.append(provisional(block, self._describer.block(requests), pictures))

    def _refuse_doubled_ids(self, refused: Refused) -> None:
        """Refuse every row whose `custom_id` an earlier row has, refused rows included."""
        self._ids.add([hash(each) for each in refused.ids])
        of_refused = pl.DataFrame({"custom_id": refused.ids, "line": refused.lines}, schema=_KEYS)
        shared = self._ids.shared()
        if not len(shared):
            return
        keys = pl.concat([self._keys.frame(), of_refused.lazy()]).with_row_index("row")
        suspects = keys.filter(pl.col("row").is_in(pl.Series(shared).cast(pl.UInt32).implode())).collect()
        for custom_id, line, first in doubled(suspects.sort("line").select("custom_id", "line").iter_rows()):
            fault = Fault(
                "custom_id", f"{quoted(custom_id)} is used already on line {first}", "give each request its own id"
            )
            refused.add(line, Refusal([fault]))

    def finished(self, path: Path, *, ignore_models: bool) -> Spill:
        """The REQUESTS frame; `path` is where the offsets lead."""
        templates = self._describer.finish()
        return finished(self._rows.frame(), self._twins(path, ignore_models=ignore_models), templates)

    def _twins(self, path: Path, *, ignore_models: bool) -> pl.DataFrame:
        """Requests that ask the same as an earlier one."""
        shared = self._asked.shared()
        is_shared = pl.int_range(pl.len()).is_in(pl.Series(shared).implode())
        places = self._rows.frame().select("offset", "length").filter(is_shared).collect()
        with RequestReader(path, ignore_models=ignore_models) as reader:
            return twins(shared, places, reader.at)


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
