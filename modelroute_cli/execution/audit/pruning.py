"""Deletes whole old files of a log; an entry signs for it, so that the chain of what is left can be checked.

The entry is on the disk before the first file goes. A crash in between leaves files that were signed for: `verify`
takes them as part of the log, and the next pruning deletes them.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modelroute_cli.execution.audit.entries import Pruned
from modelroute_cli.execution.audit.lines import Link, lines_of, link_of, segment_of
from modelroute_cli.execution.audit.place import AuditPlace, refused
from modelroute_cli.execution.audit.trail import Trail
from modelroute_cli.execution.audit.writing import iso


@dataclass(frozen=True, slots=True)
class Old:
    """Files all of whose entries were written before a day, and the first line that would be left."""

    files: tuple[Path, ...]
    entries: int
    bytes: int
    left: Link


def old_files(place: AuditPlace, before: datetime) -> Old | None:
    """What could be deleted; None where nothing is old enough. A file is old when the next one was begun before."""
    files = place.files()
    begun = [(file, segment_of(file)) for file in files]
    count = 0
    for _, following in begun[1:]:
        if following is None or datetime.fromisoformat(following.at) >= before:
            break
        count += 1
    if not count:
        return None
    first, left = _first_link(files[0]), _first_link(files[count])
    if first is None or left is None:
        return None
    size = sum(file.stat().st_size for file in files[:count])
    return Old(tuple(files[:count]), left.number - first.number, size, left)


def prune(trail: Trail, old: Old, before: datetime, at: datetime) -> None:
    """Sign, then delete; StorageError, CredentialError."""
    with trail.open(at) as log:
        log.append(
            Pruned(
                at=iso(at),
                last=old.left.number - 1,
                hash=old.left.before,
                files=tuple(file.name for file in old.files),
                entries=old.entries,
                before=before.date().isoformat(),
                user=trail.user,
                host=trail.host,
            )
        )
    for file in old.files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise refused(file, error) from error


def _first_link(file: Path) -> Link | None:
    return link_of(next(lines_of(file), b""))
