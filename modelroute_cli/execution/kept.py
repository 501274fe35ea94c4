"""The folders of runs that are kept: found, measured and taken away; nothing outside their root is ever touched."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.run_folder import RunFolder, storage_error

_GOING = ".going"  # behind the name of a folder that is being deleted: no run is read from it any more
_NAME = re.compile(r"[0-9A-Za-z_-]+(\.[0-9]+)?")


def kept_folders(root: Path) -> list[RunFolder]:
    """All runs under `root`, those that were set aside (`ID.1`) among them, by name; links are not followed."""
    if not root.is_dir():
        return []
    places = sorted(path for path in root.iterdir() if _NAME.fullmatch(path.name) and _is_own(path))
    return [folder for folder in (RunFolder(root, path.name) for path in places) if folder.exists()]


def is_set_aside(folder: RunFolder) -> bool:
    """Whether a run started over took its place."""
    return "." in folder.path.name


def size_bytes(path: Path) -> int:
    """What the files below `path` take, as long as they are there; links count as themselves."""
    return sum(_size(Path(place) / name) for place, _, names in os.walk(path) for name in names)


def remove(folder: RunFolder) -> int:
    """Delete the folder with all in it; the bytes that were freed.

    StorageError where it lies behind a link, or the disk refuses. Who calls holds the folder's lock. It is renamed
    first, so that one that is half deleted is no run.
    """
    path = folder.path
    if not _is_own(path) or not _is_own(path.parent):
        message = f"`{path}` is a link: nothing is deleted through it"
        raise StorageError(message, hint="delete what it points to by hand")
    before = size_bytes(path)
    try:
        shutil.rmtree(path.rename(path.with_name(path.name + _GOING)))
    except OSError as error:
        raise storage_error(path, error) from error
    return before


def sweep(root: Path) -> None:
    """Finish deletions that were cut off; StorageError."""
    for path in _half_deleted(root):
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise storage_error(path, error) from error


def _half_deleted(root: Path) -> Iterator[Path]:
    if root.is_dir() and _is_own(root):
        yield from (path for path in root.iterdir() if path.name.endswith(_GOING) and _is_own(path))


def _is_own(path: Path) -> bool:
    """Whether it is a folder itself and no link to one."""
    return path.is_dir() and not path.is_symlink()


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
