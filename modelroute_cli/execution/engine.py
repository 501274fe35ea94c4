"""The engine: a plan's assignments become attempts, their answers are judged, and every request comes to an end.

One task drives: it starts what order, pace and cap let start, and sleeps until something ends or a time comes.
Each attempt is a task of its own: journal the intent, send, journal the outcome, judge, hand back what is next.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.frames import ASSIGNMENTS, check
from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.execution.attempt import Ended
from modelroute_cli.execution.batching.waiting import Waiting, waiting_tiers
from modelroute_cli.execution.climbing import Climbing
from modelroute_cli.execution.dispatch import Start
from modelroute_cli.execution.ending import check_any_answered, extras_given_up, outcome_of
from modelroute_cli.execution.hedger import Hedger, Leg
from modelroute_cli.execution.hedging import Hedging
from modelroute_cli.execution.journal_read import tried_rows
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.outfit import Outfit, depot_of, fit_out
from modelroute_cli.execution.realised.begin import recall, take_up_controls
from modelroute_cli.execution.realised.controls import is_control
from modelroute_cli.execution.realised.falling import follow_falls, shut_out_earlier
from modelroute_cli.execution.records import AttemptKind, EventKind, Final
from modelroute_cli.execution.run_log import LogEvent
from modelroute_cli.execution.steps import Held, Later, Next
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.taking_up import remember, take_up
from modelroute_cli.execution.tickets import Assigned, Ticket, Unjudged
from modelroute_cli.execution.work import Observer, Patience, RunOutcome, RunWork
from modelroute_cli.planning.plan import Plan

_STRAGGLERS_S = 30.0  # at the end: for overtaken attempts, whose bill would else stay unknown


async def execute(plan: Plan, work: RunWork, observer: Observer) -> RunOutcome:
    """Execute what the plan holds and the journal does not, until done, stopped or out of money.

    The caller holds the run's lock and closes journal and transport afterwards. Raises StorageError when the
    journal cannot be written, CredentialError when keys were refused and this session got no answer at all.
    """
    work.journal.set_cap(work.hard_cap_pusd, work.clock.now())
    run = _Run(*_fitted_out(plan, replace(work, gates=plan.header.gates), observer))
    try:
        await run.drive()
    finally:
        await run.cancel_in_flight()
    return await run.conclude()


def pending(assignments: pl.LazyFrame, gone: npt.NDArray[np.int64], make: Callable[[Assigned], Ticket]) -> Supply:
    """The requests that are still to be sent for the first time: no row of `gone`, and no duplicates of others."""
    return Supply(check(assignments, ASSIGNMENTS), make, gone)


def _fitted_out(plan: Plan, work: RunWork, observer: Observer) -> tuple[Outfit, Waiting]:
    """The parts of a session, and what it is to hand in."""
    opening = Opening.of(plan, work)
    gone, make = tried_rows(work.journal.path), opening.routes.planned
    tiers = waiting_tiers(opening.chosen)
    at_once = opening.chosen if not tiers else opening.chosen.filter(~pl.col("service_tier").is_in(tiers))
    outfit = fit_out(opening, pending(at_once, gone, make), observer)
    later = {tier: pending(opening.chosen.filter(pl.col("service_tier") == tier), gone, make) for tier in tiers}
    return outfit, Waiting(later, outfit.ways.way)


class _Run:
    """One session of a run: what is in flight, what it leads to, and whether anything may still start."""

    def __init__(self, outfit: Outfit, waiting: Waiting) -> None:
        self._outfit = outfit
        self._work = work = outfit.opening.work
        self._sending, self._following = outfit.sending, outfit.following
        self._dispatcher, self._meter = outfit.sending.dispatcher, outfit.meter
        self._realised = outfit.following.realised
        self._wake = asyncio.Event()
        self._hedger = Hedger(Hedging(work.settings.hedge), work.clock, self._hedge, self._wake.set, self._meter.paid)
        self._in_flight: set[asyncio.Task[Ended]] = set()
        self._sent_now = 0
        self._refused: list[Final] = []
        self._error: BaseException | None = None
        self._depot = depot_of(outfit, waiting, self._follow, self._wake.set)

    async def drive(self) -> None:
        """Start and await attempts until nothing more can start; the first error ends it once the others are in."""
        await self._begin()
        while True:
            self._outfit.pacer.follow()
            self._start_what_can()
            if not self._halted and self._realised.falls:
                await follow_falls(self._realised, self._following.after_falls)
                continue
            if not self._halted and self._dispatcher.out.any_stranded:
                await self._replan()
                continue
            self._outfit.reporter.progress(len(self._in_flight))
            if not self._in_flight and (self._halted or not len(self._dispatcher)) and self._is_idle():
                break
            await self._pause()
        await self._hedger.settle(0.0 if self._halted else _STRAGGLERS_S)
        self._error = self._error or self._hedger.error or self._depot.error
        if self._error is not None:
            raise self._error

    def _is_idle(self) -> bool:
        """Whether nothing is handed in or collected any more; what waits for that has no money then."""
        if not self._halted:
            self._depot.last_chance()
        return not self._depot.is_busy

    async def _begin(self) -> None:
        """Listen to the user, and go on where earlier sessions left the run."""
        self._work.stop.listen(self._wake.set)
        self._work.pace.listen(self._wake.set)
        tally, opening = self._outfit.tally, self._outfit.opening
        self._outfit.teller.log(LogEvent.STARTED, f"{tally.total - tally.done} requests to go")
        remember(opening, self._sending.purse)
        recall(opening, self._realised)
        await shut_out_earlier(opening, self._following.after_falls)
        await take_up(opening, self._following.weighing, self._follow)
        if self._realised.controls is not None:
            await take_up_controls(opening, self._realised.controls, self._following.weighing.again, self._follow)
        self._depot.start()

    async def cancel_in_flight(self) -> None:
        """Cut off what is still in flight; its outcome is unknown, so its money stays held."""
        for task in self._in_flight:
            task.cancel()
        await asyncio.gather(*self._in_flight, return_exceptions=True)
        await self._depot.close()
        await self._hedger.cancel()
        await self._following.gatekeeper.close()

    async def conclude(self) -> RunOutcome:
        """Bring what cannot go on to its end, make all durable, and say how the run ended."""
        journal = self._work.journal
        await journal.flush()
        journal.abandon_open("cancelled while it was in flight")
        if not self._halted and not self._depot.hands.any_open():
            for following in extras_given_up(self._outfit):
                self._follow(following)
        check_any_answered(self._outfit, self._refused)
        for final in (*self._refused, *self._withheld()):
            self._conclude(final)
        await journal.flush()
        self._outfit.reporter.progress(0, at_end=True)
        outcome = outcome_of(self._outfit, self._sent_now + self._depot.hands.lines_handed_in)
        words = f"{outcome.status.value}: {outcome.accepted} accepted, {outcome.failed} failed"
        self._outfit.teller.log(LogEvent.ENDED, words)
        return outcome

    @property
    def _halted(self) -> bool:
        """Whether nothing more may start, whatever waits."""
        return self._error is not None or self._depot.error is not None or self._work.stop.stage > 0

    @property
    def _is_full(self) -> bool:
        return len(self._in_flight) + self._hedger.beside >= self._outfit.pacer.room

    def _start_what_can(self) -> None:
        """Start attempts while order, pace, money and concurrency allow."""
        self._obey_stop()
        if self._sending.purse.caps.roll(self._work.clock.now):
            self._dispatcher.unpark()
        if self._may_start:
            self._climb_again()
        while self._may_start and not self._is_full:
            start = self._dispatcher.next(self._work.clock.monotonic())
            if start is not None:
                self._start(start)
            elif not self._climb_again():
                break

    def _obey_stop(self) -> None:
        """Begin nothing more once that was asked for; break off what goes on when it was asked for again."""
        if self._halted:
            self._depot.halt()
        if self._work.stop.stage > 1:
            for task in self._in_flight:
                task.cancel()
            self._depot.break_off()

    @property
    def _may_start(self) -> bool:
        """Whether attempts may be sent at all."""
        return not self._halted and self._work.patience is not Patience.CANCEL

    def _start(self, start: Start) -> None:
        self._sent_now += 1
        self._sending.health.sent(start)
        self._meter.started(start.ticket)
        attempt = self._outfit.sender.attempt(start, self._sending.purse, self._hedger)
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
        self._sending.health.sent(start)
        return Leg(start, slow.request, self._work.journal.next_attempt(), slow.number)

    def _ended(self, start: Start, task: asyncio.Task[Ended]) -> None:
        """An attempt is over: take its next step, or keep its error."""
        self._in_flight.discard(task)
        error = None if task.cancelled() else task.exception()
        ended = None if task.cancelled() or error is not None else task.result()
        self._measure(start, ended)
        answered = ended is not None and ended.answered
        self._dispatcher.landed(start, self._work.clock.monotonic(), answered=answered)
        self._depot.money_came()
        self._wake.set()
        try:
            if ended is not None:
                self._follow(ended.next, refused=ended.refused)
        except StorageError as refusal:  # a callback has no caller that could catch it
            error = refusal
        self._error = self._error or error

    def _measure(self, start: Start, ended: Ended | None) -> None:
        """Count an attempt that is over; None: it was cut off, or met an error."""
        if ended is None:
            self._meter.ended(start.ticket, None, final=False)
        else:
            final = isinstance(ended.next, Final) and not is_control(start.ticket)
            self._meter.ended(start.ticket, ended.cost_pusd, final=final)

    def _follow(self, following: Next, *, refused: bool = False) -> None:
        """Queue the next attempt, or bring the request to its end."""
        match following:
            case Later() if self._work.patience is Patience.CANCEL:
                pass  # a later session goes on with it
            case Later(ticket=ticket) if ticket.service_tier in HANDED_IN and ticket.examined is None:
                self._depot.push(ticket)
            case Later(ticket=ticket, delay_s=delay_s):
                due = self._work.clock.monotonic() + delay_s if delay_s > 0 else None
                self._dispatcher.push(ticket, due)
            case Final() as final if refused and final.attempt is None:
                self._refused.append(final)  # its end depends on whether anything is answered
            case Final() as final:
                self._end(final)
            case Held():
                pass  # the ladder keeps it

    def _withheld(self) -> tuple[Final, ...]:
        """The ends that waited for an answer of the baseline which does not come any more."""
        controls = self._realised.controls
        return () if controls is None else controls.withheld()

    def _end(self, final: Final) -> None:
        """Bring a request to its end; one of the control sample may have the baseline asked first."""
        if self._realised.controls is None:
            self._conclude(final)
            return
        taken = self._realised.controls.at_end(final)
        if taken.final is not None:
            self._conclude(taken.final)
        match taken.asked:
            case Ticket() as ticket:
                self._follow(Later(ticket))
            case Unjudged() as answer:
                self._judge_again(answer)
            case None:
                pass

    def _judge_again(self, answer: Unjudged) -> None:
        """Judge an answer that an earlier session got."""
        task = asyncio.get_running_loop().create_task(self._judged_again(answer))
        self._in_flight.add(task)
        task.add_done_callback(self._was_judged)

    async def _judged_again(self, answer: Unjudged) -> Ended:
        return Ended(await self._following.weighing.again(answer), answered=True)

    def _was_judged(self, task: asyncio.Task[Ended]) -> None:
        """An answer of an earlier session is judged: take its next step, or keep its error."""
        self._in_flight.discard(task)
        self._wake.set()
        if task.cancelled():
            return
        self._error = self._error or task.exception()
        if task.exception() is None:
            self._follow(task.result().next)

    def _conclude(self, final: Final) -> None:
        self._work.journal.note(final)
        self._outfit.tally.count(final.status)

    async def _replan(self) -> None:
        """Send the requests of closed models elsewhere, all that wait for one at once."""
        moves = await self._following.replanner.moved(*self._dispatcher.out.take_stranded())
        models = self._outfit.opening.routes.models
        for step in moves.steps:
            self._follow(step.following, refused=self._sending.lanes.refused(models[step.model]))
        for shelved in moves.shelved:
            self._dispatcher.add(shelved.rows, shelved.make)
        if (told := moves.told) is not None:
            self._outfit.teller.happened(EventKind.REPLANNED, told.subject, told.text, told.requests)

    def _climb_again(self) -> bool:
        """Choose anew for the failed answers that wait, where much has changed; whether that was done."""
        ladder = self._following.climbing
        if ladder is None or not (ladder.is_due or self._is_last_chance(ladder)):
            return False
        for following in ladder.again(self._dispatcher.take_escalations(), self._work.request):
            self._follow(following)
        return True

    def _is_last_chance(self, ladder: Climbing) -> bool:
        """Whether nothing goes on any more, and failed answers may still find money."""
        idle = not self._in_flight and not len(self._dispatcher)
        return idle and ladder.is_last_chance(parked=self._dispatcher.out.any_escalation)

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
