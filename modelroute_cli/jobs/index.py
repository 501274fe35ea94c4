"""A job file into the REQUESTS frame: the one place where requests become rows of numbers and keys."""

from dataclasses import dataclass, replace
from pathlib import Path

from modelroute_cli.base.frames import REQUESTS, check
from modelroute_cli.base.spill import Spill
from modelroute_cli.jobs.gather import Whole, finish, gather
from modelroute_cli.jobs.job_file import Describer, JobFile
from modelroute_cli.jobs.opening import IndexOptions, Origin
from modelroute_cli.jobs.parts import Dividing, read_divided
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.scan import Scan, scanning

__all__ = ["IndexOptions", "index"]


@dataclass(frozen=True, slots=True)
class _Read:
    """All rows, the file that their offsets refer to, and the bytes that the user gave."""

    rows: Spill
    path: Path
    origin: Origin
    metadata_fields: tuple[str, ...]


def index(source: str, describer: Describer, options: IndexOptions, dividing: Dividing | None = None) -> JobFile:
    """Read, validate and describe the whole job file `source` (`-`: `options.stdin`); a describer serves one job.

    Texts pass through in blocks and are not kept; with `dividing` very large files are read by several processes.
    JobFileError lists the first problems of the file, after all its lines were read; StorageError when the disk
    refuses the spool.
    """
    with scanning(source, options) as scan:
        done = (_divided(scan, options, dividing, describer) if dividing else None) or _read(scan, describer)
    return JobFile(
        source=source,
        path=done.path,
        format=scan.given.format,
        digest=done.origin.digest,
        size_bytes=done.origin.size_bytes,
        requests=check(done.rows.frame(), REQUESTS),
        count=done.rows.height,
        kept=done.rows,
        packed=scan.opened.packed,
        reading=options.reading,
        notes=_notes(scan),
        metadata_fields=done.metadata_fields,
        images=scan.media.digests,
        amounts=scan.media.amounts,
    )


def _read(scan: Scan, describer: Describer) -> _Read:
    """Every row, by this process."""
    gathered = gather(scan, describer)
    path = scan.finish()
    with RequestReader(path, ignore_models=scan.reading.ignore_models) as reader:
        whole = Whole(gathered.rows.frame(), gathered.asked, gathered.begun)
        rows = finish(whole, describer.finish(), reader, describer.tokens)
    return _Read(rows, path, scan.origin, tuple(scan.facets.fields))


def _divided(scan: Scan, options: IndexOptions, how: Dividing, describer: Describer) -> _Read | None:
    """Every row, by several processes; None where one process does it."""
    given = scan.given
    if given.format != "jsonl" or scan.spool or scan.opened.origin or scan.reading.ignore_models:
        return None
    options = replace(options, folder=options.folder or given.folder, stdin=None)
    found = read_divided(given.path, options, how, describer.tokens)
    return None if found is None else _Read(found.rows, given.path, found.origin, found.metadata_fields)


def _notes(scan: Scan) -> tuple[str, ...]:
    """Fields of batch lines that were left out, the most frequent first."""
    return tuple(
        f"`{name}` ({count:,} {'request' if count == 1 else 'requests'}) is not sent: models are asked as their "
        "catalog entries say"
        for name, count in scan.dropped.most_common()
    )
