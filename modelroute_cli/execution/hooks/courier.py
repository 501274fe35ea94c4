"""Brings messages to their receivers: each receiver by itself and in order, again after a failure."""

import asyncio
from dataclasses import dataclass, field

from modelroute_cli.execution.hooks.outbox import Outbox, Posted
from modelroute_cli.execution.hooks.receivers import Program, Receiver
from modelroute_cli.execution.hooks.sending import Deaf, Heard, Ways, tell

PAUSES_S = (1.0, 3.0, 8.0, 20.0)
"""Seconds between tries: five tries in about half a minute, beside what each of them takes."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A receiver that did not take some messages, and why not the last time."""

    name: str
    messages: int
    why: str
    kept: bool = True  # for the next session


@dataclass(slots=True)
class _Trouble:
    """What one receiver did not take so far."""

    why: str = ""  # the last time
    dropped: int = 0
    refused: set[str] = field(default_factory=set)  # ids that are not tried again by this courier


class Courier:
    """Carries what an outbox holds; `pauses_s` are those between tries."""

    def __init__(
        self, outbox: Outbox, receivers: tuple[Receiver, ...], ways: Ways, pauses_s: tuple[float, ...] = PAUSES_S
    ) -> None:
        self._outbox = outbox
        self._receivers = receivers
        self._ways = ways
        self._pauses_s = pauses_s
        self._trouble = {each.key: _Trouble() for each in receivers}

    async def carry(self) -> tuple[Undelivered, ...]:
        """Try to bring everything that waits; whom it did not reach, in their order. StorageError."""
        ended = await asyncio.gather(*(self._carry_to(receiver) for receiver in self._receivers))
        return tuple(each for each in ended if each is not None)

    async def _carry_to(self, receiver: Receiver) -> Undelivered | None:
        """One receiver's, the oldest first; where it is not there, what comes behind waits for another time."""
        trouble = self._trouble[receiver.key]
        for posted in self._outbox.waiting(receiver.key):
            if posted.id in trouble.refused:
                continue
            outcome = await self._bring(receiver, posted)
            if self._noted(receiver, posted, outcome):
                break
        left = len(self._outbox.waiting(receiver.key))
        if not left and not trouble.dropped:
            return None
        return Undelivered(receiver.name, left or trouble.dropped, trouble.why, kept=left > 0)

    def _noted(self, receiver: Receiver, posted: Posted, outcome: Heard | Deaf) -> bool:
        """Strike out what is done; whether the receiver is not there now.

        A program is started once, whatever becomes of it.
        """
        if isinstance(outcome, Heard):
            self._outbox.settle(posted.id, receiver.key)
            return False
        trouble, is_last = self._trouble[receiver.key], outcome.never or isinstance(receiver, Program)
        if is_last:
            self._outbox.settle(posted.id, receiver.key)
        trouble.why = outcome.why
        trouble.dropped += is_last
        if not outcome.again:
            trouble.refused.add(posted.id)
        return outcome.again

    async def _bring(self, receiver: Receiver, posted: Posted) -> Heard | Deaf:
        """Try, and again after each pause while that may help."""
        outcome = await tell(receiver, posted.message(), self._ways)
        for pause_s in self._pauses_s:
            if isinstance(outcome, Heard) or not outcome.again:
                break
            await self._ways.clock.sleep(max(pause_s, outcome.after_s))
            outcome = await tell(receiver, posted.message(), self._ways)
        return outcome
