"""Where a log can be gone on from: its head, checked, and what a crash left behind it.

Problem: a crash or a power cut can end the last write anywhere, and lines that came whole must not be written twice.
Solution: the head, renamed into place after the lines are on the disk, says where everything is whole. What stands
behind it are whole lines that fit the chain, which stay, and then at most a torn rest, which is cut off and told of
in an entry of its own. Who appends from a journal reads first what stayed. Under a key the last whole line goes as
well: only a line behind it would prove the key, and what it says is in the journal.
What still fails: lines on a disk that acknowledges before it stores; `verify` finds that.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.base.errors import CredentialError, StorageError
from modelroute_cli.execution.audit.chain import Hasher, beginning
from modelroute_cli.execution.audit.head import Head, is_genuine, read_head, sealed, write_head
from modelroute_cli.execution.audit.lines import hasher_of, lines_of
from modelroute_cli.execution.audit.place import AuditPlace, refused

_HINT = "look with `modelroute audit verify`; to begin a new log, move the folder aside and keep it as evidence"


@dataclass(frozen=True, slots=True)
class Torn:
    """From this byte of this file on, nothing fits."""

    file: Path
    begin: int


@dataclass(frozen=True, slots=True)
class Removed:
    """What was cut off."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TakenUp:
    """The head with the whole lines behind it, and what does not fit behind them."""

    head: Head
    torn: Torn | None


def checked_head(place: AuditPlace, hasher: Hasher) -> Head:
    """The head that a log goes on from; a new log gets one first. StorageError, CredentialError."""
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


def take_up(place: AuditPlace, head: Head, hasher: Hasher) -> TakenUp:
    """Go on along what stands behind a head; nothing is changed. StorageError."""
    found, before_last, torn = head, head, None
    for file in place.files():
        if torn is not None or (head.file is not None and file.name < head.file):
            continue
        begin, own = head.size if file.name == head.file else 0, hasher_of(file, hasher)
        for line in lines_of(file, begin):
            if not (line.endswith(b"\n") and line.startswith(beginning(found.entries + 1, found.hash))):
                torn = Torn(file, begin)
                break
            before_last, found = found, _next(found, file, begin, (line, own))
            begin = found.size
    if found.entries > head.entries and found.key_id is not None:
        return TakenUp(before_last, Torn(place.root / (found.file or ""), found.begin))
    return TakenUp(found, torn)


def _next(head: Head, file: Path, begin: int, found: tuple[bytes, Hasher]) -> Head:
    """The head with one more line."""
    line, hasher = found
    return Head(
        entries=head.entries + 1,
        hash=hasher.hash(line[:-1]),
        file=file.name,
        begin=begin,
        size=begin + len(line),
        mac=hasher.name,
        key_id=hasher.key_id,
    )


def cut_off(place: AuditPlace, torn: Torn) -> Removed:
    """Take the rest off, with the files that begin in it; StorageError."""
    removed, digest = 0, hashlib.sha256()
    files = [file for file in place.files() if file.name >= torn.file.name]
    for file in files:
        for piece in lines_of(file, torn.begin if file == torn.file else 0):
            digest.update(piece)
            removed += len(piece)
    for file in files:
        _cut(file, torn.begin if file == torn.file else 0)
    return Removed(torn.file.name, removed, digest.hexdigest())


def ends_so(path: Path, head: Head, hasher: Hasher) -> bool:
    """Whether the last line that the head knows stands where it says."""
    try:
        with path.open("rb") as file:
            file.seek(head.begin)
            line = file.read(head.size - head.begin)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, OverflowError) as error:  # a forged head can name any place
        if isinstance(error, OSError) and error.strerror:
            raise refused(path, error) from error
        return False
    same_key = (head.mac, head.key_id) == (hasher.name, hasher.key_id)
    checker = hasher if same_key else Hasher()
    return len(line) == head.size - head.begin and line.endswith(b"\n") and checker.hash(line[:-1]) == head.hash


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


def _cut(file: Path, size: int) -> None:
    """Cut a file to that many bytes; one of which nothing is left goes."""
    try:
        if size == 0:
            file.unlink()
        else:
            os.truncate(file, size)
    except OSError as error:
        raise refused(file, error) from error
