"""A job file into the REQUESTS frame: the one place where requests become rows of numbers and keys."""

from modelroute_cli.base.frames import REQUESTS, check
from modelroute_cli.jobs.gather import Gathered
from modelroute_cli.jobs.job_file import Describer, JobFile
from modelroute_cli.jobs.opening import IndexOptions
from modelroute_cli.jobs.scan import Scan, scanning

__all__ = ["IndexOptions", "index"]


def index(source: str, describer: Describer, options: IndexOptions) -> JobFile:
    """Read, validate and describe the whole job file `source` (`-`: `options.stdin`); a describer serves one job.

    Texts pass through in blocks and are not kept. JobFileError lists the first problems of the file, after
    all its lines were read; StorageError when the disk refuses the spool.
    """
    with scanning(source, options) as scan:
        gathered = Gathered(describer)
        gathered.read(scan)
        path = scan.finish()
    rows = gathered.finished(path, ignore_models=options.reading.ignore_models)
    return JobFile(
        source=source,
        path=path,
        format=scan.given.format,
        digest=scan.origin.digest,
        size_bytes=scan.origin.size_bytes,
        requests=check(rows.frame(), REQUESTS),
        count=rows.height,
        kept=rows,
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
