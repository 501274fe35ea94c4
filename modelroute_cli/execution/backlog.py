"""Tickets that wait: by line, in order, those that begin alike together, some of them until a time."""

import heapq

import polars as pl

from modelroute_cli.execution.fair_line import FairLine
from modelroute_cli.execution.observed import Load, Loads
from modelroute_cli.execution.one_line import Line, Untried
from modelroute_cli.execution.sharing import Sharing
from modelroute_cli.execution.supply import Supply, load_of_rows
from modelroute_cli.execution.tickets import Key, Ticket, lines_of, order


class Backlog:
    """Lines, each of one model; with `sharing`, tenants take turns in each."""

    def __init__(self, supply: Supply | None = None, sharing: Sharing | None = None) -> None:
        self.sharing = sharing
        self._ready: dict[str, Line | FairLine] = {}
        self._count = 0 if supply is None else len(supply)  # before tenants are told apart, which empties its shelves
        for name, shelf in ({} if supply is None else supply.shelves).items():
            self._line(name).add(shelf)
        self._delayed: list[tuple[float, Key, Ticket]] = []
        self._loads = Loads(None if supply is None else supply.loads)

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

    def _line(self, name: str) -> Line | FairLine:
        known = self._ready.get(name)
        if known is None:
            known = self._ready[name] = Line() if self.sharing is None else FairLine(self.sharing.at(name))
        return known

    def _forget(self, ticket: Ticket) -> None:
        self._count -= 1
        self._loads.add(ticket.model, ticket.assigned, -1)
