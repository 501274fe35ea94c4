"""Runs of hand-made plans against a fake provider or the emulator, in virtual time."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from support.plans import Row, plan_of, request_of
from support.virtual import VirtualClock, run_virtual

from modelroute_cli.base.clock import Clock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import CapSettings, RunSettings
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.pace import PaceSignal
from modelroute_cli.execution.run_log import RunLog
from modelroute_cli.execution.work import (
    NOTHING_BEFORE,
    Before,
    Patience,
    Progress,
    RunOutcome,
    RunWork,
    StopSignal,
    as_it_is,
    as_linked,
    no_batches,
)
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Transport, WireFormat
from modelroute_cli.providers.batch import BatchApi

PLENTY = PicoUSD(10**9)


class FarSide(Transport, Protocol):
    """Who answers: `support.fake_transport` by a script, `support.in_process` as the emulator does."""

    def format_for(self, provider: Provider) -> WireFormat:
        """The language it is spoken to in."""
        ...

    def reached(self, provider: Provider) -> Provider:
        """The provider as it is reached there."""
        ...


DIGEST = "sha256:plan"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of commits then wait for no disk."""
    memory = Path("/dev/shm")  # noqa: S108 - made by the system, and the folder in it is made safely
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@dataclass
class Watcher:
    """An observer that remembers."""

    progress: list[Progress] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def on_progress(self, progress: Progress) -> None:
        """Remember it."""
        self.progress.append(progress)

    def on_notice(self, text: str) -> None:
        """Remember it."""
        self.notices.append(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a run is made; everything has a default that gets out of the way."""

    cap: PicoUSD = PLENTY
    settings: RunSettings = field(default_factory=RunSettings)
    watcher: Watcher = field(default_factory=Watcher)
    stop: StopSignal = field(default_factory=StopSignal)
    pace: PaceSignal = field(default_factory=PaceSignal)
    open_journal: Callable[[Path, str], Journal] = Journal.open
    before: Callable[[Journal], object] = id  # done with the open journal before the run
    asked: Before = NOTHING_BEFORE
    seed: int = 7
    only: frozenset[int] | None = None
    caps: CapSettings = field(default_factory=CapSettings)
    weights: Mapping[str, float] = field(default_factory=dict)
    log: RunLog | None = None
    inline: Callable[[Request], Request] = as_it_is
    fetch: Callable[[Request, Provider], Awaitable[Request]] = as_linked
    clock: Clock = field(default_factory=VirtualClock)
    keeps_hours: bool = True
    patience: Patience = Patience.WAIT
    batches: Callable[[Provider, ServiceTier], BatchApi | None] = no_batches
    handed_in_format: Callable[[Provider, ServiceTier], WireFormat] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Rows, the plan made of them, and where its journal is."""

    rows: Sequence[Row]
    plan: Plan
    journal: Path

    @classmethod
    def of(cls, rows: Sequence[Row], folder: Path, plan: Plan | None = None) -> "Job":
        """A job with its journal in `folder`."""
        return cls(rows, plan or plan_of(rows), folder / "journal.db")

    def read(self, offset: int, length: int) -> Request:
        """The request of a row, whose offset is its number."""
        del length
        return request_of(offset, self.rows[offset])


def run(job: Job, provider: FarSide, setup: Setup | None = None) -> RunOutcome:
    """One session in virtual time; the same job again continues it."""
    return run_virtual(session(job, provider, setup or Setup()))


async def session(job: Job, provider: FarSide, setup: Setup) -> RunOutcome:
    """One session on the running loop."""
    journal = setup.open_journal(job.journal, DIGEST)
    try:
        setup.before(journal)
        return await execute(job.plan, work_of(job, provider, setup, journal), setup.watcher)
    finally:
        await journal.close()


def work_of(job: Job, provider: FarSide, setup: Setup, journal: Journal) -> RunWork:
    """What a session acts through."""
    return RunWork(
        run_id="run1",
        journal=journal,
        read=job.read,
        providers={name: provider.reached(item) for name, item in job.plan.header.providers.items()},
        formats=provider.format_for,
        transport=provider,
        clock=setup.clock,
        credentials={},
        settings=setup.settings,
        hard_cap_pusd=setup.cap,
        before=setup.asked,
        seed=setup.seed,
        only=setup.only,
        caps=setup.caps,
        weights=setup.weights,
        stop=setup.stop,
        pace=setup.pace,
        log=setup.log,
        inline=setup.inline,
        fetch=setup.fetch,
        keeps_hours=setup.keeps_hours,
        patience=setup.patience,
        batches=setup.batches,
        handed_in_format=setup.handed_in_format,
    )
