"""Tickets that wait: by line, in order, those that begin alike together, some of them until a time."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import polars as pl

from modelroute_cli.execution.observed import Load, Loads
from modelroute_cli.execution.supply import Shelf, Supply, load_of_rows
from modelroute_cli.execution.tickets import Assigned, Key, Ticket, lines_of, order


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


class _Line:
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


class Backlog:
    """Lines, each of one model."""

    def __init__(self, supply: Supply | None = None) -> None:
        shelves = {} if supply is None else supply.shelves
        self._ready: dict[str, _Line] = {name: _Line(shelf) for name, shelf in shelves.items()}
        self._delayed: list[tuple[float, Key, Ticket]] = []
        self._loads = Loads(None if supply is None else supply.loads)
        self._count = 0 if supply is None else len(supply)

    def __len__(self) -> int:
        return self._count

    @property
    def loads(self) -> dict[str, Load]:
        """What was planned for the requests in it, model by model."""
        return self._loads.by_model()

    @property
    def any_asleep(self) -> bool:
        """Whether tickets wait for the first of their beginning."""
        return any(line.any_asleep for line in self._ready.values())

    def push(self, ticket: Ticket, due: float | None = None) -> None:
        """Add a ticket, to be sent at `due` at the earliest."""
        self._count += 1
        self._loads.add(ticket.model, ticket.assigned)
        if due is None:
            self._line(ticket.line).push(order(ticket), ticket)
        else:
            heapq.heappush(self._delayed, (due, order(ticket), ticket))

    def mature(self, now: float) -> None:
        """Make the tickets ready whose time has come."""
        while self._delayed and self._delayed[0][0] <= now:
            _, key, ticket = heapq.heappop(self._delayed)
            self._line(ticket.line).push(key, ticket)

    def next_due(self) -> float | None:
        """When the next delayed ticket becomes ready; None when none is delayed."""
        return self._delayed[0][0] if self._delayed else None

    def heads(self) -> list[Ticket]:
        """The first ready ticket of each line, the most urgent line first."""
        firsts = [first for line in self._ready.values() if (first := line.first()) is not None]
        return [ticket for _, ticket in sorted(firsts, key=lambda item: item[0])]

    def pop(self, line: str) -> Ticket:
        """Take the head of a line."""
        ticket = self._ready[line].pop()
        self._forget(ticket)
        return ticket

    def take(self, line: str) -> Ticket | pl.DataFrame:
        """The head of a line; where it was never tried, all rows of its shelf."""
        taken = self._ready[line].take()
        if isinstance(taken, Ticket):
            self._forget(taken)
        else:
            self._count -= taken.height
            self._loads.add_all(taken["model"][0], load_of_rows(taken), -1)
        return taken

    def withdraw(self, template: str, model: str) -> list[Untried]:
        """Take the untried requests of a template out that wait for a model; the others wait on."""
        taken: list[Untried] = []
        for line in lines_of(model):
            for found in list(self._ready[line].untried()) if line in self._ready else ():
                self._count -= found.rows.height
                self._loads.add_all(model, load_of_rows(found.rows), -1)
                own = pl.col("template").cast(pl.String) == template
                mine, others = found.rows.filter(own), found.rows.filter(~own)
                if others.height:
                    self.add(Supply(others.lazy(), found.make))
                if mine.height:
                    taken.append(Untried(mine, found.make))
        return taken

    def add(self, supply: Supply) -> None:
        """More untried requests, as rows."""
        self._count += len(supply)
        for line, shelf in supply.shelves.items():
            self._line(line).add(shelf)
        for model, load in supply.loads.items():
            self._loads.add_all(model, load)

    def sleep(self, line: str) -> None:
        """Let the head of a line and those that begin like it wait until `wake`; others pass them."""
        self._ready[line].sleep()

    def wake(self, model: str, prefix: int) -> None:
        """Make those ready that wait for the first of their beginning."""
        for line in lines_of(model):
            if line in self._ready:
                self._ready[line].wake(prefix)

    def _line(self, name: str) -> _Line:
        if name not in self._ready:
            self._ready[name] = _Line()
        return self._ready[name]

    def _forget(self, ticket: Ticket) -> None:
        self._count -= 1
        self._loads.add(ticket.model, ticket.assigned, -1)
