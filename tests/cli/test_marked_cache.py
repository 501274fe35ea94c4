"""Shared beginnings on Claude, from the job file to the bill: what a plan counts on is what is marked and read."""

import json

import pytest
from support.cli import QUICK_EMULATOR, Cli

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.planning import plan_file

ROWS = 12
NOTES = "Use these notes: " + " ".join(f"item {at} is tea number {at * 7}." for at in range(150))


def _rows(*, system: bool) -> list[dict[str, object]]:
    """Requests that share their notes, in the system's words or in their own."""
    asked = [f"Now name the {at}th kind of cup that goes with it." for at in range(ROWS)]
    if system:
        return [{"custom_id": f"r{at}", "system": NOTES, "prompt": each} for at, each in enumerate(asked)]
    return [{"custom_id": f"r{at}", "prompt": f"{NOTES}\n{each}"} for at, each in enumerate(asked)]


@pytest.mark.parametrize("system", [True, False], ids=["system", "prompt"])
def test_what_is_planned_from_the_cache_is_read_from_it(cli: Cli, *, system: bool) -> None:
    """One request writes the beginning, all others read it, and they wait for the first."""
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    cli.jobs(*_rows(system=system))
    assert cli("plan", "jobs.jsonl", "-o", "jobs.plan", "--models", "claude-haiku-5-5").code == ExitCode.OK
    planned = plan_file.read(cli.folder / "jobs.plan").assignments.collect()
    assert sorted(count > 0 for count in planned["cache_write_tokens"]) == [False] * (ROWS - 1) + [True]
    assert sorted(count > 0 for count in planned["cache_read_tokens"]) == [False] + [True] * (ROWS - 1)
    assert cli("run", "jobs.plan", "--emulator", "--max-cost", "1").code == ExitCode.OK
    used = json.loads(cli("report", "--json").out)["prompt_cache"]
    assert used["cache_write_tokens"] > 1000
    assert used["cache_read_tokens"] == (ROWS - 1) * used["cache_write_tokens"]
