"""Results become outcomes: every line of a batch is checked off once, journaled, settled, judged, and sent on its way.

What is collected again after a crash changes nothing: only lines without an outcome are taken.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl
from msgspec import structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.batching.counting import CANCELLED, EXPIRED, MISSING, Counts
from modelroute_cli.execution.batching.in_hand import InHand, OpenLine, open_lines
from modelroute_cli.execution.batching.naming import line_named
from modelroute_cli.execution.batching.packing import call_for, sealed_line
from modelroute_cli.execution.batching.ways import Ways
from modelroute_cli.execution.budget import Reservation
from modelroute_cli.execution.claims import Claims
from modelroute_cli.execution.judging.weighing import Weighing
from modelroute_cli.execution.meter import Meter
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import PUT_BACK, AttemptKind, Final, Record, Redacted
from modelroute_cli.execution.resume import history_of_row
from modelroute_cli.execution.retry import CALM, Decision, RetrySame, SwitchTier, describe
from modelroute_cli.execution.secrets import secrets_of, without_secrets
from modelroute_cli.execution.settle import Sold, bill, learn, priced, record, said, storable, visible_tokens
from modelroute_cli.execution.steps import Later, Next, Steps, counted, give_up
from modelroute_cli.execution.tickets import COLUMNS, Assigned, Ticket, Unjudged
from modelroute_cli.execution.work import Patience
from modelroute_cli.providers.base import Answer, Failure, FailureKind, RateSignal, Reply
from modelroute_cli.providers.batch import LineEnd, LineResult

_BLOCK = 500  # results that become durable together
_OWN_END = frozenset({FailureKind.REQUEST, FailureKind.UNUSABLE})  # the same request would fail by itself, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """What lines are checked off with."""

    opening: Opening
    ways: Ways
    purse: Purse
    claims: Claims
    meter: Meter
    steps: Steps
    weighing: Weighing
    follow: Callable[[Next], None]


@dataclass(frozen=True, slots=True)
class _Known:
    """A line whose end is known: its request as it was sent, and what came of it."""

    ticket: Ticket
    line: OpenLine
    request: Request
    reply: Reply
    redacted: Redacted | None
    cost_pusd: PicoUSD | None


class Collector:
    """Checks off the lines of one batch; made anew for each."""

    def __init__(self, checking: Checking, hand: InHand) -> None:
        self._with = checking
        self._hand = hand
        self._secrets = secrets_of(checking.opening.work.credentials)
        journal = checking.opening.work.journal.path
        self._open = {line.attempt: line for line in open_lines(journal, hand.number)}
        self._seen: set[int] = set()
        self._rows = _rows(checking.opening.plan.assignments, self._open.values())
        self._place = {row: place for place, row in enumerate(self._rows["row"])}
        self._puts_back = checking.opening.work.patience is Patience.CANCEL
        self.counts = Counts()

    def __len__(self) -> int:
        return len(self._open)

    def tickets(self) -> Iterator[tuple[Ticket, int]]:
        """The open lines as they were handed in, with their attempts."""
        for line in self._open.values():
            ticket, _ = self._ticket(line)
            yield ticket, line.attempt

    async def collect(self, results: AsyncIterator[LineResult]) -> None:
        """Check off what has a result; BatchError where they cannot be read to their end, StorageError."""
        block: list[tuple[OpenLine, LineResult]] = []
        async for result in results:
            line = self._line(result)
            if line is not None:
                block.append((line, result))
            if len(block) == _BLOCK:
                await self._take(block)
                block = []
        await self._take(block)

    async def close(self, failure: Failure) -> None:
        """Check off what is still open with the same failure; StorageError."""
        for lines in _blocks(list(self._open.values())):
            await self._check_off([self._known(line, failure) for line in lines])

    async def close_some(self, faults: Mapping[int, str]) -> None:
        """Check off the open lines at these places (from 0), each refused with its own words; StorageError."""
        lines = list(self._open.values())
        known = [(lines[place], text) for place, text in faults.items() if 0 <= place < len(lines)]
        await self._check_off([self._known(line, unworked(text, FailureKind.REQUEST)) for line, text in known])

    async def release(self, failure: Failure) -> None:
        """Check off what is still open as never worked on, and let it be handed in anew; StorageError."""
        for lines in _blocks(list(self._open.values())):
            known = [self._known(line, failure) for line in lines]
            await self._settle(known, put_back=True)
            for item in known:
                self._with.follow(Later(replace(item.ticket, kind=AttemptKind.FIRST)))

    def _line(self, result: LineResult) -> OpenLine | None:
        """The open line that a result is of, once."""
        named = line_named(result.custom_id, self._hand.tag)
        if named is None:
            self.counts.unknown += 1
            return None
        if named.attempt in self._seen:
            self.counts.doubled += 1
            return None
        self._seen.add(named.attempt)
        return self._open.get(named.attempt)  # None: checked off in an earlier look

    async def _take(self, block: list[tuple[OpenLine, LineResult]]) -> None:
        await self._check_off([self._known(line, result) for line, result in block])

    def _known(self, line: OpenLine, end: LineResult | Failure) -> _Known:
        ticket, request = self._ticket(line)
        read = (end, None) if isinstance(end, Failure) else self._reply(line, ticket, request, end)
        reply, redacted = read
        sold = Sold(self._with.steps.routes.rates[line.model], line.service_tier)
        return _Known(ticket, line, request, reply, redacted, bill(reply, sold, self._with.opening.work.clock.now()))

    def _reply(
        self, line: OpenLine, ticket: Ticket, request: Request, result: LineResult
    ) -> tuple[Reply, Redacted | None]:
        """What a result says, as if the request had been sent by itself, and what had been replaced in it."""
        if result.end is not LineEnd.SERVED or result.response is None:
            return _unserved(result), None
        wire = self._with.ways.wire(self._hand.way)
        sealed = sealed_line(self._with.ways, call_for(self._with.ways, ticket, request), ticket)
        back = sealed.opened(without_secrets(storable(wire.decode(result.response, sealed.call)), self._secrets))
        return back.reply, sealed.record(line.attempt, back)

    def _ticket(self, line: OpenLine) -> tuple[Ticket, Request]:
        """The attempt that a line is, as it was handed in."""
        opening = self._with.opening
        assigned = Assigned(*self._rows.row(self._place[line.row]))
        request = opening.work.request(assigned)
        first = opening.routes.planned(assigned)
        if _is_as_planned(line, first):
            return first, request
        ticket = replace(
            opening.routes.again(first, request, line.model, line.max_tokens),
            kind=line.kind,
            service_tier=line.service_tier,
            worst_pusd=line.reserved_pusd,
            extra=line.extra,
        )
        if line.kind is not AttemptKind.FIRST:
            history = history_of_row(opening.work.journal.path, line.row, line.attempt, first)
            ticket = replace(ticket, history=history)
        return ticket, request

    async def _check_off(self, block: list[_Known]) -> None:
        """Make the outcomes of some lines durable, then let each be followed."""
        await self._settle(block)
        nexts = await asyncio.gather(*(self._next(item) for item in block))
        for item, following in zip(block, nexts, strict=True):
            self._with.meter.collected(item.ticket, item.cost_pusd, final=isinstance(following, Final))
            self._with.follow(following)
        await asyncio.sleep(0)

    async def _settle(self, block: list[_Known], *, put_back: bool = False) -> None:
        work, now = self._with.opening.work, self._with.opening.work.clock.now()
        outcomes: list[Record] = []
        for item in block:
            sold = Sold(self._with.steps.routes.rates[item.line.model], item.line.service_tier)
            made = record(item.line.attempt, item.reply, item.cost_pusd, 0.0, priced(item.reply, sold, now))
            back = put_back or (self._puts_back and made.message == CANCELLED)
            outcomes.append(structs.replace(made, latency_s=None, failure=PUT_BACK if back else made.failure))
            outcomes += [] if item.redacted is None else [item.redacted]
        await work.journal.write_all(outcomes)
        for item in block:
            del self._open[item.line.attempt]
            self._count(item.reply)
            self._pay(item)

    def _pay(self, item: _Known) -> None:
        """Turn what was reserved for a line into its bill."""
        purse, line = self._with.purse, item.line
        rooms = purse.caps.rooms_on(item.ticket.assigned.tenant, line.model, self._hand.day)
        Reservation(line.reserved_pusd, (purse.budget, *rooms)).settle(item.cost_pusd)
        if item.cost_pusd is not None:
            purse.margins.observe(line.model, line.reserved_pusd, item.cost_pusd)
        self._with.claims.flies(item.ticket, line.reserved_pusd, -1)
        learn(item.ticket, item.reply, item.cost_pusd, purse)

    async def _next(self, item: _Known) -> Next:
        """What follows: the verdict on an answer, or where a failure leads."""
        if isinstance(item.reply, Answer):
            answer = Unjudged(item.ticket, item.line.attempt, said(item.reply), visible_tokens(item.reply))
            return await self._with.weighing.answered(answer, item.request)
        return self._after_failure(item.ticket, item.reply, item.request)

    def _after_failure(self, ticket: Ticket, failure: Failure, request: Request) -> Next:
        """By itself at the standard tier, where its rule allows that; else in another batch, a few times."""
        steps = self._with.steps
        if failure.kind in _OWN_END:
            return steps.after_failure(ticket, steps.decide(ticket, failure), request)
        if steps.routes.may_switch(ticket):
            return steps.after_failure(ticket, SwitchTier(describe(failure)), request)
        again = counted(ticket, failure, CALM)
        if again.history.failures >= steps.policy.max_attempts:
            return give_up(again, describe(failure))
        return steps.after_failure(again, _ANOTHER, request)

    def _count(self, reply: Reply) -> None:
        counts = self.counts
        if isinstance(reply, Answer):
            counts.answered += 1
        elif reply.message == EXPIRED:
            counts.expired += 1
        elif reply.message == CANCELLED:
            counts.cancelled += 1
        elif reply.message == MISSING:
            counts.missing += 1
        else:
            counts.failed += 1


def _is_as_planned(line: OpenLine, first: Ticket) -> bool:
    """Whether a line is the first attempt of its request, as most are."""
    planned = (first.kind, first.model, first.service_tier, first.max_tokens, first.worst_pusd)
    return (line.kind, line.model, line.service_tier, line.max_tokens, line.reserved_pusd) == planned


_ANOTHER: Decision = RetrySame(0.0)


def unworked(message: str, kind: FailureKind = FailureKind.TIER) -> Failure:
    """A line that nobody worked on, or (UNKNOWN) that may have been."""
    return Failure(kind=kind, status=None, message=message, retry_after_s=None, rate=RateSignal())


def _unserved(result: LineResult) -> Failure:
    match result.end:
        case LineEnd.EXPIRED:
            return unworked(EXPIRED)
        case LineEnd.CANCELLED:
            return unworked(CANCELLED)
        case LineEnd.SERVED:
            return unworked(result.message or MISSING, FailureKind.UNKNOWN)


def _rows(assignments: pl.LazyFrame, lines: Iterable[OpenLine]) -> pl.DataFrame:
    """The assignments of some lines."""
    wanted = pl.LazyFrame({"row": pl.Series([line.row for line in lines], dtype=pl.Int64)})
    return assignments.select(COLUMNS).join(wanted.unique(), on="row", how="semi").collect()


def _blocks(lines: list[OpenLine]) -> Iterator[list[OpenLine]]:
    return (lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK))
