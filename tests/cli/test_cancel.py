"""`modelroute cancel`: what it refuses, what it asks, whom it tells, and what it says."""

from pathlib import Path

import pytest
from support.batch_journals import answered, at, batch, journal, lines, step, submitted, unanswered
from support.cli import Cli, mails
from support.report_plans import header

from modelroute_cli.base.errors import ExitCode, RunLockedError
from modelroute_cli.cli.cancel import cancel, done_line, question
from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.flags import CancelFlags
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.batching.counting import CANCELLED
from modelroute_cli.execution.control import ControlFile
from modelroute_cli.execution.journal_batches import BatchView, batches
from modelroute_cli.execution.records import BatchStepKind, Record
from modelroute_cli.execution.run_folder import RunFolder, latest
from modelroute_cli.planning import plan_file
from modelroute_cli.report.handed_in import handed_in

URL = "http://127.0.0.1:9"


def _sent(cli: Cli) -> RunFolder:
    """A run of two that is over."""
    cli.jobs(*mails(2))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK
    found = latest(RUNS)
    assert found is not None
    return found


def _with_a_batch(cli: Cli) -> RunFolder:
    """The same run, with two more requests in the hands of OpenAI, of which one is done."""
    folder = _sent(cli)
    records = [batch(1, 2), *lines(1, [10, 11]), *submitted(1, "batch_abc", 1)]
    journal(folder.journal, records, plan_file.digest(folder.plan))
    return folder


def _views(path: Path, *records: Record) -> tuple[BatchView, ...]:
    return batches(journal(path / "journal.db", records))


def test_an_unknown_run_is_refused(cli: Cli) -> None:
    """With those there are."""
    done = cli("cancel", "nosuchrun")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == ("error: no run is known of `nosuchrun`\nhint: start one with `modelroute run JOBS`\n")


def test_a_finished_run_has_nothing_to_cancel(cli: Cli) -> None:
    """The hint says what can be done with it."""
    folder = _sent(cli)
    done = cli("cancel")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        f"error: run `{folder.run_id}` has nothing handed in with a provider: there is nothing to cancel\n"
        f"hint: it is finished; `modelroute report {folder.run_id}` says what it cost\n"
    )


def test_a_run_that_goes_on_without_batches_is_stopped_otherwise(cli: Cli) -> None:
    """As it always was."""
    folder = _sent(cli)
    with folder.lock():
        done = cli("cancel", folder.run_id)
    assert done.code == ExitCode.USAGE
    assert done.err.endswith("hint: it goes on in another terminal: ^C there stops it\n")


def test_the_emulator_of_an_emulated_run_must_be_named(cli: Cli) -> None:
    """Nobody knows its address but who started it."""
    folder = _with_a_batch(cli)
    done = cli("cancel", folder.run_id, "--yes")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        f"error: run `{folder.run_id}` is emulated: its batches are with an emulator, whose address is not known\n"
        "hint: add `--emulator-url` with the address that the run was given\n"
    )


def test_an_emulator_on_another_machine_is_refused(cli: Cli) -> None:
    """As for a run."""
    folder = _with_a_batch(cli)
    done = cli("cancel", folder.run_id, "--yes", "--emulator-url", "http://example.com")
    assert done.code == ExitCode.USAGE
    assert "is not an http address of this machine" in done.err


def test_nothing_is_cancelled_without_consent(cli: Cli) -> None:
    """Where nobody can be asked: what would be cancelled is shown, with the command that does it."""
    folder = _with_a_batch(cli)
    done = cli("cancel", folder.run_id, "--emulator-url", URL)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    shown = done.err.splitlines()
    assert shown[1].split() == ["Handed", "in", "Requests", "Done", "Since", "Expected", "Due", "State"]
    assert shown[2].split()[:4] == ["openai", "batch", "2", "1"]
    assert shown[3].split()[:3] == ["batch_abc", "2", "1"]
    assert shown[-2:] == [
        "error: nobody agreed: there is no terminal to ask at; nothing was cancelled",
        f"hint: do it with `modelroute cancel {folder.run_id} --emulator-url {URL} --yes`",
    ]


def test_the_question_says_what_is_done_and_what_is_not(tmp_path: Path) -> None:
    """Counted by what is not collected yet."""
    views = _views(tmp_path, batch(1, 3), *lines(1, range(3)), *submitted(1, "b", 1), *answered(0))
    assert question(handed_in(views, header())) == (
        "\nWhat is done stays done and is billed, the rest is not worked on.\n"
        "Type `yes` to cancel 2 requests (the providers have done 1): "
    )


def test_a_process_that_executes_the_run_is_told_to_stop(cli: Cli) -> None:
    """And waited for; where it does not end, nothing is cancelled, and it is said how to end it."""
    folder, waits = _with_a_batch(cli), list[float]()
    told = ControlFile(folder.control)
    with folder.lock(), pytest.raises(RunLockedError) as refused:
        cancel(CancelFlags(run=folder.run_id, yes=True, emulator_url=URL), make_console(), waits.append)
    wanted = told.poll()
    assert wanted is not None
    assert wanted.stop
    assert waits == [0.5] * 240
    holder = refused.value.message.split()[1]
    assert refused.value.message.endswith(f"still executes run `{folder.run_id}`; nothing was cancelled")
    assert refused.value.hint == f"stop it with `kill -INT {holder}`, then type the same command"


def test_what_was_done_is_told_by_what_changed(tmp_path: Path) -> None:
    """Of the batches that were open: earlier answers are no news."""
    one = [batch(1, 4), *lines(1, range(4)), *submitted(1, "b1"), *answered(0)]
    other = [batch(2, 1), *lines(2, [9]), *submitted(2, "b2"), *answered(9), step(2, BatchStepKind.SETTLED, at(11))]
    before = _views(tmp_path, *one, *other)
    cancelled = [*answered(1), *unanswered(2, CANCELLED), *unanswered(3, CANCELLED)]
    after = _views(tmp_path, *cancelled, step(1, BatchStepKind.SETTLED, at(12)))
    assert done_line(before, after) == "Cancelled: 2 requests not worked on, 1 answered and billed $0.00030"
    assert done_line(after, after) == "Cancelled: 0 requests not worked on, 0 answered and billed $0.00"


def test_status_of_a_run_that_nobody_executes_shows_its_batches(cli: Cli) -> None:
    """On any day, from the journal alone, with what to type; as JSON with every batch."""
    folder = _with_a_batch(cli)
    done = cli("status", folder.run_id)
    assert [line.split()[:3] for line in done.out.splitlines()[-3:-1]] == [
        ["openai", "batch", "2"],
        ["batch_abc", "2", "1"],
    ]
    assert done.out.splitlines()[3].endswith(", up to $0.0020 reserved for what is handed in")
    assert done.err == (
        "\nTo collect what is there, run the same `modelroute run` command as before; to stop it, run:\n"
        f"    modelroute cancel {folder.run_id}\n"
    )
    told = cli("status", folder.run_id, "--json").json["handed_in"]
    assert isinstance(told, list)
    [group] = told
    assert sorted(group) == [
        "batches",
        "collected",
        "done",
        "due_at",
        "expected_at",
        "provider",
        "requests",
        "reserved_usd",
        "service_tier",
        "since",
        "state",
    ]
    assert sorted(group["batches"][0]) == [
        "batch",
        "collected",
        "done",
        "due_at",
        "ends_at",
        "expected_at",
        "file",
        "model",
        "name",
        "note",
        "requests",
        "reserved_usd",
        "since",
        "spent_usd",
        "state",
        "tag",
    ]
    assert (group["reserved_usd"], group["batches"][0]["name"]) == ("0.002", "batch_abc")
