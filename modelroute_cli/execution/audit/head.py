"""The head of a log: how many entries there are and the hash of the last, so that a cut at the end is seen."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.audit.chain import START, Hasher
from modelroute_cli.execution.audit.entries import AUDIT_FORMAT
from modelroute_cli.execution.audit.place import refused

_SEALED = b"modelroute audit head\n"


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a log ended when it was last written; `seal` is an HMAC of all else, None without a key."""

    format: int = AUDIT_FORMAT
    entries: int = 0  # the number of the last one
    hash: str = START  # of the last line
    file: str | None = None  # that holds it
    begin: int = 0  # where in the file its line begins, bytes
    size: int = 0  # of the file, bytes
    mac: str = "sha256"
    key_id: str | None = None
    seal: str | None = None


def sealed(head: Head, hasher: Hasher) -> Head:
    """The head under a key; as it is without one."""
    unsealed = replace(head, mac=hasher.name, key_id=hasher.key_id, seal=None)
    if hasher.key_id is None:
        return unsealed
    return replace(unsealed, seal=hasher.hash(_SEALED + msgspec.json.encode(unsealed)))


def is_genuine(head: Head, hasher: Hasher) -> bool:
    """Whether it was sealed by this key; without a key nothing can be said against it."""
    return hasher.key_id is None or sealed(head, hasher) == head


def read_head(path: Path) -> Head | None:
    """The head of a log; None where there is none. StorageError where it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Head)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(path, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"the audit log's head `{path}` is damaged: {error}"
        raise StorageError(message, hint="`modelroute audit verify` says what is left") from error


def write_head(path: Path, head: Head) -> None:
    """Written aside, on the disk before it is renamed; StorageError."""
    write_durably(path, msgspec.json.encode(head) + b"\n")


def write_durably(path: Path, content: bytes) -> None:
    """Written aside, on the disk before it is renamed; StorageError."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise refused(path, error) from error
