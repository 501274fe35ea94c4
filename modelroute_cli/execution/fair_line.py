"""One line in which tenants take turns: each has a line of its own, and whose clock stands lowest is next.

Within a tenant everything is as without others: importance, length, kin together. Whose requests all sleep until a
cache is warm waits for nothing else, and the others have its turns meanwhile.
"""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from modelroute_cli.execution.one_line import Line, Untried
from modelroute_cli.execution.sharing import Clock
from modelroute_cli.execution.supply import Shelf
from modelroute_cli.execution.tickets import Key, Place, Ticket


class _Turn(NamedTuple):
    """A tenant that waits: how urgent it is, where its clock stands, and its number among the tenants of the line."""

    late: bool
    rank: int
    stands: float
    number: int


class FairLine:
    """The ready tickets of one line, by tenant; a step costs the logarithm of how many tenants wait.

    A turn in the heap may be out of date: clocks go on, and the first of a tenant changes. It is put right when it
    comes up, which is never too late: clocks never go back, and who becomes more urgent enters anew.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers: dict[str | None, int] = {}
        self._tenants: list[tuple[str | None, Line]] = []
        self._turns: list[_Turn] = []
        self._entered: dict[int, _Turn] = {}  # the turn of each tenant that counts
        self._asleep: dict[int, list[str | None]] = {}  # who has requests asleep, by their beginning
        self._chosen = 0

    def add(self, shelf: Shelf) -> None:
        """More untried requests."""
        for tenant, own in shelf.by_tenant():
            self._of(tenant).add(own)
            self._enter(tenant)

    def push(self, key: Key, ticket: Ticket) -> None:
        """Add a ticket; asleep when its kin are."""
        tenant = ticket.assigned.tenant
        self._of(tenant).push(key, ticket)
        self._enter(tenant)

    def first(self) -> tuple[Place, Ticket] | None:
        """The first that is awake of the tenant whose turn it is, with its place among other lines."""
        while self._turns:
            turn = self._turns[0]
            if self._entered.get(turn.number) is not turn:
                heapq.heappop(self._turns)
                continue
            found = self._tenants[turn.number][1].first()
            if found is not None and self._is_right(turn, found[0]):
                self._chosen = turn.number
                return turn, found[1]
            self._put_right(turn, found)
        return None

    def pop(self) -> Ticket:
        """Take the first; `first` has just found it."""
        return self._tenants[self._chosen][1].pop()

    def take(self) -> Ticket | pl.DataFrame:
        """The first, with all of its tenant's shelf where it stands on one; `first` has just found it."""
        return self._tenants[self._chosen][1].take()

    def untried(self) -> Iterator[Untried]:
        """All that stands on shelves, those that are made alike together; the shelves are empty afterwards."""
        found = [each for _, line in self._tenants for each in line.untried()]
        for make in {id(each.make): each.make for each in found}.values():
            yield Untried(pl.concat([each.rows for each in found if each.make is make]), make)

    @property
    def any_asleep(self) -> bool:
        """Whether tickets wait for the first of their beginning."""
        return any(self._of(tenant).any_asleep for tenants in self._asleep.values() for tenant in tenants)

    def sleep(self) -> None:
        """Let the first and those of its tenant that begin like it wait; `first` has just found it."""
        tenant, line = self._tenants[self._chosen]
        found = line.first()
        if found is not None and found[1].assigned.prefix is not None:
            self._asleep.setdefault(found[1].assigned.prefix, []).append(tenant)
            line.sleep()

    def wake(self, prefix: int) -> None:
        """Make those ready that begin so, whosever they are."""
        for tenant in dict.fromkeys(self._asleep.pop(prefix, ())):
            self._of(tenant).wake(prefix)
            self._enter(tenant)

    def _of(self, tenant: str | None) -> Line:
        """The line of a tenant, made when it is first needed."""
        if tenant not in self._numbers:
            self._numbers[tenant] = len(self._tenants)
            self._tenants.append((tenant, Line()))
        return self._tenants[self._numbers[tenant]][1]

    def _enter(self, tenant: str | None) -> None:
        """Let a tenant take part that has something to send, or something more urgent than before."""
        number = self._numbers[tenant]
        found = self._tenants[number][1].first()
        before = self._entered.get(number)
        if found is None or (before is not None and found[0][:2] >= before[:2]):
            return
        self._entered[number] = turn = self._turn(number, found[0], None)
        heapq.heappush(self._turns, turn)

    def _turn(self, number: int, place: Place, before: _Turn | None) -> _Turn:
        """Where a tenant stands whose first has this place; with another rank than `before`, it joins that."""
        rank, tenant = (place[0], place[1]), self._tenants[number][0]
        goes_on = before is not None and (before.late, before.rank) == rank
        stands = self._clock.stands(rank, tenant) if goes_on else self._clock.joins(rank, tenant)
        return _Turn(*rank, stands, number)

    def _is_right(self, turn: _Turn, place: Place) -> bool:
        """Whether a turn is still that of the tenant whose first has this place."""
        same = place[0] == turn.late and place[1] == turn.rank
        return same and self._clock.stands((turn.late, turn.rank), self._tenants[turn.number][0]) == turn.stands

    def _put_right(self, turn: _Turn, found: tuple[Place, Ticket] | None) -> None:
        """Replace the first turn in the heap, or take it out where its tenant has nothing to send."""
        if found is None:
            heapq.heappop(self._turns)
            del self._entered[turn.number]
            return
        self._entered[turn.number] = right = self._turn(turn.number, found[0], turn)
        heapq.heapreplace(self._turns, right)
