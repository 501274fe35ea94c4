"""What the user handed in, opened: a regular file whose bytes are text, and how to speak of it."""

import codecs
import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NoReturn

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.problems import nearest

STDIN = "-"
BOM = codecs.BOM_UTF8
MAX_LINE_BYTES = 64 * 2**20
_HEAD_BYTES = 2**16
_PACKED = {
    b"\x1f\x8b": ("gzip", "gunzip"),
    b"\x28\xb5\x2f\xfd": ("Zstandard", "unzstd"),
    b"BZh": ("bzip2", "bunzip2"),
    b"\xfd7zXZ\x00": ("xz", "unxz"),
}
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"PAR1": "a Parquet file",
    codecs.BOM_UTF16_LE: "UTF-16 text",
    codecs.BOM_UTF16_BE: "UTF-16 text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A seekable job file: the user's own, or a copy of what was streamed."""

    source: str  # as the user named it
    path: Path
    folder: Path  # relative images lie here
    format: Literal["jsonl", "csv"]

    @property
    def shown(self) -> str:
        """How messages name it."""
        return shown_name(self.source)


def shown_name(source: str) -> str:
    """`stdin` for `-`, else the name as the user typed it."""
    return "stdin" if source == STDIN else source


class HashedLines:
    """The lines of a file with their ends, digested on the way."""

    def __init__(self, stream: BinaryIO, shown: str) -> None:
        self._stream = stream
        self._shown = shown
        self._sha = hashlib.sha256()
        self.size_bytes = 0
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        """Each line once; JobFileError for one that is too long to be a request, or when the disk fails."""
        try:
            while raw := self._stream.readline(MAX_LINE_BYTES):
                self._sha.update(raw)
                self.size_bytes += len(raw)
                self.number += 1
                if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
                    self._refuse_length()
                yield raw
        except OSError as error:
            raise unreadable(self._shown, error) from error

    def _refuse_length(self) -> NoReturn:
        msg = f"{self._shown}:{self.number}: the line is longer than {MAX_LINE_BYTES // 2**20} MiB"
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
        raise JobFileError(msg, hint=_nearest_file(path)) from error
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


def _nearest_file(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder `{folder}`"
    near = nearest(path.name, (entry.name for entry in folder.iterdir()))
    return f"did you mean `{folder / near}`?" if near else "check the spelling, or give the whole path"


def _file_inside(folder: Path) -> str:
    jobs = sorted(entry for entry in folder.glob("*.*") if entry.suffix in (".jsonl", ".csv"))
    return f"name one file, such as `{jobs[0]}`" if jobs else "name one JSONL or CSV file"


def sniff(source: str, path: Path) -> Given:
    """Find the format of the text at `path`; JobFileError for what is empty, packed, binary or no job file."""
    shown = shown_name(source)
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    _refuse_foreign(shown, head)
    _refuse_binary(shown, head)
    folder = Path.cwd() if source == STDIN else Path(source).absolute().parent
    return Given(source=source, path=path, folder=folder, format=_format(source, head.removeprefix(BOM).lstrip()))


def _format(source: str, text: bytes) -> Literal["jsonl", "csv"]:
    """The first character decides; where it does not, the suffix."""
    if text.startswith(b"["):
        msg = f"`{shown_name(source)}` is a JSON list; a job file has one request a line"
        raise JobFileError(msg, hint=f"turn it into lines: `jq -c '.[]' {Path(source).name} > lines.jsonl`")
    named_jsonl = Path(source).suffix.lower() in (".jsonl", ".ndjson", ".json")
    return "jsonl" if text.startswith(b"{") or named_jsonl else "csv"


def _refuse_foreign(shown: str, head: bytes) -> None:
    if not head:
        msg = f"`{shown}` is empty"
        raise JobFileError(msg, hint='write one request a line, such as `{"custom_id": "1", "prompt": "..."}`')
    for magic, (name, tool) in _PACKED.items():
        if head.startswith(magic):
            msg = f"`{shown}` is compressed with {name}, which is not read yet"
            raise JobFileError(
                msg, hint=f"unpack it first: `{tool} {shown}`" if shown != "stdin" else f"pipe it through `{tool}`"
            )
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            msg = f"`{shown}` is {name}, which is not read"
            raise JobFileError(msg, hint="save it as JSONL or CSV in UTF-8")


def _refuse_binary(shown: str, head: bytes) -> None:
    if (at := head.find(b"\0")) >= 0:
        msg = f"`{shown}` is a binary file: NUL byte at offset {at}"
        raise JobFileError(msg, hint="give JSONL or CSV text in UTF-8")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < _HEAD_BYTES)
    except UnicodeDecodeError as error:
        msg = f"`{shown}` is not UTF-8 text: byte `0x{head[error.start]:02x}` at offset {error.start}"
        raise JobFileError(msg, hint="save it as UTF-8 (in Excel: `CSV UTF-8`)") from error
