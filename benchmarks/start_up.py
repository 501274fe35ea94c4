"""What a start costs: CPU and wall seconds of `modelroute plan` on ten requests, of `--help`, and of the bare imports.

    python benchmarks/start_up.py [RUNS]

Each way runs in a child process of its own, in turns, so that a busy machine slows all alike. The least of all runs is
what the work itself takes; the floor is `import polars, numpy`, which every plan needs.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

SAMPLE = Path(__file__).parents[1] / "sample_jobs" / "marketing.jsonl"
REQUESTS = 10
RUNS = 9


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that one child process took."""

    cpu_s: float
    wall_s: float


def ways(job: Path) -> dict[str, list[str]]:
    """The command lines that are compared, by name."""
    program = [sys.executable, "-m", "modelroute_cli"]
    return {
        f"plan, {REQUESTS} requests": [*program, "plan", str(job)],
        "--help": [*program, "--help"],
        "floor: polars, numpy": [sys.executable, "-c", "import polars, numpy"],
    }


def run(command: Sequence[str], folder: Path) -> Spent:
    """One child process to its end, with compiled files kept as they are after an installation."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, started = _children_s(), perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)  # noqa: S603 - our own
    return Spent(_children_s() - before, perf_counter() - started)


def _children_s() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(runs: int) -> None:
    """Print a line for each way, and the ratio of a plan to the floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = folder / "ten.jsonl"
        job.write_text("".join(SAMPLE.read_text("utf-8").splitlines(keepends=True)[:REQUESTS]), "utf-8")
        commands = ways(job)
        for command in commands.values():
            run(command, folder)  # warms the page cache, the compiled files and the prices of today
        spent: dict[str, list[Spent]] = {way: [] for way in commands}
        for _ in range(runs):
            for way, command in commands.items():
                spent[way].append(run(command, folder))
    print(f"{'':24}{'CPU least':>11}{'median':>9}{'wall least':>12}{'median':>9}")
    for way, each in spent.items():
        cpu, wall = [one.cpu_s for one in each], [one.wall_s for one in each]
        print(f"{way:24}{min(cpu):9.2f} s{median(cpu):7.2f} s{min(wall):10.2f} s{median(wall):7.2f} s")
    plan, _, floor = (min(one.cpu_s for one in each) for each in spent.values())
    print(f"plan / floor: {plan / floor:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
