"""The head of a log, its files, and its lines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.audited import KEY, KEYED, PLAIN, log_of

from modelroute_cli.base.errors import StorageError, UsageError
from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.findings import Findings, Problem, custom_id_in
from modelroute_cli.execution.audit.head import Head, is_genuine, read_head, sealed, write_head
from modelroute_cli.execution.audit.lines import Link, Spot, hasher_of, lines_of, link_of, segment_of
from modelroute_cli.execution.audit.looking import look
from modelroute_cli.execution.audit.place import AuditPlace, month_of, number_of

HEAD = Head(entries=3, hash="ab" * 32, file="000001.2026-11.jsonl", begin=10, size=20)


@given(st.integers(0, 10**15), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_seal_holds_for_its_head_alone(entries: int, hash_: str) -> None:
    """Another number, another hash, another key: another seal."""
    head = sealed(replace(HEAD, entries=entries, hash=hash_), KEYED)
    assert is_genuine(head, KEYED)
    assert not is_genuine(replace(head, entries=entries + 1), KEYED)
    assert not is_genuine(replace(head, hash=hash_[::-1] + "0"), KEYED)
    assert not is_genuine(head, Hasher(KEY + b"x"))


def test_without_a_key_there_is_no_seal() -> None:
    """And nothing to hold against a head."""
    assert sealed(HEAD, PLAIN) == HEAD
    assert is_genuine(replace(HEAD, entries=99), PLAIN)


def test_a_head_is_read_as_it_was_written(tmp_path: Path) -> None:
    """None where there is none."""
    assert read_head(tmp_path / "head.json") is None
    write_head(tmp_path / "head.json", HEAD)
    assert read_head(tmp_path / "head.json") == HEAD
    assert [path.name for path in tmp_path.iterdir()] == ["head.json"]


@pytest.mark.parametrize("content", [b"", b"{}{", b"\xff", b'{"entries":"many"}', b'{"more":1}'])
def test_a_head_that_is_none_is_damaged(tmp_path: Path, content: bytes) -> None:
    """It names the file."""
    (tmp_path / "head.json").write_bytes(content)
    with pytest.raises(StorageError) as caught:
        read_head(tmp_path / "head.json")
    assert caught.value.message.startswith(f"the audit log's head `{tmp_path / 'head.json'}` is damaged: ")


def test_a_head_that_cannot_be_read_or_written_says_so(tmp_path: Path) -> None:
    """A folder stands in its place, or none around it."""
    (tmp_path / "head.json").mkdir()
    with pytest.raises(StorageError, match="cannot be used: Is a directory"):
        read_head(tmp_path / "head.json")
    with pytest.raises(StorageError, match="cannot be used: No such file or directory"):
        write_head(tmp_path / "none" / "head.json", HEAD)


def test_files_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """Other files are none of them."""
    place = AuditPlace(tmp_path)
    assert AuditPlace(tmp_path / "none").files() == []
    names = ["000002.2026-12.jsonl", "000010.2027-01.jsonl", "000001.2026-11.jsonl", "head.json", "1.2026-11.jsonl"]
    for name in names:
        (tmp_path / name).touch()
    assert [(number_of(file), month_of(file)) for file in place.files()] == [
        (1, "2026-11"),
        (2, "2026-12"),
        (10, "2027-01"),
    ]
    assert place.file(7, datetime(2026, 3, 1, tzinfo=UTC)).name == "000007.2026-03.jsonl"


def test_a_file_says_what_it_is_in_its_first_line(tmp_path: Path) -> None:
    """Whether it is under a key, too; one that says nothing is taken to be."""
    (plain,) = log_of(tmp_path / "plain", 1).files()
    (keyed,) = log_of(tmp_path / "keyed", 1, KEYED).files()
    assert [segment and segment.mac for segment in map(segment_of, (plain, keyed))] == ["sha256", "hmac-sha256"]
    assert (hasher_of(plain, KEYED).key_id, hasher_of(keyed, KEYED)) == (None, KEYED)
    plain.write_bytes(b"nothing\n")
    assert segment_of(plain) is None
    assert hasher_of(plain, KEYED) is KEYED


def test_lines_are_read_from_any_byte_on(tmp_path: Path) -> None:
    """With their ends, and the last without where it has none."""
    file = tmp_path / "log"
    file.write_bytes(b"one\ntwo\nthr")
    assert list(lines_of(file)) == [b"one\n", b"two\n", b"thr"]
    assert list(lines_of(file, 4)) == [b"two\n", b"thr"]
    with pytest.raises(StorageError, match="No such file"):
        list(lines_of(tmp_path / "none"))


def test_only_wanted_lines_are_decoded(tmp_path: Path) -> None:
    """Those that hold a word; each with its number and place."""
    place = log_of(tmp_path / "log", 3)
    (found,) = look(place, b'"mail-1"')
    assert (found.number, found.spot) == (3, Spot(place.files()[0], 3))
    assert len(list(look(place))) == 4


def test_what_is_no_entry_is_not_passed_over(tmp_path: Path) -> None:
    """A table that leaves something out is worse than none."""
    place = log_of(tmp_path / "log", 1)
    (file,) = place.files()
    file.write_bytes(file.read_bytes() + b"torn")
    with pytest.raises(StorageError) as caught:
        list(look(place))
    assert caught.value.message == f"`{file}`, line 3: this is no entry of an audit log"
    with pytest.raises(UsageError, match="there is no audit log at"):
        list(look(AuditPlace(tmp_path / "none")))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"n":1,"custom_id":"mail-1","x":', "mail-1"),
        (b'{"custom_id":"a\\"b\\u00e9"}', 'a"b\u00e9'),
        (b'{"custom_id":"\xff"}', "\ufffd"[:0] + '"\ufffd"'),
        (b'{"custom_id":12}', None),
        (b"", None),
    ],
)
def test_a_custom_id_is_read_from_what_is_left_of_a_line(line: bytes, expected: str | None) -> None:
    """Also where it is no JSON any more."""
    assert custom_id_in(line) == expected


def test_a_hundred_problems_are_kept_and_all_are_counted() -> None:
    """A log that was shuffled has a million."""
    findings = Findings()
    for number in range(250):
        findings.add("it was changed", Spot(Path("a/000001.2026-11.jsonl"), number + 1), number)
    assert (findings.count, len(findings.kept)) == (250, 100)
    assert findings.kept[0] == Problem(
        file="000001.2026-11.jsonl", line=1, entry=0, custom_id=None, what="it was changed"
    )
    assert link_of(b'{"n":7,"prev":"' + b"0" * 64 + b'","kind"') == Link(7, "0" * 64)
