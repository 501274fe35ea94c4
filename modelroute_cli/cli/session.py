"""One session of a run: the engine with its transport, its emulator where one is wanted, and the stop signals."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.collector import rare_collections
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.cli.audience import Audience, attended
from modelroute_cli.cli.audited import audited
from modelroute_cli.cli.bare_env import bare_env
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.network import network_of
from modelroute_cli.cli.open_files import connections
from modelroute_cli.cli.own_models import Accounts, OwnModels, emulated, own_models, running, served
from modelroute_cli.cli.progress import View, observer_for
from modelroute_cli.cli.replaying import replay_lines, replay_of
from modelroute_cli.cli.run_keys import Access
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.signals import listening
from modelroute_cli.cli.take_pilot import take_pilot
from modelroute_cli.emulator.replay.opening import Job
from modelroute_cli.emulator.replay.recorded import Recorded
from modelroute_cli.emulator.server import start
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.hooks.watch import Watch
from modelroute_cli.execution.in_doubt import in_doubt
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_totals import failed_rows
from modelroute_cli.execution.live import LiveFile
from modelroute_cli.execution.pace import PaceSignal
from modelroute_cli.execution.records import Record
from modelroute_cli.execution.results import write_results
from modelroute_cli.execution.run_log import RunLog
from modelroute_cli.execution.start import wait_until
from modelroute_cli.execution.work import NOTHING_BEFORE, Before, Patience, RunOutcome, RunWork
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.planned_media import PlannedMedia
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.pilot.grading import grade_by
from modelroute_cli.pilot.scorers.from_settings import comparing_by
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Questions
from modelroute_cli.providers.base import Transport
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for
from modelroute_cli.providers.fetch import LinkFetcher
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.network import Network, make_tls
from modelroute_cli.providers.reach import Reach
from modelroute_cli.providers.transport import make_transport
from modelroute_cli.report.screen import plural
from modelroute_cli.report.status_screen import doubt_lines

LEFT_UNKNOWN = "its outcome is unknown: it may have been billed, and was not sent again (--leave-unknown)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How this session goes about an order: where the emulator is (empty: start one), and what failed again.

    Providers in `real` answer for themselves in an emulated run; `pace` and `view` hold for questions too.
    """

    access: Access
    real: frozenset[str] = frozenset()
    emulator_url: str | None
    again_failed: bool
    pace: PaceSignal = field(default_factory=PaceSignal)
    view: View = "auto"
    leave_unknown: bool = False
    patience: Patience = Patience.WAIT
    only: frozenset[int] | None = None  # rows that may be sent; None: all
    open_journal: Callable[[Path, str], Journal] = Journal.open  # by path and the digest of its plan
    recorded: Recorded | None = None  # outcomes that the emulator of this session replays
    recorded_job: Job | None = None  # the requests that they are of; None: the order's own
    watch: Watch | None = None  # tells others of the run
    on_records: Callable[[Sequence[Record]], None] | None = None  # has what was journaled, soon after it was


def execute_order(order: Order, session: Session, console: Console) -> RunOutcome:
    """Send what is left of the order and write the results; StorageError, CredentialError."""
    with rare_collections(), audited(order, session.patience, console) as audit:
        return audit.ended(asyncio.run(_execute(order, session, console)))


async def _execute(order: Order, session: Session, console: Console) -> RunOutcome:
    """Open the journal, run the engine over it, write the results from it."""
    journal = session.open_journal(order.folder.journal, plan_file.digest(order.folder.plan))
    if session.on_records is not None and not _is_asking(order):
        journal.listen(session.on_records)
    try:
        take_pilot(journal, order)
        only = _failed(journal) if session.again_failed else session.only
        if order.emulated:
            _begin_emulated(journal, session, console)
        _take_doubt(journal, session, console)
        outcome = await _send(order, session, _Books(journal, only), console)
    finally:
        await journal.close()
    said = order.workspace.settings.results
    write_results(order.folder.journal, order.plan, order.results, order.results_format, said)
    if said.mark_ai and order.results_format == "openai-batch":
        console.note("OpenAI's own form of results has no place for marks of AI: these rows carry none")
    return outcome


@dataclass(frozen=True, slots=True)
class _Books:
    """The journal of a session, and the rows that it may send (None: all)."""

    journal: Journal
    only: frozenset[int] | None


def _failed(journal: Journal) -> frozenset[int]:
    """Open again what failed; the rows of it."""
    rows = failed_rows(journal.path)
    journal.reopen_failed()
    return rows


def _begin_emulated(journal: Journal, session: Session, console: Console) -> None:
    """Say what a crash of an earlier session would have left open with a real provider."""
    unbilled = journal.begin_emulated(inside=session.emulator_url is None)
    if unbilled:
        console.note(
            f"{plural(unbilled, 'attempt')} in flight when the program ended: its emulator billed nothing for them. "
            "With a real provider their worst case would stay counted under the hard cap.",
            "warning",
        )


def _take_doubt(journal: Journal, session: Session, console: Console) -> None:
    """Show what nobody knows the outcome of, before any of it is sent again; or end it, where that was asked for.

    Nothing is asked here: the worst of it is counted under the hard cap already, and that cap was accepted, so
    paying for an answer twice can make the run dearer but never dearer than what was agreed to.
    """
    doubt = in_doubt(journal.path)
    if doubt and session.leave_unknown:
        ended = journal.end_unknown(LEFT_UNKNOWN)
        text = f"{plural(ended, 'request')} whose outcome is unknown ended as failed (--leave-unknown)"
        console.note(text, "warning")
    elif doubt:
        console.show_aside(doubt_lines(doubt))


async def _send(order: Order, session: Session, books: _Books, console: Console) -> RunOutcome:
    """The engine with everything it acts through, given back afterwards."""
    settings = order.workspace.settings
    concurrency = connections(settings.run.most_in_flight)
    requests = RequestReader(order.requests, ignore_models=order.plan.header.job.reading.ignore_models)
    network = network_of(settings)
    links = LinkFetcher(settings.images, Reach(tls=make_tls(network) if settings.images.fetch else None))
    async with (
        _accounts(order, session, console) as accounts,
        _connections(concurrency, network) as transport,
        links,
    ):
        with _audience(order, session, console) as audience, requests as reader, RunLog(order.folder.log) as log:
            made = _work(order, accounts, books.journal, transport, reader)
            run = msgspec.structs.replace(settings.run, concurrency=concurrency)
            work = replace(made, settings=run, log=log, fetch=links.fetched, pace=session.pace, only=books.only)
            work = replace(work, patience=session.patience)
            async with attended(order.folder.control, work, audience):
                with listening(work.stop, work.pace, audience):
                    await _wait(order, work, audience)
                    return await execute(session.access.plan, work, audience)


async def _wait(order: Order, work: RunWork, audience: Audience) -> None:
    """Wait for the time at which the run was planned to begin; an emulator is there at any time."""
    asked = order.plan.header.start_at
    if order.emulated and any(card.service_tier == ServiceTier.OFF_PEAK for card in order.plan.header.tier_cards):
        audience.on_notice("an emulated run does not wait for cheap hours (off_peak)")
    if asked is None:
        return
    at = datetime.fromisoformat(asked)
    if not order.emulated:
        await wait_until(at, work.clock, work.stop, audience.on_notice)
    elif at > work.clock.now():
        audience.on_notice(f"an emulated run does not wait until {at:%Y-%m-%d %H:%M} UTC (--start-at)")


@contextmanager
def _audience(order: Order, session: Session, console: Console) -> Iterator[Audience]:
    """Those who are told, here and in other processes, for as long as the run goes on."""
    asking = _is_asking(order)
    live = LiveFile(order.folder.live, SystemClock(), asking=asking)
    audience = Audience(observer_for(console, session.view), live, None if asking else session.watch)
    try:
        yield audience
    finally:
        audience.close()
        live.close()


def _is_asking(order: Order) -> bool:
    """Whether these are the questions before a run, whose folder lies in the run's."""
    return order.folder.live.parent != order.folder.path


@asynccontextmanager
async def _accounts(order: Order, session: Session, console: Console) -> AsyncIterator[Accounts]:
    """Every account of the order's plan, with the servers that the session itself starts for some of them."""
    asked = Accounts(order.plan.header.providers, session.access.credentials)
    is_cancelled = session.patience is Patience.CANCEL  # nothing is sent, so nothing is started
    own = (
        OwnModels() if is_cancelled else own_models(session.access.plan, only=session.real if order.emulated else None)
    )
    async with running(own, order.folder.own_log, console) as address, _emulator(order, session, console) as url:
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
        weights=order.workspace.settings.tenants.weights,
        before=_before(order.plan.header.questions),
        program_env=bare_env(order.workspace.settings, order.workspace.catalog.providers, accounts.credentials),
        seed=int(order.folder.run_id, 16),
        grade=grade_by(comparing_by(order.workspace.settings.scoring)),
        keeps_hours=not order.emulated,
        batches=batch_api_for,
        handed_in_format=wire_for,
    )


def _before(questions: Questions | None) -> Before:
    """What asking took of the hard cap."""
    return NOTHING_BEFORE if questions is None else Before(questions.spent_pusd, questions.held_pusd)


@asynccontextmanager
async def _emulator(order: Order, session: Session, console: Console) -> AsyncIterator[str | None]:
    """The emulator's address: a running one's, one started for this session, or None for real providers."""
    if not order.emulated or session.emulator_url is not None:
        yield session.emulator_url
        return
    with replay_of(order, session.recorded, session.recorded_job) as replay:
        emulator = await start(order.workspace.settings.emulator, replay=replay)
        try:
            yield emulator.url
        finally:
            told = emulator.stats.replay
            await emulator.stop()
            for text in () if told is None else replay_lines(told):
                console.note(text)


@asynccontextmanager
async def _connections(concurrency: int, network: Network) -> AsyncIterator[Transport]:
    """A transport that gives its connections back."""
    transport = make_transport(concurrency, network=network)
    try:
        yield transport
    finally:
        await transport.close()
