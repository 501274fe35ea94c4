"""One pass over a job file: opened, sniffed, validated and, where offsets need it, spooled."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from modelroute_cli.jobs import jsonl
from modelroute_cli.jobs.block import Extras
from modelroute_cli.jobs.facets import Facets
from modelroute_cli.jobs.given import FileFormat, Given, HashedLines, unreadable
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.opening import IndexOptions, Opened, Origin, open_source
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading, spool_key
from modelroute_cli.jobs.rows import Refused, Row
from modelroute_cli.jobs.sniff import sniff
from modelroute_cli.jobs.spool import Aside

if TYPE_CHECKING:
    from modelroute_cli.jobs.prompt_template import Prompter

__all__ = ["IndexOptions", "Scan", "scanning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A job file while it is read: consume `rows`, then ask for `finish`."""

    given: Given
    lines: HashedLines
    spool: Aside | None  # None: offsets refer to the user's own file
    opened: Opened
    media: Media
    reading: Reading = AS_IT_STANDS
    prompter: "Prompter | None" = None
    facets: Facets = field(default_factory=Facets)
    at: datetime | None = None  # deadlines are counted from it
    refused: Refused = field(default_factory=Refused)
    dropped: Counter[str] = field(default_factory=Counter)

    def rows(self) -> Iterator[Row]:
        """Every valid request, in order; the problems of the others are in `refused`."""
        rows = self._rows()
        return map(_freed, rows) if self.reading.ignore_models else rows

    def _rows(self) -> Iterator[Row]:
        media, refused = self.media, self.refused
        if self.given.format == "jsonl" and self.prompter is None:
            return jsonl.rows(self.lines, media, refused)
        if self.spool is None:
            msg = "only plain JSONL is read without a spool"
            raise AssertionError(msg)
        if self.given.format == "jsonl" and self.prompter is not None:
            from modelroute_cli.jobs import templated  # noqa: PLC0415 - each form is loaded where it is met

            return templated.rows(self.lines, media, refused, self.spool, self.prompter)
        return self._table_rows(self.spool)

    def _table_rows(self, spool: Aside) -> Iterator[Row]:
        """Rows that come to stand in the spool, by their format."""
        match self.given.format:
            case "openai_batch" | "anthropic_batch" | "gemini_batch" as batch:
                from modelroute_cli.jobs import batch_lines  # noqa: PLC0415 - likewise

                found = batch_lines.Found(batch, self.media, self.refused, self.dropped)
                return batch_lines.rows(self.lines, found, spool)
            case "parquet":
                from modelroute_cli.jobs import parquet_file  # noqa: PLC0415 - likewise

                return parquet_file.rows(self.given, self.media, self.refused, spool, self.prompter)
            case _:
                from modelroute_cli.jobs import csv_file  # noqa: PLC0415 - likewise

                return csv_file.rows(self.lines, self.media, self.refused, spool, self.prompter)

    @property
    def extras(self) -> Extras:
        """What a block of rows is read with."""
        return Extras(self.media, self.facets, self.at)

    @property
    def origin(self) -> Origin:
        """The bytes that the user gave, once all rows were read."""
        return self.opened.origin or Origin(digest=self.lines.digest, size_bytes=self.lines.size_bytes)

    def finish(self) -> Path:
        """The file that offsets refer to, in its final place; JobFileError when any row was refused."""
        self.refused.problems.raise_any(self.given.shown)
        if self.spool is None:
            return self.given.path
        return self.spool.keep(spool_key(self.origin.digest, self.reading))


def _freed(row: Row) -> Row:
    """The row without the model that it names."""
    return msgspec.structs.replace(row, request=msgspec.structs.replace(row.request, model=None))


def _prompter(options: IndexOptions) -> "Prompter | None":
    if options.reading.prompt is None and options.reading.system is None:
        return None
    from modelroute_cli.jobs.prompt_template import make_prompter  # noqa: PLC0415 - Jinja2, for templates alone

    return make_prompter(options.reading, options.origins)


@contextmanager
def scanning(source: str, options: IndexOptions) -> Iterator[Scan]:
    """Open `source` for one pass; what is written aside vanishes unless the scan was finished."""
    prompter = _prompter(options)
    with ExitStack() as stack:
        try:
            opened = open_source(source, options, stack)
            given = sniff(source, opened.path)
            stream = stack.enter_context(given.path.open("rb"))
        except OSError as error:
            raise unreadable(source, error) from error
        if prompter is not None:
            prompter.refuse_batch(given)
        stands = stands_as_read(given.format, options.reading)
        yield Scan(
            given=given,
            lines=HashedLines(stream, given.shown),
            spool=opened.copy if stands else stack.enter_context(Aside(options.spool_dir)),
            opened=opened,
            media=Media(options.folder or given.folder, options.images, options.max_side),
            reading=options.reading,
            prompter=prompter,
            facets=Facets(options.wanted),
            at=options.at,
        )


def stands_as_read(file_format: FileFormat | str, reading: Reading) -> bool:
    """Whether offsets refer to the plain bytes themselves: native JSONL that no template is laid over."""
    return file_format == "jsonl" and reading.prompt is None and reading.system is None
