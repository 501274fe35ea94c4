"""Runs that hand requests in, through real uploads, looks and downloads: in one go, left, taken up and cancelled."""

import json
import sqlite3
from contextlib import closing

from support.cli import Cli, Finished, mails
from support.emulating_aside import emulator_aside

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.settings import EmulatorBatches, EmulatorSettings
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.run_folder import latest

BATCH = ("--deadline", "2d", "--tiers", "standard,batch", "--models", "gpt-6-luna", "--yes")
ENDLESS = EmulatorSettings(batches=EmulatorBatches(seconds=86_000))
AT_ONCE = EmulatorSettings(batches=EmulatorBatches(seconds=0))


def _rows(cli: Cli) -> list[dict[str, object]]:
    return [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]


def _run(cli: Cli, url: str, *more: str) -> Finished:
    return cli("run", "jobs.jsonl", *BATCH, "--emulator-url", url, *more)


def test_a_plan_with_batches_is_sent_and_its_report_compares_the_tiers(cli: Cli) -> None:
    """Every answer is bought at the batch tier, for half of what it costs at the standard one."""
    cli.write("modelroute.yaml", "emulator: {batches: {seconds: 0}}\n")
    cli.jobs(*mails(4))
    done = cli("run", "jobs.jsonl", *BATCH, "--emulator")
    assert (done.code, done.out.splitlines()[2]) == (ExitCode.OK, "4 requests: 4 accepted, 0 failed, 0 waiting")
    assert {(row["status"], row["service_tier"]) for row in _rows(cli)} == {("accepted", "batch")}
    [tier] = json.loads(cli("report", "--json").out)["service_tiers"]
    assert (tier["service_tier"], tier["requests"], tier["answers"], tier["batches"]) == ("batch", 4, 4, 1)
    assert float(tier["standard_usd"]) == 2 * float(tier["cost_usd"])
    report = cli("report").out.splitlines()
    title = next(place for place, line in enumerate(report) if line.startswith("Service tier"))
    assert report[0] == "EMULATED: nothing was sent to a provider, nothing was paid"
    assert report[title + 1].split()[:3] == ["batch", "4", "4"]


def test_a_run_is_left_and_taken_up_again(cli: Cli) -> None:
    """It ends with a code of its own, says what to type, and the same command hands nothing in twice."""
    cli.jobs(*mails(3))
    with emulator_aside(ENDLESS) as emulator:
        left = _run(cli, emulator.url, "--detach")
        status = cli("status")
        again = _run(cli, emulator.url, "--detach")
    folder = latest(RUNS)
    assert folder is not None
    assert (left.code, again.code) == (ExitCode.WAITING, ExitCode.WAITING)
    assert left.err.splitlines()[-1] == f"    modelroute cancel {folder.run_id} --emulator-url {emulator.url}"
    assert status.out.splitlines()[1] == f"Run {folder.run_id} of jobs.jsonl: unfinished"
    [batch] = batches(folder.journal)
    assert (batch.requests, batch.open, batch.answered) == (3, 3, 0)
    for screen in (left, status, again):
        assert f"  {batch.name}" in screen.out
    assert {(row["status"], row["attempts"]) for row in _rows(cli)} == {("unsent", 1)}


def test_a_run_is_cancelled_and_the_same_command_goes_on_with_the_rest(cli: Cli) -> None:
    """What nobody worked on costs nothing; this one was cut off before its batch was submitted."""
    cli.jobs(*mails(3))
    with emulator_aside(ENDLESS) as emulator:
        _run(cli, emulator.url, "--detach")
        folder = latest(RUNS)
        assert folder is not None
        with closing(sqlite3.connect(folder.journal)) as connection:
            connection.execute("DELETE FROM batch_steps")
            connection.commit()
        done = cli("cancel", "--yes", "--emulator-url", emulator.url)
        again = cli("cancel", "--yes", "--emulator-url", emulator.url)
    assert done.code == ExitCode.OK
    assert done.out.splitlines()[2:4] == [
        "3 requests: 0 accepted, 0 failed, 3 waiting",
        "Spent $0.00 of at most $0.00015",
    ]
    assert done.out.splitlines()[-2:] == [
        "Cancelled: 3 requests not worked on, 0 answered and billed $0.00",
        f"Results so far: {folder.results}",
    ]
    assert done.err.splitlines()[0] == "EMULATED: nothing was sent to a provider, nothing was paid"
    assert done.err.splitlines()[-1] == (
        "3 requests not answered: the same `modelroute run` command goes on with what is left"
    )
    assert (
        again.err.splitlines()[1] == "hint: nothing of it goes on; the same `modelroute run` command would continue it"
    )


def test_results_of_batches_come_back_as_openai_writes_them(cli: Cli) -> None:
    """Whatever way they went."""
    cli.jobs(*mails(2))
    with emulator_aside(AT_ONCE) as emulator:
        assert _run(cli, emulator.url, "--results-format", "openai-batch").code == ExitCode.OK
    assert [row["custom_id"] for row in _rows(cli)] == ["mail-0", "mail-1"]
    assert [row["error"] for row in _rows(cli)] == [None, None]
