"""`modelroute pace`, and `--pace` and `--progress` of `run`."""

import json

import pytest
from support.cli import Cli, mails

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.control import ControlFile
from modelroute_cli.execution.pace import Pace
from modelroute_cli.execution.run_folder import RunFolder, latest


def _sent(cli: Cli, *more: str) -> RunFolder:
    cli.jobs(*mails(3))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", *more)
    assert done.code == ExitCode.OK
    found = latest(RUNS)
    assert found is not None
    return found


def test_a_run_that_goes_on_is_told_its_pace(cli: Cli) -> None:
    """Its process finds it in the run's folder."""
    folder = _sent(cli)
    with folder.lock():
        done = cli("pace", "half")
        wanted = ControlFile(folder.control).poll()
        assert wanted is not None
        assert wanted.pace == Pace(50)
        named = cli("pace", folder.run_id, "full")
    assert (done.code, named.code) == (ExitCode.OK, ExitCode.OK)
    assert done.out.startswith(f"Run {folder.run_id}: paced at 50% within a second (process ")
    assert named.out.startswith(f"Run {folder.run_id}: at full pace within a second (process ")


def test_a_run_that_nobody_executes_has_no_pace(cli: Cli) -> None:
    """Exit 2 with the flag to start it with."""
    folder = _sent(cli)
    done = cli("pace", "50%")
    assert done.code == ExitCode.USAGE
    assert done.err == (f"error: no process executes run `{folder.run_id}` now\nhint: start it with `--pace 50%`\n")
    assert not folder.control.exists()


@pytest.mark.parametrize("words", [("quick",), ("jobs.jsonl", "quick")])
def test_a_bad_pace_is_refused(cli: Cli, words: tuple[str, ...]) -> None:
    """By the command and by the flag alike."""
    _sent(cli)
    hint = "hint: type `50%`, `half`, `full`, `pause`, `resume`, or how many requests may be in flight\n"
    for done in (cli("pace", *words), cli("run", "jobs.jsonl", "--emulator", "--yes", "--pace", "quick")):
        assert done.code == ExitCode.USAGE
        assert done.err.endswith(f"error: `quick` is no pace\n{hint}")


def test_more_than_a_run_and_a_pace_is_refused(cli: Cli) -> None:
    """Exit 2 with what to type."""
    done = cli("pace", "a", "b", "half")
    assert (done.code, done.err) == (
        ExitCode.USAGE,
        (
            "error: `a b half` is more than a run and a pace\n"
            "hint: type `modelroute pace 50%`, or `modelroute pace RUN 50%`\n"
        ),
    )


def test_a_run_can_begin_slower(cli: Cli) -> None:
    """It says so, and ends like any other."""
    cli.jobs(*mails(3))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "--pace", "1")
    assert done.code == ExitCode.OK
    assert "from now on at most 1 in flight\n" in done.err


def test_progress_as_json_lines(cli: Cli) -> None:
    """Every line of stderr is an object with its time; stdout is as always."""
    cli.jobs(*mails(3))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "--progress", "json")
    lines = [json.loads(line) for line in done.err.splitlines()]
    assert done.code == ExitCode.OK
    assert {line["event"] for line in lines} == {"note", "progress"}
    assert next(line["text"] for line in lines if line["event"] == "note").startswith("EMULATED: ")
    last = [line for line in lines if line["event"] == "progress"][-1]
    assert (last["done"], last["total"], last["in_flight"]) == (3, 3, 0)
    assert done.out.splitlines()[2] == "3 requests: 3 accepted, 0 failed, 0 waiting"


def test_progress_can_be_left_out(cli: Cli) -> None:
    """What a person must know is still told."""
    cli.jobs(*mails(3))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "--progress", "off")
    assert done.code == ExitCode.OK
    assert " done" not in done.err
    assert done.err.startswith("EMULATED: nothing was sent to a provider, nothing was paid\n")
