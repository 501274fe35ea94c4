"""A whole plan at scale: CPU of each stage, wall time, peak memory, against a plain tiktoken loop in the same run.

    python benchmarks/plan_scale.py [--rows 1000000]

Generates a job file (330 MB for a million rows), then runs, each in a process of its own: `modelroute plan FILE -o
PLAN` with ten candidate models; the same by stages; `encode_ordinary` of tiktoken over the same texts, and the counting
of tokens alone. The ratios are CPU over the CPU of tiktoken's loop; reading the file is no part of that loop.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from scale_job import write_job

MODELS = (
    "gpt-6-luna",
    "gpt-6-sol",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "gemini-3.8-flash",
    "gemini-2.5-flash-lite",
    "deepseek-flash",
    "deepseek-v4-pro",
    "mistral-small",
    "openrouter/deepseek/deepseek-v4.1-flash",
)
SETTINGS = f"rules:\n  - name: all\n    allow: [{', '.join(MODELS)}]\n"
MB = 2**20
BLOCK = 4_000

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """What a child process took."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def run(folder: Path, *arguments: str) -> Cost:
    """Run a child to its end in `folder`; its own output goes to ours."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {child.returncode}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024)


def blocks(path: Path) -> Iterator[list[str]]:
    """The prompts of a job file."""
    block: list[str] = []
    with path.open("rb") as lines:
        for line in lines:
            block.append(msgspec.json.decode(line)["prompt"])
            if len(block) == BLOCK:
                yield block
                block = []
    yield block


def cpu_over(path: Path, work: Callable[[list[str]], object]) -> float:
    """CPU seconds of `work` over all blocks, reading them left out."""
    total = 0.0
    for block in blocks(path):
        start = time.process_time()
        work(block)
        total += time.process_time() - start
    return total


def count(path: Path) -> None:
    """In a child: tiktoken's loop and our counting over the same texts, two CPU times on stderr."""
    from modelroute_cli.features import o200k, tokens  # noqa: PLC0415 - a child of its own

    encode = o200k.encoding().encode_ordinary
    plain = cpu_over(path, lambda texts: [encode(text) for text in texts])
    ours = cpu_over(path, tokens.count_o200k)
    print(msgspec.json.encode((plain, ours)).decode(), file=sys.stderr)


def stages(path: Path) -> None:
    """In a child: the plan by stages."""
    from modelroute_cli.cli.job_plan import index_job  # noqa: PLC0415 - a child of its own
    from modelroute_cli.cli.job_reading import JobReading  # noqa: PLC0415 - a child of its own
    from modelroute_cli.cli.workspace import open_workspace  # noqa: PLC0415 - a child of its own
    from modelroute_cli.jobs.reading import Reading  # noqa: PLC0415 - a child of its own
    from modelroute_cli.planning import plan_file  # noqa: PLC0415 - a child of its own
    from modelroute_cli.planning.make import PlanOptions, make_plan  # noqa: PLC0415 - a child of its own
    from modelroute_cli.report.summary import plan_summary  # noqa: PLC0415 - a child of its own

    space = staged("settings and catalog", lambda: open_workspace(None, None, {}))
    job = staged(
        "read, validate, describe, count, index",
        lambda: index_job(str(path), JobReading(reading=Reading(), images=None, privacy=space.settings.privacy)),
    )
    options = PlanOptions(at=space.at, tool_version="benchmark")
    plan = staged("price, optimise, assign", lambda: make_plan(job, space.catalog, space.settings, options))
    staged("write", lambda: plan_file.write(plan, path.with_suffix(".plan")))
    staged("sum up", lambda: plan_summary(plan))


def staged(what: str, work: Callable[[], T]) -> T:
    """Run once and print CPU, wall time and the peak so far."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{cpu:9.2f} CPU s {wall:9.2f} s {peak:7.0f} MB  {what}", file=sys.stderr)
    return result


def measure(rows: int, path: Path) -> None:
    """Everything, printed."""
    folder = path.parent
    (folder / "modelroute.yaml").write_text(SETTINGS)
    write_job(path, rows)
    print(f"{rows:,} requests, {path.stat().st_size / MB:,.0f} MB")
    plan = run(folder, "-m", "modelroute_cli", "plan", path.name, "-o", "whole.plan")
    print(f"{plan.cpu_s:9.2f} CPU s {plan.wall_s:9.2f} s {plan.peak_mb:7.0f} MB  the whole plan")
    run(folder, __file__, "--stages", str(path))
    counted = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, __file__, "--count", str(path)], check=True, stderr=subprocess.PIPE, text=True
    )
    plain, ours = msgspec.json.decode(counted.stderr.splitlines()[-1], type=tuple[float, float])
    print(f"{plain:9.2f} CPU s  tiktoken's loop over the same texts")
    print(f"{ours:9.2f} CPU s  counting them our way")
    print(f"ratio to tiktoken's loop: the whole plan {plan.cpu_s / plain:.2f}, counting {ours / plain:.2f}")


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--stages", type=Path)
    parser.add_argument("--count", type=Path)
    arguments = parser.parse_args()
    if arguments.stages:
        stages(arguments.stages)
    elif arguments.count:
        count(arguments.count)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(arguments.rows, Path(folder) / "job.jsonl")


if __name__ == "__main__":
    main()
