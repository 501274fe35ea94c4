"""Folders of runs that are kept: found, measured, taken away."""

from pathlib import Path

import pytest

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.kept import is_set_aside, kept_folders, remove, size_bytes, sweep
from modelroute_cli.execution.run_folder import RunFolder, RunMeta


def made(root: Path, name: str) -> RunFolder:
    """A run with a log of ten bytes."""
    folder = RunFolder(root, name)
    folder.create(
        RunMeta(
            run_id=name.partition(".")[0],
            source="jobs.jsonl",
            job_digest="sha256:1",
            plan_digest="sha256:2",
            emulated=True,
            created_at="2026-11-23T10:00:00+00:00",
            tool_version="0.1.0",
        )
    )
    folder.log.write_bytes(b"0123456789")
    return folder


def test_runs_that_were_set_aside_are_found_too(tmp_path: Path) -> None:
    """But no folder of something else, and none that is half deleted."""
    for name in ("abc", "abc.1", "def"):
        made(tmp_path, name)
    made(tmp_path, "old.going")
    (tmp_path / "notes").mkdir()
    (tmp_path / "file").write_text("")
    found = kept_folders(tmp_path)
    assert [folder.path.name for folder in found] == ["abc", "abc.1", "def"]
    assert [is_set_aside(folder) for folder in found] == [False, True, False]
    assert kept_folders(tmp_path / "nowhere") == []


def test_a_link_to_a_run_is_no_run_here(tmp_path: Path) -> None:
    """What it points to belongs to somebody else."""
    made(tmp_path / "theirs", "abc")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "abc").symlink_to(tmp_path / "theirs" / "abc")
    assert kept_folders(tmp_path / "runs") == []


def test_a_run_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    """Links in it go, what they point to stays; what was freed is told."""
    folder, other = made(tmp_path, "abc"), made(tmp_path, "def")
    outside = tmp_path / "results.jsonl"
    outside.write_text("answers")
    (folder.path / "inside").mkdir()
    (folder.path / "inside" / "link").symlink_to(outside)
    taken = size_bytes(folder.path)
    assert taken > 10
    with folder.lock():
        freed = remove(folder)
    assert freed >= taken
    assert sorted(path.name for path in tmp_path.iterdir()) == ["def", "results.jsonl"]
    assert (outside.read_text(), other.exists()) == ("answers", True)


def test_nothing_is_deleted_through_a_link(tmp_path: Path) -> None:
    """Neither of the folder itself nor of the one above it."""
    folder = made(tmp_path / "theirs", "abc")
    (tmp_path / "runs").symlink_to(tmp_path / "theirs")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "abc").symlink_to(folder.path)
    for root in ("runs", "here"):
        with pytest.raises(StorageError) as caught:
            remove(RunFolder(tmp_path / root, "abc"))
        assert caught.value.message == f"`{tmp_path / root / 'abc'}` is a link: nothing is deleted through it"
    assert folder.exists()


def test_what_was_half_deleted_goes_the_next_time(tmp_path: Path) -> None:
    """A link of that name stays."""
    made(tmp_path, "abc.going")
    made(tmp_path, "def")
    (tmp_path / "ghi.going").symlink_to(tmp_path / "def")
    sweep(tmp_path)
    sweep(tmp_path / "nowhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["def", "ghi.going"]
    assert (tmp_path / "def" / "meta.json").exists()
