"""Requests that wait to be handed in: untried ones as columns, by tier and model, and those that came back."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.execution.batching.ways import Way
from modelroute_cli.execution.observed import Load, Loads
from modelroute_cli.execution.supply import Shelf, Supply
from modelroute_cli.execution.tickets import Ticket


class Waiting:
    """What is to be handed in; `way_of` says how a model's tier is, None where it cannot be."""

    def __init__(self, supplies: Mapping[str, Supply], way_of: Callable[[str, str], Way | None]) -> None:
        """`supplies`: by service tier."""
        self._supplies = supplies
        self._way_of = way_of
        self._back: dict[Way, deque[Ticket]] = {}
        self._shelves: dict[Way, list[Shelf]] = {}
        self._loads = Loads()
        for supply in supplies.values():
            for model, load in supply.loads.items():
                self._loads.add_all(model, load)

    def __len__(self) -> int:
        return sum(map(len, self._supplies.values())) + sum(map(len, self._back.values()))

    @property
    def loads(self) -> Mapping[str, Load]:
        """What was planned for them, by model."""
        return self._loads.by_model()

    @property
    def worst_pusd(self) -> int:
        """The most that all of them can cost as planned, before any was taken."""
        return sum(supply.worst_pusd for supply in self._supplies.values())

    def ways(self) -> tuple[Way, ...]:
        """The ways in which something waits to be handed in, the largest first."""
        counts: dict[Way, int] = {}
        for tier, supply in self._supplies.items():
            for model, shelf in supply.shelves.items():
                way = self._way_of(model, tier)
                if way is not None and len(shelf):
                    counts[way] = counts.get(way, 0) + len(shelf)
        for way, tickets in self._back.items():
            if tickets:
                counts[way] = counts.get(way, 0) + len(tickets)
        return tuple(sorted(counts, key=lambda way: -counts[way]))

    def push(self, ticket: Ticket) -> bool:
        """A request that is handed in once more; False where it cannot be."""
        way = self._way_of(ticket.model, ticket.service_tier)
        if way is None:
            return False
        self._back.setdefault(way, deque()).append(ticket)
        self._loads.add(ticket.model, ticket.assigned, 1)
        return True

    def put_back(self, way: Way, ticket: Ticket) -> None:
        """One that was taken and does not fit just now: it is the next one again."""
        self._back.setdefault(way, deque()).appendleft(ticket)
        self._loads.add(ticket.model, ticket.assigned, 1)

    def take(self, way: Way) -> Ticket | None:
        """The next request of a way; None when none is left."""
        ticket = self._next(way)
        if ticket is not None:
            self._loads.add(ticket.model, ticket.assigned, -1)
        return ticket

    def take_all(self) -> Iterator[Ticket]:
        """Take everything that is left."""
        for way in self.ways():
            while (ticket := self.take(way)) is not None:
                yield ticket

    def homeless(self) -> Iterator[Ticket]:
        """Take those that cannot be handed in at all."""
        for tier, supply in self._supplies.items():
            for model, shelf in supply.shelves.items():
                while self._way_of(model, tier) is None and shelf.first() is not None:
                    ticket = shelf.pop()
                    self._loads.add(ticket.model, ticket.assigned, -1)
                    yield ticket

    def _next(self, way: Way) -> Ticket | None:
        back = self._back.get(way)
        if back:
            return back.popleft()
        if way not in self._shelves:
            self._shelves[way] = self._shelves_of(way)
        for shelf in self._shelves[way]:
            if shelf.first() is not None:
                return shelf.pop()
        return None

    def _shelves_of(self, way: Way) -> list[Shelf]:
        """Where its untried requests stand."""
        supply = self._supplies.get(way.tier.value)
        found = {} if supply is None else supply.shelves
        return [shelf for model, shelf in found.items() if self._way_of(model, way.tier.value) == way]


def waiting_tiers(assignments: pl.LazyFrame) -> tuple[str, ...]:
    """The tiers in ASSIGNMENTS whose requests are handed in."""
    used = assignments.select(pl.col("service_tier").cast(pl.String).unique()).collect().to_series()
    return tuple(sorted(set(used) & {tier.value for tier in HANDED_IN}))
