"""A run that is killed at any moment goes on with the same command: nothing is lost, nothing answered is paid again.

`KILLS` and `KILL_REQUESTS` in the environment make it longer; every run of the tests kills a few times.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modelroute_cli.base import money

KILLS = int(os.environ.get("KILLS", "2"))
REQUESTS = int(os.environ.get("KILL_REQUESTS", "120"))
MODELROUTE = Path(sys.executable).parent / "modelroute"
CAP_USD = "1"
SETTINGS = """
emulator: {latency_s: 0.25, tokens_per_s: 1000, rpm: 60000, tpm: 90000000}
"""


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    """An emulator in a process of its own: it outlives every kill and keeps the provider's books."""
    (tmp_path / "modelroute.yaml").write_text(SETTINGS)
    command = [str(MODELROUTE), "emulator", "--config", str(tmp_path / "modelroute.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        server.wait(timeout=20)


def _write_jobs(folder: Path) -> Path:
    jobs = folder / "jobs.jsonl"
    lines = [
        {"custom_id": f"m-{n}", "prompt": f"Write a short e-mail about offer number {n}.", "max_output_tokens": 200}
        for n in range(REQUESTS)
    ]
    jobs.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return jobs


def _run(folder: Path, url: str) -> "subprocess.Popen[str]":
    command = [
        str(MODELROUTE),
        "run",
        "jobs.jsonl",
        "--yes",
        "--emulator-url",
        url,
        "--models",
        "gpt-6-luna,escalation",
    ]
    command += ["--concurrency", "8", "--max-cost", CAP_USD, "--min-quality", "0"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _kill_after(process: "subprocess.Popen[str]", delay_s: float) -> None:
    """Kill outright after `delay_s`, wherever the run stands then."""
    try:
        process.communicate(timeout=delay_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def _journal(folder: Path) -> Path:
    (path,) = (folder / ".modelroute" / "runs").glob("*/journal.db")
    return path


def _books(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/stats", timeout=10) as answer:  # noqa: S310 - a loopback address
        books = json.load(answer)
    return {name: books[name] for name in ("requests", "billed")}


def test_kills_lose_nothing_and_pay_nothing_twice(tmp_path: Path, emulator: str) -> None:
    """Killed at random moments and started again, a run answers every request once, inside the cap."""
    _write_jobs(tmp_path)
    draw = random.Random(11)  # noqa: S311 - moments to kill at, no secrets
    for _ in range(KILLS):
        _kill_after(_run(tmp_path, emulator), draw.uniform(0.8, 3.0))
    last = _run(tmp_path, emulator)
    told, _ = last.communicate(timeout=120)
    assert last.returncode == 0, told
    results = [json.loads(line) for line in (tmp_path / "jobs.results.jsonl").read_text().splitlines()]
    assert [row["custom_id"] for row in results] == [f"m-{n}" for n in range(REQUESTS)]
    assert {row["status"] for row in results} == {"accepted"}
    with closing(sqlite3.connect(_journal(tmp_path))) as journal:
        _assert_nothing_accepted_was_sent_again(journal)
        _assert_inside_the_cap(journal)
        intents = journal.execute("SELECT COUNT(*) FROM intents").fetchone()[0]
        _assert_what_is_paid_again_is_told(journal, _books(emulator))
    assert _books(emulator)["requests"] <= intents


def _assert_nothing_accepted_was_sent_again(journal: sqlite3.Connection) -> None:
    """No attempt of a request was made after the one that was accepted."""
    again = journal.execute(
        "SELECT i.row, i.attempt FROM intents i JOIN finals f ON f.row = i.row "
        "WHERE f.status = 'accepted' AND i.attempt > f.attempt"
    ).fetchall()
    passed_twice = journal.execute(
        "SELECT i.row, COUNT(*) FROM intents i JOIN verdicts v ON v.attempt = i.attempt "
        "WHERE v.passed GROUP BY i.row HAVING COUNT(*) > 1"
    ).fetchall()
    assert (again, passed_twice) == ([], [])


def _assert_what_is_paid_again_is_told(journal: sqlite3.Connection, books: dict[str, int]) -> None:
    """The provider billed no answer that does not stand in the journal, as an answer or as an attempt that was lost."""
    counts = dict(journal.execute("SELECT outcome, COUNT(*) FROM outcomes GROUP BY outcome").fetchall())
    assert books["billed"] <= counts["answered"] + counts.get("unknown", 0)
    assert counts["answered"] == REQUESTS
    untold = "SELECT COUNT(*) FROM intents WHERE attempt NOT IN (SELECT attempt FROM outcomes)"
    assert journal.execute(untold).fetchone() == (0,)


def _assert_inside_the_cap(journal: sqlite3.Connection) -> None:
    """What was billed and what may have been billed stays under the hard cap."""
    spent = journal.execute("SELECT COALESCE(SUM(cost_pusd), 0) FROM outcomes").fetchone()[0]
    held = journal.execute(
        "SELECT COALESCE(SUM(reserved_pusd), 0) FROM intents LEFT JOIN outcomes USING (attempt) WHERE cost_pusd IS NULL"
    ).fetchone()[0]
    assert spent + held <= money.from_usd(CAP_USD)
