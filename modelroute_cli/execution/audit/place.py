"""Where the audit log of a folder lies: its files in order, its head, its lock, and how far each run is in it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modelroute_cli.base.errors import StorageError

_NAME = re.compile(r"(\d{6})\.\d{4}-\d{2}\.jsonl")


@dataclass(frozen=True, slots=True)
class AuditPlace:
    """The folder of a log, such as `.modelroute/audit`."""

    root: Path

    @property
    def head(self) -> Path:
        """What the log came to when it was last written."""
        return self.root / "head.json"

    @property
    def cursors(self) -> Path:
        """How far each run was taken in."""
        return self.root / "runs"

    def files(self) -> list[Path]:
        """The log's files, the oldest first."""
        if not self.root.is_dir():
            return []
        return sorted(path for path in self.root.iterdir() if _NAME.fullmatch(path.name))

    def file(self, number: int, at: datetime) -> Path:
        """The file of that number, begun at that time: `000001.2026-11.jsonl`."""
        return self.root / f"{number:06d}.{at:%Y-%m}.jsonl"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Wait until nobody else writes, then hold the log; StorageError. The lock ends with the process."""
        try:
            self.cursors.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise refused(self.root, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def number_of(file: Path) -> int:
    """The number of a file of the log."""
    return int(file.name.partition(".")[0])


def month_of(file: Path) -> str:
    """The month in which a file was begun: `2026-11`."""
    return file.name.split(".")[1]


def refused(path: Path, error: OSError) -> StorageError:
    """What the disk said to it."""
    message = f"the audit log at `{path}` cannot be used: {error.strerror}"
    return StorageError(message, hint="free some space or make the folder writable, then type the same command")
