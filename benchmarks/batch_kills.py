"""Kill runs outright while they hand in, wait and collect, at each provider, and see that nothing is handed in twice.

    python benchmarks/batch_kills.py [--kills 8] [--requests 60] [--seed 1] [--only openai]

The emulator runs in a process of its own, outlives every kill and keeps the providers' books. Batches hold ten requests
and take four seconds. The same command continues each run; what was billed, and what was answered twice, is the
emulator's word. Needs the installed `modelroute`.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from run_kills import MODELROUTE, emulator

MODELS = {
    "openai": "gpt-6-luna",
    "anthropic": "claude-haiku-5-5",
    "google": "gemini-2.5-flash-lite",
    "mistral": "mistral-small",
    "openrouter": "openrouter/openai/gpt-6-luna",
}
_LONGEST_LIFE_S = 9.0


@dataclass(frozen=True, slots=True)
class Ended:
    """One run, killed so often."""

    kills: int
    accepted: int
    billed: int  # answers, by the emulator's books
    twice: int  # answers to the very same request


def write_job(folder: Path, provider: str, requests: int) -> None:
    """Short e-mails, batches of ten, and nothing but the batch tier."""
    lines = (
        {"custom_id": f"m-{n}", "prompt": f"Write a short e-mail about offer number {n}.", "max_output_tokens": 200}
        for n in range(requests)
    )
    (folder / "jobs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    rule = {"name": "all", "allow": [MODELS[provider]], "service_tiers": ["batch", "standard"]}
    tiers = {"batch": {"window_s": 86400, "max_requests": 10}}
    settings = {
        "rules": [rule],
        "objective": {"min_quality": 0.0},
        "providers": {provider: {"tiers": tiers}},
        "emulator": {"batches": {"seconds": 4}},
    }
    (folder / "modelroute.yaml").write_text(json.dumps(settings))


def started(folder: Path, url: str) -> "subprocess.Popen[bytes]":
    """The command that begins the run, and that continues it."""
    command = [str(MODELROUTE), "run", "jobs.jsonl", "--yes", "--deadline", "2d", "--emulator-url", url]
    return subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--progress", "off"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def killed(folder: Path, url: str, alive_s: float) -> bool:
    """Whether the run was killed after so long; False when it had ended."""
    process = started(folder, url)
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=alive_s)
        return False
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return True


def ended(provider: str, kills: int, requests: int, draw: random.Random) -> Ended:
    """One run with its kills, to its end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_job(folder, provider, requests)
        with emulator(folder) as url:
            done = 0
            while done < kills and killed(folder, url, draw.uniform(0.5, _LONGEST_LIFE_S)):
                done += 1
            last = started(folder, url)
            told, _ = last.communicate(timeout=600)
            assert last.returncode == 0, told.decode()
            with urllib.request.urlopen(f"{url}/stats", timeout=30) as answer:  # noqa: S310 - a loopback address
                stats = json.load(answer)
        results = [json.loads(line) for line in (folder / "jobs.results.jsonl").read_text().splitlines()]
    billed = stats["billed"] + sum(book["answers"] for books in stats["handed_in"].values() for book in books.values())
    return Ended(done, sum(row["status"] == "accepted" for row in results), billed, stats["answered_again"])


def main() -> None:
    """One line a provider."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("--kills", 8), ("--requests", 60), ("--seed", 1)):
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--only", choices=tuple(MODELS))
    options = parser.parse_args()
    draw = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    for provider in (options.only,) if options.only else tuple(MODELS):
        run = ended(provider, options.kills, options.requests, draw)
        print(
            f"{provider}: {run.kills} kills, {run.accepted} of {options.requests} accepted, "
            f"{run.billed} answers billed, {run.twice} of them twice",
            flush=True,
        )


if __name__ == "__main__":
    main()
