"""Appends to a log: under its lock, from its head on; what a crash left half-written is taken off, in the open.

Problem: a crash or a power cut can end the last write anywhere, and lines that came whole must not be written twice.
Solution: the head, renamed into place after the lines are on the disk, says where everything is whole. What stands
behind it are whole lines that fit the chain, which stay, and then at most a torn rest, which is cut off and told of
in an entry of its own. Whoever appends from a journal reads first what stayed (`LogWriter.later`).
What still fails: lines on a disk that acknowledges before it stores; `verify` finds that.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from modelroute_cli.base.errors import CredentialError, StorageError
from modelroute_cli.execution.audit.chain import Hasher, beginning, line_of
from modelroute_cli.execution.audit.entries import AUDIT_FORMAT, AnyEntry, Repaired, Segment, encode
from modelroute_cli.execution.audit.head import Head, is_genuine, read_head, sealed, write_head
from modelroute_cli.execution.audit.lines import hasher_of, lines_of
from modelroute_cli.execution.audit.place import AuditPlace, month_of, number_of, refused

_WRITE_BYTES = 1 << 20
_HINT = "look with `modelroute audit verify`; to begin a new log, move the folder aside and keep it as evidence"


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
        head = _checked_head(place, options.hasher)
        with LogWriter(place, options, head) as log:
            yield log


class LogWriter:
    """Appends entries; what was appended counts once `close` has written the head."""

    def __init__(self, place: AuditPlace, options: LogOptions, head: Head) -> None:
        self.place = place
        self._options = options
        self._head = head
        self._before_last = head
        self.found = head.entries  # that were there before
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._file: int | None = None

    def __enter__(self) -> Self:
        self._take_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:  # the head stays as it was: what came whole is taken up by the next that writes
            self._let_go()

    @property
    def head(self) -> Head:
        """Where the log ends now."""
        return self._head

    @property
    def at(self) -> datetime:
        """When this is written."""
        return self._options.at

    def append(self, entry: AnyEntry) -> int:
        """Add an entry; its number. StorageError when the disk refuses."""
        body = encode(entry)
        if self._must_roll(len(body)):
            self._roll()
        return self._add(body)

    def close(self) -> None:
        """Everything on the disk, then the head; StorageError."""
        self._flush()
        if self._file is None:
            return
        self._sync()
        self._head = sealed(self._head, self._options.hasher)
        write_head(self.place.head, self._head)

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

    def _add(self, body: bytes) -> int:
        head = self._head
        line = line_of(head.entries + 1, head.hash, body)
        end = head.size + len(line) + 1
        self._head = Head(
            entries=head.entries + 1,
            hash=self._options.hasher.hash(line),
            file=head.file,
            begin=head.size,
            size=end,
            mac=head.mac,
            key_id=head.key_id,
        )
        self._waiting.append(line)
        self._waiting_bytes += len(line)
        if self._waiting_bytes > _WRITE_BYTES:
            self._flush()
        return head.entries + 1

    def _must_roll(self, length: int) -> bool:
        """Whether the next line begins a file: the month or the kind of chain changed, or the file is full."""
        if self._file is None and not self._opened():
            return True
        head = self._head
        return head.size + length > self._options.segment_bytes and head.size > 0

    def _opened(self) -> bool:
        """Open the file that the log ends in, where it may be appended to."""
        head, hasher = self._head, self._options.hasher
        if head.file is None or (head.mac, head.key_id) != (hasher.name, hasher.key_id):
            return False
        path = self.place.root / head.file
        if month_of(path) != f"{self._options.at:%Y-%m}":
            return False
        self._file = _open(path)
        return True

    def _roll(self) -> None:
        """Begin the next file; its first line belongs to the chain."""
        self._flush()
        self._sync()
        known = self.place.files()
        number = number_of(known[-1]) + 1 if known else _after(self._head.file)
        path = self.place.file(number, self._options.at)
        self._file = _open(path)
        hasher = self._options.hasher
        self._head = replace(self._head, file=path.name, begin=0, size=0, mac=hasher.name, key_id=hasher.key_id)
        self._add(
            encode(
                Segment(
                    at=_iso(self._options.at),
                    number=number,
                    format=AUDIT_FORMAT,
                    mac=hasher.name,
                    key_id=hasher.key_id,
                )
            )
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

    def _take_up(self) -> None:
        """What a crash left behind the head: whole lines stay, a torn rest goes and is told of."""
        sealed_head = self._head
        for file in self._behind():
            torn = self._take_lines(file)
            if torn is not None:
                break
        else:
            torn = None
        if self._head.key_id is not None and self._head.entries > sealed_head.entries:
            torn = self._last_line()  # anybody could have written it: only a line behind it would prove the key
        self.found = self._head.entries
        if torn is not None:
            self._repair(torn)

    def _last_line(self) -> "_Torn":
        """The last of the lines that were taken up, which is given up again."""
        last, self._head = self._head, self._before_last
        return _Torn(self.place.root / (last.file or ""), last.begin)

    def _behind(self) -> list[Path]:
        """The file of the head and those after it, which a crash can have left."""
        return [file for file in self.place.files() if self._head.file is None or file.name >= self._head.file]

    def _take_lines(self, file: Path) -> "_Torn | None":
        """Count the whole lines of a file that the head does not know; what does not fit begins the torn rest."""
        same = file.name == self._head.file
        begin = self._head.size if same else 0
        hasher = hasher_of(file, self._options.hasher)
        for line in lines_of(file, begin):
            expected = beginning(self._head.entries + 1, self._head.hash)
            if not line.endswith(b"\n") or not line.startswith(expected):
                return _Torn(file, begin)
            end = begin + len(line)
            self._before_last = self._head
            self._head = Head(
                entries=self._head.entries + 1,
                hash=hasher.hash(line[:-1]),
                file=file.name,
                begin=begin,
                size=end,
                mac=hasher.name,
                key_id=hasher.key_id,
            )
            begin = end
        return None

    def _repair(self, torn: "_Torn") -> None:
        """Cut the rest off and say so."""
        removed = 0
        digest = hashlib.sha256()
        files = [file for file in self.place.files() if file.name >= torn.file.name]
        for file in files:
            for piece in lines_of(file, torn.begin if file == torn.file else 0):
                digest.update(piece)
                removed += len(piece)
        for file in files:
            _cut(file, torn.begin if file == torn.file else 0)
        self.append(Repaired(at=_iso(self._options.at), file=torn.file.name, bytes=removed, sha256=digest.hexdigest()))


@dataclass(frozen=True, slots=True)
class _Torn:
    """From this byte of this file on, nothing fits."""

    file: Path
    begin: int


def _checked_head(place: AuditPlace, hasher: Hasher) -> Head:
    """The head that the log goes on from; a new log gets one first. StorageError, CredentialError."""
    head = read_head(place.head)
    if head is None:
        if place.files():
            message = f"the audit log at `{place.root}` has no head: what stood at its end cannot be told"
            raise StorageError(message, hint=_HINT)
        head = sealed(Head(), hasher)
        write_head(place.head, head)
        return head
    _check_key(place, head, hasher)
    if head.file is not None and not ends_so(place.root / head.file, head, hasher):
        message = f"the audit log at `{place.root}` does not end as its head says: it was changed or cut"
        raise StorageError(message, hint=_HINT)
    return head


def _check_key(place: AuditPlace, head: Head, hasher: Hasher) -> None:
    """CredentialError where the log is under a key that is not this one; StorageError where the head is forged."""
    if head.key_id is None:
        return
    if head.key_id != hasher.key_id:
        what = "and no key is set" if hasher.key_id is None else "and the key that is set is another one"
        message = f"the audit log at `{place.root}` is written under a key, {what}"
        raise CredentialError(message, hint="set the key that `audit.key_env` names (MODELROUTE_AUDIT_KEY)")
    if not is_genuine(head, hasher):
        message = f"the audit log's head `{place.head}` was not written under this key"
        raise StorageError(message, hint=_HINT)


def ends_so(path: Path, head: Head, hasher: Hasher) -> bool:
    """Whether the last line that the head knows stands where it says."""
    try:
        with path.open("rb") as file:
            file.seek(head.begin)
            line = file.read(head.size - head.begin)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise refused(path, error) from error
    whole = len(line) == head.size - head.begin and line.endswith(b"\n")
    same_key = (head.mac, head.key_id) == (hasher.name, hasher.key_id)
    checker = hasher if same_key else Hasher()
    return whole and checker.hash(line[:-1]) == head.hash


def _after(name: str | None) -> int:
    """The number of the file after that one, 1 without one."""
    return 1 if name is None else number_of(Path(name)) + 1


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


def _cut(file: Path, size: int) -> None:
    """Cut a file to that many bytes; one of which nothing is left goes."""
    try:
        if size == 0:
            file.unlink()
        else:
            os.truncate(file, size)
    except OSError as error:
        raise refused(file, error) from error


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
