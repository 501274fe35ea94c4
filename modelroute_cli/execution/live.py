"""Where a run stands, for other processes: a small file in its folder, written whole once a second while it goes on.

The journal knows the same and more, but not what waits, how fast it goes and what holds it up, and reading a long
journal takes seconds.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.clock import Clock
from modelroute_cli.execution.run_folder import write_whole
from modelroute_cli.execution.work import Progress

_FORMAT = 1
_EVERY_S = 1.0


class Live(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A run at one moment."""

    at: str  # ISO, UTC
    started_at: str  # of this session
    progress: Progress
    asking: bool = False  # it is asking questions about templates; the job itself comes afterwards
    format: int = _FORMAT


class LiveFile:
    """An observer that writes it; a disk that refuses is no matter here, the journal tells of it."""

    def __init__(self, path: Path, clock: Clock, *, asking: bool = False) -> None:
        self._path = path
        self._clock = clock
        self._asking = asking
        self._started_at = _now(clock)
        self._written_at: float | None = None

    def on_progress(self, progress: Progress) -> None:
        """Write it, at most once a second."""
        now = self._clock.monotonic()
        if self._written_at is not None and now - self._written_at < _EVERY_S:
            return
        self._written_at = now
        live = Live(at=_now(self._clock), started_at=self._started_at, progress=progress, asking=self._asking)
        try:
            write_whole(self._path, msgspec.json.encode(live))
        except OSError:
            return

    def close(self) -> None:
        """Take it away: nothing goes on any more."""
        self._path.unlink(missing_ok=True)


def read_live(path: Path) -> Live | None:
    """Where the run stands; None where no file of ours is there."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Live)
    except (OSError, msgspec.DecodeError):
        return None


def _now(clock: Clock) -> str:
    return clock.now().isoformat(timespec="milliseconds")
