"""Failed answers: down the rule's list one after the other, against the ladder that the optimiser chooses.

    python benchmarks/run_ladder.py [--seeds 3] [--dependence 0.8]

The sample job marketing.jsonl, planned by the settings that ship, runs against the emulator in virtual time, under
caps of so many times what its first answers are expected to cost. A third of the cheap model's answers are made
refusals, which a gate catches; other models fail as much less as the table of believed quality says, and failures go
together as draws of a Gaussian copula with that correlation. Both sides see the same failures. `list` is the same plan
without what it says of other models, as plans were before: each failed answer goes to the next stronger model of its
rule's `escalate`. Figures are of generated failures: they say what the method does, not what anybody will save.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist, mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from msgspec import structs
from support.in_process import EmulatedTransport, emulated
from support.planning_jobs import OPTIONS, settings_of
from support.runs import DIGEST, Watcher, scratch
from support.virtual import VirtualClock, run_virtual

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import RunSettings, Settings
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.work import RunOutcome, RunWork
from modelroute_cli.features.describe import Describer
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.quality import load_prior
from modelroute_cli.providers.base import Answer, Call, Reply, WireFormat, WireRequest, WireResponse

JOB = Path(__file__).resolve().parent.parent / "sample_jobs" / "marketing.jsonl"
CAPS = (1.1, 1.5, 2.5)
LISTS = {
    "as it ships": ("gpt-6-luna", "gpt-6-sol"),
    "the strongest first": ("gpt-6-sol", "gpt-6-luna", "claude-haiku-5-5"),
    "six models, by name": (
        "claude-haiku-5-5",
        "claude-sonnet-5-5",
        "deepseek-v4-pro",
        "gemini-3.8-flash",
        "gpt-6-luna",
        "gpt-6-sol",
    ),
}
FAILS = 1 / 3  # of the answers of a model that is believed to be of this quality
AT_QUALITY = 0.80
NORMAL = NormalDist()


@dataclass(frozen=True)
class Failing:
    """A wire format whose answers are refusals where the copula says so."""

    own: WireFormat
    seed: int
    correlation: float

    def encode(self, call: Call) -> WireRequest:
        """As it is."""
        return self.own.encode(call)

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """The answer, or a refusal in its place at the same price."""
        reply = self.own.decode(response, call)
        if isinstance(reply, Answer) and self._fails(call):
            return replace(reply, text="I cannot help with this request.")
        return reply

    def _fails(self, call: Call) -> bool:
        shared = random.Random(f"{self.seed}/{call.request.custom_id}").gauss(0, 1)  # noqa: S311 - a draw
        own = random.Random(f"{self.seed}/{call.request.custom_id}/{call.card.name}").gauss(0, 1)  # noqa: S311 - a draw
        hard = self.correlation**0.5 * shared + (1 - self.correlation) ** 0.5 * own
        quality = load_prior().belief(call.card.base_model, call.request.task_type or TaskType.EMAIL).mean
        return bool(hard > NORMAL.inv_cdf(1 - FAILS * (1 - quality) / (1 - AT_QUALITY)))


@dataclass(frozen=True)
class Ran:
    """One run."""

    outcome: RunOutcome
    escalated: Counter[str]
    cpu_s: float


def plan_with(job: JobFile, escalate: tuple[str, ...]) -> Plan:
    """The plan of the sample job with this list of models for failed answers."""
    settings = settings_of()
    aliases = {**settings.aliases, "escalation": escalate}
    told: Settings = replace(settings, aliases=aliases)
    return make_plan(job, load_catalog(told), told, OPTIONS)


async def session(plan: Plan, journal: Journal, reader: RequestReader, work: "Work") -> RunOutcome:
    """One run in virtual time."""
    transport: EmulatedTransport = emulated()

    def formats(provider: Provider) -> WireFormat:
        return Failing(transport.format_for(provider), work.seed, work.correlation)

    return await execute(
        plan,
        RunWork(
            run_id="bench",
            journal=journal,
            read=reader.at,
            providers={name: transport.reached(item) for name, item in plan.header.providers.items()},
            formats=formats,
            transport=transport,
            clock=VirtualClock(),
            credentials={},
            settings=RunSettings(concurrency=32),
            hard_cap_pusd=work.cap,
            seed=work.seed,
        ),
        Watcher(),
    )


@dataclass(frozen=True)
class Work:
    """What differs between runs."""

    cap: PicoUSD
    seed: int
    correlation: float


def ran(plan: Plan, job: JobFile, work: Work) -> Ran:
    """Run it, and look into its journal."""
    with scratch() as folder, RequestReader(job.path) as reader:
        journal = Journal.open(folder / "journal.db", DIGEST)
        began = time.process_time()

        async def main() -> RunOutcome:
            try:
                return await session(plan, journal, reader, work)
            finally:
                await journal.close()

        outcome = run_virtual(main())
        attempts = attempts_frame(folder / "journal.db").filter(kind="escalation", outcome="answered")
        return Ran(outcome, Counter(attempts["model"]), time.process_time() - began)


def by_list(plan: Plan) -> Plan:
    """The plan as earlier versions made it."""
    return replace(plan, header=structs.replace(plan.header, allowed={}))


def compare(name: str, plan: Plan, job: JobFile, options: argparse.Namespace) -> None:
    """Both sides at every cap."""
    first = plan.header.totals.cost_pusd
    print(f"\nescalate: {name} ({', '.join(LISTS[name])}); first answers ~{format_usd(first)}")
    print("  cap side     accepted     spent    CPU   escalations", flush=True)
    for factor in CAPS:
        for side, own in (("list", by_list(plan)), ("ladder", plan)):
            runs = [
                ran(own, job, Work(PicoUSD(int(first * factor)), seed, options.dependence))
                for seed in range(options.seeds)
            ]
            tell(factor, side, runs, own.header.totals.requests)


def tell(factor: float, side: str, runs: list[Ran], requests: int) -> None:
    """One line."""
    accepted = mean(each.outcome.accepted for each in runs)
    spent = mean(each.outcome.spent_pusd for each in runs)
    cap = runs[0].outcome.cap_pusd
    assert all(each.outcome.spent_pusd <= cap for each in runs)
    escalated = sum((each.escalated for each in runs), Counter[str]())
    told = ", ".join(f"{model} {count / len(runs):.0f}" for model, count in sorted(escalated.items()))
    cpu = mean(each.cpu_s for each in runs)
    share = f"{accepted / requests:.1%}"
    print(f"{factor:5.2f} {side:7} {share:>9} {format_usd(round(spent)):>9} {cpu:5.1f} s   {told}", flush=True)


def main() -> None:
    """Plan once for each list, and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dependence", type=float, default=0.8, help="correlation of the copula")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = index(str(JOB), Describer(), IndexOptions(spool_dir=Path(folder), stdin=None))
        for name, escalate in LISTS.items():
            compare(name, plan_with(job, escalate), job, options)


if __name__ == "__main__":
    main()
