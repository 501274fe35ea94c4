"""What a log holds after crashes, full files, other months and other keys."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.audited import AT, KEY, KEYED, PLAIN, log_of, request, requests_told, told
from support.runs import scratch

from modelroute_cli.base.errors import CredentialError, StorageError
from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.entries import Repaired, Segment
from modelroute_cli.execution.audit.head import read_head
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.verifying import verify
from modelroute_cli.execution.audit.writing import LogOptions, writing

DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
QUICK = settings(max_examples=25, deadline=None)


def append(place: AuditPlace, row: int, hasher: Hasher = PLAIN, at: datetime = AT) -> int:
    """One more entry; its number."""
    with writing(place, LogOptions(hasher, at)) as log:
        return log.append(request(row))


def test_entries_are_numbered_from_one_on(tmp_path: Path) -> None:
    """The line with which a file begins is one of them."""
    place = log_of(tmp_path / "log", 2)
    assert append(place, 2) == 4
    assert [(each.number, type(each.entry).__name__) for each in told(place)] == [
        (1, "Segment"),
        (2, "RequestEntry"),
        (3, "RequestEntry"),
        (4, "RequestEntry"),
    ]


def test_a_new_month_begins_a_file(tmp_path: Path) -> None:
    """So that what is old can be deleted by the file."""
    place = log_of(tmp_path / "log", 2)
    append(place, 2, at=DECEMBER)
    append(place, 3, at=DECEMBER)
    assert [file.name for file in place.files()] == ["000001.2026-11.jsonl", "000002.2026-12.jsonl"]
    assert verify(place, PLAIN).is_whole


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    """No file is larger than it may be."""
    place = log_of(tmp_path / "log", 30, segment_bytes=3_000)
    sizes = [file.stat().st_size for file in place.files()]
    assert len(sizes) > 3
    assert max(sizes) <= 3_000
    assert [each.row for each in requests_told(place)] == list(range(30))


def test_a_key_that_is_set_later_begins_a_file(tmp_path: Path) -> None:
    """What stood there before stays without."""
    place = log_of(tmp_path / "log", 2)
    append(place, 2, KEYED)
    found = verify(place, KEYED)
    assert (found.problems, found.entries, found.keyed) == ((), 5, 2)
    segments = [each.entry for each in told(place) if isinstance(each.entry, Segment)]
    assert [(each.number, each.mac, each.key_id) for each in segments] == [
        (1, "sha256", None),
        (2, "hmac-sha256", KEYED.key_id),
    ]


@pytest.mark.parametrize(
    ("hasher", "what"), [(PLAIN, "and no key is set"), (Hasher(KEY[::-1]), "and the key that is set is another one")]
)
def test_a_log_under_a_key_is_not_gone_on_with_without_it(tmp_path: Path, hasher: Hasher, what: str) -> None:
    """Else anybody could."""
    place = log_of(tmp_path / "log", 1, KEYED)
    with pytest.raises(CredentialError) as caught:
        append(place, 1, hasher)
    assert caught.value.message == f"the audit log at `{place.root}` is written under a key, {what}"


@pytest.mark.parametrize("spoil", [b"", b"x", None])
def test_a_log_that_was_tampered_with_is_not_gone_on_with(tmp_path: Path, spoil: bytes | None) -> None:
    """Its end was cut, changed, or deleted: a new log begins in a new folder, and this one is evidence."""
    place = log_of(tmp_path / "log", 2)
    (file,) = place.files()
    if spoil is None:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-10] + spoil * 10)
    with pytest.raises(StorageError) as caught:
        append(place, 2)
    assert caught.value.message == (
        f"the audit log at `{place.root}` does not end as its head says: it was changed or cut"
    )


def test_a_log_whose_head_is_gone_is_not_gone_on_with(tmp_path: Path) -> None:
    """Nobody can say how long it was."""
    place = log_of(tmp_path / "log", 2)
    place.head.unlink()
    with pytest.raises(StorageError, match="has no head: what stood at its end cannot be told"):
        append(place, 2)


@pytest.mark.parametrize("hasher", [PLAIN, KEYED], ids=["plain", "keyed"])
@QUICK
@given(share=st.floats(0, 1))
def test_a_crash_at_any_byte_is_repaired_in_the_open(hasher: Hasher, share: float) -> None:
    """Lines that came whole stay, the torn rest goes, and an entry says so; under a key the last line goes, too."""
    with scratch() as folder:
        place = AuditPlace(folder / "log")
        _crash(place, hasher, share)
        before = [each.row for each in requests_told(place)] if _is_whole(place) else None
        append(place, 99, hasher)
        rows = [each.row for each in requests_told(place)]
        repaired = [each.entry for each in told(place) if isinstance(each.entry, Repaired)]
        assert verify(place, hasher).problems == ()
        assert rows == [*range(len(rows) - 1), 99]
        assert len(repaired) <= 1
        if before is not None and hasher is PLAIN:
            assert (rows, repaired) == ([*before, 99], [])


def _crash(place: AuditPlace, hasher: Hasher, share: float) -> None:
    """A log in several files whose last write came to its end only in part."""
    with writing(place, LogOptions(hasher, AT, 2_000)) as log:
        log.append(request(0))
    head = place.head.read_bytes()
    known = read_head(place.head)
    with writing(place, LogOptions(hasher, AT, 2_000)) as log:
        for row in range(1, 8):
            log.append(request(row))
    place.head.write_bytes(head)
    size = 0 if known is None else known.size
    kept = size + int(share * (sum(file.stat().st_size for file in place.files()) - size))
    for file in place.files():
        content = file.read_bytes()
        file.write_bytes(content[:kept])
        if kept <= 0:
            file.unlink()
        kept = max(kept - len(content), 0)


def _is_whole(place: AuditPlace) -> bool:
    return all(file.read_bytes().endswith(b"\n") for file in place.files())


def test_what_was_taken_off_is_told(tmp_path: Path) -> None:
    """How many bytes, and their digest."""
    place = log_of(tmp_path / "log", 1)
    (file,) = place.files()
    with file.open("ab") as opened:
        opened.write(b'{"n":3,"prev":"abc')
    append(place, 1)
    entry = told(place)[2].entry
    assert isinstance(entry, Repaired)
    assert (entry.file, entry.bytes) == ("000001.2026-11.jsonl", 18)
    assert verify(place, PLAIN).is_whole


def test_an_error_on_the_way_leaves_the_head_as_it_was(tmp_path: Path) -> None:
    """What was appended does not count."""
    place = log_of(tmp_path / "log", 1)
    before = place.head.read_bytes()

    def stop() -> None:
        with writing(place, LogOptions(PLAIN, AT)) as log:
            log.append(request(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()
    assert place.head.read_bytes() == before
    assert len(requests_told(place)) == 1
    assert verify(place, PLAIN).is_whole


def test_a_disk_that_refuses_says_so(tmp_path: Path) -> None:
    """Naming the folder."""
    (tmp_path / "log").write_text("a file")
    with pytest.raises(StorageError, match=r"the audit log at `.*log` cannot be used"):
        log_of(tmp_path / "log", 1)


def test_files_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    """They name customers."""
    place = log_of(tmp_path / "log", 1)
    assert [oct(file.stat().st_mode & 0o777) for file in (*place.files(), place.head)] == ["0o600", "0o600"]
