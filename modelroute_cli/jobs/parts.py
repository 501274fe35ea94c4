"""A very large job file read by several processes at once, each a run of its lines.

Where anything is wrong with the file, or with a process, the parts are given up and the file is read by one: what is
wrong is then told as always. Only plain JSONL is read so, since only its lines stand where they are sent from.
"""

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Protocol

import polars as pl

from modelroute_cli.base.described import Templates
from modelroute_cli.base.spill import Spill, temporary_folder
from modelroute_cli.jobs import jsonl
from modelroute_cli.jobs.block import Extras
from modelroute_cli.jobs.facets import Facets
from modelroute_cli.jobs.gather import Gathered, Whole, blocks_of, doubled_ids, finish
from modelroute_cli.jobs.given import HashedLines
from modelroute_cli.jobs.job_file import Describer
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.opening import IndexOptions, Origin
from modelroute_cli.jobs.prefixes import Beginnings, Count
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.rows import Refused
from modelroute_cli.jobs.spool import file_digest
from modelroute_cli.jobs.twins import Hashes, Ints

_TASK, _PART = "task", "part"
_MOST_PROCESSES = 8
_WORK = "from modelroute_cli.jobs.parts import work; work()"


class Learned(Protocol):
    """What a describer keeps of its part: picklable."""

    @property
    def templates(self) -> int:
        """How many provisional numbers it gave."""
        ...


class PartDescriber(Describer, Protocol):
    """A describer of a part of a job."""

    def learned(self) -> Learned:
        """What it keeps, after its last block."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividing:
    """When a file is read by several processes, and how its parts are described."""

    describer: Callable[[], PartDescriber]  # named by its module: each process makes its own
    settled: Callable[[Sequence[object]], Templates]  # of what the describers have learned, in order of parts
    least_bytes: int = 2**30  # each process takes seconds to start and to learn what the others learn too
    processes: int = min(_MOST_PROCESSES, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A run of lines for one process."""

    path: Path
    start: int
    end: int
    options: IndexOptions  # with the folder of its pictures
    describer: Callable[[], PartDescriber]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one process found."""

    rows: list[Path]
    keys: list[Path]
    asked: Ints
    ids: Ints
    begun: Beginnings
    lines: int
    learned: Learned
    metadata_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """A whole job file that was read in parts."""

    rows: Spill
    origin: Origin
    metadata_fields: tuple[str, ...]


def read_divided(path: Path, options: IndexOptions, how: Dividing, count: Count) -> Divided | None:
    """The REQUESTS of a file of plain JSONL; None where it is to be read by one process. OSError.

    `options` name the folder of its pictures; `count` gives the o200k tokens of texts.
    """
    size_bytes = path.stat().st_size
    if how.processes < 2 or size_bytes < how.least_bytes:  # noqa: PLR2004 - one process is no division
        return None
    folder = temporary_folder()
    try:
        cuts = [0, *_cuts(path, size_bytes, how.processes), size_bytes]
        tasks = [
            _Task(path=path, start=start, end=end, options=options, describer=how.describer)
            for start, end in pairwise(cuts)
            if start < end
        ]
        with _working(folder, tasks) as processes:
            origin = Origin(digest=file_digest(path), size_bytes=size_bytes)
            done = [process.wait() for process in processes]
        parts = [] if any(done) else _found(folder, len(tasks))
        rows = _merged(path, parts, how, count)
        return None if rows is None else Divided(rows=rows, origin=origin, metadata_fields=_fields_of(parts))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cuts(path: Path, size_bytes: int, count: int) -> Iterator[int]:
    """Where the later parts begin: behind the next line end after each equal share."""
    with path.open("rb") as file:
        for part in range(1, count):
            file.seek(size_bytes * part // count)
            file.readline()
            yield file.tell()


@contextmanager
def _working(folder: Path, tasks: Sequence[_Task]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A process for each task; none outlives this."""
    processes = []
    try:
        for at, task in enumerate(tasks):
            own = folder / str(at)
            own.mkdir()
            (own / _TASK).write_bytes(pickle.dumps(task))
            processes.append(_started(own))
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _started(folder: Path) -> subprocess.Popen[bytes]:
    """A process that works on the task in `folder`; all hash text alike, and none hears ^C, which ends them all."""
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-P", "-c", _WORK, str(folder)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def work() -> None:
    """In a process of its own: read the part whose task lies in the folder that is named as argument."""
    folder = Path(sys.argv[1])
    task: _Task = pickle.loads((folder / _TASK).read_bytes())  # noqa: S301 - our own
    part = _read(task, folder)
    (folder / _PART).write_bytes(pickle.dumps(part))


def _found(folder: Path, count: int) -> list[_Part | None]:
    """What the processes found, in order of parts."""
    return [pickle.loads((folder / str(at) / _PART).read_bytes()) for at in range(count)]  # noqa: S301 - our own


def _fields_of(parts: Sequence[_Part | None]) -> tuple[str, ...]:
    """The metadata fields of all parts, each once."""
    return tuple(dict.fromkeys(name for part in parts if part is not None for name in part.metadata_fields))


class _Window:
    """The bytes of a file from where it stands to `end`."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self._file = file
        self._end = end

    def read(self, count: int) -> bytes:
        """At most `count` of them."""
        return self._file.read(max(0, min(count, self._end - self._file.tell())))


def _read(task: _Task, folder: Path) -> _Part | None:
    """One part; None when any of its rows is refused."""
    gathered, refused, describer = Gathered(folder), Refused(), task.describer()
    options = task.options
    media = Media(options.folder or task.path.parent, options.images, options.max_side)
    extras = Extras(media, Facets(options.wanted), options.at)
    with task.path.open("rb") as file:
        file.seek(task.start)
        lines = HashedLines(_Window(file, task.end), task.path.name)
        for block in blocks_of(jsonl.rows(lines, media, refused, task.start)):
            gathered.keep_keys(block)
            gathered.describe(block, describer, extras)
    if refused.problems.count or media.digests:
        return None
    return _Part(
        rows=gathered.rows.files(),
        keys=gathered.keys.files(),
        asked=gathered.asked.all(),
        ids=gathered.ids.all(),
        begun=gathered.begun,
        lines=lines.number,
        learned=describer.learned(),
        metadata_fields=tuple(extras.facets.fields),
    )


def _merged(path: Path, parts: Sequence[_Part | None], how: Dividing, count: Count) -> Spill | None:
    """The parts as one; None when one of them failed or an id is used twice."""
    whole = [part for part in parts if part is not None and part.rows]
    if not whole or len(whole) < len(parts):
        return None
    asked, ids, begun, start = Hashes(), Hashes(), Beginnings(), 0
    for part in whole:
        begun.join(part.begun, start)
        start += len(part.asked)
        asked.add(part.asked)
        ids.add(part.ids)
    if doubled_ids(ids, _placed([(part.keys, part.lines, 0) for part in whole])):
        return None
    rows = _placed([(part.rows, part.lines, part.learned.templates) for part in whole])
    with RequestReader(path) as reader:
        settled = how.settled([part.learned for part in whole])
        return finish(Whole(rows, asked, begun), settled, reader, count)


def _placed(parts: Sequence[tuple[list[Path], int, int]]) -> pl.LazyFrame:
    """The rows of all parts, with line and template numbers of the whole: files, lines and templates of each part."""
    frames, line, template = [], 0, 0
    for files, lines, templates in parts:
        frame = pl.scan_ipc(files).with_columns(pl.col("line") + line)
        if templates:
            frame = frame.with_columns(pl.col("template") + pl.lit(template, pl.Int32))
        frames.append(frame)
        line, template = line + lines, template + templates
    return pl.concat(frames)
