"""One session of a run: the engine with its transport, its emulator where one is wanted, and the stop signals."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.network import network_of
from modelroute_cli.cli.own_models import Accounts, emulated, own_models, running, served
from modelroute_cli.cli.progress import ProgressBar, ProgressLines, observe
from modelroute_cli.cli.run_keys import Access
from modelroute_cli.cli.run_order import Order
from modelroute_cli.emulator.server import start
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.results import write_results
from modelroute_cli.execution.run_log import RunLog
from modelroute_cli.execution.work import NOTHING_BEFORE, Before, RunOutcome, RunWork, StopSignal
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.planned_media import PlannedMedia
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Questions
from modelroute_cli.providers.base import Transport
from modelroute_cli.providers.fetch import LinkFetcher
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.network import Network, make_tls
from modelroute_cli.providers.reach import Reach
from modelroute_cli.providers.transport import make_transport
from modelroute_cli.report.screen import plural

_FIRST = "Stopping: no more requests are sent, {} in flight are finished first. ^C again cancels them."
_SECOND = "Cancelling {} requests in flight: the providers may bill them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How this session goes about an order: where the emulator is (empty: start one), and what failed again.

    Providers in `real` answer for themselves in an emulated run.
    """

    access: Access
    real: frozenset[str] = frozenset()
    emulator_url: str | None
    again_failed: bool


def execute_order(order: Order, session: Session, console: Console) -> RunOutcome:
    """Send what is left of the order and write the results; StorageError, CredentialError."""
    return asyncio.run(_execute(order, session, console))


async def _execute(order: Order, session: Session, console: Console) -> RunOutcome:
    """Open the journal, run the engine over it, write the results from it."""
    journal = Journal.open(order.folder.journal, plan_file.digest(order.folder.plan))
    try:
        if session.again_failed:
            journal.reopen_failed()
        if order.emulated:
            _begin_emulated(journal, session, console)
        outcome = await _send(order, session, journal, console)
    finally:
        await journal.close()
    write_results(order.folder.journal, order.plan, order.results, order.results_format)
    return outcome


def _begin_emulated(journal: Journal, session: Session, console: Console) -> None:
    """Say what a crash of an earlier session would have left open with a real provider."""
    unbilled = journal.begin_emulated(inside=session.emulator_url is None)
    if unbilled:
        console.note(
            f"{plural(unbilled, 'attempt')} in flight when the program ended: its emulator billed nothing for them. "
            "With a real provider their worst case would stay counted under the hard cap.",
            "warning",
        )


async def _send(order: Order, session: Session, journal: Journal, console: Console) -> RunOutcome:
    """The engine with everything it acts through, given back afterwards."""
    settings = order.workspace.settings
    concurrency = settings.run.concurrency
    requests = RequestReader(order.requests, ignore_models=order.plan.header.job.reading.ignore_models)
    network = network_of(settings)
    links = LinkFetcher(settings.images, Reach(tls=make_tls(network) if settings.images.fetch else None))
    async with (
        _accounts(order, session, console) as accounts,
        _connections(concurrency, network) as transport,
        links,
    ):
        with observe(console) as observer, requests as reader, RunLog(order.folder.log) as log:
            work = replace(_work(order, accounts, journal, transport, reader), log=log, fetch=links.fetched)
            with _stop_signals(work.stop, observer):
                return await execute(session.access.plan, work, observer)


@asynccontextmanager
async def _accounts(order: Order, session: Session, console: Console) -> AsyncIterator[Accounts]:
    """Every account of the order's plan, with the servers that the session itself starts for some of them."""
    asked = Accounts(order.plan.header.providers, session.access.credentials)
    own = own_models(session.access.plan, only=session.real if order.emulated else None)
    async with running(own, order.folder.own_log, console) as address, _emulator(order, session.emulator_url) as url:
        yield served(emulated(asked, url, session.real), own, address)


def _work(order: Order, accounts: Accounts, journal: Journal, transport: Transport, reader: RequestReader) -> RunWork:
    """What the engine acts through."""
    job = order.plan.header.job
    return RunWork(
        run_id=order.folder.run_id,
        journal=journal,
        read=reader.at,
        inline=PlannedMedia(folder_of(job.source), job.images, job.max_side).inline,
        providers=accounts.providers,
        formats=format_for,
        transport=transport,
        clock=SystemClock(),
        credentials=accounts.credentials,
        settings=order.workspace.settings.run,
        hard_cap_pusd=order.cap_pusd,
        caps=order.workspace.settings.caps,
        before=_before(order.plan.header.questions),
        seed=int(order.folder.run_id, 16),
    )


def _before(questions: Questions | None) -> Before:
    """What asking took of the hard cap."""
    return NOTHING_BEFORE if questions is None else Before(questions.spent_pusd, questions.held_pusd)


@asynccontextmanager
async def _emulator(order: Order, url: str | None) -> AsyncIterator[str | None]:
    """The emulator's address: a running one's, one started for this session, or None for real providers."""
    if not order.emulated or url is not None:
        yield url
        return
    emulator = await start(order.workspace.settings.emulator)
    try:
        yield emulator.url
    finally:
        await emulator.stop()


@asynccontextmanager
async def _connections(concurrency: int, network: Network) -> AsyncIterator[Transport]:
    """A transport that gives its connections back."""
    transport = make_transport(concurrency, network=network)
    try:
        yield transport
    finally:
        await transport.close()


@contextmanager
def _stop_signals(stop: StopSignal, observer: ProgressBar | ProgressLines) -> Iterator[None]:
    """The first ^C or SIGTERM ends the run after what is in flight, the second cancels that too."""
    loop = asyncio.get_running_loop()

    def ask() -> None:
        text = _FIRST if stop.request() == 1 else _SECOND
        observer.on_notice(text.format(observer.in_flight))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
