"""Tickets that wait: by model, in order, some of them until a time."""

import heapq

from modelroute_cli.execution.observed import Load, load_of
from modelroute_cli.execution.tickets import Key, Ticket, order


class Backlog:
    """Queues by model; `loads` is what was planned for the requests in it, model by model."""

    def __init__(self) -> None:
        self._ready: dict[str, list[tuple[Key, Ticket]]] = {}
        self._delayed: list[tuple[float, Key, Ticket]] = []
        self.loads: dict[str, Load] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def push(self, ticket: Ticket, due: float | None = None) -> None:
        """Add a ticket, to be sent at `due` at the earliest."""
        self._count += 1
        self._weigh(ticket, 1)
        if due is None:
            heapq.heappush(self._ready.setdefault(ticket.model, []), (order(ticket), ticket))
        else:
            heapq.heappush(self._delayed, (due, order(ticket), ticket))

    def mature(self, now: float) -> None:
        """Make the tickets ready whose time has come."""
        while self._delayed and self._delayed[0][0] <= now:
            _, key, ticket = heapq.heappop(self._delayed)
            heapq.heappush(self._ready.setdefault(ticket.model, []), (key, ticket))

    def next_due(self) -> float | None:
        """When the next delayed ticket becomes ready; None when none is delayed."""
        return self._delayed[0][0] if self._delayed else None

    def heads(self) -> list[Ticket]:
        """The first ready ticket of each model, the most urgent model first."""
        firsts = [queue[0] for queue in self._ready.values() if queue]
        return [ticket for _, ticket in sorted(firsts, key=lambda item: item[0])]

    def pop(self, model: str) -> Ticket:
        """Take the first ready ticket of a model."""
        _, ticket = heapq.heappop(self._ready[model])
        self._forget(ticket)
        return ticket

    def _forget(self, ticket: Ticket) -> None:
        self._count -= 1
        self._weigh(ticket, -1)

    def _weigh(self, ticket: Ticket, sign: int) -> None:
        before = self.loads.get(ticket.model, Load())
        self.loads[ticket.model] = before.plus(load_of(ticket.assigned), sign)
