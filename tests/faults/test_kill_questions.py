"""A run that is killed while it asks about templates goes on with the same command: no template is asked twice."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from support.unclear import unclear

from modelroute_cli.base.money import from_usd

KILLS = int(os.environ.get("KILLS", "2"))
TEMPLATES, REQUESTS = 12, 5
_LOOK_S = 0.1
MODELROUTE = Path(sys.executable).parent / "modelroute"
CAP_USD = "1"
SETTINGS = "emulator: {latency_s: 0.4, tokens_per_s: 1000, rpm: 60000, tpm: 90000000}\n"


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    """An emulator in a process of its own: it outlives every kill."""
    (tmp_path / "modelroute.yaml").write_text(SETTINGS)
    command = [str(MODELROUTE), "emulator", "--config", str(tmp_path / "modelroute.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        server.wait(timeout=20)


def _run(folder: Path, url: str, concurrency: int) -> "subprocess.Popen[str]":
    command = [str(MODELROUTE), "run", "jobs.jsonl", "--yes", "--emulator-url", url, "--classify-with", "gpt-6-luna"]
    command += ["--models", "gpt-6-luna,escalation", "--min-quality", "0", "--max-cost", CAP_USD]
    command += ["--concurrency", str(concurrency)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _asked(folder: Path) -> int:
    """Questions that were accepted so far."""
    found = list((folder / ".modelroute" / "runs").glob("*/questions/journal.db"))
    if not found:
        return 0
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(found[0])) as journal:
        return int(journal.execute("SELECT COUNT(*) FROM finals").fetchone()[0])
    return 0  # the journal is being made


def _end_while_asking(process: "subprocess.Popen[str]", folder: Path, wanted: int, number: signal.Signals) -> str:
    """Send a signal once so many questions are answered; what the process said."""
    told = ""
    while process.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            told, _ = process.communicate(timeout=_LOOK_S)
        if _asked(folder) >= wanted and process.poll() is None:
            process.send_signal(number)
            told, _ = process.communicate()
    return told


def test_kills_while_asking_ask_no_template_twice(tmp_path: Path, emulator: str) -> None:
    """What was answered is journaled; at the end every template was asked, every request answered, inside the cap."""
    rows = unclear(TEMPLATES, REQUESTS)
    (tmp_path / "jobs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    draw = random.Random(5)  # noqa: S311 - moments to kill at, no secrets
    for kill in range(KILLS):
        _end_while_asking(_run(tmp_path, emulator, 2), tmp_path, kill * 4 + draw.randrange(1, 4), signal.SIGKILL)
        assert not list((tmp_path / ".modelroute" / "runs").glob("*/journal.db"))
    last = _run(tmp_path, emulator, 16)
    told, _ = last.communicate(timeout=120)
    assert last.returncode == 0, told
    results = [json.loads(line) for line in (tmp_path / "jobs.results.jsonl").read_text().splitlines()]
    assert [row["custom_id"] for row in results] == [row["custom_id"] for row in rows]
    (run,) = (tmp_path / ".modelroute" / "runs").iterdir()
    with closing(sqlite3.connect(run / "questions" / "journal.db")) as asked:
        assert asked.execute("SELECT COUNT(*) FROM finals WHERE status = 'accepted'").fetchone()[0] == TEMPLATES
        twice = "SELECT row FROM intents JOIN verdicts USING (attempt) GROUP BY row HAVING COUNT(*) > 1"
        assert asked.execute(twice).fetchall() == []
        spent = _most(asked)
    with closing(sqlite3.connect(run / "journal.db")) as sent:
        assert spent + _most(sent) <= from_usd(CAP_USD)


def test_an_interrupt_while_asking_ends_with_what_to_type(tmp_path: Path, emulator: str) -> None:
    """What is in flight is finished and kept, nothing of the job is sent, and there are no results yet."""
    rows = unclear(TEMPLATES, REQUESTS)
    (tmp_path / "jobs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    process = _run(tmp_path, emulator, 2)
    told = _end_while_asking(process, tmp_path, 1, signal.SIGINT)
    assert process.returncode == 130, told
    assert "\nTo go on, run:\n    modelroute run jobs.jsonl " in told
    assert f"First gpt-6-luna is asked about {TEMPLATES} templates\n" in told
    assert "Results:" not in told
    assert not (tmp_path / "jobs.results.jsonl").exists()


def _most(journal: sqlite3.Connection) -> int:
    """What was billed and what may have been."""
    most = "SELECT COALESCE(SUM(COALESCE(cost_pusd, reserved_pusd)), 0) FROM intents LEFT JOIN outcomes USING (attempt)"
    return int(journal.execute(most).fetchone()[0])
