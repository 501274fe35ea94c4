"""What is ready of one line: untried requests as rows, and those that come back as tickets, in one order.

Those that begin alike stand together, where the most urgent of them does; they may sleep until a cache is warm.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import polars as pl

from modelroute_cli.execution.supply import Shelf
from modelroute_cli.execution.tickets import Assigned, Key, Ticket


@dataclass(frozen=True, slots=True)
class Untried:
    """Requests that were never tried, as rows, and what makes the attempt of one."""

    rows: pl.DataFrame
    make: Callable[[Assigned], Ticket]


@dataclass(slots=True, eq=False)
class _Kin:
    """Tickets that begin alike and are as urgent as each other: they stand where the most urgent came to stand."""

    prefix: int
    tickets: list[tuple[Key, Ticket]] = field(default_factory=list)
    place: Key | None = None  # None: asleep, or none left


class _Queue:
    """The ready tickets of one line; an entry is a ticket, or kin of whom the first comes next."""

    def __init__(self) -> None:
        self._entries: list[tuple[Key, int, Ticket | _Kin]] = []
        self._kin: dict[tuple[int, bool, int], _Kin] = {}
        self._asleep: dict[int, list[_Kin]] = {}
        self._numbers = count()

    @property
    def any_asleep(self) -> bool:
        """Whether tickets wait for the first of their beginning."""
        return bool(self._asleep)

    def push(self, key: Key, ticket: Ticket) -> None:
        """Add a ticket; asleep when its kin are."""
        prefix = ticket.assigned.prefix
        if prefix is None:
            self._enter(key, ticket)
            return
        kin = self._kin.get((prefix, *key[:2]))
        if kin is None:
            kin = self._kin[prefix, *key[:2]] = _Kin(prefix, place=key)
            self._enter(key, kin)
        elif kin.place is not None and key < kin.place:
            kin.place = key
            self._enter(key, kin)
        heapq.heappush(kin.tickets, (key, ticket))

    def first(self) -> tuple[Key, Ticket] | None:
        """The first that is awake, with its place."""
        while self._entries:
            place, _, item = self._entries[0]
            if isinstance(item, Ticket):
                return place, item
            if item.place == place:
                return place, item.tickets[0][1]
            heapq.heappop(self._entries)  # kin that moved, or are gone
        return None

    def pop(self) -> Ticket:
        """Take the first; `first` has just found it."""
        key, _, item = self._entries[0]
        if isinstance(item, Ticket):
            heapq.heappop(self._entries)
            return item
        _, ticket = heapq.heappop(item.tickets)
        if not item.tickets:
            item.place = None
            del self._kin[item.prefix, *key[:2]]
        return ticket

    def sleep(self) -> None:
        """Let the first and its kin wait until they are woken; `first` has just found it."""
        _, _, item = self._entries[0]
        if isinstance(item, _Kin):
            item.place = None
            self._asleep.setdefault(item.prefix, []).append(item)

    def wake(self, prefix: int) -> None:
        """Make those ready that begin so."""
        for kin in self._asleep.pop(prefix, ()):
            kin.place = kin.tickets[0][0]
            self._enter(kin.place, kin)

    def _enter(self, key: Key, item: Ticket | _Kin) -> None:
        heapq.heappush(self._entries, (key, next(self._numbers), item))


class Line:
    """All that is ready of one line: its shelf of untried requests, and a queue of those that come back."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._queue = _Queue()
        self._sources: tuple[_Queue | Shelf, ...] = (self._queue,) if shelf is None else (self._queue, shelf)
        self._chosen: _Queue | Shelf = self._queue

    def add(self, shelf: Shelf) -> None:
        """More untried requests; shelves that are empty by now are taken away."""
        used = [each for each in self._sources if not isinstance(each, Shelf) or len(each)]
        self._sources = (*used, shelf)

    def take(self) -> Ticket | pl.DataFrame:
        """The first, with all of its shelf where it stands on one; `first` has just found it."""
        return self._chosen.take_all() if isinstance(self._chosen, Shelf) else self._chosen.pop()

    def untried(self) -> Iterator[Untried]:
        """All that stands on shelves; they are empty afterwards."""
        for source in self._sources:
            if isinstance(source, Shelf) and len(source):
                yield Untried(source.take_all(), source.make)

    @property
    def any_asleep(self) -> bool:
        """Whether tickets wait for the first of their beginning."""
        return any(source.any_asleep for source in self._sources)

    def push(self, key: Key, ticket: Ticket) -> None:
        """Add a ticket; asleep when its kin are."""
        self._queue.push(key, ticket)

    def first(self) -> tuple[Key, Ticket] | None:
        """The first that is awake, with its place."""
        found: tuple[Key, Ticket] | None = None
        for source in self._sources:
            own = source.first()
            if own is not None and (found is None or own[0] < found[0]):
                found, self._chosen = own, source
        return found

    def pop(self) -> Ticket:
        """Take the first; `first` has just found it."""
        return self._chosen.pop()

    def sleep(self) -> None:
        """Let the first and its kin wait until they are woken; `first` has just found it."""
        self._chosen.sleep()

    def wake(self, prefix: int) -> None:
        """Make those ready that begin so."""
        for source in self._sources:
            source.wake(prefix)
