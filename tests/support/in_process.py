"""A transport that hands requests to an emulator in this process: the executor runs against it in virtual time."""

import asyncio
import dataclasses
from dataclasses import dataclass, field

from msgspec.structs import replace
from support.emulating import UNLIMITED
from support.virtual import VirtualClock

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import EmulatorLimits, EmulatorSettings
from modelroute_cli.emulator.faults import Fault
from modelroute_cli.emulator.in_process import URL, Begun, InProcess, LineBrokenError, Returned
from modelroute_cli.emulator.ledger import Stats
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.providers.base import TransportError, WireFormat, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for


@dataclass(frozen=True, slots=True)
class Met:
    """What one attempt met on the other side, and what it was billed there, tokens."""

    status: int
    fault: Fault | None
    input_tokens: int
    output_tokens: int


@dataclass
class EmulatedTransport:
    """What a run needs of its providers: transport, wire formats and addresses; `times` is when each was asked."""

    settings: EmulatorSettings
    clock: Clock = field(default_factory=VirtualClock)
    times: list[float] = field(default_factory=list)
    met: dict[str, Met] = field(default_factory=dict)  # by the name of the attempt on the wire
    in_flight: int = 0
    most_in_flight: int = 0
    _emulator: InProcess | None = None

    @property
    def emulator(self) -> InProcess:
        """Made at its first use, when the clock runs."""
        if self._emulator is None:
            self._emulator = InProcess(self.settings, self.clock)
        return self._emulator

    @property
    def stats(self) -> Stats:
        """The emulator's books."""
        return self.emulator.stats

    def format_for(self, provider: Provider) -> WireFormat:
        """The true wire format."""
        return format_for(provider)

    def reached(self, provider: Provider) -> Provider:
        """The provider as the emulator plays it."""
        return rewire(provider, URL)

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """As the HTTP transport does it, with the same failures."""
        self.times.append(self.clock.monotonic())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            async with asyncio.timeout(timeout_s):
                returned = await self.emulator.end(self._begun(request))
        except TimeoutError as error:
            msg = f"no complete answer from `emulated` within {timeout_s:g} s"
            raise TransportError(msg, sent=True) from error
        except LineBrokenError as error:
            msg = "the connection to `emulated` broke before the answer was complete"
            raise TransportError(msg, sent=True) from error
        finally:
            self.in_flight -= 1
        return _received(request, returned)

    def _begun(self, request: WireRequest) -> Begun | Returned:
        """Hand it over, and note what it was billed."""
        before = self._billed()
        begun: Begun | Returned
        if request.method == "POST" and request.file is None:
            begun = self.emulator.begin(request.url, request.headers, request.body)
        else:
            pieces = iter((request.body,)) if request.file is None else request.file.pieces()
            begun = self.emulator.exchange(request.method, request.url, request.headers, pieces)
        after = self._billed()
        if isinstance(begun, Begun) and begun.incoming.client_id is not None:
            outgoing, bill = begun.outgoing, (after[0] - before[0], after[1] - before[1])
            self.met[begun.incoming.client_id] = Met(outgoing.status, outgoing.fault, *bill)
        return begun

    def _billed(self) -> tuple[int, int]:
        """Input and output tokens so far, over all models."""
        books = self.emulator._answering.ledger.tokens.values()
        return sum(book["input_tokens"] for book in books), sum(book["output_tokens"] for book in books)

    async def close(self) -> None:
        """Nothing to close."""


def _received(request: WireRequest, returned: Returned) -> WireResponse:
    """What came back; the body of a success goes to its file bit by bit, where the request wants it there."""
    response = WireResponse(status=returned.status, headers=returned.headers, body=b"")
    if request.save is None or returned.status >= 300:
        return dataclasses.replace(response, body=returned.content())
    with request.save.open("wb") as file:
        file.writelines(returned.pieces or (returned.body,))
    return response


def emulated(settings: EmulatorSettings = UNLIMITED, **limits: EmulatorLimits) -> EmulatedTransport:
    """An emulator whose accounts named here have these limits; without settings it answers at once."""
    return EmulatedTransport(replace(settings, limits={**settings.limits, **limits}))
