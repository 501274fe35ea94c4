"""Frames of any number of rows: gathered block by block, in memory while they are few, then in temporary files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from weakref import finalize

import polars as pl

from modelroute_cli.base.frames import Schema, check

MOST_IN_MEMORY = 100_000
"""Rows that stay in memory; a REQUESTS frame of so many takes about 15 MB."""
BLOCK_ROWS = 50_000
_PREFIX = "modelroute-"
_ROOMY = "/var/tmp"  # noqa: S108 - mkdtemp makes a folder of its own there


@dataclass(slots=True, weakref_slot=True)
class Spill:
    """Rows in order; give it blocks, then ask for `frame`, which is valid as long as this object lives.

    Files go to a folder of its own, or to `folder`, which is then the caller's to remove.
    """

    schema: Schema
    most_in_memory: int = MOST_IN_MEMORY
    folder: Path | None = None
    height: int = 0
    _blocks: list[pl.DataFrame] = field(default_factory=list)
    _parts: list[Path] = field(default_factory=list)

    def append(self, block: pl.DataFrame) -> None:
        """Add rows at the end."""
        self._blocks.append(check(block, self.schema))
        self.height += block.height
        if sum(each.height for each in self._blocks) > self.most_in_memory:
            self._write()

    def frame(self) -> pl.LazyFrame:
        """All rows in order."""
        if self._parts and self._blocks:
            self._write()
        if self._parts:
            return pl.scan_ipc(self._parts)
        return (pl.concat(self._blocks) if self._blocks else pl.DataFrame(schema=self.schema)).lazy()

    def files(self) -> list[Path]:
        """All rows as files, in order."""
        if self._blocks:
            self._write()
        return self._parts

    def _write(self) -> None:
        """Move what is in memory to a file of its own."""
        if self.folder is None:
            self.folder = temporary_folder()
            finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{len(self._parts):06d}.arrow"
        pl.concat(self._blocks).write_ipc(part, compression="lz4")
        self._parts.append(part)
        self._blocks = []


@dataclass(slots=True, weakref_slot=True)
class Kept:
    """A folder of its own, which is removed when this object is."""

    folder: Path = field(default_factory=lambda: temporary_folder())  # noqa: PLW0108 - it is defined below

    def __post_init__(self) -> None:
        finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def temporary_folder() -> Path:
    """A new folder for this user alone: where TMPDIR says, else where large files belong (/tmp may be memory)."""
    told = any(name in os.environ for name in ("TMPDIR", "TEMP", "TMP"))
    with suppress(OSError):
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=None if told else _ROOMY))
    return Path(tempfile.mkdtemp(prefix=_PREFIX))


def blocks(frame: pl.LazyFrame, rows: int = BLOCK_ROWS) -> Iterator[pl.DataFrame]:
    """The rows of a frame in order, at most `rows` at a time."""
    start = 0
    while (block := frame.slice(start, rows).collect()).height:
        yield block
        start += rows
        if block.height < rows:
            return
