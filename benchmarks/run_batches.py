"""How a large job is handed in: requests over three providers' batch APIs, in virtual time, against their emulator.

    python benchmarks/run_batches.py [--requests 120000] [--day-s 20000]

The job is planned as any other, with a deadline of three days; rules send each third of it to another provider. Batches
there are smaller than that and may not all be open at a time: they go in one after the other, all providers side by
side. The executor and the emulator run in this process on a clock that jumps, so that batches of many hours pass in
seconds.
Printed are the batches, the longest wait in virtual time, the real time of the run, and the peak memory of all of it.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from msgspec.structs import replace
from support.emulating import UNLIMITED
from support.in_process import EmulatedTransport
from support.runs import Watcher, scratch
from support.virtual import VirtualClock, run_virtual

from modelroute_cli.base.collector import rare_collections
from modelroute_cli.catalog.settings import EmulatorBatches, RunSettings
from modelroute_cli.emulator.ledger import Stats
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_batches import batches
from modelroute_cli.execution.work import RunOutcome, RunWork
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for

MODELS = ("gpt-6-luna", "claude-haiku-5-5", "gemini-2.5-flash-lite")
LIMITS = {
    "openai": {"max_requests": 10_000, "max_batches": 2},
    "anthropic": {"max_requests": 25_000, "max_batches": 1},
    "google": {"max_requests": 8_000, "queue_tokens": 500_000},
}
TOPICS = ("tea", "soap", "bicycles", "lamps", "maps", "kites", "boots")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run."""

    outcome: RunOutcome
    real_s: float
    virtual_s: float
    billed_pusd: int


def main() -> None:
    """Plan, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=120_000)
    parser.add_argument("--day-s", type=float, default=20_000.0, help="how long a batch takes, virtual seconds")
    options = parser.parse_args()
    with scratch() as folder:
        plan = _planned(folder, options.requests)
        with rare_collections():
            measured = run_virtual(_run(folder, plan, options.day_s))
        _print(folder, measured)


def _planned(folder: Path, count: int) -> Plan:
    """The plan of a job whose thirds go to three providers."""
    rules = [
        {
            "name": f"r{place}",
            "match": {"tags": [f"t{place}"]},
            "allow": [model],
            "service_tiers": ["batch", "standard"],
        }
        for place, model in enumerate(MODELS)
    ]
    sold = {name: {"tiers": {"batch": {"window_s": 86_400, **limits}}} for name, limits in LIMITS.items()}
    settings = {"rules": rules, "objective": {"min_quality": 0.0, "baseline": "gpt-6-luna"}, "providers": sold}
    (folder / "modelroute.yaml").write_text(json.dumps(settings))
    with (folder / "jobs.jsonl").open("w") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in _rows(count))
    command = (sys.executable, "-m", "modelroute_cli", "plan", "jobs.jsonl", "--deadline", "3d", "-o", "plan")
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own program
    return plan_file.read(folder / "plan")


def _rows(count: int) -> Iterator[dict[str, object]]:
    for row in range(count):
        topic = TOPICS[row % len(TOPICS)]
        prompt = f"Write an e-mail of 40 words about {topic} to customer {row}; say what is new and ask for a visit."
        yield {"custom_id": f"c{row}", "tags": [f"t{row % 3}"], "prompt": prompt, "max_output_tokens": 200}


async def _run(folder: Path, plan: Plan, takes_s: float) -> Measured:
    transport = EmulatedTransport(replace(UNLIMITED, batches=EmulatorBatches(seconds=takes_s, finalizing_s=60.0)))
    journal = Journal.open(folder / "journal.db", "sha256:plan")
    with RequestReader(folder / "jobs.jsonl") as reader:
        work = RunWork(
            run_id="ba7c4",
            journal=journal,
            read=reader.at,
            providers={name: transport.reached(item) for name, item in plan.header.providers.items()},
            formats=transport.format_for,
            transport=transport,
            clock=VirtualClock(),
            credentials={},
            settings=RunSettings(),
            hard_cap_pusd=plan.header.hard_cap_pusd,
            batches=batch_api_for,
            handed_in_format=wire_for,
        )
        began, virtual = time.perf_counter(), asyncio.get_running_loop().time()
        outcome = await execute(plan, work, Watcher())
        real_s, virtual_s = time.perf_counter() - began, asyncio.get_running_loop().time() - virtual
        await journal.close()
    return Measured(outcome, real_s, virtual_s, _billed_pusd(transport.stats, plan))


def _billed_pusd(stats: Stats, plan: Plan) -> int:
    """What the emulator's books come to: whole pico-dollars a token, and no prompt is long enough for another price."""
    billed = 0
    for model, book in stats.handed_in["batch"].items():
        card = next(card for card in plan.header.models.values() if card.model_id == model.rpartition("/")[2])
        rate = plan.header.cards_of(card.name)["batch"].steps[0].rate
        billed += (book.input_tokens - book.cached_tokens) * rate.input_pusd + book.output_tokens * rate.output_pusd
        billed += book.cached_tokens * rate.cache_read_pusd
    return billed


def _print(folder: Path, measured: Measured) -> None:
    outcome, found = measured.outcome, batches(folder / "journal.db")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counted = Counter((batch.provider, batch.requests) for batch in found)
    print(f"{outcome.accepted:,} accepted, {outcome.failed:,} failed, {outcome.unsent:,} not sent")
    print(f"batches: {', '.join(f'{name} {size:,} x {count}' for (name, size), count in sorted(counted.items()))}")
    print(f"spent {outcome.spent_pusd:,} pico-dollars, billed {measured.billed_pusd:,}")
    print(f"{measured.virtual_s / 3600:.1f} virtual hours in {measured.real_s:.1f} s, peak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
