"""What is told of the runs that are kept."""

import os
from pathlib import Path

import pytest
from support.report_plans import plan

from modelroute_cli.execution.run_folder import RunFolder, RunMeta
from modelroute_cli.planning import plan_file
from modelroute_cli.report.kept_runs import HOLD_OUT, PILOT, RUN, kept_runs, summed


def made(root: Path, name: str, written_at: float = 1_000.0) -> RunFolder:
    """A run of which nothing but the facts is there."""
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
    os.utime(folder.meta_path, (written_at, written_at))
    return folder


def test_the_one_that_was_written_to_last_stands_first(tmp_path: Path) -> None:
    """Whatever it is; together they take what their files take."""
    made(tmp_path / "runs", "old", 1_000.0)
    made(tmp_path / "pilots", "new", 3_000.0)
    made(tmp_path / "hold_outs", "mid", 2_000.0)
    found = kept_runs({RUN: tmp_path / "runs", PILOT: tmp_path / "pilots", HOLD_OUT: tmp_path / "hold_outs"})
    assert [(kept.line.kind, kept.line.name) for kept in found] == [(PILOT, "new"), (HOLD_OUT, "mid"), (RUN, "old")]
    assert found[0].line.written_at == "1970-01-01T00:50:00+00:00"
    assert summed(found).size_bytes == sum(kept.line.size_bytes for kept in found) > 0


def test_a_run_without_a_journal_has_sent_nothing(tmp_path: Path) -> None:
    """What is not known is not 0."""
    folder = made(tmp_path, "abc.1")
    plan_file.write(plan(), folder.plan)
    line = kept_runs({RUN: tmp_path})[0].line
    assert (line.state, line.set_aside, line.requests, line.emulated) == ("unfinished", True, 2, True)
    assert (line.accepted, line.waiting, line.spent_pusd) == (None, None, None)


def test_what_is_executed_is_running(tmp_path: Path) -> None:
    """As its lock says."""
    folder = made(tmp_path, "abc")
    with folder.lock():
        assert kept_runs({RUN: tmp_path})[0].line.state == "running"
    assert kept_runs({RUN: tmp_path})[0].line.state == "unfinished"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no json", "cannot use the run folder at"), (b'{"format": 9, "tool_version": "9.0"}', "run `abc` was made by")],
)
def test_what_cannot_be_read_is_said_and_stops_nothing(tmp_path: Path, content: bytes, said: str) -> None:
    """A damaged one, or one of a newer modelroute."""
    made(tmp_path, "abc").meta_path.write_bytes(content)
    made(tmp_path, "def")
    lines = {kept.line.name: kept.line for kept in kept_runs({RUN: tmp_path})}
    assert (lines["abc"].state, lines["abc"].emulated) == ("unreadable", None)
    assert lines["abc"].problem.startswith(said)
    assert lines["def"].problem == ""
