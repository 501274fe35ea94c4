"""Old files of a log, deleted under an entry that signs for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.audited import AT, PLAIN, Run, log_of, request, requests_told, told
from support.plans import Row

from modelroute_cli.execution.audit.entries import Pruned
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.pruning import old_files, prune
from modelroute_cli.execution.audit.trail import Trail
from modelroute_cli.execution.audit.verifying import verify
from modelroute_cli.execution.audit.writing import LogOptions, writing

LATER = datetime(2027, 1, 20, tzinfo=UTC)


def months(root: Path) -> Trail:
    """A log with a file of each of three months: 2, 1 and 1 requests."""
    place = log_of(root / "log", 2)
    for row, month in ((2, datetime(2026, 12, 5, tzinfo=UTC)), (3, datetime(2027, 1, 5, tzinfo=UTC))):
        with writing(place, LogOptions(PLAIN, month)) as log:
            log.append(request(row))
    return Trail(place=place, hasher=PLAIN, tool_version="0.1.0", user="anna")


def names(place: AuditPlace) -> list[str]:
    """The files that are left."""
    return [file.name for file in place.files()]


def test_a_file_is_old_when_the_next_was_begun_long_ago(tmp_path: Path) -> None:
    """For all its entries were written before that; the last file is never old."""
    place = months(tmp_path).place
    assert old_files(place, datetime(2026, 12, 5, tzinfo=UTC)) is None
    for before, count in ((datetime(2026, 12, 6, tzinfo=UTC), 1), (LATER, 2), (LATER + timedelta(days=9999), 2)):
        old = old_files(place, before)
        assert old is not None
        assert [file.name for file in old.files] == names(place)[:count]
    assert old_files(AuditPlace(tmp_path / "none"), LATER) is None


def test_what_is_left_can_be_verified(tmp_path: Path) -> None:
    """For an entry says what was deleted, up to where, by whom."""
    trail = months(tmp_path)
    before = datetime(2026, 12, 20, tzinfo=UTC)
    old = old_files(trail.place, before)
    assert old is not None
    assert (old.entries, old.left.number) == (3, 4)
    prune(trail, old, before, LATER)
    assert names(trail.place) == ["000002.2026-12.jsonl", "000003.2027-01.jsonl"]
    found = verify(trail.place, PLAIN)
    assert (found.problems, found.first, found.entries) == ((), 4, 5)
    (signed,) = [each.entry for each in told(trail.place) if isinstance(each.entry, Pruned)]
    assert (signed.last, signed.entries, signed.files, signed.user) == (3, 3, ("000001.2026-11.jsonl",), "anna")
    assert (signed.before, signed.hash) == ("2026-12-20", old.left.before)


def test_what_is_deleted_besides_was_not_signed_for(tmp_path: Path) -> None:
    """The signature is for the files it names, no others."""
    trail = months(tmp_path)
    old = old_files(trail.place, datetime(2026, 12, 20, tzinfo=UTC))
    assert old is not None
    prune(trail, old, LATER, LATER)
    trail.place.files()[0].unlink()
    (problem,) = verify(trail.place, PLAIN).problems
    assert problem.what == "entries 1 to 5 are missing before it, and nobody signed for deleting them"


def test_a_crash_before_the_files_are_deleted_leaves_a_whole_log(tmp_path: Path) -> None:
    """The entry stands, the files too; the next pruning deletes them."""
    trail = months(tmp_path)
    old = old_files(trail.place, LATER)
    assert old is not None
    kept = [(file, file.read_bytes()) for file in old.files]
    prune(trail, old, LATER, LATER)
    for file, content in reversed(kept):  # the second is left over, then both
        file.write_bytes(content)
        assert verify(trail.place, PLAIN).is_whole
    again = old_files(trail.place, LATER)
    assert again is not None
    assert again.files == old.files


def test_runs_go_on_in_a_log_whose_beginning_was_deleted(tmp_path: Path) -> None:
    """What was told of them is not told again."""
    run = Run.of(tmp_path, [Row() for _ in range(3)])
    run.begin()
    run.accepted(1, 0)
    run.end()
    with writing(run.trail.place, LogOptions(PLAIN, LATER)) as log:
        log.append(request(9))
    old = old_files(run.trail.place, LATER + timedelta(days=1))
    assert old is not None
    prune(run.trail, old, LATER, LATER)
    run.accepted(2, 1)
    run.end()
    assert [each.row for each in requests_told(run.trail.place)] == [9, 1]
    assert verify(run.trail.place, PLAIN).is_whole
    assert AT < LATER
