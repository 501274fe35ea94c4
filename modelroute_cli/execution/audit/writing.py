"""Appends to a log, under its lock: lines first, then its head, so that a crash leaves what can be told apart."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from modelroute_cli.execution.audit.chain import Hasher, line_of
from modelroute_cli.execution.audit.entries import AUDIT_FORMAT, AnyEntry, Repaired, Segment, encode
from modelroute_cli.execution.audit.head import Head, sealed, write_head
from modelroute_cli.execution.audit.place import AuditPlace, month_of, number_of, refused
from modelroute_cli.execution.audit.taking_up import checked_head, cut_off, take_up

_WRITE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LogOptions:
    """How a log is written, and when."""

    hasher: Hasher
    at: datetime
    segment_bytes: int = 64_000_000


@contextmanager
def writing(place: AuditPlace, options: LogOptions) -> Iterator["LogWriter"]:
    """The log, to be appended to by nobody else; StorageError where it was tampered with, CredentialError."""
    with place.lock():
        head = checked_head(place, options.hasher)
        with LogWriter(place, options, head) as log:
            yield log


class LogWriter:
    """Appends entries; what was appended counts once `close` has written the head."""

    def __init__(self, place: AuditPlace, options: LogOptions, stored: Head) -> None:
        self.place = place
        self._options = options
        self._hash_of = options.hasher.hash
        self._stored = stored
        self._set(stored)
        self.found = stored.entries  # that were there before
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._file: int | None = None

    def __enter__(self) -> Self:
        taken = take_up(self.place, self._stored, self._options.hasher)
        self._set(taken.head)
        self.found = taken.head.entries
        if taken.torn is not None:
            gone = cut_off(self.place, taken.torn)
            self.append(Repaired(at=iso(self._options.at), file=gone.file, bytes=gone.bytes, sha256=gone.sha256))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:  # the head stays as it was: what came whole is taken up by the next that writes
            self._let_go()

    @property
    def head(self) -> Head:
        """Where the log ends now."""
        return Head(
            entries=self._entries,
            hash=self._hash,
            file=self._name,
            begin=self._begin,
            size=self._size,
            mac=self._mac,
            key_id=self._key_id,
        )

    def append(self, entry: AnyEntry) -> int:
        """Add an entry; its number. StorageError when the disk refuses."""
        body = encode(entry)
        if self._file is None or self._size + len(body) > self._options.segment_bytes:
            self._go_on_in_a_file()
        return self._add(body)

    def close(self) -> None:
        """Everything on the disk, then the head; StorageError."""
        self._flush()
        self._sync()
        head = sealed(self.head, self._options.hasher) if self._name is not None else self._stored
        if head != self._stored:
            write_head(self.place.head, head)
            self._stored = head

    def _set(self, head: Head) -> None:
        """Go on from there; the parts of a head by themselves, for one is made of them only at the end."""
        self._entries, self._hash, self._name = head.entries, head.hash, head.file
        self._begin, self._size, self._mac, self._key_id = head.begin, head.size, head.mac, head.key_id

    def _add(self, body: bytes) -> int:
        number = self._entries + 1
        line = line_of(number, self._hash, body)
        self._entries, self._hash = number, self._hash_of(line)
        self._begin = self._size
        self._size += len(line) + 1
        self._waiting.append(line)
        self._waiting_bytes += len(line)
        if self._waiting_bytes > _WRITE_BYTES:
            self._flush()
        return number

    def _go_on_in_a_file(self) -> None:
        """Open the file that the log ends in, or begin the next: that month is over, that one is full, or of no key."""
        if self._file is None and self._fits():
            self._file = _open(self.place.root / (self._name or ""))
            return
        self._flush()
        self._sync()
        known = self.place.files()
        number = 1 + max(number_of(known[-1]) if known else 0, number_of(Path(self._name)) if self._name else 0)
        path = self.place.file(number, self._options.at)
        self._file = _open(path)
        hasher = self._options.hasher
        self._name, self._begin, self._size = path.name, 0, 0
        self._mac, self._key_id = hasher.name, hasher.key_id
        first = Segment(
            at=iso(self._options.at), number=number, format=AUDIT_FORMAT, mac=hasher.name, key_id=hasher.key_id
        )
        self._add(encode(first))

    def _fits(self) -> bool:
        """Whether the file that the log ends in may be appended to."""
        if self._name is None:
            return False
        hasher, path = self._options.hasher, self.place.root / self._name
        return (
            (self._mac, self._key_id) == (hasher.name, hasher.key_id)
            and month_of(path) == f"{self._options.at:%Y-%m}"
            and self._size < self._options.segment_bytes
        )

    def _flush(self) -> None:
        """Write what waits."""
        if not self._waiting or self._file is None:
            return
        content = b"\n".join([*self._waiting, b""])
        self._waiting, self._waiting_bytes = [], 0
        try:
            _write_all(self._file, content)
        except OSError as error:
            raise refused(self.place.root, error) from error

    def _sync(self) -> None:
        """The file on the disk, and let go of."""
        try:
            if self._file is not None:
                os.fsync(self._file)
        except OSError as error:
            raise refused(self.place.root, error) from error
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None


def iso(at: datetime) -> str:
    """A moment as entries hold it, UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refused(path, error) from error


def _write_all(file: int, content: bytes) -> None:
    """All of it: a write may take less."""
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]
