"""Everything of a run that is handed in: what waits is packed, each batch is looked after, answers go their way.

One task fills batches as far as limits, queues and money allow; each batch has a task of its own. They end when nothing
is left for them, or nothing more may be begun.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

from modelroute_cli.execution.batching.book import Book
from modelroute_cli.execution.batching.collecting import Checking
from modelroute_cli.execution.batching.filling import Filler
from modelroute_cli.execution.batching.hands import Hands
from modelroute_cli.execution.batching.house import House
from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.batching.packing import Packer, Unfit
from modelroute_cli.execution.batching.submitting import TOO_LATE, Submitter
from modelroute_cli.execution.batching.waiting import Waiting
from modelroute_cli.execution.batching.watching import Watcher
from modelroute_cli.execution.records import AttemptKind, BatchStepKind
from modelroute_cli.execution.retry import SwitchTier
from modelroute_cli.execution.steps import give_up
from modelroute_cli.execution.teller import Teller
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.execution.work import BatchProgress, Patience

_BETWEEN_FILLS_S = 5.0  # while money comes back drop by drop


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotParts:
    """What a depot works with."""

    checking: Checking
    waiting: Waiting
    teller: Teller
    park: Callable[[Ticket], None]  # no cap will ever have room for it
    wake: Callable[[], None]  # something changed that the engine should look at


class Depot:
    """The batches of a session; `error` is the first that ended one of its tasks."""

    def __init__(self, parts: DepotParts) -> None:
        self._parts = parts
        self._with = parts.checking
        self._work = parts.checking.opening.work
        self._halted = asyncio.Event()
        self._turns: dict[str, asyncio.Lock] = {}
        self._tasks: dict[asyncio.Task[None], InHand] = {}
        self._filling: asyncio.Task[None] | None = None
        self._fill_again = False
        self._filled_at = -inf
        self._in_vain = False  # the last filling handed in nothing
        self._begun = False
        self._is_stale = False  # money came since then
        self.error: BaseException | None = None
        self.hands = Hands(parts.checking)
        self._house = self._made_house()
        self._filler = Filler(self._house, self.hands, parts.waiting)

    @property
    def is_busy(self) -> bool:
        """Whether something goes on here that a session waits for."""
        return bool(self._tasks) or self._filling is not None

    @property
    def waits(self) -> bool:
        """Whether something is left to be handed in."""
        return bool(len(self._parts.waiting))

    def start(self) -> None:
        """Go on with the batches of earlier sessions, and begin to hand in; StorageError."""
        for hand in self.hands.taken_up():
            self._mind(hand)
        self.hands.clear_files()
        if self._work.patience is not Patience.CANCEL:
            self.hands.set_aside(self._parts.waiting.worst_pusd)
            for ticket in self._parts.waiting.homeless():
                self._send_alone(ticket, "its provider takes no batches here")
            self._begun = True
            self.fill()

    def push(self, ticket: Ticket) -> None:
        """One more request to be handed in; what comes back goes by itself, so that nobody waits a second time."""
        if ticket.kind is not AttemptKind.FIRST and self._with.steps.routes.may_switch(ticket):
            self._send_alone(ticket, "it was handed in before")
        elif self._parts.waiting.push(ticket):
            self.fill()
        else:
            self._send_alone(ticket, "its provider takes no batches here")

    def fill(self) -> None:
        """Hand in what there is room for now; to be called whenever money, or a place, may have come free."""
        if not self.waits or not self._begun or self._halted.is_set() or self._work.patience is Patience.CANCEL:
            return
        self._fill_again = True
        if self._filling is None:
            self._filling = asyncio.get_running_loop().create_task(self._fill())
            self._filling.add_done_callback(self._filled)

    def money_came(self) -> None:
        """An attempt has landed: what it gave back may be enough to hand more in. Asked for every attempt."""
        if self._in_vain:
            self._is_stale = True
            now = self._work.clock.monotonic()
            if now - self._filled_at >= _BETWEEN_FILLS_S:
                self.fill()

    def last_chance(self) -> None:
        """Nothing else goes on: hand in what can be, and where nothing can for want of money, put it away."""
        if self.is_busy or not self.waits or self._work.patience is Patience.CANCEL:
            return
        if self._is_stale or not self._in_vain:
            self.fill()
        elif not self.hands.any_open():
            self.hands.give_back()
            for ticket in self._parts.waiting.take_all():
                self._parts.park(ticket)

    def halt(self) -> None:
        """Begin nothing more; what is being said to providers is said to its end."""
        self._halted.set()

    def break_off(self) -> None:
        """End what is being said to providers, too; the journal knows enough to go on."""
        for task in self._running():
            task.cancel()

    async def close(self) -> None:
        """Break off, and wait until that is done."""
        self.break_off()
        await asyncio.gather(*self._running(), return_exceptions=True)

    def _running(self) -> list[asyncio.Task[None]]:
        return [*self._tasks, *([self._filling] if self._filling else [])]

    def progress(self) -> tuple[BatchProgress, ...]:
        """What providers have in hand."""
        return self.hands.progress()

    async def _fill(self) -> None:
        self._is_stale, self._in_vain = False, True
        while self._fill_again and not self._halted.is_set():
            self._fill_again = False
            async for hand in self._filler.filled():
                self._in_vain = False
                self._mind(hand)
        self._filled_at = self._work.clock.monotonic()
        if not self.waits:
            self.hands.give_back()

    def _filled(self, task: asyncio.Task[None]) -> None:
        self._filling = None
        self._note_end(task)

    def _mind(self, hand: InHand) -> None:
        task = asyncio.get_running_loop().create_task(self._minded(hand))
        self._tasks[task] = hand
        task.add_done_callback(self._ended)

    async def _minded(self, hand: InHand) -> None:
        if hand.name is None and not await Submitter(self._house, hand).handed_in():
            return
        if hand.step is not BatchStepKind.SETTLED:
            await Watcher(self._house, hand).watch()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.hands.let_go(self._tasks.pop(task))
        self._note_end(task)
        if self.error is None:
            self.fill()

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.error = self.error or error
        self._parts.wake()

    async def _nap(self, seconds: float) -> bool:
        """Wait, and say whether anything may still be begun."""
        try:
            await asyncio.wait_for(self._halted.wait(), max(seconds, 0.0))
        except TimeoutError:
            self._parts.wake()
            return True
        return False

    @asynccontextmanager
    async def _turn(self, provider: str) -> AsyncIterator[None]:
        async with self._turns.setdefault(provider, asyncio.Lock()):
            yield

    def _unfit(self, unfit: Unfit) -> None:
        """A request that cannot be handed in goes by itself, or where its failure leads."""
        self._with.purse.caps.expect(unfit.ticket, -1)
        if unfit.failure is None:
            self._send_alone(unfit.ticket, TOO_LATE)
            return
        steps = self._with.steps
        decision = steps.decide(unfit.ticket, unfit.failure)
        self._with.follow(steps.after_failure(unfit.ticket, decision, unfit.request))

    def _send_alone(self, ticket: Ticket, reason: str) -> None:
        """At the standard tier instead; where its rule forbids that, it fails."""
        steps, request = self._with.steps, self._work.request(ticket.assigned)
        if steps.routes.may_switch(ticket):
            self._with.follow(steps.after_failure(ticket, SwitchTier(reason), request))
            return
        self._with.follow(give_up(ticket, reason))

    def _made_house(self) -> House:
        checking = self._with
        return House(
            ways=checking.ways,
            checking=checking,
            packer=Packer(
                ways=checking.ways,
                may_switch=checking.steps.routes.may_switch,
                take=self._parts.waiting.take,
                put_back=self._parts.waiting.put_back,
                reserve=self.hands.reserve,
                is_hopeless=lambda ticket: not checking.purse.ever_fits(ticket),
                park=self._parts.park,
                unfit=self._unfit,
                began_at=self.hands.began_at,
                deadline_s=checking.opening.plan.header.deadline_s,
            ),
            book=Book(self._work),
            teller=self._parts.teller,
            patience=self._work.patience,
            reserve_s=self._work.settings.batch_reserve_s,
            nap=self._nap,
            turn=self._turn,
            names=self.hands.names,
            is_alone=self.hands.is_alone,
            queue_holds_less=self.hands.queue_holds_less,
        )
