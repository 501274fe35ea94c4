"""Runs that are watched, slowed down, stopped for good and left alone, as real processes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

from support.cli import Cli, mails
from support.terminals import on_terminal

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.live import read_live
from modelroute_cli.execution.run_folder import RunFolder, latest

SLOW = "emulator: {latency_s: 0.3, tokens_per_s: 1000000}\nrun: {concurrency: 2}\n"
STUCK = "emulator: {latency_s: 60, tokens_per_s: 1000000}\nrun: {concurrency: 2}\n"
RUN = ("run", "jobs.jsonl", "--emulator", "--yes")


def _only_run() -> RunFolder:
    found = latest(RUNS)
    assert found is not None
    return found


def _paced(text: str) -> None:
    """Wait until the run tells that it is paced so."""
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        live = read_live(_only_run().live)
        if live is not None and live.progress.paced == text:
            return
        time.sleep(0.05)
    message = f"never {text or 'at full pace'}"
    raise AssertionError(message)


def test_a_closed_terminal_does_not_end_a_run(cli: Cli) -> None:
    """SIGHUP comes, nothing can be drawn any more, and every request is answered and written."""
    cli.write("modelroute.yaml", SLOW)
    cli.jobs(*mails(12))
    with on_terminal(*RUN) as shown:
        shown.until("2 in flight")
        shown.close()
        assert shown.ended() == ExitCode.OK
    rows = [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]
    assert [row["status"] for row in rows] == ["accepted"] * 12
    logged = [json.loads(line)["event"] for line in _only_run().log.read_text().splitlines()]
    assert (logged[0], logged[-1]) == ("started", "ended")


def test_a_terminal_shows_each_model_and_the_end(cli: Cli) -> None:
    """The table is drawn over; its last state stays above what every run ends with."""
    cli.write("modelroute.yaml", SLOW)
    cli.jobs(*mails(6))
    with on_terminal(*RUN) as shown:
        code = shown.ended()
    assert code == ExitCode.OK
    assert "Model " in shown.text
    assert "6/6 done, 0 in flight" in shown.text
    assert "6 requests: 6 accepted, 0 failed, 0 waiting" in shown.text


def test_a_run_is_slowed_down_and_paused_from_outside(cli: Cli) -> None:
    """By command and by signal; nothing is lost."""
    cli.write("modelroute.yaml", SLOW.replace("0.3", "1.5"))
    cli.jobs(*mails(14))
    with on_terminal(*RUN) as shown:
        shown.until("2 in flight")
        assert cli("pace", "pause").code == ExitCode.OK
        _paced("paused")
        before = read_state(_only_run().journal).attempts
        status = cli("status").out
        assert cli("pace", "50%").code == ExitCode.OK
        _paced("paced at 50%")
        os.kill(shown.process, signal.SIGUSR1)
        _paced("paced at 25%")
        os.kill(shown.process, signal.SIGUSR2)
        assert shown.ended() == ExitCode.OK
    assert ", paused\n" in status
    assert before < 14
    assert read_state(_only_run().journal).attempts == 14
    assert "from now on at full pace" in shown.text


def _wait_for_intents(cli: Cli, count: int) -> None:
    """What is in flight is shown a moment before its intents are on the disk."""
    (journal,) = cli.folder.glob(".modelroute/runs/*/journal.db")
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with closing(sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("SELECT COUNT(*) FROM intents").fetchone()[0] >= count:
                return


def test_requests_in_doubt_are_shown_before_they_are_sent_again(cli: Cli) -> None:
    """After a kill against a provider that goes on: how many, how much, and what becomes of them."""
    cli.write("modelroute.yaml", STUCK)
    cli.jobs(*mails(3))
    command = [sys.executable, "-m", "modelroute_cli"]
    with subprocess.Popen(
        [*command, "emulator"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        run = ("run", "jobs.jsonl", "--yes", "--emulator-url", server.stdout.readline().strip())
        with on_terminal(*run) as shown:
            shown.until("2 in flight")
            _wait_for_intents(cli, 2)
            os.kill(shown.process, signal.SIGKILL)
            shown.ended()
        status = cli("status")
        left = cli(*run, "--leave-unknown", "--max-cost", "0.0000001")
        server.kill()
    said = "2 requests were in flight when the run was cut off (gemini-2.5-flash-lite 2):\n  billed or not, nobody"
    assert said in status.err
    assert "2 requests whose outcome is unknown ended as failed (--leave-unknown)\n" in left.err
    assert (
        "failed: 2 x its outcome is unknown: it may have been billed, and was not sent again (--leave-unknown)"
        in left.out
    )
    assert left.code == ExitCode.INFEASIBLE
