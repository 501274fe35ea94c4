"""The engine: a plan's assignments become attempts, their answers are judged, and every request comes to an end.

One task drives: it starts what order, pace and cap let start, and sleeps until something ends or a time comes.
Each attempt is a task of its own: journal the intent, send, journal the outcome, judge, hand back what is next.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.errors import CredentialError, StorageError
from modelroute_cli.base.frames import ASSIGNMENTS, check
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.attempt import Ended, Sender
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.caps import Caps, Gone, gone_in
from modelroute_cli.execution.climbing import Climbing, Doors, Standing
from modelroute_cli.execution.dispatch import Dispatcher, Start
from modelroute_cli.execution.earlier import Earlier
from modelroute_cli.execution.gatekeeper import Gatekeeper
from modelroute_cli.execution.health import Health
from modelroute_cli.execution.hedger import Hedger, Leg
from modelroute_cli.execution.hedging import Hedging
from modelroute_cli.execution.journal_read import RunState, attempts_frame, overbilled, read_state, tried_rows
from modelroute_cli.execution.journal_totals import totals_by_model
from modelroute_cli.execution.judging.commands import Commands
from modelroute_cli.execution.judging.judges import NO_MONEY_TO_JUDGE, Judges
from modelroute_cli.execution.judging.weighing import Weighing
from modelroute_cli.execution.limits import Lanes, Pass
from modelroute_cli.execution.meter import Meter
from modelroute_cli.execution.observed import Learned, seen_in
from modelroute_cli.execution.pacer import Pacer
from modelroute_cli.execution.progress import Instruments, Reporter, Tally
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind, Event, EventKind, Final
from modelroute_cli.execution.replanning import Desk, Replanner
from modelroute_cli.execution.resume import taken_up
from modelroute_cli.execution.retry import RetryPolicy
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.run_log import LogEvent, LogLine
from modelroute_cli.execution.secrets import secrets_of
from modelroute_cli.execution.shortfall import Shortfall, shortfalls, waits_for_tomorrow
from modelroute_cli.execution.sizing import Sizing, taken_in
from modelroute_cli.execution.steps import NO_MONEY, Held, Later, Next, Steps, give_up
from modelroute_cli.execution.supply import Supply, waiting_rows
from modelroute_cli.execution.tickets import Assigned, Ticket, Unjudged
from modelroute_cli.execution.warmth import Warmth, reads_cache
from modelroute_cli.execution.work import Observer, RunOutcome, RunStatus, RunWork
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.scrub import hide_known

_STRAGGLERS_S = 30.0  # at the end: for overtaken attempts, whose bill would else stay unknown


async def execute(plan: Plan, work: RunWork, observer: Observer) -> RunOutcome:
    """Execute what the plan holds and the journal does not, until done, stopped or out of money.

    The caller holds the run's lock and closes journal and transport afterwards. Raises StorageError when the
    journal cannot be written, CredentialError when keys were refused and this session got no answer at all.
    """
    work.journal.set_cap(work.hard_cap_pusd, work.clock.now())
    run = _Run(plan, replace(work, gates=plan.header.gates), observer)
    try:
        await run.drive()
    finally:
        await run.cancel_in_flight()
    return await run.conclude()


def pending(assignments: pl.LazyFrame, gone: npt.NDArray[np.int64], make: Callable[[Assigned], Ticket]) -> Supply:
    """The requests that are still to be sent for the first time: no row of `gone`, and no duplicates of others."""
    return Supply(check(assignments, ASSIGNMENTS), make, gone)


class _Run:
    """One session of a run: what waits, what is in flight, what is spent."""

    def __init__(self, plan: Plan, work: RunWork, observer: Observer) -> None:
        before = _state(work)
        self._plan = plan
        self._work = work
        self._answered_before = before.answered
        budget = Budget(work.hard_cap_pusd, before.spent_pusd, before.held_pusd)
        routes = Routes.of(plan)
        self._purse = Purse(
            budget,
            Margins(),
            Learned.of(plan.header.rate_cards),
            Caps(work.caps, routes.provider_of, work.clock.now().date().isoformat()),
            Sizing(cache(routes.sized)) if work.settings.fit_output_limits else Sizing(),
        )
        self._lanes = Lanes()
        self._chosen = _chosen(plan, work)
        self._tally = Tally(_asked_for(plan, work, before), before.accepted, before.failed)
        policy = _policy(work.settings)
        self._health = Health(self._lanes, routes, policy, work.clock, self._happened)
        self._climbing = None
        if routes.reach is not None:
            doors = Doors(self._health.closed, self._lanes.gone)
            self._climbing = Climbing(routes, self._purse.learned, doors, self._standing, work.settings.max_escalations)
        self._steps = Steps(
            routes=routes,
            policy=policy,
            max_escalations=work.settings.max_escalations,
            seed=work.seed,
            closed=self._health.closed,
            gone=self._lanes.gone,
            ladder=self._climbing,
        )
        judges = Judges(
            routes=routes,
            models=plan.header.judges,
            terms=plan.header.judge_terms,
            seed=work.seed,
            closed=self._health.closed,
        )
        self._gatekeeper = Gatekeeper(
            judges,
            Commands(work.program_env, self._log_program, {}),
            Earlier(work.journal.path, plan.assignments),
            default_gates=work.settings.default_gates,
        )
        self._weighing = Weighing(work, self._steps, self._gatekeeper, self._notice)
        self._sender = Sender(work, self._steps, self._health, self._weighing, self._notice)
        warmth = Warmth(partial(reads_cache, plan.header))
        supply = pending(self._chosen, tried_rows(work.journal.path), routes.planned)
        self._dispatcher = Dispatcher(self._purse, self._passage, self._closing, warmth, supply)
        self._replanner = Replanner(self._desk())
        self._meter = Meter.going_on(totals_by_model(work.journal.path) if before.attempts else {})
        self._instruments = Instruments(
            self._tally,
            self._dispatcher,
            self._meter,
            routes,
            work.pace,
            plan.header.totals.cost_pusd,
            self._lanes.closed,
            work.stop,
        )
        self._reporter = Reporter(observer, work.clock, self._instruments)
        self._pacer = Pacer(work, self._lanes, self._notice)
        self._wake = asyncio.Event()
        self._hedger = Hedger(Hedging(work.settings.hedge), work.clock, self._hedge, self._wake.set, self._meter.paid)
        self._in_flight: set[asyncio.Task[Ended]] = set()
        self._sent_now = 0
        self._refused: list[Final] = []
        self._error: BaseException | None = None

    async def drive(self) -> None:
        """Start and await attempts until nothing more can start; the first error ends it once the others are in."""
        self._work.stop.listen(self._wake.set)
        self._work.pace.listen(self._wake.set)
        self._log(LogEvent.STARTED, f"{self._tally.total - self._tally.done} requests to go")
        await self._take_up()
        while True:
            self._pacer.follow()
            self._start_what_can()
            if not self._halted and self._dispatcher.any_stranded:
                await self._replan()
                continue
            self._reporter.progress(len(self._in_flight))
            if not self._in_flight and (self._halted or not len(self._dispatcher)):
                break
            await self._pause()
        await self._hedger.settle(0.0 if self._halted else _STRAGGLERS_S)
        self._error = self._error or self._hedger.error
        if self._error is not None:
            raise self._error

    async def cancel_in_flight(self) -> None:
        """Cut off what is still in flight; its outcome is unknown, so its money stays held."""
        for task in self._in_flight:
            task.cancel()
        await asyncio.gather(*self._in_flight, return_exceptions=True)
        await self._hedger.cancel()
        await self._gatekeeper.close()

    async def conclude(self) -> RunOutcome:
        """Bring what cannot go on to its end, make all durable, and say how the run ended."""
        await self._work.journal.flush()
        self._work.journal.abandon_open("cancelled while it was in flight")
        if not self._halted:
            self._give_up_extras()
        self._end_refused(_state(self._work))
        await self._work.journal.flush()
        self._reporter.progress(0, at_end=True)
        outcome = self._outcome(_state(self._work))
        self._log(LogEvent.ENDED, f"{outcome.status.value}: {outcome.accepted} accepted, {outcome.failed} failed")
        return outcome

    def _give_up_extras(self) -> None:
        """End the requests whose answers no money is left to improve; a new day may still bring some."""
        parked, self._dispatcher.parked = self._dispatcher.parked, []
        for ticket in parked:
            if ticket.extra and not waits_for_tomorrow(ticket, self._purse):
                self._follow(self._without_money(ticket))
            else:
                self._dispatcher.parked.append(ticket)
        for _, ticket in self._climbing.held if self._climbing else ():
            self._end(give_up(ticket, NO_MONEY))

    @property
    def _halted(self) -> bool:
        """Whether nothing more may start, whatever waits."""
        return self._error is not None or self._work.stop.stage > 0

    @property
    def _is_full(self) -> bool:
        return len(self._in_flight) + self._hedger.beside >= self._pacer.room

    async def _take_up(self) -> None:
        """Queue every request where it stands, and judge the answers that a crash left unjudged."""
        journal = self._work.journal.path
        for bill in overbilled(journal):
            self._purse.margins.observe(bill.model, bill.reserved_pusd, bill.cost_pusd)
        if self._purse.caps.any:
            self._count_gone()
        if self._answered_before:
            self._recall(attempts_frame(journal))
        for item in taken_up(self._chosen, journal, self._steps.routes, self._work.read):
            if isinstance(item, Unjudged):
                self._follow(await self._weighing.again(item))
            else:
                self._dispatcher.push(item)

    def _recall(self, attempts: pl.DataFrame) -> None:
        """Learn from the answers of earlier sessions what requests cost and how long answers are."""
        self._purse.learned.seen.update(seen_in(attempts, self._plan.assignments))
        self._purse.sizing.recall(taken_in(attempts, self._plan.assignments))

    def _gone_before(self, day: str) -> Gone:
        """What asking about templates took; it counts on the day a session starts: nobody noted when it was."""
        questions, before = self._plan.header.questions, self._work.before
        model = "" if questions is None else questions.model
        return Gone(tenant=None, model=model, day=day, spent_pusd=before.spent_pusd, held_pusd=before.held_pusd)

    def _count_gone(self) -> None:
        """Take what earlier sessions spent, and questions before them, out of the caps they were under."""
        caps, assignments = self._purse.caps, self._plan.assignments
        tried = tried_rows(self._work.journal.path)
        caps.count(gone_in(attempts_frame(self._work.journal.path), assignments))
        caps.count([self._gone_before(caps.day)])
        caps.expect_all(waiting_rows(self._chosen, tried))

    def _start_what_can(self) -> None:
        """Start attempts while order, pace, money and concurrency allow."""
        if self._work.stop.stage > 1:
            for task in self._in_flight:
                task.cancel()
        if self._purse.caps.roll(self._work.clock.now):
            self._dispatcher.unpark()
        if not self._halted:
            self._climb_again()
        while not self._halted and not self._is_full:
            start = self._dispatcher.next(self._work.clock.monotonic())
            if start is not None:
                self._start(start)
            elif not self._climb_again():
                break

    def _start(self, start: Start) -> None:
        self._sent_now += 1
        self._health.sent(start)
        self._meter.started(start.ticket)
        attempt = self._sender.attempt(start, self._purse, self._hedger)
        task = asyncio.get_running_loop().create_task(attempt)
        self._in_flight.add(task)
        task.add_done_callback(partial(self._ended, start))

    def _hedge(self, slow: Leg) -> Leg | None:
        """The same request once more, where nothing speaks against it."""
        if self._halted or self._is_full:
            return None
        ticket = replace(slow.start.ticket, kind=AttemptKind.HEDGE)
        start = self._dispatcher.hedge(ticket, self._work.clock.monotonic())
        if start is None:
            return None
        self._sent_now += 1
        self._health.sent(start)
        return Leg(start, slow.request, self._work.journal.next_attempt(), slow.number)

    def _ended(self, start: Start, task: asyncio.Task[Ended]) -> None:
        """An attempt is over: take its next step, or keep its error."""
        self._in_flight.discard(task)
        self._measure(start, task)
        error = None if task.cancelled() else task.exception()
        answered = not task.cancelled() and error is None and task.result().answered
        self._dispatcher.landed(start, self._work.clock.monotonic(), answered=answered)
        self._wake.set()
        if task.cancelled():
            return
        try:
            if error is None:
                self._follow(task.result().next, refused=task.result().refused)
        except StorageError as refusal:  # a callback has no caller that could catch it
            error = refusal
        self._error = self._error or error

    def _measure(self, start: Start, task: asyncio.Task[Ended]) -> None:
        """Count an attempt that is over."""
        if task.cancelled() or task.exception() is not None:
            self._meter.ended(start.ticket, None, final=False)
        else:
            ended = task.result()
            self._meter.ended(start.ticket, ended.cost_pusd, final=isinstance(ended.next, Final))

    def _follow(self, following: Next, *, refused: bool = False) -> None:
        """Queue the next attempt, or bring the request to its end."""
        match following:
            case Later(ticket=ticket, delay_s=delay_s):
                due = self._work.clock.monotonic() + delay_s if delay_s > 0 else None
                self._dispatcher.push(ticket, due)
            case Final() as final if refused and final.attempt is None:
                self._refused.append(final)  # its end depends on whether anything is answered
            case Final() as final:
                self._end(final)
            case Held():
                pass  # the ladder keeps it

    def _end(self, final: Final) -> None:
        self._work.journal.note(final)
        self._tally.count(final.status)

    async def _replan(self) -> None:
        """Send the requests of closed models elsewhere, all that wait for one at once."""
        moves = await self._replanner.moved(*self._dispatcher.take_stranded())
        for step in moves.steps:
            self._follow(step.following, refused=self._lanes.refused(self._steps.routes.models[step.model]))
        for shelved in moves.shelved:
            self._dispatcher.add(shelved.rows, shelved.make)
        if moves.told is not None:
            self._happened(EventKind.REPLANNED, moves.told.subject, moves.told.text, moves.told.requests)

    def _desk(self) -> Desk:
        """What re-plans act on."""
        return Desk(
            steps=self._steps,
            closing=self._health.closing,
            read=self._work.read,
            examined=self._weighing.stranded,
            money=self._dispatcher.spare_pusd,
            by_quality=self._plan.header.asked_quality is not None,
        )

    def _climb_again(self) -> bool:
        """Choose anew for the failed answers that wait, where much has changed; whether that was done."""
        ladder = self._climbing
        if ladder is None or not (ladder.is_due or self._is_last_chance(ladder)):
            return False
        for following in ladder.again(self._dispatcher.take_escalations(), self._work.request):
            self._follow(following)
        return True

    def _is_last_chance(self, ladder: Climbing) -> bool:
        """Whether nothing goes on any more, and failed answers may still find money."""
        idle = not self._in_flight and not len(self._dispatcher)
        return idle and ladder.is_last_chance(parked=self._dispatcher.any_escalation_parked)

    def _standing(self) -> Standing:
        return Standing(self._dispatcher.spare_pusd(), self._dispatcher.unjudged, self._purse.budget.left)

    def _without_money(self, ticket: Ticket) -> Next:
        """What follows for an extra that the cap leaves no room for: an unjudged answer passes, others have failed."""
        if ticket.examined is not None:
            return self._weighing.without_judge(ticket.examined, NO_MONEY_TO_JUDGE)
        return give_up(ticket, NO_MONEY)

    def _end_refused(self, state: RunState) -> None:
        """Requests whose account refused the key fail; when this session got no answer at all, the run itself does."""
        if self._refused and state.answered == self._answered_before and not self._work.stop.stage:
            hint = "check the key in the environment (`modelroute doctor` shows which), then type the same command"
            message = f"no request was answered: {self._refused[0].reason}"
            raise CredentialError(message, hint=hint)
        for final in self._refused:
            self._end(final)

    async def _pause(self) -> None:
        """Sleep until something ends, the user asks to stop, or a waiting ticket may start."""
        loop = asyncio.get_running_loop()
        wake_at = None if self._is_full or self._halted else self._dispatcher.wake_at
        timer = None
        if wake_at is not None:
            timer = loop.call_later(max(0.0, wake_at - self._work.clock.monotonic()), self._wake.set)
        await self._wake.wait()
        self._wake.clear()
        if timer is not None:
            timer.cancel()

    def _notice(self, text: str) -> None:
        self._reporter.notice(text)
        self._log(LogEvent.NOTICE, text)

    def _happened(self, kind: EventKind | None, subject: str, text: str, requests: int = 0) -> None:
        """Tell people, and keep what happened to the run as a whole."""
        self._notice(text)
        if kind is not None:
            at = self._work.clock.now().isoformat(timespec="microseconds")
            self._work.journal.note(Event(at, kind, subject, requests, text))

    def _log_program(self, text: str) -> None:
        self._log(LogEvent.PROGRAM, hide_known(text, secrets_of(self._work.credentials)))

    def _log(self, event: LogEvent, text: str) -> None:
        if self._work.log is not None:
            self._work.log.write(self._work.clock.now(), LogLine(event, text))

    def _passage(self, model: str) -> Pass:
        card = self._steps.routes.models[model]
        return self._lanes.passage(card, self._work.providers[card.provider])

    def _closing(self, model: str) -> int:
        """The number of the closing that keeps requests from a model; 0 when it is open."""
        closing = self._health.closing(self._steps.routes.models[model])
        return 0 if closing is None else closing.number

    def _outcome(self, state: RunState) -> RunOutcome:
        unsent = self._tally.total - state.done
        status = RunStatus.DONE if unsent == 0 else RunStatus.CAP_REACHED
        if unsent and self._work.stop.stage:
            status = RunStatus.STOPPED
        short = (
            shortfalls(self._dispatcher.parked, self._purse, self._dispatcher.left_out)
            if status is RunStatus.CAP_REACHED
            else ()
        )
        return RunOutcome(
            status=status,
            accepted=state.accepted,
            failed=state.failed,
            unsent=unsent,
            sent_now=self._sent_now,
            spent_pusd=state.spent_pusd,
            held_pusd=state.held_pusd,
            cap_pusd=self._purse.budget.cap,
            message=_message(status, unsent, state, short),
            short=short,
            took_s=self._reporter.took_s(),
            bound=self._reporter.bound(),
        )


def _chosen(plan: Plan, work: RunWork) -> pl.LazyFrame:
    """The assignments that this session may send."""
    return plan.assignments if work.only is None else plan.assignments.filter(pl.col("row").is_in(work.only))


def _asked_for(plan: Plan, work: RunWork, before: RunState) -> int:
    """How many requests will have ended when this session has done all that it may."""
    return plan.header.totals.requests if work.only is None else before.done + len(work.only)


def _state(work: RunWork) -> RunState:
    """What the journal knows, with what was spent before under the same cap."""
    state, before = read_state(work.journal.path), work.before
    spent, held = state.spent_pusd + before.spent_pusd, state.held_pusd + before.held_pusd
    return replace(state, spent_pusd=PicoUSD(spent), held_pusd=PicoUSD(held))


def _policy(settings: RunSettings) -> RetryPolicy:
    """How patient the user wants a run to be."""
    return RetryPolicy(
        max_attempts=settings.max_attempts, max_unknown=settings.max_unknown, patience_s=settings.patience_s
    )


def _message(status: RunStatus, unsent: int, state: RunState, short: tuple[Shortfall, ...]) -> str:
    """What ended a run early, and where its money is."""
    match status:
        case RunStatus.DONE:
            return ""
        case RunStatus.STOPPED:
            return f"stopped with {unsent} requests to go{_held(state)}"
        case RunStatus.CAP_REACHED:
            return "; ".join(item.words for item in short)


def _held(state: RunState) -> str:
    """What may have been billed without an answer."""
    if not state.held_pusd:
        return ""
    return f", {format_usd(state.held_pusd)} held for {state.unknown} attempts whose outcome is unknown"
