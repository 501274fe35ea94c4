"""What the batches of a session share, and how the requests of one leave it without an answer."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.execution.batching.book import Book
from modelroute_cli.execution.batching.collecting import Checking, Collector
from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.batching.packing import Packer
from modelroute_cli.execution.batching.ways import Ways
from modelroute_cli.execution.records import BatchStepKind, EventKind
from modelroute_cli.execution.teller import Teller
from modelroute_cli.execution.work import Patience
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.providers.base import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Made once; `nap` waits, and says whether anything new may still be begun."""

    ways: Ways
    checking: Checking
    packer: Packer
    book: Book
    teller: Teller
    patience: Patience
    reserve_s: float
    nap: Callable[[float], Awaitable[bool]]
    turn: Callable[[str], AbstractAsyncContextManager[None]]  # one submission at a time for each provider
    names: Callable[[], Collection[str]]  # of batches that are known at providers
    is_alone: Callable[[InHand], bool]  # whether nothing else of this run waits in its account
    queue_holds_less: Callable[[InHand], bool]  # than this batch: remember that; whether smaller ones make sense

    def collector(self, hand: InHand) -> Collector:
        """For one look at a batch's results."""
        return Collector(self.checking, hand)

    def tell(self, hand: InHand, kind: EventKind, text: str) -> None:
        """Tell people what happened to a batch; single requests of the background are too many to be told of."""
        if hand.way.tier is not ServiceTier.BATCH and kind is not EventKind.NOT_HANDED_IN:
            return
        words = f"{hand.way.provider}, {hand.way.tier}: {text}"
        self.teller.happened(kind, hand.way.provider, words)

    async def released(self, hand: InHand, failure: Failure, *, anew: bool = False) -> None:
        """Its open requests were never worked on: each goes where such a failure leads, or (`anew`) waits again."""
        collector = self.collector(hand)
        open_now = len(collector)
        await (collector.release(failure) if anew else collector.close(failure))
        await self.settled(hand, failure.message)
        self.tell(hand, EventKind.NOT_HANDED_IN, f"{count_requests(open_now)} to go another way: {failure.message}")

    async def settled(self, hand: InHand, text: str) -> None:
        """Every line is checked off."""
        await self.book.write(hand, BatchStepKind.SETTLED, text=text)
        self.lines_of(hand).unlink(missing_ok=True)

    def lines_of(self, hand: InHand) -> Path:
        """Where its lines are until it is submitted."""
        return self.ways.account(hand.way.provider).folder / f"{hand.tag}.jsonl"
