"""A batch that its provider has: looked at until it ends, given up before its deadline, and collected line by line."""

from collections.abc import Iterable
from datetime import datetime

from modelroute_cli.execution.batching.collecting import unworked
from modelroute_cli.execution.batching.counting import GONE, MISSING, Counts
from modelroute_cli.execution.batching.house import House
from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.batching.refusals import for_lines, is_full
from modelroute_cli.execution.batching.timing import give_up_at, look_after_s
from modelroute_cli.execution.records import BatchStepKind, EventKind
from modelroute_cli.execution.work import Patience
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.batch import BatchError, BatchPhase, BatchStatus, LineFault

_UNKNOWN_LOOKS = 4  # that a provider may say in a row that it has no such batch: lists lag behind
_FAILED_LOOKS = 3  # after which a session that does not wait, or whose key is refused, leaves it
_READS = 5  # of results that break off
_RETRY_S = 10.0
_GONE = frozenset({404, 410})
_SOON_S = 3.0
_STOPPING_S = 120.0  # that a user waits for a provider to stop a batch; most take seconds, some cannot
_SURELY = FailureKind.TIER


class Watcher:
    """Looks after one batch until it is settled, or this session has no more to do with it."""

    def __init__(self, house: House, hand: InHand) -> None:
        self._house = house
        self._hand = hand
        self._api = house.ways.api(hand.way)
        self._account = house.ways.account(hand.way.provider)
        self._unknown = 0
        self._failed = 0  # looks in a row
        self._began = house.ways.work.clock.monotonic()

    async def watch(self) -> None:
        """StorageError when the journal cannot take what happens."""
        while (status := await self._ended()) is not None:
            if status.phase is BatchPhase.REFUSED:
                return await self._refused(status)
            if await self._collected(status):
                return None
        return None

    async def _ended(self) -> BatchStatus | None:
        """The batch once it has ended; None when it is lost, or is left to a later session."""
        while True:
            status = await self._looked()
            if status is not None and status.phase in {BatchPhase.ENDED, BatchPhase.REFUSED}:
                await self._house.book.write(self._hand, BatchStepKind.ENDED, text=status.message)
                return status
            if self._unknown >= _UNKNOWN_LOOKS:
                await self._lost()
                return None
            await self._give_up_in_time()
            if not await self._goes_on(status):
                self._hand.rests = True
                return None

    async def _goes_on(self, status: BatchStatus | None) -> bool:
        """Wait until the next look; False when there is none in this session."""
        if self._house.patience is Patience.LEAVE and (status is not None or self._failed >= _FAILED_LOOKS):
            return False
        if self._hand.told and self._failed >= _FAILED_LOOKS:  # its key is refused: that will not change by itself
            return False
        waited_s = self._house.ways.work.clock.monotonic() - self._began
        if self._house.patience is Patience.CANCEL and waited_s > _STOPPING_S:
            return False
        return await self._house.nap(self._next_look_s())

    def _next_look_s(self) -> float:
        """Soon while it is cancelled or unknown; else by how long it has been waited for, and before its deadline."""
        if self._hand.gives_up or self._unknown:
            return _SOON_S
        now, since = self._house.ways.work.clock.now(), self._hand.submitted_at or self._hand.made_at
        look_s = look_after_s((now - since).total_seconds())
        if self._hand.due is None:
            return look_s
        left_s = (self._give_up_at - now).total_seconds()
        return min(look_s, max(left_s, 1.0))

    async def _looked(self) -> BatchStatus | None:
        """Where it stands; None when that cannot be known now."""
        assert self._hand.name is not None  # noqa: S101 - its provider has it
        try:
            status = await self._api.status(self._account, self._hand.name)
        except BatchError as error:
            self._failed += 1
            await self._excuse(error)
            return None
        self._failed = 0
        self._unknown = 0 if status is not None else self._unknown + 1
        if status is not None:
            self._house.book.saw(self._hand, status)
            await self._collect_early(status)
        return status

    async def _excuse(self, error: BatchError) -> None:
        """A look that failed is made again; a refused key is told, once."""
        if error.failure.kind is FailureKind.ACCOUNT and not self._hand.told:
            self._hand.told = True
            self._house.teller.notice(
                f"{self._hand.way.provider} does not let us look at `{self._hand.name}`: {error.failure.message}"
            )
        await self._house.nap(error.failure.retry_after_s or _RETRY_S)

    async def _collect_early(self, status: BatchStatus) -> None:
        """What there is already, where the provider shows it before the end."""
        if status.is_partial and status.phase is not BatchPhase.ENDED and status.done != self._hand.collected:
            self._hand.collected = status.done
            try:
                await self._house.collector(self._hand).collect(self._api.results(self._account, status))
            except BatchError:
                return  # there will be another look

    @property
    def _give_up_at(self) -> datetime:
        assert self._hand.due is not None  # noqa: S101 - the caller looked
        return give_up_at(self._hand.due, self._house.reserve_s, self._hand.made_at)

    async def _give_up_in_time(self) -> None:
        """Cancel it where its requests must be sent by themselves to be in time, or where the user wants that."""
        hand = self._hand
        late = hand.due is not None and self._house.ways.work.clock.now() >= self._give_up_at
        if hand.name is None or hand.gives_up or not (late or self._house.patience is Patience.CANCEL):
            return
        await self._house.book.write(hand, BatchStepKind.CANCELLING, text="its deadline is near" if late else "asked")
        try:
            await self._api.cancel(self._account, hand.name)
            hand.gives_up = True
        except BatchError as error:
            await self._excuse(error)

    async def _refused(self, status: BatchStatus) -> None:
        """It never began: lines with a fault go elsewhere, the others wait again, or go by themselves."""
        collector = self._house.collector(self._hand)
        if status.faults:
            await collector.close_some(_faulty(status.faults))
            await collector.release(unworked("its batch was refused for other lines", _SURELY))
            await self._house.settled(self._hand, status.message)
            words = f"refused for {len(status.faults):,} of its lines; the others are handed in again"
            self._house.tell(self._hand, EventKind.NOT_HANDED_IN, words)
            return
        full = is_full(status.message) and self._house.queue_holds_less(self._hand)
        failure = for_lines(unworked(status.message or "refused without a reason"))
        await self._house.released(self._hand, failure, anew=full)

    async def _lost(self) -> None:
        """The provider knows it no more: what is open may have been billed."""
        await self._house.book.write(self._hand, BatchStepKind.GONE)
        collector = self._house.collector(self._hand)
        open_now = len(collector)
        await collector.close(unworked(GONE, FailureKind.UNKNOWN))
        await self._house.settled(self._hand, GONE)
        self._house.tell(self._hand, EventKind.COLLECTED, f"{count_requests(open_now)} without an answer: {GONE}")

    async def _collected(self, status: BatchStatus) -> bool:
        """Read the results to their end and settle; False when they changed meanwhile, or this session ends."""
        gone = 0
        for _ in range(_READS):
            collector = self._house.collector(self._hand)
            try:
                await collector.collect(self._api.results(self._account, status))
            except BatchError as error:
                gone += error.failure.status in _GONE
                await self._excuse(error)
                continue
            await self._settled(collector.counts, status)
            return True
        if gone == _READS:  # the batch is there, and its results were thrown away
            await self._lost()
            return True
        self._hand.rests = not await self._house.nap(_RETRY_S)
        return self._hand.rests

    async def _settled(self, counts: Counts, status: BatchStatus) -> None:
        """What no result was seen of may have been billed, unless it never got its turn."""
        missing = self._house.collector(self._hand)
        counts.missing = len(missing)
        await missing.close(unworked(MISSING, FailureKind.UNKNOWN))
        await self._house.settled(self._hand, counts.text)
        self._house.tell(self._hand, EventKind.COLLECTED, f"`{status.name}`: {counts.text}")


def _faulty(faults: Iterable[LineFault]) -> dict[int, str]:
    """Places of lines, from 0, and what is wrong with them."""
    return {fault.line - 1: fault.message for fault in faults}
