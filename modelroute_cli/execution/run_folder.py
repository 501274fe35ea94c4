"""The folder of one run, and the lock that lets only one process execute it."""

import fcntl
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import RunLockedError, StorageError

RUN_FORMAT = 1
_QUESTIONS = "questions"


class RunMeta(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The facts of a run that do not change: what it was started for."""

    format: int = RUN_FORMAT
    run_id: str
    source: str  # the job file as the user named it
    job_digest: str
    plan_digest: str  # of the plan that was accepted; answers to its questions, if any, change it afterwards
    emulated: bool
    created_at: str
    tool_version: str


class _Made(Struct, frozen=True):
    """Who made a run, whatever else its facts are."""

    format: int
    tool_version: str


class RunFolder:
    """`<root>/<run_id>/`: journal, plan, results, logs and meta of one run."""

    def __init__(self, root: Path, run_id: str, name: str | None = None) -> None:
        self.run_id = run_id
        self.path = root / (name or run_id)
        self.journal = self.path / "journal.db"
        self.plan = self.path / "plan"
        self.results = self.path / "results.jsonl"
        self.log = self.path / "log.jsonl"
        self.own_log = self.path / "local.log"  # of a server that was started for models on this machine
        self.meta_path = self.path / "meta.json"
        self.control = self.path / "control.json"  # the pace that somebody wants while it runs
        self.live = self.path / "live.json"  # where it stands while it runs
        self._lock = self.path / "lock"

    def questions(self) -> "RunFolder":
        """Inside it, the folder of what is asked before the run itself; its id is the run's with a 0 behind it."""
        inside = RunFolder(self.path, f"{self.run_id}0", _QUESTIONS)
        inside.control, inside.live = self.control, self.live
        return inside

    def exists(self) -> bool:
        """Whether a run was started here."""
        return self.meta_path.is_file()

    def create(self, meta: RunMeta) -> None:
        """Make the folder and write its facts; a folder that has them already keeps them. StorageError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if not self.exists():
                write_whole(self.meta_path, msgspec.json.format(msgspec.json.encode(meta), indent=2))
        except OSError as error:
            raise storage_error(self.path, error) from error

    def meta(self) -> RunMeta:
        """The facts of the run; StorageError when they cannot be read, or are a newer modelroute's."""
        try:
            content = self.meta_path.read_bytes()
            made = msgspec.json.decode(content, type=_Made)
            if made.format > RUN_FORMAT:
                raise _too_new(self.run_id, made)
            return msgspec.json.decode(content, type=RunMeta)
        except (OSError, msgspec.DecodeError) as error:
            raise storage_error(self.meta_path, error) from error

    def set_aside(self) -> Path:
        """Rename the folder out of the way, for a run that starts over; the new place."""
        number = 1
        while (target := self.path.with_name(f"{self.run_id}.{number}")).exists():
            number += 1
        try:
            return self.path.rename(target)
        except OSError as error:
            raise storage_error(self.path, error) from error

    def last_written_at(self) -> datetime:
        """When anything was last journaled (the write-ahead file included), else when the run was made, in UTC."""
        return datetime.fromtimestamp(_recency(self)[0], UTC)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run; RunLockedError names who holds it. The lock ends with the process, however it ends."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise storage_error(self.path, error) from error
        try:
            _take(descriptor, self.run_id)
            yield
        finally:
            os.close(descriptor)

    def holder(self) -> "Holder | None":
        """The process that executes the run; None when there is none. Nothing of a run is touched by asking."""
        try:
            text, since = self._lock.read_text("utf-8", "replace"), self._lock.stat().st_mtime
        except OSError:
            return None
        found = _HOLDER.match(text)
        if found is None or not _is_held(self._lock, int(found[1]), found[2]):
            return None
        return Holder(int(found[1]), found[2], datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds"))


class Holder(Struct, frozen=True):
    """A process that executes a run."""

    process: int
    host: str
    since: str  # ISO, UTC


_HOLDER = re.compile(r"process (\d+) on `([^`]*)`")


def list_runs(root: Path) -> list[RunFolder]:
    """All runs under `root`, the latest started first; runs that were set aside are left out."""
    if not root.is_dir():
        return []
    folders = [RunFolder(root, path.name) for path in root.iterdir() if "." not in path.name]
    return sorted((folder for folder in folders if folder.exists()), key=_recency, reverse=True)


def latest(root: Path) -> RunFolder | None:
    """The run that was started or worked on last; None when there is none."""
    return next(iter(list_runs(root)), None)


def _recency(folder: RunFolder) -> tuple[float, str]:
    """When anything was last journaled (the write-ahead file included), else when the run was made."""
    places = (folder.meta_path, folder.journal, folder.journal.with_name("journal.db-wal"))
    return max(place.stat().st_mtime for place in places if place.exists()), folder.run_id


def _too_new(run_id: str, made: _Made) -> StorageError:
    """A run whose folder is not understood here."""
    message = (
        f"run `{run_id}` was made by modelroute {made.tool_version}, whose run folders (format {made.format}) are newer"
    )
    return StorageError(message, hint=f"upgrade modelroute to {made.tool_version}, or use `--restart`")


def _is_held(lock: Path, process: int, host: str) -> bool:
    """Whether the process still has the lock.

    One that is gone is told by its number alone, so that a lock which nobody holds is not taken even for a moment:
    a run that starts just then would find it taken.
    """
    if host == socket.gethostname() and not _is_alive(process):
        return False
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _take(descriptor: int, run_id: str) -> None:
    """Lock the file and write our name into it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
        message = f"run `{run_id}` is being executed by {holder or 'another process'}"
        hint = f"follow it with `modelroute status {run_id}`, or wait until it ends"
        raise RunLockedError(message, hint=hint) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()} on `{socket.gethostname()}`\n".encode(), 0)


def write_whole(path: Path, data: bytes) -> None:
    """Write aside, then rename: a reader sees all of it or nothing."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(data)
    aside.replace(path)


def storage_error(path: Path, error: Exception) -> StorageError:
    """What the disk refused, in words."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    message = f"cannot use the run folder at `{path}`: {reason}"
    return StorageError(message, hint="free some space or run in a folder you may write to, then the same command")
