"""The protocol of provider batches: requests are handed in together, and their answers are collected later.

What one line of a batch asks and answers is a wire format's (`WireFormat`); a batch API only carries such lines to the
provider and back. Every operation may be several exchanges; each either gives what is said here or raises BatchError.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.providers.base import Call, Failure, Transport, WireResponse


class BatchPhase(StrEnum):
    """Where a batch stands."""

    WAITING = "waiting"  # validated or queued
    RUNNING = "running"
    FINALIZING = "finalizing"  # all is done, the results are being written
    CANCELLING = "cancelling"
    ENDED = "ended"  # completed, expired or cancelled: what was answered can be collected
    REFUSED = "refused"  # it never began: no line was worked on or billed


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line of a refused batch; `line` counts from 1."""

    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStatus:
    """What a provider says of a batch; None is not said."""

    name: str  # the provider's own
    phase: BatchPhase
    created_at: datetime | None = None  # UTC
    tag: str | None = None  # the name we gave it, where the provider keeps one
    requests: int | None = None
    done: int | None = None  # requests that came to some end
    failed: int | None = None  # of these
    results: tuple[str, ...] = ()  # where answers can be collected now: names of files, addresses; may grow
    is_partial: bool = False  # `results` can be read before the end
    faults: tuple[LineFault, ...] = ()  # of a refused one
    message: str = ""  # for people, at most 300 characters: why it was refused, or how it ended
    emulated: bool = False


class LineEnd(StrEnum):
    """How one line of a batch ended."""

    SERVED = "served"  # `response` is what the request would have got by itself, an error perhaps; None: nobody knows
    EXPIRED = "expired"  # not worked on in time, and not billed
    CANCELLED = "cancelled"  # not worked on, and not billed


@dataclass(frozen=True, slots=True)
class LineResult:
    """One line of a batch's results."""

    custom_id: str
    end: LineEnd
    response: WireResponse | None = None  # to be decoded by the wire format, as if the request had been sent alone
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Lines that are handed in together; `lines` is a file of them, each ended by a newline."""

    tag: str  # the same at every try: letters, digits and hyphens, at most 64
    card: ModelCard  # of the lines' model; the first one's where a batch may hold several
    service_tier: ServiceTier
    lines: Path
    bytes: int
    requests: int
    digest: str  # SHA-256 of the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A provider as it is reached: with what key, through what."""

    provider: Provider
    transport: Transport
    timeout_s: float  # for each exchange
    folder: Path  # for what is downloaded; emptied by who made it
    key: str | None = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)


class BatchError(Exception):
    """An exchange about a batch failed; `taken` is whether the provider may have done what it was asked.

    After a 4xx, a 429 or a connection that was never made it has not; after a time-out, a 408, 409, 499 or 5xx, or an
    answer that is none, nobody knows.
    """

    def __init__(self, failure: Failure, *, taken: bool) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.taken = taken


class BatchApi(Protocol):
    """One provider's batches, stateless; every method but `line` raises BatchError."""

    def line(self, custom_id: str, call: Call) -> bytes:
        """One request as a line, without its newline; UnsendableError when it cannot be one.

        `custom_id` has letters, digits, `-` and `_`, at most 64.
        """
        ...

    async def upload(self, account: Account, parcel: Parcel) -> str | None:
        """The provider's name of the uploaded lines; None where a batch carries its lines itself."""
        ...

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin; `file` is what `upload` gave."""
        ...

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """The batches that may be the one called so and submitted at `since` or later: one, where names are kept.

        Where a provider keeps no names: all of that many requests that it began since then, for their results to say.
        """
        ...

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when the provider knows no such batch (any more)."""
        ...

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop: what is done stays done and is billed; None as above. Harmless for one that has ended."""
        ...

    def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """What there is to collect now, in any order; the same lines again at every call.

        Lines that cannot be read are left out (they stay missing). Memory does not grow with the number of lines.
        """
        ...
