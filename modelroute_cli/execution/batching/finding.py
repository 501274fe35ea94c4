"""Whether a batch was taken whose submission had no answer: it is looked up, and never submitted twice.

Where a provider keeps the name we give a batch, that says it. Where it keeps none, a batch of as many requests that
began since then may be it: its results name its lines, so once it has ended they are looked at. Until then nothing is
submitted in its place.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from modelroute_cli.execution.batching.in_hand import InHand
from modelroute_cli.execution.batching.naming import line_named
from modelroute_cli.providers.batch import Account, BatchApi, BatchPhase, BatchStatus

_LOOKS = 3  # a batch may be listed a moment after it was taken
_BETWEEN_S = 20.0
_SKEW = timedelta(minutes=10)  # between the provider's clock and ours
_LOOK_AT_SUSPECTS_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Looks a batch up; `known` are the names of others of this run, `nap` waits and says whether to go on."""

    api: BatchApi
    account: Account
    known: Collection[str]
    nap: Callable[[float], Awaitable[bool]]

    async def found(self, hand: InHand) -> "BatchStatus | NotTaken | Unclear":
        """The batch; BatchError."""
        for look in range(_LOOKS):
            if look and not await self.nap(_BETWEEN_S):
                return Unclear()
            listed = await self._listed(hand)
            named = [status for status in listed if status.tag == hand.tag]
            if named:
                return named[0]
            suspects = [status for status in listed if status.tag is None]
            if suspects:
                return await self._among(hand, suspects)
        return NotTaken()

    async def _listed(self, hand: InHand) -> list[BatchStatus]:
        """What may be it, the newest first; a refused one is none: nothing of it was worked on."""
        assert hand.submitting_at is not None  # noqa: S101 - it was about to be submitted
        listed = await self.api.find(self.account, hand.tag, hand.submitting_at - _SKEW, hand.requests)
        return [item for item in listed if item.phase is not BatchPhase.REFUSED and item.name not in self.known]

    async def _among(self, hand: InHand, suspects: Iterable[BatchStatus]) -> "BatchStatus | NotTaken | Unclear":
        """The one of them whose results name the batch's lines."""
        for suspect in suspects:
            status: BatchStatus | None = suspect
            while status is not None and status.phase is not BatchPhase.ENDED:
                if not await self.nap(_LOOK_AT_SUSPECTS_S):
                    return Unclear()
                status = await self.api.status(self.account, suspect.name)
            if status is not None and await self._is_its(hand, status):
                return status
        return NotTaken()

    async def _is_its(self, hand: InHand, status: BatchStatus) -> bool:
        async for result in self.api.results(self.account, status):
            return line_named(result.custom_id, hand.tag) is not None
        return False


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It surely was not taken."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody could say in the time there was."""
