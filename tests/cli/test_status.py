"""`modelroute status`: while a run goes on, after it ended, and after it was cut off."""

from contextlib import suppress

from msgspec.structs import replace
from support.cli import Cli, mails
from support.progress import HandClock, progress

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.console import make_console
from modelroute_cli.cli.flags import StatusFlags
from modelroute_cli.cli.report_order import how_to_report
from modelroute_cli.cli.status import status
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.live import LiveFile
from modelroute_cli.execution.run_folder import RunFolder, latest
from modelroute_cli.execution.work import KnownLimit, LimitUnit, ModelProgress, Progress


def _sent(cli: Cli) -> RunFolder:
    """A run of ten that is over."""
    cli.jobs(*mails(10))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK
    found = latest(RUNS)
    assert found is not None
    return found


def _busy() -> Progress:
    model = ModelProgress(
        model="gpt-6-luna",
        done=4,
        in_flight=2,
        waiting=4,
        per_minute=120.0,
        limit=KnownLimit(500, LimitUnit.RPM),
        holds="429, 12 s",
        spent_pusd=PicoUSD(4 * 10**10),
    )
    return replace(progress(4, 40.4), per_minute=120.0, paced="paced at 50%", models=(model,))


def test_status_of_a_run_that_is_over(cli: Cli) -> None:
    """Counts, money, what each model did, and the next command."""
    folder = _sent(cli)
    done = cli("status")
    lines = done.out.splitlines()
    assert lines[1] == f"Run {folder.run_id} of jobs.jsonl: finished"
    assert lines[2] == "10 requests: 10 accepted, 0 failed, 0 waiting"
    assert lines[5].split() == ["Model", "Attempts", "Accepted", "Failed", "Escalations", "Cost"]
    assert lines[6].split()[1:5] == ["10", "10", "0", "0"]
    assert done.err == f"{how_to_report(folder.run_id)}\n"


def test_status_of_a_run_that_goes_on_shows_what_its_process_tells(cli: Cli) -> None:
    """Who executes it, how fast, what holds it up; nothing of the journal is read."""
    folder = _sent(cli)
    with folder.lock():
        LiveFile(folder.live, SystemClock()).on_progress(_busy())
        folder.journal.write_bytes(b"not to be read")
        done = cli("status")
        told = cli("status", "--json").json
    lines = done.out.splitlines()
    assert done.code == ExitCode.OK
    assert lines[1] == f"Run {folder.run_id} of jobs.jsonl: running"
    assert lines[2].startswith("Executed by process ")
    assert lines[2].endswith(" UTC, paced at 50%")
    assert lines[3:] == [
        "10 requests: 4 accepted, 0 failed, 6 waiting",
        "Spent $0.040 of at most $1.000",
        "4/10 done, 2 in flight, 120 a minute, paced at 50%, about 40 s left",
        "Model       Done  In flight  Waiting  Per min    Limit   Spent  Held up by",
        "gpt-6-luna     4          2        4      120  500 RPM  $0.040  429, 12 s",
    ]
    assert done.err == ""
    assert (told["state"], told["format"], told["counts"]) == (
        "running",
        1,
        {"requests": 10, "duplicates": 0, "accepted": 4, "failed": 0, "waiting": 6},
    )


def test_a_run_that_has_not_told_anything_yet_is_known_by_its_journal(cli: Cli) -> None:
    """It is running all the same."""
    folder = _sent(cli)
    with folder.lock():
        done = cli("status")
    assert done.out.splitlines()[1] == f"Run {folder.run_id} of jobs.jsonl: running"
    assert "10 requests: 10 accepted, 0 failed, 0 waiting\n" in done.out


def test_what_an_earlier_process_told_is_not_taken_for_this_ones(cli: Cli) -> None:
    """It was killed, and the next one has not told anything yet."""
    folder, clock = _sent(cli), HandClock()
    clock.seconds = -365 * 86_400.0
    LiveFile(folder.live, clock).on_progress(_busy())
    with folder.lock():
        done = cli("status")
    assert "10 requests: 10 accepted, 0 failed, 0 waiting\n" in done.out


def test_what_a_process_told_that_is_gone_counts_no_more(cli: Cli) -> None:
    """A run that was killed is unfinished or finished, whatever it said last."""
    folder = _sent(cli)
    LiveFile(folder.live, SystemClock()).on_progress(_busy())
    assert cli("status").out.splitlines()[1] == f"Run {folder.run_id} of jobs.jsonl: finished"


def test_watching_ends_with_the_run(cli: Cli) -> None:
    """What its process tells is shown every two seconds; then the status of what is over."""
    folder, waits = _sent(cli), list[float]()
    console = make_console()
    with folder.lock():
        LiveFile(folder.live, SystemClock()).on_progress(_busy())

        def sleep(delay_s: float) -> None:
            waits.append(delay_s)
            if len(waits) == 3:
                raise _Over

        with suppress(_Over):
            status(StatusFlags(watch=True), console, sleep)
    assert waits == [2.0, 2.0, 2.0]
    assert cli("status", "--watch").out == cli("status").out


class _Over(Exception):  # noqa: N818 - no error
    """Enough was seen."""
