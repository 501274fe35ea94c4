"""Run folders and their lock."""

import os
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from modelroute_cli.base.errors import RunLockedError, StorageError
from modelroute_cli.execution.run_folder import RUN_FORMAT, RunFolder, RunMeta, latest, list_runs


def _meta(run_id: str) -> RunMeta:
    return RunMeta(
        run_id=run_id,
        source="jobs.jsonl",
        job_digest="sha256:1",
        plan_digest="sha256:2",
        emulated=True,
        created_at="2026-11-23T10:00:00+00:00",
        tool_version="0.1.0",
    )


def _made(root: Path, run_id: str, modified: float) -> RunFolder:
    folder = RunFolder(root, run_id)
    folder.create(_meta(run_id))
    os.utime(folder.meta_path, (modified, modified))
    return folder


def test_a_new_run_keeps_its_facts(tmp_path: Path) -> None:
    """What it was started for is read back, and a second start changes nothing."""
    folder = RunFolder(tmp_path / "runs", "abc")
    assert not folder.exists()
    folder.create(_meta("abc"))
    folder.create(_meta("other"))
    assert folder.exists()
    assert folder.meta() == _meta("abc")
    assert sorted(path.name for path in folder.path.iterdir()) == ["meta.json"]


def test_runs_are_listed_latest_first(tmp_path: Path) -> None:
    """Work on a run makes it the latest; runs set aside are not listed."""
    old, new = _made(tmp_path, "old", 1000.0), _made(tmp_path, "new", 2000.0)
    assert [run.run_id for run in list_runs(tmp_path)] == ["new", "old"]
    old.journal.touch()
    last = latest(tmp_path)
    assert last is not None
    assert last.run_id == "old"
    assert new.set_aside() == tmp_path / "new.1"
    assert [run.run_id for run in list_runs(tmp_path)] == ["old"]


def test_setting_aside_never_overwrites(tmp_path: Path) -> None:
    """Each restart keeps what was before under a number of its own."""
    for number in (1, 2):
        folder = _made(tmp_path, "run", 1000.0)
        assert folder.set_aside() == tmp_path / f"run.{number}"


def test_no_runs_is_no_error(tmp_path: Path) -> None:
    """A folder without runs has none."""
    assert list_runs(tmp_path / "none") == []
    assert latest(tmp_path) is None


def test_a_second_process_is_told_who_holds_the_run(tmp_path: Path) -> None:
    """The message names process and host; the lock is free again as soon as that process is gone."""
    folder = _made(tmp_path, "run", 1000.0)
    program = (
        "import sys, pathlib\n"
        "from modelroute_cli.execution.run_folder import RunFolder\n"
        "with RunFolder(pathlib.Path(sys.argv[1]), 'run').lock():\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RunLockedError) as caught, folder.lock():
            pass
        told = folder.holder()
        holder.kill()
    assert caught.value.message == (f"run `run` is being executed by process {holder.pid} on `{socket.gethostname()}`")
    assert caught.value.hint == "follow it with `modelroute status run`, or wait until it ends"
    assert told is not None
    assert (told.process, told.host) == (holder.pid, socket.gethostname())
    assert datetime.now(UTC) - datetime.fromisoformat(told.since) < timedelta(minutes=1)
    assert folder.holder() is None
    with folder.lock():
        assert re.match(rf"process {os.getpid()} on ", (folder.path / "lock").read_text())


def test_a_run_that_nobody_executes_has_no_holder(tmp_path: Path) -> None:
    """Not without a lock file, nor when its process lives on and does something else."""
    folder = _made(tmp_path, "run", 1000.0)
    assert folder.holder() is None
    with folder.lock():
        held = folder.holder()
        assert held is not None
        assert held.process == os.getpid()
    assert folder.holder() is None
    (folder.path / "lock").write_text("who knows")
    assert folder.holder() is None


def test_a_lock_of_another_machine_is_asked_for(tmp_path: Path) -> None:
    """Its process numbers say nothing here."""
    folder = _made(tmp_path, "run", 1000.0)
    (folder.path / "lock").write_text("process 1 on `elsewhere`\n")
    assert folder.holder() is None


def test_questions_share_what_others_see_of_the_run(tmp_path: Path) -> None:
    """Pace and progress of a run are in one place, whatever it does just now."""
    folder = RunFolder(tmp_path, "run")
    inside = folder.questions()
    assert (inside.control, inside.live) == (folder.control, folder.live)
    assert inside.journal != folder.journal


def test_the_lock_ends_with_its_block(tmp_path: Path) -> None:
    """One after the other is fine."""
    folder = _made(tmp_path, "run", 1000.0)
    for _ in range(2):
        with folder.lock():
            pass


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(StorageError, match="cannot use the run folder at"):
        RunFolder(tmp_path / "runs", "abc").create(_meta("abc"))


def test_broken_facts_are_a_storage_error(tmp_path: Path) -> None:
    """A damaged meta.json is said to be damaged."""
    folder = _made(tmp_path, "run", 1000.0)
    folder.meta_path.write_text("{")
    with pytest.raises(StorageError, match="cannot use the run folder"):
        folder.meta()


def test_a_run_of_a_newer_version_says_who_made_it(tmp_path: Path) -> None:
    """Its facts may have fields that are not known here."""
    folder = _made(tmp_path, "run", 1000.0)
    facts = msgspec.json.decode(folder.meta_path.read_bytes())
    facts |= {"format": RUN_FORMAT + 1, "tool_version": "9.1.0", "shape": "round"}
    folder.meta_path.write_bytes(msgspec.json.encode(facts))
    with pytest.raises(StorageError) as caught:
        folder.meta()
    assert caught.value.message == (
        f"run `run` was made by modelroute 9.1.0, whose run folders (format {RUN_FORMAT + 1}) are newer"
    )
    assert caught.value.hint == "upgrade modelroute to 9.1.0, or use `--restart`"


def test_locking_a_run_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    """No folder, no lock."""
    with pytest.raises(StorageError), RunFolder(tmp_path, "none").lock():
        pass
