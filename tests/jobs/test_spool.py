import hashlib
import io
import resource
import stat
from pathlib import Path

import pytest

from modelroute_cli.base.errors import StorageError
from modelroute_cli.jobs.spool import Aside, copy_stream, file_digest, is_intact, spool_path

_SOURCE = "sha256:0123456789abcdef" + "0" * 48


def _interrupted(folder: Path) -> None:
    with Aside(folder) as aside:
        aside.write(b"x")
        raise KeyboardInterrupt


def _kept(folder: Path, content: bytes = b"one\ntwo\n") -> Path:
    with Aside(folder) as aside:
        aside.write(content)
        return aside.keep(_SOURCE)


def test_a_kept_spool_is_named_after_its_source(tmp_path: Path) -> None:
    """Sixteen digits of the digest, and nothing but the spool and its note are left."""
    path = _kept(tmp_path / "spool")
    assert path == tmp_path / "spool" / "0123456789abcdef.jsonl" == spool_path(tmp_path / "spool", _SOURCE)
    assert path.read_bytes() == b"one\ntwo\n"
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["0123456789abcdef.json", "0123456789abcdef.jsonl"]


def test_writing_tells_where_each_piece_starts(tmp_path: Path) -> None:
    """Offsets are counted in bytes from the start."""
    with Aside(tmp_path) as aside:
        assert [aside.write("é\n".encode()), aside.write(b"b\n"), aside.write(b"c\n")] == [0, 3, 5]


def test_what_was_not_kept_vanishes(tmp_path: Path) -> None:
    """A refused job file leaves nothing behind."""
    with Aside(tmp_path) as aside:
        aside.write(b"x")
        assert aside.path.exists()
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_between_leaves_nothing(tmp_path: Path) -> None:
    """An interruption leaves no half spool."""
    with pytest.raises(KeyboardInterrupt):
        _interrupted(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_spool_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """The texts of a job may be private."""
    assert stat.S_IMODE(_kept(tmp_path).stat().st_mode) == 0o600


def test_a_kept_spool_replaces_the_one_before(tmp_path: Path) -> None:
    """The same source gives the same name, and the last one holds."""
    _kept(tmp_path, b"old")
    path = _kept(tmp_path, b"new")
    assert path.read_bytes() == b"new"
    assert is_intact(path, _SOURCE)


def test_where_the_folder_cannot_be_made_a_temporary_one_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only folder does not keep a job file from being read."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    path = _kept(tmp_path / "file" / "spool")
    assert path.parent.parent == tmp_path / "temporary"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_unused_temporary_folder_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not kept leaves no trace there either."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with Aside(tmp_path / "file" / "spool") as aside:
        assert aside.path.parent.parent == tmp_path / "temporary"
    assert list((tmp_path / "temporary").iterdir()) == []


def test_where_nothing_can_be_written_the_place_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the folder nor a temporary one: that is an error of storage."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(StorageError) as caught, Aside(tmp_path / "file"):
        pass
    assert caught.value.message == f"cannot write `{tmp_path / 'file'}`: Not a directory"
    assert caught.value.hint == "free some space there, then run the same command again"


def test_a_full_disk_is_told_with_the_file(tmp_path: Path) -> None:
    """The disk's refusal names the file and leaves nothing half-written."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(StorageError) as caught, Aside(tmp_path) as aside:
            aside.write(b"x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.message == f"cannot write `{aside.path}`: File too large"
    assert list(tmp_path.iterdir()) == []


def test_a_stream_is_copied_whole(tmp_path: Path) -> None:
    """More than one block, byte by byte the same, readable before it is kept."""
    content = bytes(range(256)) * 10_000
    with Aside(tmp_path) as aside:
        copy_stream(io.BytesIO(content), aside)
        assert aside.path.read_bytes() == content


def test_an_intact_spool_is_recognised(tmp_path: Path) -> None:
    """Its note vouches for source and content."""
    assert is_intact(_kept(tmp_path), _SOURCE)


def test_a_changed_spool_is_recognised(tmp_path: Path) -> None:
    """One byte is enough."""
    path = _kept(tmp_path)
    path.write_bytes(b"One\ntwo\n")
    assert not is_intact(path, _SOURCE)


def test_a_spool_of_another_source_is_not_taken(tmp_path: Path) -> None:
    """Sixteen equal digits are not the whole digest."""
    assert not is_intact(_kept(tmp_path), _SOURCE[:-1] + "1")


def test_a_spool_without_a_readable_note_is_not_taken(tmp_path: Path) -> None:
    """No note, or a broken one: nobody vouches for the spool."""
    path = _kept(tmp_path)
    note = path.with_suffix(".json")
    note.write_bytes(b"{")
    assert not is_intact(path, _SOURCE)
    note.unlink()
    assert not is_intact(path, _SOURCE)


def test_a_missing_spool_is_not_intact(tmp_path: Path) -> None:
    """What is gone is gone."""
    assert not is_intact(tmp_path / "none.jsonl", _SOURCE)


def test_a_file_is_digested(tmp_path: Path) -> None:
    """The digest is SHA-256, named so."""
    (tmp_path / "a").write_bytes(b"abc")
    assert file_digest(tmp_path / "a") == f"sha256:{hashlib.sha256(b'abc').hexdigest()}"
