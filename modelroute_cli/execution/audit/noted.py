"""The head's hash as a run's folder notes it after each session: what `verify` compares, and what a report can say."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.execution.audit.findings import Noted
from modelroute_cli.execution.audit.head import Head, write_durably

_NAME = "audit.json"


class AuditNote(Struct, frozen=True, kw_only=True):
    """What the log came to when a run was last taken into it."""

    entries: int
    hash: str  # of the last line


def note_head(folder: Path, head: Head) -> None:
    """Keep it in the run's folder; StorageError."""
    write_durably(folder / _NAME, msgspec.json.encode(AuditNote(entries=head.entries, hash=head.hash)) + b"\n")


def read_note(folder: Path) -> AuditNote | None:
    """What a run's folder noted; None where it noted nothing that can be read."""
    try:
        return msgspec.json.decode((folder / _NAME).read_bytes(), type=AuditNote)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def notes_below(roots: tuple[Path, ...]) -> Iterator[Noted]:
    """What the folders of runs noted; those that were set aside, too."""
    for root in roots:
        for path in sorted(root.glob(f"*/{_NAME}")):
            note = read_note(path.parent)
            if note is not None:
                yield Noted(note.entries, note.hash, str(path))
