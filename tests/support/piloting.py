"""Jobs that a pilot is worth on, and pilots of them on the emulator."""

import json
from collections.abc import Mapping
from pathlib import Path

from support.cli import QUICK_EMULATOR, Cli

from modelroute_cli.cli.workspace import PILOTS, RUNS
from modelroute_cli.execution.run_folder import RunFolder, latest
from modelroute_cli.pilot.folder import PilotFolder, list_pilots

MODELS = "gpt-5,gpt-6-luna,gemini-2.5-flash-lite"
BUDGET = ("--pilot-budget", "60%")
PILOT = ("pilot", "jobs.jsonl", "--models", MODELS, "--pilot-per-template", "20", *BUDGET, "--emulator", "--yes")
RUN = ("run", "jobs.jsonl", "--models", MODELS, "--pilot-per-template", "20", *BUDGET, "--emulator", "--yes")


def labels(count: int) -> list[dict[str, object]]:
    """Classification requests of one template, each with its right answer."""
    return [
        {
            "custom_id": f"r{number}",
            "prompt": f"Say in one word whether review {number} is positive or negative: the tea was "
            f"{'great' if number % 2 else 'awful'} and came after {number % 9 + 2} days.",
            "task_type": "classification",
            "expected": "positive" if number % 2 else "negative",
            "max_output_tokens": 20,
        }
        for number in range(count)
    ]


def ready(cli: Cli, count: int = 240) -> Cli:
    """A job of one template in a folder whose emulator is quick."""
    cli.jobs(*labels(count))
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    return cli


def outcomes(cli: Cli, qualities: Mapping[str, float], count: int = 240) -> Path:
    """Recorded outcomes: every model is right on the first of each thousand, as often as its quality says."""
    rows = [
        {"custom_id": f"r{number}", "model": model, "quality": float(number * 7 % 100 < quality * 100)}
        for number in range(count)
        for model, quality in qualities.items()
    ]
    return cli.write("outcomes.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def only_pilot() -> PilotFolder:
    """The pilot of this folder."""
    (found,) = list_pilots(PILOTS)
    return found


def only_run() -> RunFolder:
    """The latest run of this folder."""
    found = latest(RUNS)
    assert found is not None
    return found
