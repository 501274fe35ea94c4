"""Where the bytes of a planned job file are now, verified by their digest."""

from pathlib import Path
from typing import Protocol

from modelroute_cli.base.errors import PlanFileError, UsageError
from modelroute_cli.jobs.given import STDIN
from modelroute_cli.jobs.opening import IndexOptions, is_plain
from modelroute_cli.jobs.reading import Reading, spool_key
from modelroute_cli.jobs.scan import scanning, stands_as_read
from modelroute_cli.jobs.spool import file_digest, is_intact, spool_path


class JobFileRef(Protocol):
    """What a plan remembers of its job file; JobRef and JobFile are such."""

    @property
    def source(self) -> str:
        """As the user named it, `-` for stdin."""
        ...

    @property
    def format(self) -> str:
        """One of `given.FileFormat`."""
        ...

    @property
    def digest(self) -> str:
        """`sha256:` and hex of the bytes the user gave."""
        ...

    @property
    def reading(self) -> Reading:
        """How those bytes were read."""
        ...


def locate(ref: JobFileRef, spool_dir: Path) -> Path:
    """The file that the plan's offsets refer to; PlanFileError when the job file changed or is gone.

    A spool that is gone is made again from its job file; one of standard input cannot be.
    """
    key = spool_key(ref.digest, ref.reading)
    spool = spool_path(spool_dir, key)
    if ref.source == STDIN or (Path(ref.source).exists() and not Path(ref.source).is_file()):
        return _streamed(key, spool)
    _verify(ref)
    if stands_as_read(ref.format, ref.reading) and not ref.reading.encoding and is_plain(Path(ref.source)):
        return Path(ref.source)
    return spool if is_intact(spool, key) else _spool_again(ref, spool_dir)


def _streamed(key: str, spool: Path) -> Path:
    if is_intact(spool, key):
        return spool
    msg = f"the copy of standard input that this plan was made from is gone or changed: `{spool}`"
    raise PlanFileError(msg, hint="make the plan again from the same input")


def _verify(ref: JobFileRef) -> None:
    """PlanFileError unless the job file holds the bytes that were planned."""
    hint = f"make a new plan: `modelroute plan {ref.source}`"
    try:
        digest = file_digest(Path(ref.source))
    except OSError as error:
        msg = f"cannot read the job file of this plan, `{ref.source}`: {error.strerror}"
        raise PlanFileError(msg, hint="run from the folder in which it was planned, or put it back") from error
    if digest != ref.digest:
        msg = f"`{ref.source}` changed after this plan was made"
        raise PlanFileError(msg, hint=hint)


def _spool_again(ref: JobFileRef, spool_dir: Path) -> Path:
    """The same records give the same spool, so the plan's offsets hold."""
    try:
        with scanning(ref.source, IndexOptions(spool_dir=spool_dir, reading=ref.reading, images=None)) as scan:
            for _ in scan.rows():
                pass
            return scan.finish()
    except UsageError as error:
        msg = f"`{ref.source}` cannot be read as it was planned: {error.message}"
        raise PlanFileError(msg, hint=error.hint) from error
