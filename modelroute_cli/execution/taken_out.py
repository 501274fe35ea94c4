"""What was taken out of the backlog without being sent: no cap has room for it in this run, or its model was closed."""

import polars as pl

from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.shortfall import Lacking
from modelroute_cli.execution.tickets import History, Ticket

_UNTRIED = History()


class TakenOut:
    """Keeps what may come back; `purse` is told that it waits no more."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse
        self.parked: list[Ticket] = []  # no money for them in this run
        self.left_out = Lacking()  # the same, of untried requests: a million of them are no objects
        self.stranded: list[Ticket] = []  # their model was closed
        self.stranded_rows: list[pl.DataFrame] = []  # the same, of requests that were never tried

    def park(self, ticket: Ticket) -> None:
        """Put away a ticket that no cap has room for; under the hard cap alone an untried one never comes back."""
        if self._purse.caps.any or ticket.extra or ticket.history != _UNTRIED:
            self.parked.append(ticket)
            self._purse.caps.forget(ticket)
        else:
            self.left_out.add(ticket, self._purse.price(ticket))

    def take_parked(self) -> list[Ticket]:
        """The tickets that no cap had room for."""
        taken, self.parked = self.parked, []
        return taken

    def strand(self, taken: Ticket | pl.DataFrame) -> None:
        """Put away what waited for a model that was closed: a ticket, or ASSIGNMENTS that were never tried."""
        if isinstance(taken, Ticket):
            self.stranded.append(taken)
            self._purse.caps.forget(taken)
        else:
            self.stranded_rows.append(taken)
            self._purse.caps.expect_all(taken.lazy(), -1)

    @property
    def any_stranded(self) -> bool:
        """Whether something waits for a model that was closed."""
        return bool(self.stranded or self.stranded_rows)

    def take_stranded(self) -> tuple[list[Ticket], list[pl.DataFrame]]:
        """What waited for models that were closed: tickets, and requests that were never tried as rows."""
        taken = self.stranded, self.stranded_rows
        self.stranded, self.stranded_rows = [], []
        return taken

    @property
    def any_escalation(self) -> bool:
        """Whether an escalation was chosen that there is no money for."""
        return any(is_escalation(ticket) for ticket in self.parked)

    def take_escalations(self) -> list[Ticket]:
        """The escalations that there is no money for."""
        parked = self.take_parked()
        self.parked = [ticket for ticket in parked if not is_escalation(ticket)]
        return [ticket for ticket in parked if is_escalation(ticket)]


def is_escalation(ticket: Ticket) -> bool:
    """Whether a ticket asks a stronger model for a better answer, and no judge about one."""
    return ticket.kind is AttemptKind.ESCALATION and ticket.examined is None
