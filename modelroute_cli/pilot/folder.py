"""A pilot in its folder: what was drawn, sent and measured; kept before the first request goes out."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.run_folder import RunFolder, list_runs, storage_error, write_whole
from modelroute_cli.pilot.asking import JOBS_NAME
from modelroute_cli.pilot.design import DESIGN_FORMAT, Design
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.scorers.choose import one_scale

T = TypeVar("T")

FINISHED, CEILING = "finished", "ceiling"


class PilotFacts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a pilot was asked for, besides its design."""

    settings_digest: str
    scorer: str
    baseline: str
    judge: str | None = None  # --judge, as typed
    models: str | None = None  # --models, as typed
    exclude: str | None = None
    limit: int | None = None
    sample: int | None = None
    seed: int = 1
    no_dedupe: bool = False


class PilotEnd(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a pilot ended: all was asked, or the ceiling left no room for more."""

    status: str
    spent_pusd: PicoUSD
    held_pusd: PicoUSD  # of attempts whose outcome is unknown
    emulated: bool


class PilotFolder:
    """`<root>/<id>/`: a run's folder with the pilot's own job file, its design, and what was measured."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.jobs = run.path / JOBS_NAME
        self._design = run.path / "design.json"
        self._facts = run.path / "facts.json"
        self._end = run.path / "end.json"
        self._labels = run.path / "labels.jsonl"
        self.observations = run.path / "observations.jsonl"

    @property
    def pilot_id(self) -> str:
        """Its name."""
        return self.run.run_id

    def make(self) -> None:
        """Make the folder; StorageError."""
        try:
            self.run.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(self.run.path, error) from error

    def keep(self, design: Design, facts: PilotFacts) -> None:
        """Write what is asked; StorageError."""
        self._write(self._design, design)
        self._write(self._facts, facts)

    def keep_jobs(self, content: bytes) -> None:
        """Write the pilot's own job file; StorageError."""
        try:
            write_whole(self.jobs, content)
        except OSError as error:
            raise storage_error(self.jobs, error) from error

    def design(self) -> Design:
        """What was drawn; StorageError where it cannot be read or is a newer modelroute's."""
        design = self._read(self._design, Design)
        if design.format > DESIGN_FORMAT:
            message = f"pilot `{self.pilot_id}` was made by a newer modelroute"
            raise StorageError(message, hint="upgrade modelroute, or use `--restart`")
        return design

    def facts(self) -> PilotFacts:
        """What it was asked for; StorageError."""
        return self._read(self._facts, PilotFacts)

    def end(self) -> PilotEnd | None:
        """How it ended; None where it goes on. StorageError."""
        return self._read(self._end, PilotEnd) if self._end.exists() else None

    def finish(self, seen: Sequence[Observation], end: PilotEnd) -> None:
        """Keep what was measured, then that it is all; StorageError."""
        self.keep_observations(seen)
        self._write(self._end, end)

    def keep_observations(self, seen: Sequence[Observation]) -> None:
        """Keep what is measured so far; StorageError."""
        self._write_lines(self.observations, seen)

    def keep_labels(self, labels: Sequence[Observation]) -> None:
        """Keep what people said, in the place of what they had said before of the same answers; StorageError."""
        both = {(each.custom_id, each.model): each for each in (*self.labels(), *labels)}
        self._write_lines(self._labels, tuple(both.values()))

    def labels(self) -> tuple[Observation, ...]:
        """What people said; StorageError."""
        return tuple(self._lines(self._labels))

    def scored(self) -> tuple[Observation, ...]:
        """What was kept, nothing where nothing was; StorageError."""
        return tuple(self._lines(self.observations))

    def measured(self, baseline: str) -> tuple[Observation, ...]:
        """The same, with what people said of the same requests in its place where they saw a pair; StorageError."""
        return one_scale((*self.scored(), *self.labels()), baseline).kept

    def _lines(self, path: Path) -> Iterator[Observation]:
        if not path.exists():
            return
        decoder = msgspec.json.Decoder(Observation)
        try:
            yield from (decoder.decode(line) for line in path.read_bytes().splitlines())
        except (OSError, msgspec.DecodeError) as error:
            raise storage_error(path, error) from error

    def _write_lines(self, path: Path, seen: Sequence[Observation]) -> None:
        encoder = msgspec.json.Encoder()
        try:
            write_whole(path, b"".join(encoder.encode(each) + b"\n" for each in seen))
        except OSError as error:
            raise storage_error(path, error) from error

    def _write(self, path: Path, value: Struct) -> None:
        try:
            write_whole(path, msgspec.json.format(msgspec.json.encode(value), indent=1))
        except OSError as error:
            raise storage_error(path, error) from error

    def _read(self, path: Path, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError) as error:
            raise storage_error(path, error) from error


def list_pilots(root: Path) -> list[PilotFolder]:
    """All pilots under `root`, the latest first; those that were set aside are left out."""
    return [PilotFolder(run) for run in list_runs(root)]
