"""Whether half an hour in a second tells the truth: the same runs in virtual time and over real sockets.

    python benchmarks/run_virtual.py [--only NAME] [--requests 200]

Each scene is one job with one set of limits and faults. In virtual time the executor runs against the emulator in
this process; in real time against one on loopback in a process of its own, through the true transport. What is
compared is the time from the first request to the last answer, and how many requests met a 429.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import msgspec
from msgspec.structs import replace
from support.in_process import EmulatedTransport
from support.plans import CHEAP, OTHER, PlanParts, Row, plan_of
from support.runs import FarSide, Job, Setup, scratch, session
from support.virtual import run_virtual

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.catalog.settings import (
    EmulatorChange,
    EmulatorFaults,
    EmulatorLimits,
    EmulatorSettings,
    RunSettings,
)
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.providers.base import Transport, WireFormat, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

LIVELY = EmulatorSettings(latency_s=1.0, rpm=10**6, tpm=10**9)
UNSTATED, NO_FAULTS = Limits(), EmulatorFaults()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Limits as the emulator has them, and as the settings of the run state them."""

    limits: EmulatorLimits
    stated: Limits = UNSTATED
    faults: EmulatorFaults = NO_FAULTS
    concurrency: int = 100
    latency_s: float = 1.0


SCENES = {
    "known": Scene(limits=EmulatorLimits(rpm=600, burst_s=1), stated=Limits(rpm=600)),
    "told": Scene(limits=EmulatorLimits(rpm=600, burst_s=1)),
    "silent": Scene(limits=EmulatorLimits(rpm=600, burst_s=1, headers=False, retry_after=False)),
    "by_second": Scene(limits=EmulatorLimits(rpm=600, refill="second"), stated=Limits(rpm=600)),
    "tokens": Scene(limits=EmulatorLimits(tpm=120_000, burst_s=1), stated=Limits(tpm=120_000)),
    "shared": Scene(limits=EmulatorLimits(rpm=1200, burst_s=1, others=0.5), stated=Limits(rpm=1200)),
    "cut": Scene(limits=EmulatorLimits(rpm=1200, burst_s=1, schedule=(EmulatorChange(at_s=4, factor=0.5),))),
    "outage": Scene(
        limits=EmulatorLimits(rpm=1200, burst_s=1, schedule=(EmulatorChange(at_s=3, until_s=6, outage=True),)),
        stated=Limits(rpm=1200),
    ),
    "few_at_a_time": Scene(limits=EmulatorLimits(concurrency=10), stated=Limits(concurrency=10), latency_s=3.0),
    "faults": Scene(
        limits=EmulatorLimits(rpm=1200, burst_s=1),
        stated=Limits(rpm=1200),
        faults=EmulatorFaults(server_error=0.05, dropped=0.05, malformed=0.05, slow=0.02),
    ),
}


@dataclass(frozen=True, slots=True)
class Lasted:
    """A run in seconds, and how often it was told to wait."""

    seconds: float
    rate_limited: int
    attempts: int


@dataclass
class OverHttp:
    """The true transport to an emulator on loopback."""

    url: str
    transport: Transport = field(default_factory=lambda: make_transport(200))

    def format_for(self, provider: Provider) -> WireFormat:
        """The true wire format."""
        return format_for(provider)

    def reached(self, provider: Provider) -> Provider:
        """Through the emulator."""
        return rewire(provider, self.url)

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Over a socket."""
        return await self.transport.send(request, timeout_s)

    async def close(self) -> None:
        """Give the connections back."""
        await self.transport.close()


def settings_of(scene: Scene) -> EmulatorSettings:
    """The emulator of a scene: both accounts have its limits."""
    return replace(
        LIVELY, latency_s=scene.latency_s, faults=scene.faults, limits={"cheap": scene.limits, "other": scene.limits}
    )


def job_of(scene: Scene, requests: int, folder: Path) -> Job:
    """Two requests of three on one account."""
    rows = [
        Row(
            model=OTHER if number % 3 == 0 else CHEAP,
            output_tokens=1,
            request=Request(custom_id=f"r{number}", prompt=f"Classify mail {number} as positive or negative."),
        )
        for number in range(requests)
    ]
    stated = {"cheap": scene.stated, "other": scene.stated}
    return Job.of(rows, folder, plan_of(rows, PlanParts(limits=stated)))


def lasted(job: Job) -> Lasted:
    """By its journal."""
    attempts = attempts_frame(job.journal)
    ends = [at + timedelta(seconds=took or 0) for at, took in attempts.select("started_at", "latency_s").iter_rows()]
    return Lasted(
        (max(ends) - attempts["started_at"].min()).total_seconds(),
        attempts.filter(failure="rate_limited").height,
        attempts.height,
    )


async def ran(job: Job, far: FarSide, setup: Setup) -> Lasted:
    """One run to its end."""
    try:
        outcome = await session(job, far, setup)
    finally:
        await far.close()
    assert outcome.accepted == len(job.rows), outcome
    return lasted(job)


def virtually(scene: Scene, requests: int) -> Lasted:
    """In this process, on a clock that jumps."""
    with scratch() as folder:
        setup = Setup(settings=RunSettings(concurrency=scene.concurrency))
        return run_virtual(ran(job_of(scene, requests, folder), EmulatedTransport(settings_of(scene)), setup))


def really(scene: Scene, requests: int) -> Lasted:
    """Over sockets, on the clock on the wall."""
    with scratch() as folder, emulator(settings_of(scene)) as url:
        setup = Setup(settings=RunSettings(concurrency=scene.concurrency), clock=SystemClock())

        async def main() -> Lasted:
            return await ran(job_of(scene, requests, folder), OverHttp(url), setup)

        return asyncio.run(main())


@contextmanager
def emulator(settings: EmulatorSettings) -> Iterator[str]:
    """An emulator in a process of its own; its address."""
    modelroute = Path(sys.executable).parent / "modelroute"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "modelroute.yaml"
        config.write_bytes(msgspec.yaml.encode({"emulator": settings}))
        command = [str(modelroute), "emulator", "--config", str(config)]
        with subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            try:
                yield server.stdout.readline().strip()
            finally:
                server.terminate()


def main() -> None:
    """Read the options, run each scene twice, print one line each."""
    parser = argparse.ArgumentParser(description="virtual time against real time")
    parser.add_argument("--only", choices=SCENES)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    print(f"{'scene':14} {'virtual':>9} {'real':>9} {'apart':>7}   429s of attempts")
    for name in [options.only] if options.only else SCENES:
        near, far = virtually(SCENES[name], options.requests), really(SCENES[name], options.requests)
        apart = near.seconds / far.seconds - 1
        print(
            f"{name:14} {near.seconds:7.2f} s {far.seconds:7.2f} s {apart:+7.1%}   "
            f"{near.rate_limited} of {near.attempts}, {far.rate_limited} of {far.attempts}",
            flush=True,
        )


if __name__ == "__main__":
    main()
