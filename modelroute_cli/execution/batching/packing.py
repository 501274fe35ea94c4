"""Requests become lines of one batch: as many as its limits, its queue, the money and their deadlines allow."""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.audit.prompt import prompt_sha256
from modelroute_cli.execution.batching.naming import LineName, custom_id
from modelroute_cli.execution.batching.timing import due_at, has_time
from modelroute_cli.execution.batching.ways import Way, Ways
from modelroute_cli.execution.budget import Reservation
from modelroute_cli.execution.redaction import SealedCall, sealed_call
from modelroute_cli.execution.run_folder import storage_error
from modelroute_cli.execution.settle import unreadable, unsendable
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.jobs.media_forms import carries_any
from modelroute_cli.providers.base import Call, Failure, UnsendableError

_BREATH = 50  # lines between two moments in which everything else has its turn


@dataclass(frozen=True, slots=True)
class Space:
    """What one batch may still take."""

    requests: int
    bytes: int
    tokens: int | None  # input tokens, by what may wait in the account; None: no limit is known


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch, with its money."""

    ticket: Ticket
    attempt: int
    money: Reservation
    prompt_sha256: str


@dataclass(slots=True)
class Packed:
    """Lines that were written to a file; nothing of them is journaled or sent yet."""

    tag: str
    path: Path
    lines: list[Line] = field(default_factory=list)
    bytes: int = 0
    tokens: int = 0
    digest: str = ""
    due: datetime | None = None
    short_of_money: bool = False  # the next request had no money just now


@dataclass(frozen=True, slots=True)
class Unfit:
    """A request that cannot be handed in, and why; `failure` None: there is no time for it."""

    ticket: Ticket
    request: Request
    failure: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packer:
    """Writes lines; `reserve` gives money for one or says that there is none now."""

    ways: Ways
    may_switch: Callable[[Ticket], bool]  # whether a request may be sent by itself instead
    take: Callable[[Way], Ticket | None]
    put_back: Callable[[Way, Ticket], None]
    reserve: Callable[[Ticket], Reservation | None]
    is_hopeless: Callable[[Ticket], bool]  # no cap will ever have room for it
    park: Callable[[Ticket], None]
    unfit: Callable[[Unfit], None]
    began_at: Callable[[], datetime]  # when the run began, UTC: deadlines count from there
    deadline_s: int | None  # of requests without one of their own

    async def pack(self, way: Way, tag: str, space: Space) -> Packed:
        """The next requests of a way as a file of lines; without lines where none fits. StorageError."""
        packed = Packed(tag, self.ways.account(way.provider).folder / f"{tag}.jsonl")
        with _opened(packed) as file:
            packing = _Packing(self, way, packed, space, file, self.ways.terms_of(way).window_s)
            while len(packed.lines) < space.requests and await packing.add_next():
                if len(packed.lines) % _BREATH == 0:
                    await asyncio.sleep(0)
        packed.digest = digest_of(packed.path)
        return packed

    async def write_again(self, tickets: Iterable[tuple[Ticket, int]], way: Way, packed: Packed) -> None:
        """The same lines once more, after a crash took the file; StorageError."""
        with _opened(packed) as file:
            for number, (ticket, attempt) in enumerate(tickets):
                line = await self.line(way, custom_id(packed.tag, LineName(ticket.assigned.row, attempt)), ticket)
                if isinstance(line, bytes):  # it was one before, and the job file is the same
                    _write(file, line, packed)
                if number % _BREATH == 0:
                    await asyncio.sleep(0)
        packed.digest = digest_of(packed.path)

    async def line(self, way: Way, name: str, ticket: Ticket, request: Request | None = None) -> bytes | Failure:
        """The request (None: to be read) as a line of that name; a failure where it cannot be one."""
        try:
            call = await self._call(ticket, name, request)
            return self.ways.api(way).line(name, sealed_line(self.ways, call, ticket).call)
        except JobFileError as error:
            return unreadable(error)
        except UnsendableError as error:
            return unsendable(error)

    async def _call(self, ticket: Ticket, name: str, request: Request | None) -> Call:
        work = self.ways.work
        call = call_for(self.ways, ticket, request or work.request(ticket.assigned), name)
        if not carries_any(call.request):
            return call
        fetched = await work.fetch(call.request, call.provider)
        return replace(call, request=await asyncio.to_thread(work.inline, fetched))


@dataclass(frozen=True, slots=True)
class _Packing:
    """One batch while it is packed."""

    packer: Packer
    way: Way
    packed: Packed
    space: Space
    file: BinaryIO
    window_s: int | None

    async def add_next(self) -> bool:
        """One more line, or a request that is out; False when this batch takes no more."""
        ticket = self.packer.take(self.way)
        if ticket is None:
            return False
        if self.packer.is_hopeless(ticket):
            self.packer.park(ticket)
            return True
        request = self.packer.ways.work.request(ticket.assigned)
        due = self._due(ticket, request)
        if due is not None and not has_time(due, self.packer.ways.work.clock.now(), self.window_s):
            self.packer.unfit(Unfit(ticket, request, None))
            return True
        return await self._add(ticket, request, due)

    async def _add(self, ticket: Ticket, request: Request, due: datetime | None) -> bool:
        packed, attempt = self.packed, self.packer.ways.work.journal.next_attempt()
        name = custom_id(packed.tag, LineName(ticket.assigned.row, attempt))
        line = await self.packer.line(self.way, name, ticket, request)
        if isinstance(line, Failure):
            self.packer.unfit(Unfit(ticket, request, line))
            return True
        money = self.packer.reserve(ticket) if self._has_space(ticket, line) else None
        if money is None:
            packed.short_of_money = self._has_space(ticket, line)
            self.packer.put_back(self.way, ticket)
            return False
        _write(self.file, line, packed)
        packed.tokens += ticket.input_tokens
        sent = self.packer.ways.routes.sent(request, ticket.assigned.rule)
        packed.lines.append(Line(ticket, attempt, money, prompt_sha256(sent)))
        packed.due = min((moment for moment in (packed.due, due) if moment is not None), default=None)
        return True

    def _due(self, ticket: Ticket, request: Request) -> datetime | None:
        """When it has to be sent by itself at last; None where it may not, or has no deadline."""
        if not self.packer.may_switch(ticket):
            return None
        return due_at(request.deadline, self.packer.deadline_s, self.packer.began_at())

    def _has_space(self, ticket: Ticket, line: bytes) -> bool:
        """Whether it still fits; the first one always does, for a provider to judge."""
        if not self.packed.lines:
            return True
        tokens = self.space.tokens is None or self.packed.tokens + ticket.input_tokens <= self.space.tokens
        return tokens and self.packed.bytes + len(line) + 1 <= self.space.bytes


def call_for(ways: Ways, ticket: Ticket, request: Request, name: str = "") -> Call:
    """The call of a line, without what opens an account: that is sent with the batch."""
    card = ways.routes.models[ticket.model]
    return Call(
        request=request,
        card=card,
        provider=ways.work.providers[card.provider],
        max_tokens=ticket.max_tokens,
        service_tier=ticket.service_tier,
        key=None,
        secrets={},
        client_id=name,
        prefix=ticket.assigned.prefix,
        prefix_chars=ticket.assigned.prefix_chars,
    )


def sealed_line(ways: Ways, call: Call, ticket: Ticket) -> SealedCall:
    """A line's call as it leaves the machine, the same whenever it is made; JobFileError where it may not."""
    return sealed_call(call, ticket, ways.routes.redactor, call.request)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _opened(packed: Packed) -> Iterator[BinaryIO]:
    """The file of a batch, whole on the disk when it is left; StorageError."""
    try:
        packed.path.parent.mkdir(exist_ok=True)
        packed.bytes = 0
        with packed.path.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise storage_error(packed.path, error) from error


def _write(file: BinaryIO, line: bytes, packed: Packed) -> None:
    file.write(line)
    file.write(b"\n")
    packed.bytes += len(line) + 1
