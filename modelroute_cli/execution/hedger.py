"""Asks a slow request once more: two attempts of it race, the first answer counts, and both are paid for.

The slower attempt is not cut off: providers bill what they have begun, and only its answer says how much. So it runs on
beside what comes next, and is cut off only when nothing else is left to do; what it cost then stays held as unknown.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial

from modelroute_cli.base.clock import Clock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.dispatch import Start
from modelroute_cli.execution.hedging import Hedging
from modelroute_cli.execution.retry import Setting
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.providers.base import Answer, Reply

_LOOK_AGAIN_S = 1.0  # while a slow request may not be asked again yet: the lane is full, or too few answers came


@dataclass(frozen=True, slots=True)
class Leg:
    """One attempt of a request; `about` is the slow one that it shall overtake."""

    start: Start
    request: Request
    number: int
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back, journaled and settled."""

    number: int
    reply: Reply
    setting: Setting
    cost_pusd: PicoUSD | None  # None while nobody knows


Run = Callable[[Leg], Coroutine[object, object, Heard]]
Claim = Callable[[Leg], Leg | None]
"""The second leg of a slow first one, its money reserved, its intent still to be written; None while it may not be."""
_Task = asyncio.Task[Heard]


@dataclass(slots=True, eq=False)
class Hedger:
    """Runs attempts, slow ones twice; `stragglers` are those that were overtaken and still run."""

    hedging: Hedging
    clock: Clock
    claim: Claim
    wake: Callable[[], None]  # told when a straggler comes in
    paid: Callable[[str, PicoUSD | None], None]  # told what an attempt cost whose answer is not used, and its model
    stragglers: set[_Task] = field(default_factory=set)
    racing: int = 0  # second legs that run while their first one does
    error: BaseException | None = None  # the first that a straggler met
    _waiting: set[int] = field(default_factory=set)  # first legs whose reply has not come

    @property
    def beside(self) -> int:
        """Attempts in flight beside those that a request waits for."""
        return self.racing + len(self.stragglers)

    def hedges(self, ticket: Ticket) -> bool:
        """Whether a request may be asked twice: never one that improves an answer, nor a judge."""
        return self.hedging.is_on and not ticket.extra and ticket.examined is None

    def came(self, leg: Leg, reply: Reply, latency_s: float) -> None:
        """The reply to a leg came; it is journaled next."""
        self._waiting.discard(leg.number)
        if self.hedging.is_on and isinstance(reply, Answer):
            self.hedging.observe(leg.start.ticket.model, latency_s)

    async def heard(self, first: Leg, run: Run) -> Heard:
        """What came back first for a request; whatever else runs is counted when it comes."""
        self.hedging.sent += 1
        self._waiting.add(first.number)
        slow = asyncio.create_task(run(first))
        legs = {slow}
        try:
            second = await self._second(first, slow)
            if second is None:
                return slow.result()
            legs.add(asyncio.create_task(run(second)))
            return await self._raced(first.start.ticket.model, slow, legs)
        finally:
            await _cancel({leg for leg in legs - self.stragglers if not leg.done()})

    async def settle(self, wait_s: float) -> None:
        """Wait for stragglers at the end of a run, then cut them off."""
        if self.stragglers:
            await asyncio.wait(set(self.stragglers), timeout=wait_s)
        await self.cancel()

    async def cancel(self) -> None:
        """Cut off all stragglers."""
        await _cancel(set(self.stragglers))

    async def _second(self, first: Leg, slow: _Task) -> Leg | None:
        """The second leg, once the first is slow and may be asked again; None when it came back before that."""
        began = self.clock.monotonic()
        while first.number in self._waiting and not slow.done():
            after_s = self.hedging.after_s(first.start.ticket.model)
            wait_s = _LOOK_AGAIN_S if after_s is None else began + after_s - self.clock.monotonic()
            if wait_s <= 0:
                second = self.claim(first) if self.hedging.may else None
                if second is not None:
                    self.hedging.hedged += 1
                    return second
                wait_s = _LOOK_AGAIN_S
            await asyncio.wait({slow}, timeout=wait_s)
        self._waiting.discard(first.number)
        await asyncio.wait({slow})
        return None

    async def _raced(self, model: str, slow: _Task, legs: set[_Task]) -> Heard:
        self.racing += 1
        try:
            return await self._first_of(model, slow, legs)
        finally:
            self.racing -= 1

    async def _first_of(self, model: str, slow: _Task, legs: set[_Task]) -> Heard:
        """The first answer; without any the failure of the first leg."""
        running = legs
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            answered = [leg for leg in done if isinstance(leg.result().reply, Answer)]
            if answered:
                return self._won(model, min(answered, key=lambda leg: leg.result().number), legs)
        return self._won(model, slow, legs)

    def _won(self, model: str, winner: _Task, legs: set[_Task]) -> Heard:
        """Count the others when they come."""
        for leg in legs - {winner}:
            self.stragglers.add(leg)
            leg.add_done_callback(partial(self._came, model))
        return winner.result()

    def _came(self, model: str, leg: _Task) -> None:
        self.stragglers.discard(leg)
        if leg.cancelled():
            return
        self.error = self.error or leg.exception()
        if leg.exception() is None:
            self.paid(model, leg.result().cost_pusd)
        self.wake()


async def _cancel(legs: set[_Task]) -> None:
    """Cut off what still runs; does not wait where nothing does."""
    if not legs:
        return
    for leg in legs:
        leg.cancel()
    await asyncio.gather(*legs, return_exceptions=True)
