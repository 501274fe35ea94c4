"""Runs as real processes: stopped by hand, out of disk, refused by a provider, watched from outside."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from support.cli import Cli, mails

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import format_usd
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.run_folder import latest

SLOW = "emulator: {latency_s: 0.4, tokens_per_s: 1000000}\nrun: {concurrency: 2}\n"
STUCK = "emulator: {latency_s: 30, tokens_per_s: 1000000}\nrun: {concurrency: 2}\n"


def started(*arguments: str) -> subprocess.Popen[str]:
    """A process of the command line in this folder."""
    command = [sys.executable, "-m", "modelroute_cli", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)


def lines_until(process: subprocess.Popen[str], sign: str) -> list[str]:
    """The lines of stderr up to the first with `sign`."""
    seen: list[str] = []
    stderr = process.stderr
    assert stderr is not None
    for line in stderr:
        seen.append(line)
        if sign in line:
            return seen
    message = f"`{sign}` never came: {seen}"
    raise AssertionError(message)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_stop_finishes_what_is_in_flight_and_the_same_command_goes_on(
    cli: Cli, number: signal.Signals
) -> None:
    """Exit 130, nothing lost, nothing unknown; the next session sends only the rest."""
    cli.write("modelroute.yaml", SLOW)
    cli.jobs(*mails(12))
    process = started("run", "jobs.jsonl", "--emulator", "--yes")
    lines_until(process, "in flight")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    found = latest(RUNS)
    assert found is not None
    state = read_state(found.journal)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Stopping: no more requests are sent, " in err
    assert "unfinished" in out
    assert err.endswith("\nTo go on, run:\n    modelroute run jobs.jsonl --emulator --yes\n")
    assert (state.unknown, state.open) == (0, 0)
    assert 0 < state.done < 12
    cli.write("modelroute.yaml", "emulator: {latency_s: 0, tokens_per_s: 1000000}\n")
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK
    assert read_state(found.journal).attempts == 12


def test_the_second_stop_cancels_and_holds_the_money(cli: Cli) -> None:
    """What was in flight may be billed, and is counted so."""
    cli.write("modelroute.yaml", STUCK)
    cli.jobs(*mails(4))
    process = started("run", "jobs.jsonl", "--emulator", "--yes")
    lines_until(process, "in flight")
    process.send_signal(signal.SIGINT)
    lines_until(process, "Stopping: ")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    found = latest(RUNS)
    assert found is not None
    state = read_state(found.journal)
    assert process.returncode == ExitCode.INTERRUPTED
    most = format_usd(state.held_pusd)
    told = f"Cancelling 2 requests in flight: the providers may bill them, at most {most} together. ^C again leaves"
    assert told in err
    assert (state.done, state.unknown) == (0, 2)
    assert state.held_pusd > 0


def test_status_watches_a_run_from_another_process(cli: Cli) -> None:
    """Counts and money while it goes on."""
    cli.write("modelroute.yaml", SLOW)
    cli.jobs(*mails(6))
    process = started("run", "jobs.jsonl", "--emulator", "--yes")
    lines_until(process, "in flight")
    watched = cli("status")
    process.communicate(timeout=20)
    assert watched.code == ExitCode.OK
    assert ": running\n" in watched.out
    assert "6 requests: " in watched.out
    assert ": finished\n" in cli("status").out


def test_a_full_disk_stops_a_run_that_goes_on_later(cli: Cli) -> None:
    """Exit 130 with what the disk refused; afterwards the same command finishes."""
    cli.jobs(*mails(40))
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, {resource.RLIM_INFINITY}));"
        "sys.argv = ['modelroute', 'run', 'jobs.jsonl', '--emulator', '--yes', '--max-cost', '5'];"
        "from modelroute_cli.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == ExitCode.INTERRUPTED
    assert done.stderr.splitlines()[-2].startswith("error: ")
    assert done.stderr.splitlines()[-1].startswith("hint: ")
    assert cli("run", "jobs.jsonl", "--emulator", "--yes", "--max-cost", "5").code == ExitCode.OK


class _Refusing(BaseHTTPRequestHandler):
    """A provider that refuses every key."""

    def do_POST(self) -> None:
        """Answer 401 as OpenAI does, with the key in its words."""
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"error": {"message": "Incorrect API key provided: sk-abcdefghijkl", "code": "x"}}).encode()
        self.send_response(401)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@contextmanager
def refusing() -> Iterator[str]:
    """The address of a provider that refuses every key."""
    server = HTTPServer(("127.0.0.1", 0), _Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_refused_key_ends_with_four_and_is_never_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4, which provider, and no key in any output or file."""
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-abcdefghijkl")
    cli.jobs(*mails(3))
    with refusing() as url:
        cli.write("modelroute.yaml", f"providers: {{deepseek: {{base_url: '{url}'}}}}\n")
        done = cli("run", "jobs.jsonl", "--yes", "--models", "deepseek-flash")
    assert done.code == ExitCode.CREDENTIALS
    assert done.err.splitlines()[-2].startswith("error: no request was answered: ")
    assert "deepseek" in done.err
    assert "sk-abc" not in done.out + done.err
    kept = b"".join(path.read_bytes() for path in (cli.folder / ".modelroute").rglob("*") if path.is_file())
    assert b"sk-abc" not in kept


def test_the_emulator_serves_runs_of_other_processes_until_it_is_stopped(cli: Cli) -> None:
    """Its address is on stdout; ^C ends it with 0."""
    cli.jobs(*mails(3))
    server = started("emulator")
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    done = cli("run", "jobs.jsonl", "--yes", "--emulator-url", url)
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=20)
    assert (done.code, server.returncode) == (ExitCode.OK, ExitCode.OK)
    assert err.startswith("EMULATED: nothing it answers is real.")


def test_plan_and_run_work_from_a_pipe(cli: Cli, tmp_path: Path) -> None:
    """`cat jobs | modelroute run - --yes` sends what was piped."""
    text = cli.jobs(*mails(3)).read_text()
    command = [sys.executable, "-m", "modelroute_cli", "run", "-", "--emulator", "--yes"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == ExitCode.OK
    assert "Results: stdin.results.jsonl\n" in done.stdout
    assert len((tmp_path / "stdin.results.jsonl").read_text().splitlines()) == 3
