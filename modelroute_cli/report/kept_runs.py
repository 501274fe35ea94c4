"""The runs, pilots and hold-outs that are kept in a folder: what it is, where it stands, what it takes on disk."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec import Struct, structs

from modelroute_cli.base.errors import ModelrouteError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.kept import is_set_aside, kept_folders, size_bytes
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.planning import plan_file

RUN, PILOT, HOLD_OUT = "run", "pilot", "hold-out"


class KeptRun(Struct, frozen=True, kw_only=True):
    """One of them; requests are counted without duplicates."""

    kind: str  # run, pilot, hold-out
    name: str  # the run id; with `.1` behind it where a run that started over took its place
    source: str  # the job file, as the user named it
    state: str  # running, unfinished, finished, unreadable
    emulated: bool | None  # None: unreadable
    set_aside: bool
    requests: int | None  # None: not known, as all that follow
    accepted: int | None
    failed: int | None
    waiting: int | None
    handed_in: int | None  # requests that a provider has, to be collected
    spent_pusd: PicoUSD | None
    written_at: str  # ISO, UTC: when anything was last written to it
    size_bytes: int
    problem: str = ""  # why it is unreadable


class KeptRuns(Struct, frozen=True, kw_only=True):
    """All of them, those that were written to last first."""

    kind: str
    size_bytes: int
    runs: tuple[KeptRun, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them with its folder."""

    line: KeptRun
    folder: RunFolder


def kept_runs(roots: dict[str, Path]) -> list[Kept]:
    """All below the roots (by kind), those that were written to last first."""
    found = [Kept(_line(kind, folder), folder) for kind, root in roots.items() for folder in kept_folders(root)]
    return sorted(found, key=lambda kept: (kept.line.written_at, kept.line.name), reverse=True)


def summed(found: list[Kept]) -> KeptRuns:
    """What is said of them."""
    lines = tuple(kept.line for kept in found)
    return KeptRuns(kind="kept_runs", size_bytes=sum(line.size_bytes for line in lines), runs=lines)


def _line(kind: str, folder: RunFolder) -> KeptRun:
    """One folder; what cannot be read is said, and stops nothing."""
    begun = KeptRun(
        kind=kind,
        name=folder.path.name,
        source="",
        state="unreadable",
        emulated=None,
        set_aside=is_set_aside(folder),
        requests=None,
        accepted=None,
        failed=None,
        waiting=None,
        handed_in=None,
        spent_pusd=None,
        written_at=_stamp(folder.last_written_at()),
        size_bytes=size_bytes(folder.path),
    )
    try:
        return _read(begun, folder)
    except ModelrouteError as error:
        return structs.replace(begun, problem=error.message)


def _read(begun: KeptRun, folder: RunFolder) -> KeptRun:
    """With its facts, its plan's counts and its journal's sums; StorageError, PlanFileError."""
    meta, requests = folder.meta(), _planned(folder)
    told = structs.replace(begun, source=meta.source, emulated=meta.emulated, requests=requests)
    running = folder.holder() is not None
    if not folder.journal.exists():
        return structs.replace(told, state="running" if running else "unfinished", spent_pusd=None)
    state = read_state(folder.journal)
    waiting = None if requests is None else max(requests - state.done, 0)
    return structs.replace(
        told,
        state="running" if running else _resting(begun.kind, folder, waiting),
        accepted=state.accepted,
        failed=state.failed,
        waiting=waiting,
        handed_in=state.handed_in,
        spent_pusd=PicoUSD(state.spent_pusd + _asking(folder)),
    )


def _resting(kind: str, folder: RunFolder, waiting: int | None) -> str:
    """A pilot may end before all that could be asked is asked."""
    over = waiting == 0 if kind == RUN else PilotFolder(folder).end() is not None
    return "finished" if over else "unfinished"


def _planned(folder: RunFolder) -> int | None:
    """Requests that are to be sent; None where it has no plan yet."""
    return plan_file.read_header(folder.plan).totals.requests if folder.plan.exists() else None


def _asking(folder: RunFolder) -> int:
    """What was spent on the questions before it."""
    asked = folder.questions().journal
    return read_state(asked).spent_pusd if asked.exists() else 0


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
