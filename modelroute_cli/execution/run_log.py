"""The run's log: JSON lines of what a person would want to know afterwards; no texts, no keys."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import StorageError


class LogEvent(StrEnum):
    """What a line is about."""

    STARTED = "started"
    NOTICE = "notice"
    FAILURE = "failure"  # of one attempt
    ENDED = "ended"
    PROGRAM = "program"  # what a program that judges answers wrote to stderr


class LogLine(Struct, frozen=True, omit_defaults=True):
    """One event; what does not apply is left out."""

    event: LogEvent
    text: str
    custom_id: str | None = None
    model: str | None = None
    attempt: int | None = None


class RunLog:
    """Appends lines while it is open; earlier sessions stay above."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoder = msgspec.json.Encoder()

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise self._refused(error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def write(self, at: datetime, line: LogLine) -> None:
        """Append one line with its time; StorageError when the disk refuses."""
        fields = {"at": at.isoformat(timespec="milliseconds"), **msgspec.to_builtins(line)}
        try:
            self._file.write(self._encoder.encode(fields) + b"\n")
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> StorageError:
        message = f"the run's log `{self._path}` cannot be written: {error.strerror}"
        return StorageError(message, hint="free some space, then type the same command: nothing recorded is lost")
