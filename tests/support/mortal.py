"""Runs that hand requests in to the emulator through the true batch APIs, and die at any exchange or commit.

A death ends everything at once: after it nothing is sent, received or written, as after `kill -9`. The emulator and its
clock outlive it.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from msgspec import structs
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED
from support.handing_in import at_half, replace_tier
from support.in_process import EmulatedTransport
from support.plans import OTHER, PRICES, PlanParts, Row, plan_of
from support.runs import Job, Setup, run
from support.virtual import START, VirtualClock

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.settings import EmulatorBatches
from modelroute_cli.emulator.ledger import Billed
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.records import Record
from modelroute_cli.execution.work import Patience, RunOutcome
from modelroute_cli.providers.base import WireRequest, WireResponse
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for

PLACES = {
    "openai": "gpt-6-luna",
    "anthropic": "claude-haiku-5-5",
    "google": "gemini-2.5-flash-lite",
    "mistral": "mistral-small",
    "openrouter": "openrouter/openai/gpt-6-luna",
}
"""A model at each provider that takes batches."""
STANDARD, HALF_PRICE = PRICES[OTHER], tuple(price // 2 for price in PRICES[OTHER])


def die() -> NoReturn:
    """As the rest of the program sees it."""
    msg = "dead"
    raise StorageError(msg)


class OngoingClock(VirtualClock):
    """Goes on over the sessions of a run, each of which has an event loop of its own."""

    def __init__(self) -> None:
        self._before_s = 0.0
        self._last_s = 0.0

    def now(self) -> datetime:
        """The virtual time of day."""
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Virtual seconds since the first session began; between sessions it stands still."""
        with suppress(RuntimeError):
            self._last_s = self._before_s + asyncio.get_running_loop().time()
        return self._last_s

    def rest(self, seconds: float) -> None:
        """A session has ended, and some time passes."""
        self._before_s = self._last_s = self.monotonic() + seconds


@dataclass(frozen=True, slots=True)
class Death:
    """At the nth exchange or commit of a session, before it or once it was done."""

    nth: int
    at_commit: bool
    after: bool


@dataclass
class World:
    """What outlives a run: the emulator and the time; and what may end a session."""

    batches: EmulatorBatches
    clock: OngoingClock = field(default_factory=OngoingClock)
    death: Death | None = None
    exchanges: int = 0
    commits: int = 0
    is_dead: bool = False

    def __post_init__(self) -> None:
        self.transport = MortalTransport(self)

    def step(self, *, is_commit: bool, after: bool) -> None:
        """One thing is about to happen, or has."""
        if self.is_dead:
            die()
        if is_commit:
            self.commits += not after
        else:
            self.exchanges += not after
        nth = self.commits if is_commit else self.exchanges
        if self.death == Death(nth, is_commit, after):
            self.is_dead = True
            die()


class MortalTransport(EmulatedTransport):
    """An emulator in this process that outlives the session."""

    def __init__(self, world: World) -> None:
        super().__init__(structs.replace(UNLIMITED, batches=world.batches), clock=world.clock)
        self._world = world

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Unless it dies before, or once it was answered."""
        self._world.step(is_commit=False, after=False)
        response = await super().send(request, timeout_s)
        self._world.step(is_commit=False, after=True)
        return response


def opened_in(world: World) -> Callable[[Path, str], Journal]:
    """Opens journals that end with the session."""

    class MortalJournal(Journal):
        def _commit(self, records: list[Record]) -> None:
            world.step(is_commit=True, after=False)
            super()._commit(records)
            world.step(is_commit=True, after=True)

    return MortalJournal.open


@dataclass(frozen=True, slots=True)
class Trial:
    """Some requests at one provider, handed in at one tier."""

    job: Job
    world: World
    model_id: str
    tier: ServiceTier

    @classmethod
    def at(cls, place: str, rows: int, folder: Path, batches: EmulatorBatches, tier: ServiceTier) -> "Trial":
        """`place` is one of PLACES; batches hold four requests at most."""
        catalog = default_catalog()
        card = structs.replace(catalog.models[PLACES[place]], name=OTHER)
        provider = catalog.providers[card.provider]
        terms = structs.replace(provider.tiers[tier], max_requests=min(4, provider.tiers[tier].max_requests or 4))
        account = structs.replace(provider, reports_cost=False, tiers={**provider.tiers, tier: terms})
        card = structs.replace(card, tiers={})
        made = [
            Row(
                model=OTHER,
                service_tier=tier.value,
                request=Request(custom_id=f"r{row}", prompt=f"Write a line about number {row}."),
            )
            for row in range(rows)
        ]
        sold = structs.replace(replace_tier(at_half(), at_half().steps[0]), service_tier=tier.value)
        parts = PlanParts(cards={OTHER: card}, accounts={card.provider: account}, tier_cards=(sold,))
        return cls(Job.of(made, folder, plan_of(made, parts)), World(batches), card.model_id, tier)

    def session(self, death: Death | None = None, patience: Patience = Patience.WAIT) -> RunOutcome | None:
        """One session; None where it died."""
        world = self.world
        world.death, world.is_dead, world.exchanges, world.commits = death, False, 0, 0
        setup = Setup(open_journal=opened_in(world), patience=patience, clock=world.clock, batches=batch_api_for)
        try:
            return run(self.job, world.transport, replace(setup, handed_in_format=wire_for))
        except StorageError:
            return None
        finally:
            world.clock.rest(600.0)

    @property
    def handed_in(self) -> Billed | None:
        """What the emulator billed of requests that were handed in."""
        books = self.world.transport.stats.handed_in.get(self.tier.value, {})
        return next(iter(books.values()), None)

    @property
    def charged_pusd(self) -> int:
        """What all of the emulator's books come to by the prices of the plan."""
        alone = sum(_price(book, STANDARD) for book in self.world.transport.stats.books.values())
        return alone + (_price(self.handed_in, HALF_PRICE) if self.handed_in else 0)


def random_death(rng: random.Random) -> Death:
    """Anywhere in the first three dozen steps."""
    return Death(rng.randint(1, 36), at_commit=rng.random() < 0.5, after=rng.random() < 0.5)


def _price(book: Billed, rates: tuple[int, ...]) -> int:
    return book.input_tokens * rates[0] + book.output_tokens * rates[1]
