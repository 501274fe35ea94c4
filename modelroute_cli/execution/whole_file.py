"""Files that take the place of earlier ones only when they are complete and on the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from modelroute_cli.base.errors import StorageError


@contextmanager
def whole(path: Path, what: str = "results") -> Iterator[IO[bytes]]:
    """A file that is written aside and renamed at the end; StorageError, which names it, when the disk refuses."""
    with whole_path(path, what) as aside, aside.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_path(path: Path, what: str = "results") -> Iterator[Path]:
    """Where to write it, for writers that want a path; the same otherwise."""
    aside = aside_of(path)
    try:
        yield aside
        aside.replace(path)
    except OSError as error:
        message = f"{what} cannot be written to `{path}`: {error.strerror or error}"
        hint = "free some space, or name another file with `-o`: nothing is sent again"
        raise StorageError(message, hint=hint) from error
    finally:
        aside.unlink(missing_ok=True)


def aside_of(path: Path) -> Path:
    """Where a file is written until it is complete, in the same folder."""
    return path.with_name(f".{path.name}.{os.getpid()}")
