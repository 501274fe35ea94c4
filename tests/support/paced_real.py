"""The same runs over loopback HTTP, in true time, and in virtual time against the emulator in process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.emulating_aside import emulator_aside
from support.in_process import EmulatedTransport
from support.paced import RICH, Paced
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, card, plan_of
from support.runs import Job, Setup, run, scratch, session

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorLimits, EmulatorSettings, RunSettings
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.execution.work import RunOutcome
from modelroute_cli.providers.base import Transport, WireFormat, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run against the emulator; `known` is what the cards say of each model."""

    emulator: EmulatorSettings
    requests: Mapping[str, int]
    bound_s: float
    known: Mapping[str, Limits] = field(default_factory=dict)
    settings: RunSettings = field(default_factory=lambda: RunSettings(fit_output_limits=False))


def _case(seconds: float) -> Case:
    """Three models for so long, limits of different kinds, 2% server errors."""
    limits = {"cheap": EmulatorLimits(rpm=900), "other": EmulatorLimits(rpm=600), "strong": EmulatorLimits(rpm=300)}
    return Case(
        emulator=EmulatorSettings(
            latency_s=0.3, tokens_per_s=200, limits=limits, faults=EmulatorFaults(server_error=0.02)
        ),
        requests={CHEAP: round(15 * seconds), OTHER: round(10 * seconds), STRONG: round(5 * seconds)},
        bound_s=seconds,
        known={CHEAP: Limits(rpm=900), STRONG: Limits(rpm=300)},  # the other's is learned from its headers
    )


_STORM = Case(
    emulator=EmulatorSettings(
        latency_s=0.1,
        tokens_per_s=1000,
        limits={"cheap": EmulatorLimits(rpm=2400, burst_s=1, retry_after_s=1, headers=False)},
    ),
    requests={CHEAP: 1000},
    bound_s=25.0,
    settings=RunSettings(concurrency=100, fit_output_limits=False),
)

REAL: Mapping[str, Case] = {"three models for 30 s": _case(30.0), "storm": _STORM}


@dataclass
class OverHttp:
    """The true transport to an emulator at an address."""

    url: str
    transport: Transport
    in_flight: int = 0
    most_in_flight: int = 0

    def format_for(self, provider: Provider) -> WireFormat:
        """The true wire format."""
        return format_for(provider)

    def reached(self, provider: Provider) -> Provider:
        """The provider as the emulator plays it."""
        return rewire(provider, self.url)

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Over HTTP."""
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self.transport.send(request, timeout_s)
        finally:
            self.in_flight -= 1

    async def close(self) -> None:
        """Give the connections back."""
        await self.transport.close()


async def real_run(case: Case, folder: Path) -> Paced:
    """Over HTTP, in true time."""
    with emulator_aside(case.emulator) as emulator:
        far = OverHttp(emulator.url, make_transport(512))
        try:
            setup = Setup(cap=RICH, settings=case.settings, clock=SystemClock())
            outcome = await session(_job(case, folder), far, setup)
        finally:
            await far.close()
        return _paced(case, outcome, emulator.stats.rate_limited, far.most_in_flight)


def emulated_run(case: Case) -> Paced:
    """In process, in virtual time."""
    transport = EmulatedTransport(case.emulator)
    with scratch() as folder:
        outcome = run(_job(case, folder), transport, Setup(cap=RICH, settings=case.settings))
    return _paced(case, outcome, transport.stats.rate_limited, transport.most_in_flight)


def _job(case: Case, folder: Path) -> Job:
    rows = [Row(model=model) for model, count in case.requests.items() for _ in range(count)]
    cards = {name: card(name, limits=case.known.get(name)) for name in (CHEAP, OTHER, STRONG)}
    return Job.of(rows, folder, plan_of(rows, PlanParts(cards=cards)))


def _paced(case: Case, outcome: RunOutcome, refused: int, most_in_flight: int) -> Paced:
    return Paced(
        lasted_s=outcome.took_s,
        bound_s=case.bound_s,
        requests=sum(case.requests.values()),
        accepted=outcome.accepted,
        refused=refused,
        most_in_flight=most_in_flight,
    )
