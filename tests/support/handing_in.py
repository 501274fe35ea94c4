"""A provider that takes batches, made of a script: its books outlive the program, and it can make the program die."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from support.fake_transport import FakeProvider, answer, failure
from support.plans import INPUT_TOKENS, OTHER, PRICES, PlanParts, Row, plan_of, rates
from support.runs import Job
from support.virtual import VirtualClock

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.prices import PriceStep, Rate, RateCard
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Answer, Call, FailureKind, Reply, WireResponse
from modelroute_cli.providers.batch import (
    Account,
    BatchError,
    BatchPhase,
    BatchStatus,
    LineEnd,
    LineFault,
    LineResult,
    Parcel,
)

DAY_S = 86_400
HALF = PicoUSD(INPUT_TOKENS * 1 + 50 * 10)  # what an answer of 50 tokens costs on OTHER at half its price
Fate = Callable[[int], LineEnd | Reply | None]
"""How the line of a row ends: without being served, with this reply, or (None) with no line at all."""


def at_half(model: str = OTHER) -> RateCard:
    """The batch tier of a model, at half its price."""
    input_pusd, output_pusd = (PicoUSD(price // 2) for price in PRICES[model])
    rate = Rate(input_pusd=input_pusd, output_pusd=output_pusd, cache_read_pusd=input_pusd, cache_write_pusd=input_pusd)
    step = PriceStep(above_input_tokens=0, rate=rate)
    return replace_tier(rates(model), step)


def replace_tier(card: RateCard, step: PriceStep) -> RateCard:
    """The card of the batch tier."""
    return RateCard(
        model=card.model, service_tier="batch", steps=(step,), source=card.source, price_date=card.price_date
    )


DAY = TierTerms(window_s=DAY_S)
"""A window of a day, and no other limit."""


def batch_plan(rows: list[Row], parts: PlanParts | None = None, terms: TierTerms = DAY) -> Plan:
    """A plan whose rows on OTHER may be handed in."""
    own = parts or PlanParts()
    tiers = {ServiceTier.BATCH: terms}
    return plan_of(rows, replace(own, tier_cards=(at_half(),), tiers=own.tiers or tiers))


def handed(count: int) -> list[Row]:
    """Requests of the batch tier."""
    return [Row(model=OTHER, service_tier="batch") for _ in range(count)]


def batch_job(count: int, folder: Path, terms: TierTerms = DAY) -> Job:
    """That many requests to be handed in."""
    rows = handed(count)
    return Job.of(rows, folder, batch_plan(rows, terms=terms))


class LaterClock(VirtualClock):
    """A clock of a session that begins some time after START."""

    def __init__(self, later: timedelta = timedelta(0)) -> None:
        self._later = later

    def now(self) -> datetime:
        """The virtual time of day."""
        return super().now() + self._later


@dataclass(slots=True)
class Taken:
    """A batch as the provider has it."""

    name: str
    tag: str
    custom_ids: list[str]
    at: datetime
    cancelled_at: datetime | None = None


@dataclass
class BatchProvider(FakeProvider):
    """Answers batches `takes_s` after they came; single requests by its script."""

    takes_s: float = 3_600.0
    keeps_names: bool = True
    fate: Fate = field(default=lambda row: answer())  # noqa: ARG005 - of every row
    clock: VirtualClock = field(default_factory=VirtualClock)
    taken: dict[str, Taken] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)  # every operation
    before: dict[str, list[Exception | None]] = field(default_factory=dict)  # raised in turn instead of an operation
    after: dict[str, list[Exception | None]] = field(default_factory=dict)  # raised in turn once it was done
    refuse: Callable[[Taken], BatchStatus | None] = field(default=lambda taken: None)  # noqa: ARG005
    looks_told: int = 1  # looks at a batch that are operations of their own, beside the first
    stops: bool = True  # when it is asked to
    doubled: frozenset[int] = frozenset()
    strange: tuple[str, ...] = ()  # names of lines that nobody asked for
    dies_at: int = 0  # the nth operation, counted from 1, before (even) or after (odd) it is done; 0: never
    forgets: bool = False
    is_dead: bool = False
    billed: dict[str, int] = field(default_factory=dict)  # custom_id -> pico-dollars

    def api_for(self, provider: object, tier: ServiceTier) -> "FakeBatches | None":
        """Its batch API."""
        del provider
        return FakeBatches(self) if tier is ServiceTier.BATCH else None

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """What a line, or the script, says."""
        if response.body.startswith(b"row:"):
            reply = self.fate(int(response.body[4:]))
            assert not isinstance(reply, LineEnd)
            assert reply is not None
            return reply
        return super().decode(response, call)

    @property
    def asked(self) -> list[str]:
        """The lines of all batches it took."""
        return [name for batch in self.taken.values() for name in batch.custom_ids]

    def bill_of(self, batch: Taken) -> None:
        """An answer is charged once, when its batch is done."""
        for custom_id in batch.custom_ids:
            end = self.fate(row_of(custom_id))
            if isinstance(end, Answer) and isinstance(end.usage, Usage):
                cost = end.usage.input_tokens * 1 + end.usage.output_tokens * 10
                self.billed[custom_id] = cost

    def operation(self, name: str) -> None:
        """Note it, and fail or die where that is wanted."""
        self._check_alive()
        if name == "status" and self.said.count(name) > self.looks_told:  # the hundredth look teaches nothing
            return
        self.said.append(name)
        if self.dies_at and len(self.said) == self.dies_at // 2 + self.dies_at % 2 and self.dies_at % 2 == 0:
            self._die()
        self._raise(self.before.get(name))

    def done(self, name: str) -> None:
        """The same once it was done."""
        if self.dies_at and len(self.said) == self.dies_at // 2 + self.dies_at % 2 and self.dies_at % 2:
            self._die()
        self._raise(self.after.get(name))

    def _raise(self, planned: list[Exception | None] | None) -> None:
        error = planned.pop(0) if planned else None
        if error is not None:
            raise error

    def _check_alive(self) -> None:
        if self.is_dead:
            self._die()

    def _die(self) -> NoReturn:
        self.is_dead = True
        msg = "dead"
        raise StorageError(msg)


@dataclass(frozen=True)
class FakeBatches:
    """The batch API of a BatchProvider."""

    provider: BatchProvider

    def line(self, custom_id: str, call: Call) -> bytes:
        """Its name and its text."""
        return f"{custom_id} {call.request.prompt}".encode()

    async def upload(self, account: Account, parcel: Parcel) -> str | None:
        """A file of its books."""
        del account
        self.provider.operation("upload")
        await asyncio.sleep(1.0)
        name = f"file-{len(self.provider.files) + 1}"
        self.provider.files[name] = [line.split()[0] for line in parcel.lines.read_text().splitlines()]
        self.provider.done("upload")
        return name

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Take it."""
        del account
        assert file is not None
        self.provider.operation("submit")
        await asyncio.sleep(1.0)
        name = f"batch-{len(self.provider.taken) + 1}"
        batch = Taken(name, parcel.tag, self.provider.files[file], self.provider.clock.now())
        self.provider.taken[name] = batch
        self.provider.done("submit")
        return self._status(batch)

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """By name, or by time and size."""
        del account
        self.provider.operation("find")
        found = [
            self._status(batch)
            for batch in self.provider.taken.values()
            if (batch.tag == parcel_tag if self.provider.keeps_names else len(batch.custom_ids) == requests)
            and batch.at >= since
        ]
        self.provider.done("find")
        return tuple(found)

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """By the clock."""
        del account
        self.provider.operation("status")
        status = None if self.provider.forgets else self._status(self.provider.taken[name])
        self.provider.done("status")
        return status

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Nothing more is worked on."""
        del account
        self.provider.operation("cancel")
        batch = self.provider.taken[name]
        if self.provider.stops:
            batch.cancelled_at = batch.cancelled_at or self.provider.clock.now()
        self.provider.done("cancel")
        return self._status(batch)

    async def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The last line first, and some twice."""
        del account
        self.provider.operation("results")
        batch = self.provider.taken[status.name]
        cancelled = batch.cancelled_at is not None
        if not cancelled:
            self.provider.bill_of(batch)
        for custom_id in (*self.provider.strange, *reversed(batch.custom_ids)):
            row = row_of(custom_id)
            end = LineEnd.CANCELLED if cancelled else self.provider.fate(row)
            if custom_id in self.provider.strange or end is not None:
                yield _result(custom_id, row, end)
            if row in self.provider.doubled:
                yield _result(custom_id, row, end)
        self.provider.done("results")

    def _status(self, batch: Taken) -> BatchStatus:
        refused = self.provider.refuse(batch)
        if refused is not None:
            return refused
        ended = self.provider.clock.now() >= batch.at + timedelta(seconds=self.provider.takes_s)
        over = ended or batch.cancelled_at is not None
        return BatchStatus(
            name=batch.name,
            phase=BatchPhase.ENDED if over else BatchPhase.RUNNING,
            created_at=batch.at,
            tag=batch.tag if self.provider.keeps_names else None,
            requests=len(batch.custom_ids),
            done=len(batch.custom_ids) if over else 0,
        )


def row_of(custom_id: str) -> int:
    """The row that a line is of."""
    return int(custom_id.split("-")[-2]) if custom_id.count("-") >= 3 else -1


def refused(kind: FailureKind, *, taken: bool, message: str = "no") -> BatchError:
    """An exchange that failed."""
    return BatchError(failure(kind, message=message), taken=taken)


def refused_batch(batch: Taken, message: str, faults: Mapping[int, str] | None = None) -> BatchStatus:
    """A batch that failed validation."""
    told = tuple(LineFault(line, text) for line, text in (faults or {}).items())
    return BatchStatus(name=batch.name, phase=BatchPhase.REFUSED, tag=batch.tag, message=message, faults=told)


def _result(custom_id: str, row: int, end: LineEnd | Reply | None) -> LineResult:
    if isinstance(end, LineEnd):
        return LineResult(custom_id, end)
    body = f"row:{row}".encode()
    return LineResult(custom_id, LineEnd.SERVED, WireResponse(status=200, headers={}, body=body))
