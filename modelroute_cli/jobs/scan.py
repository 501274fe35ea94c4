"""One pass over a job file: opened, sniffed, validated and, where offsets need it, spooled."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs import csv_file, jsonl
from modelroute_cli.jobs.given import STDIN, Given, HashedLines, is_regular, sniff, unreadable
from modelroute_cli.jobs.rows import Refused, Row
from modelroute_cli.jobs.spool import Aside, copy_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Where spools go, and the stream that `-` stands for."""

    spool_dir: Path
    stdin: BinaryIO | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A job file while it is read: consume `rows`, then ask for `finish`."""

    given: Given
    lines: HashedLines
    spool: Aside | None  # None: offsets refer to the user's own file
    refused: Refused = field(default_factory=Refused)

    def rows(self) -> Iterator[Row]:
        """Every valid request, in order; the problems of the others are in `refused`."""
        if self.given.format == "jsonl":
            return jsonl.rows(self.lines, self.given.folder, self.refused)
        if self.spool is None:
            msg = "a CSV job file is read into a spool"
            raise AssertionError(msg)
        return csv_file.rows(self.lines, self.given.folder, self.refused, self.spool)

    def finish(self) -> Path:
        """The file that offsets refer to, in its final place; JobFileError when any row was refused."""
        self.refused.problems.raise_any(self.given.shown)
        return self.spool.keep(self.lines.digest) if self.spool else self.given.path


@contextmanager
def scanning(source: str, options: IndexOptions) -> Iterator[Scan]:
    """Open `source` for one pass; what is written aside vanishes unless the scan was finished."""
    with ExitStack() as stack:
        try:
            copy = None if is_regular(source) else stack.enter_context(Aside(options.spool_dir))
            if copy is not None:
                _copy(source, options, copy)
            given = sniff(source, copy.path if copy else Path(source))
            stream = stack.enter_context(given.path.open("rb"))
        except OSError as error:
            raise unreadable(source, error) from error
        spool = stack.enter_context(Aside(options.spool_dir)) if given.format == "csv" else copy
        yield Scan(given=given, lines=HashedLines(stream, given.shown), spool=spool)


def _copy(source: str, options: IndexOptions, copy: Aside) -> None:
    """Copy standard input, or a pipe, to where it can be read again."""
    if source != STDIN:
        with Path(source).open("rb") as stream:
            copy_stream(stream, copy)
    elif options.stdin is None:
        msg = "there is no standard input to read `-` from"
        raise JobFileError(msg, hint="name the job file")
    else:
        copy_stream(options.stdin, copy)
