"""Kill a run outright at random moments, go on with the same command, and add up what was lost and paid again.

    python benchmarks/run_kills.py [--kills 200] [--requests 3000] [--concurrency 16] [--seed 1]

The emulator runs in a process of its own, outlives every kill and keeps the provider's books. Four kills of five come
while requests are sent, the fifth at any moment from the start of the program on. Needs the installed `modelroute`.
"""

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

MODELROUTE = Path(sys.executable).parent / "modelroute"
SETTINGS = "emulator: {latency_s: 0.25, tokens_per_s: 1000, rpm: 600000, tpm: 900000000}\n"
CAP_USD = "5"
_LOOK_S = 0.05
_WHILE_SENDING = 0.8  # share of kills that wait for the first new intent
_START_S, _SENDING_S = 2.5, 1.0  # how long after the start, or after the first intent, a kill comes at the latest


OPEN = "SELECT attempt FROM intents WHERE attempt NOT IN (SELECT attempt FROM outcomes)"
UNKNOWN = "SELECT COUNT(*) FROM outcomes WHERE outcome = 'unknown'"
AGAIN = (
    "SELECT COUNT(*) FROM intents i JOIN intents j USING (row) JOIN verdicts v ON v.attempt = j.attempt "
    "WHERE v.passed AND i.attempt > j.attempt"
)
CAP = "SELECT MAX(cap_pusd) FROM caps"
MOST = "SELECT SUM(COALESCE(cost_pusd, reserved_pusd)) FROM intents LEFT JOIN outcomes USING (attempt)"


@dataclass(slots=True)
class Counts:
    """What the kills met; an attempt that a later kill finds still open, before it was told as lost, counts once."""

    kills: int = 0
    in_flight: set[int] = field(default_factory=set)  # attempts

    def add(self, attempts: list[int]) -> None:
        """One more kill."""
        self.kills += 1
        self.in_flight.update(attempts)


@dataclass(frozen=True, slots=True)
class Place:
    """One job in its folder."""

    folder: Path
    url: str
    concurrency: int

    def start(self) -> "subprocess.Popen[str]":
        """The command that begins the run, and that continues it."""
        command = [str(MODELROUTE), "run", "jobs.jsonl", "--yes", "--emulator-url", self.url, "--models"]
        command += ["gpt-6-luna,escalation", "--min-quality", "0", "--max-cost", CAP_USD]
        command += ["--concurrency", str(self.concurrency)]
        return subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ask(self, query: str) -> int | None:
        """One number of the journal; None while there is none."""
        return next(iter(self.ask_all(query)), None)

    def ask_all(self, query: str) -> list[int]:
        """Numbers of the journal; none while there is none."""
        for path in (self.folder / ".modelroute" / "runs").glob("*/journal.db"):
            with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path)) as journal:
                return [int(number) for (number,) in journal.execute(query)]
        return []


def write_job(folder: Path, requests: int) -> None:
    """Short e-mails."""
    lines = (
        {"custom_id": f"m-{n}", "prompt": f"Write a short e-mail about offer number {n}.", "max_output_tokens": 200}
        for n in range(requests)
    )
    (folder / "jobs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "modelroute.yaml").write_text(SETTINGS)


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Its address."""
    command = [str(MODELROUTE), "emulator", "--config", str(folder / "modelroute.yaml")]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def kill_once(place: Place, draw: random.Random, counts: Counts) -> bool:
    """Start, kill at a random moment, and count what was in flight; False when the run ended before."""
    before = place.ask("SELECT COUNT(*) FROM intents") or 0
    process = place.start()
    if draw.random() < _WHILE_SENDING:
        while process.poll() is None and (place.ask("SELECT COUNT(*) FROM intents") or 0) == before:
            time.sleep(_LOOK_S)
        alive_s = draw.uniform(0, _SENDING_S)
    else:
        alive_s = draw.uniform(0, _START_S)
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=alive_s)
        return False
    process.send_signal(signal.SIGKILL)
    process.communicate()
    counts.add(place.ask_all(OPEN))
    return True


def finish(place: Place) -> str:
    """Let the run end by itself; what it says."""
    process = place.start()
    told, _ = process.communicate(timeout=1800)
    assert process.returncode == 0, told
    return told


def show(place: Place, counts: Counts, requests: int) -> None:
    """One line a figure."""
    with urllib.request.urlopen(f"{place.url}/stats", timeout=30) as answer:  # noqa: S310 - a loopback address
        billed = int(json.load(answer)["billed"])
    results = [json.loads(line) for line in (place.folder / "jobs.results.jsonl").read_text().splitlines()]
    answered = place.ask("SELECT COUNT(*) FROM outcomes WHERE outcome = 'answered'") or 0
    in_flight = len(counts.in_flight)
    print(f"kills: {counts.kills}")
    print(f"rows lost: {requests - sum(row['status'] == 'accepted' for row in results)} of {requests}")
    print(f"answers in the journal that were asked for again: {place.ask(AGAIN)}")
    print(f"in flight at the kills: {in_flight}, told as unknown: {place.ask(UNKNOWN)}")
    print(f"answers billed: {billed}, journaled: {answered}, paid again: {billed - answered}")
    again = billed - answered
    print(f"paid again: {again / billed:.1%} of all, {again / max(1, in_flight):.1%} of what was in flight")
    print(f"spent and held: {place.ask(MOST)} pico-dollars, cap: {place.ask(CAP)}")


def main() -> None:
    """Read the options, kill, finish, add up."""
    parser = argparse.ArgumentParser(description="what kills cost")
    for name, default in (("--kills", 200), ("--requests", 3000), ("--concurrency", 16), ("--seed", 1)):
        parser.add_argument(name, type=int, default=default)
    options = parser.parse_args()
    draw, counts = random.Random(options.seed), Counts()  # noqa: S311 - moments, no secrets
    with tempfile.TemporaryDirectory() as folder:
        write_job(Path(folder), options.requests)
        with emulator(Path(folder)) as url:
            place = Place(Path(folder), url, options.concurrency)
            kills = 0
            while kills < options.kills and kill_once(place, draw, counts):
                kills += 1
            finish(place)
            show(place, counts, options.requests)


if __name__ == "__main__":
    main()
