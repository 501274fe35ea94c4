"""What another process wants of a run that goes on: a small file in its folder, looked at once a second."""

from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.execution.pace import Pace
from modelroute_cli.execution.run_folder import storage_error, write_whole

_FORMAT = 1


class Control(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants of a run."""

    pace: Pace
    at: str  # ISO, UTC
    format: int = _FORMAT
    stop: bool = False  # it is to end after what is in flight, and the pace does not matter


class ControlFile:
    """Reads what is wanted, as often as it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: int | None = None

    def clear(self) -> None:
        """Forget what was wanted of an earlier session."""
        self._path.unlink(missing_ok=True)

    def poll(self) -> Control | None:
        """What came since the last time; None without anything new, or where the file is not ours."""
        try:
            written = self._path.stat().st_mtime_ns
            if written == self._seen:
                return None
            self._seen = written
            return msgspec.json.decode(self._path.read_bytes(), type=Control)
        except (OSError, msgspec.DecodeError):
            return None


def want(path: Path, control: Control) -> None:
    """Tell the run whose control file this is; StorageError."""
    try:
        write_whole(path, msgspec.json.encode(control))
    except OSError as error:
        raise storage_error(path, error) from error
