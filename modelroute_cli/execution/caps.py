"""Caps beside the hard cap: what each tenant, each provider and each day may cost, kept by the same reservations.

A day is the calendar day in UTC on which an attempt is sent; what it is billed later counts on that day too.
Requests of a tenant whose money is all reserved stand aside until some of it comes back, so that the other tenants'
requests pass them; those of a provider, or of a day, wait where they stand.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count

import polars as pl

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.budget import Budget
from modelroute_cli.execution.tickets import Key, Ticket, order

_DEFAULT = "default"
_ANY_DAY = ""


class CapKind(StrEnum):
    """What a cap is for."""

    RUN = "run"
    TENANT = "tenant"
    PROVIDER = "provider"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What attempts of one tenant on one model on one day came to in earlier sessions."""

    tenant: str | None
    model: str
    day: str  # ISO, UTC
    spent_pusd: PicoUSD
    held_pusd: PicoUSD


class Room(Budget):
    """The money of one tenant, provider or day, and the tickets that stand aside until some of it comes back."""

    def __init__(self, kind: CapKind, name: str, cap: PicoUSD, freed: Callable[["Room"], None]) -> None:
        super().__init__(cap)
        self.kind = kind
        self.name = name
        self.need = 0  # the high end of what is planned for first attempts that wait, pico-dollars
        self.aside: list[tuple[Key, int, PicoUSD, Ticket]] = []
        self._freed = freed

    def _release(self, reservation: PicoUSD) -> None:
        super()._release(reservation)
        self._freed(self)


class Caps:
    """The rooms of a run; without settings there are none, and nothing is counted."""

    def __init__(
        self, settings: CapSettings | None = None, provider_of: Callable[[str], str] = str, day: str = _ANY_DAY
    ) -> None:
        self._settings = settings or CapSettings()
        self._provider_of = provider_of
        self.day = day  # ISO
        self._rooms: dict[tuple[CapKind, str], Room] = {}
        self._of: dict[tuple[str | None, str], tuple[Room, ...]] = {}
        self._freed: set[Room] = set()
        self._numbers = count()
        self.aside = 0  # tickets that stand aside
        self.any = bool(self._settings.tenants or self._settings.providers or self._settings.per_day)

    def of(self, tenant: str | None, model: str) -> tuple[Room, ...]:
        """The rooms that an attempt of this tenant on this model draws on today, the most general first."""
        if not self.any:
            return ()
        known = self._of.get((tenant, model))
        if known is None:
            known = self._of[tenant, model] = tuple(self._drawn_on(tenant, model, self.day))
        return known

    def rooms_on(self, tenant: str | None, model: str, day: str | None) -> tuple[Room, ...]:
        """The rooms of that day, or (None) those that know no days."""
        if not self.any:
            return ()
        drawn = self._drawn_on(tenant, model, self.day if day is None else day)
        return tuple(room for room in drawn if day is not None or room.kind is not CapKind.DAY)

    def count(self, gone: Iterable[Gone]) -> None:
        """Take what earlier sessions spent, and what may have been billed in them, out of its rooms."""
        for item in gone:
            for room in self._drawn_on(item.tenant, item.model, item.day):
                room.spent = PicoUSD(room.spent + item.spent_pusd)
                room.held = PicoUSD(room.held + item.held_pusd)

    def roll(self, now: Callable[[], datetime]) -> bool:
        """Begin a new day when one has begun; whether it has. The clock is read only where days are counted."""
        if self._settings.per_day is None:
            return False
        day = now().date().isoformat()
        if day <= self.day:
            return False
        self.day = day
        self._of.clear()
        return True

    def expect(self, ticket: Ticket, sign: int) -> None:
        """A first attempt waits for its money, or with `sign` -1 does so no more."""
        if self.any and not ticket.extra:
            self._expect(ticket.assigned.tenant, ticket.model, sign * ticket.assigned.cost_range_pusd)

    def forget(self, ticket: Ticket) -> None:
        """A ticket waits no more and takes nothing: those that stood aside while it had its turn have theirs."""
        self.expect(ticket, -1)
        self._freed.update(self.of(ticket.assigned.tenant, ticket.model))

    def expect_all(self, waiting: pl.LazyFrame, sign: int = 1) -> None:
        """The ASSIGNMENTS in `waiting`, never tried, wait for their money, or with `sign` -1 do so no more."""
        if not self.any:
            return
        sums = waiting.group_by("tenant", "model").agg(pl.col("cost_range_pusd").sum()).collect()
        for tenant, model, pusd in sums.iter_rows():
            self._expect(tenant, model, sign * pusd)

    def _expect(self, tenant: str | None, model: str, pusd: int) -> None:
        for room in self.of(tenant, model):
            if room.kind is not CapKind.DAY:  # for a day, all that waits waits
                room.need += pusd

    def stand_aside(self, room: Room, ticket: Ticket, price: PicoUSD) -> None:
        """Keep a ticket until its room has `price` free, or never will."""
        heapq.heappush(room.aside, (order(ticket), next(self._numbers), price, ticket))
        self.aside += 1

    def returning(self) -> Iterator[Ticket]:
        """The tickets that stood aside and fit now, the most urgent first; and those that never will."""
        while self._freed:
            yield from self._returning(self._freed.pop())

    def _returning(self, room: Room) -> Iterator[Ticket]:
        free, left = room.free, room.left
        while room.aside and (room.aside[0][2] <= free or room.aside[0][2] > left):
            *_, price, ticket = heapq.heappop(room.aside)
            free = PicoUSD(free - price) if price <= left else free
            self.aside -= 1
            yield ticket

    def _drawn_on(self, tenant: str | None, model: str, day: str) -> Iterator[Room]:
        yield from self._of_day(day)
        provider = self._provider_of(model)
        yield from self._room(CapKind.PROVIDER, provider, self._settings.providers.get(provider))
        if tenant is not None:
            own = self._settings.tenants.get(tenant, self._settings.tenants.get(_DEFAULT))
            yield from self._room(CapKind.TENANT, tenant, own)

    def _of_day(self, day: str) -> Iterator[Room]:
        yield from self._room(CapKind.DAY, day, self._settings.per_day)

    def _room(self, kind: CapKind, name: str, dollars: str | None) -> Iterator[Room]:
        """The room of that name, made when it is first needed; none without a cap."""
        if dollars is None:
            return
        known = self._rooms.get((kind, name))
        if known is None:
            known = self._rooms[kind, name] = Room(kind, name, from_usd(dollars), self._freed.add)
        yield known


def gone_in(attempts: pl.DataFrame, assignments: pl.LazyFrame) -> Iterator[Gone]:
    """What a journal's ATTEMPTS came to, by the tenants of ASSIGNMENTS, models and days."""
    unknown = pl.col("cost_pusd").is_null()
    tenants = assignments.select("row", "tenant").collect()
    sums = (
        attempts.join(tenants, on="row", how="left", maintain_order="left")
        .group_by("tenant", "model", pl.col("started_at").dt.date().alias("day"), maintain_order=True)
        .agg(pl.col("cost_pusd").sum(), pl.col("reserved_pusd").filter(unknown).sum())
    )
    for tenant, model, day, spent, held in sums.iter_rows():
        yield Gone(tenant=tenant, model=model, day=day.isoformat(), spent_pusd=spent, held_pusd=held)
