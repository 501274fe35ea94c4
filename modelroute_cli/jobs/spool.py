"""Requests written aside and renamed when complete, so that an offset into them always means one thing."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import StorageError

_CHUNK_BYTES = 2**20
_NAME_DIGITS = 16


class SpoolNote(Struct, frozen=True, forbid_unknown_fields=True):
    """Beside each spool: the key of what it was made from, and its own digest."""

    source: str
    spool: str


class Aside:
    """A file being written under a temporary name; it vanishes on exit unless it was kept.

    Texts may be private: the file is readable by its owner alone. Where `folder` cannot be written, a
    temporary folder takes its place.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_temporary = False
        self._sha = hashlib.sha256()
        self._size_bytes = 0

    def __enter__(self) -> Self:
        try:
            self._open()
        except OSError:
            with _storing(Path(tempfile.gettempdir())):
                self._folder = Path(tempfile.mkdtemp(prefix="modelroute-"))
                self._is_temporary = True
                self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._file.close()
        finally:
            self.path.unlink(missing_ok=True)
            self._remove_empty()

    def _remove_empty(self) -> None:
        """Leave no empty temporary folder behind; one with a spool in it refuses to go."""
        if self._is_temporary:
            with suppress(OSError):
                self._folder.rmdir()

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(suffix=".part", dir=self._folder)
        self._file = os.fdopen(descriptor, "wb")
        self.path = Path(name)

    def write(self, raw: bytes) -> int:
        """Append `raw`; the offset at which it starts. StorageError when the disk refuses."""
        offset = self._size_bytes
        with _storing(self.path):
            self._file.write(raw)
        self._sha.update(raw)
        self._size_bytes += len(raw)
        return offset

    @property
    def digest(self) -> str:
        """`sha256:` and hex of what was written."""
        return f"sha256:{self._sha.hexdigest()}"

    def flush(self) -> None:
        """Let what was written be read from `path`."""
        with _storing(self.path):
            self._file.flush()

    def keep(self, key: str) -> Path:
        """Rename the complete file after the key of what it was made from; its path from now on."""
        path = spool_path(self._folder, key)
        note = SpoolNote(source=key, spool=self.digest)
        with _storing(path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            _note_path(path).write_bytes(msgspec.json.encode(note))
            self.path.replace(path)
        return path


def copy_stream(stream: BinaryIO, aside: Aside) -> None:
    """Copy what can be read only once, block by block."""
    while chunk := stream.read(_CHUNK_BYTES):
        aside.write(chunk)
    aside.flush()


def spool_path(folder: Path, key: str) -> Path:
    """Where the spool with this key (see `reading.spool_key`) lies."""
    return folder / f"{key.removeprefix('sha256:')[:_NAME_DIGITS]}.jsonl"


def is_intact(path: Path, key: str) -> bool:
    """Whether a complete, unchanged spool with that key lies at `path`."""
    try:
        note = msgspec.json.decode(_note_path(path).read_bytes(), type=SpoolNote)
        return note.source == key and note.spool == file_digest(path)
    except (OSError, ValueError):
        return False


def file_digest(path: Path) -> str:
    """`sha256:` and hex of a file's bytes; OSError when it cannot be read."""
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _note_path(path: Path) -> Path:
    return path.with_suffix(".json")


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    """Turn a refusal of the disk into the error that names the file."""
    try:
        yield
    except OSError as error:
        msg = f"cannot write `{path}`: {error.strerror}"
        raise StorageError(msg, hint="free some space there, then run the same command again") from error
