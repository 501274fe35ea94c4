"""What the user handed in, opened: a regular file whose bytes are text, and how to speak of it."""

import codecs
import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, Protocol

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.problems import nearest

STDIN = "-"
BOM = codecs.BOM_UTF8
MAX_LINE_BYTES = 64 * 2**20
_CHUNK_BYTES = 2**20

FileFormat = Literal["jsonl", "csv", "parquet", "openai_batch", "anthropic_batch", "gemini_batch"]
JOB_SUFFIXES = (".jsonl", ".csv", ".tsv", ".parquet", ".gz", ".zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A seekable job file: the user's own, or a copy of what was streamed."""

    source: str  # as the user named it
    path: Path
    folder: Path  # relative images lie here
    format: FileFormat

    @property
    def shown(self) -> str:
        """How messages name it."""
        return shown_name(self.source)


def shown_name(source: str) -> str:
    """`stdin` for `-`, else the name as the user typed it."""
    return "stdin" if source == STDIN else source


def folder_of(source: str) -> Path:
    """Where the relative images of a job file lie: beside it, or here for standard input."""
    return Path.cwd() if source == STDIN else Path(source).absolute().parent


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, count: int, /) -> bytes:
        """At most `count` of them, none at the end."""
        ...


class HashedLines:
    """The lines of a file with their ends, digested on the way."""

    def __init__(self, stream: Readable, shown: str) -> None:
        self._stream = stream
        self._shown = shown
        self._sha = hashlib.sha256()
        self.size_bytes = 0
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        """Each line once; JobFileError for one that is too long to be a request, or when the disk fails."""
        rest = b""
        for chunk in self._chunks():
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            for line in lines:
                self.number += 1
                yield line + b"\n"
            if len(rest) >= MAX_LINE_BYTES:
                self._refuse_length()
        if rest:
            self.number += 1
            yield rest

    def _chunks(self) -> Iterator[bytes]:
        """The bytes of the file in pieces: hashing and cutting them at once takes a third of the time of lines."""
        try:
            while chunk := self._stream.read(_CHUNK_BYTES):
                self._sha.update(chunk)
                self.size_bytes += len(chunk)
                yield chunk
        except OSError as error:
            raise unreadable(self._shown, error) from error

    def _refuse_length(self) -> NoReturn:
        msg = f"{self._shown}:{self.number + 1}: the line is longer than {MAX_LINE_BYTES // 2**20} MiB"
        raise JobFileError(msg, hint="write each request on a line of its own")

    @property
    def digest(self) -> str:
        """`sha256:` and hex of the bytes read so far."""
        return f"sha256:{self._sha.hexdigest()}"


def is_regular(source: str) -> bool:
    """Whether `source` can be read again at any offset; JobFileError when it cannot be read at all."""
    if source == STDIN:
        return False
    path = Path(source)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        msg = f"no such file: `{source}`"
        raise JobFileError(msg, hint=nearest_file(path)) from error
    except (OSError, ValueError) as error:
        raise unreadable(source, error) from error
    if stat.S_ISDIR(mode):
        msg = f"`{source}` is a folder, not a job file"
        raise JobFileError(msg, hint=_file_inside(path))
    return stat.S_ISREG(mode)


def unreadable(source: str, error: OSError | ValueError) -> JobFileError:
    """The error for a file that the system does not let us read."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return JobFileError(f"cannot read `{shown_name(source)}`: {reason}", hint="check the path and its permissions")


def nearest_file(path: Path) -> str:
    """A hint for a file that is not there: the one beside it that was probably meant."""
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder `{folder}`"
    near = nearest(path.name, (entry.name for entry in folder.iterdir()))
    return f"did you mean `{folder / near}`?" if near else "check the spelling, or give the whole path"


def _file_inside(folder: Path) -> str:
    jobs = sorted(entry for entry in folder.glob("*.*") if entry.suffix in JOB_SUFFIXES)
    return f"name one file, such as `{jobs[0]}`" if jobs else "name one JSONL, CSV or Parquet file"
