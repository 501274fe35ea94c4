"""A transport that hands requests to an emulator in this process: the executor runs against it in virtual time."""

import asyncio
from dataclasses import dataclass, field

from msgspec.structs import replace
from support.emulating import UNLIMITED
from support.virtual import VirtualClock

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import EmulatorLimits, EmulatorSettings
from modelroute_cli.emulator.in_process import URL, InProcess, LineBrokenError
from modelroute_cli.emulator.ledger import Stats
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.providers.base import TransportError, WireFormat, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for


@dataclass
class EmulatedTransport:
    """What a run needs of its providers: transport, wire formats and addresses; `times` is when each was asked."""

    settings: EmulatorSettings
    clock: Clock = field(default_factory=VirtualClock)
    times: list[float] = field(default_factory=list)
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
                returned = await self.emulator.post(request.url, request.headers, request.body)
        except TimeoutError as error:
            msg = f"no complete answer from `emulated` within {timeout_s:g} s"
            raise TransportError(msg, sent=True) from error
        except LineBrokenError as error:
            msg = "the connection to `emulated` broke before the answer was complete"
            raise TransportError(msg, sent=True) from error
        finally:
            self.in_flight -= 1
        return WireResponse(status=returned.status, headers=returned.headers, body=returned.body)

    async def close(self) -> None:
        """Nothing to close."""


def emulated(settings: EmulatorSettings = UNLIMITED, **limits: EmulatorLimits) -> EmulatedTransport:
    """An emulator whose accounts named here have these limits; without settings it answers at once."""
    return EmulatedTransport(replace(settings, limits={**settings.limits, **limits}))
