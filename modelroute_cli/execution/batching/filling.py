"""Batches are filled, way after way, for as long as queue, money and time allow: few large ones rather than many."""

from collections.abc import AsyncIterator

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.batching.hands import Hands
from modelroute_cli.execution.batching.house import House
from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.batching.naming import tag_of
from modelroute_cli.execution.batching.packing import Packed
from modelroute_cli.execution.batching.waiting import Waiting
from modelroute_cli.execution.batching.ways import Way

_WORTH_A_BATCH = 100  # lines, where more will have money later


class Filler:
    """Packs what waits."""

    def __init__(self, house: House, hands: Hands, waiting: Waiting) -> None:
        self._house = house
        self._hands = hands
        self._waiting = waiting

    async def filled(self) -> AsyncIterator[InHand]:
        """Batches as they are made, until no way takes another; StorageError, JobFileError."""
        for way in self._waiting.ways():
            while (hand := await self._next(way)) is not None:
                yield hand

    async def _next(self, way: Way) -> InHand | None:
        """One batch of a way; None when there is none to be made now."""
        space = self._hands.space(way)
        if space is None:
            return None
        self._hands.keep_for_others()
        work, number = self._house.ways.work, self._hands.next_number()
        made_at = work.clock.now()
        tag = tag_of(work.run_id, number, made_at.isoformat())
        packed = await self._house.packer.pack(way, tag, space)
        if packed.lines and not self._waits_for_more(packed):
            return await self._hands.made(number, way, packed, made_at)
        self._unpack(way, packed)
        return None

    def _waits_for_more(self, packed: Packed) -> bool:
        """Whether so few had money that it is better to wait for what others give back."""
        others = self._hands.any_open() or self._house.checking.claims.any_flying
        return packed.short_of_money and len(packed.lines) < _WORTH_A_BATCH and others

    def _unpack(self, way: Way, packed: Packed) -> None:
        """As if it had not been packed."""
        for line in reversed(packed.lines):
            line.money.settle(PicoUSD(0))
            self._waiting.put_back(way, line.ticket)
        packed.path.unlink(missing_ok=True)
