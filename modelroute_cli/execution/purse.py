"""The money side of a run: its caps, what bills above their reservation taught, and what answers really take."""

from dataclasses import dataclass, field

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.budget import Budget, Margins, Reservation, fit, reserve
from modelroute_cli.execution.caps import Caps
from modelroute_cli.execution.observed import Learned
from modelroute_cli.execution.sizing import Sizing
from modelroute_cli.execution.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Purse:
    """Caps and margins decide what may be sent; `learned` only says what is to be expected."""

    budget: Budget  # the hard cap
    margins: Margins
    learned: Learned
    caps: Caps = field(default_factory=Caps)
    sizing: Sizing = field(default_factory=Sizing)

    def price(self, ticket: Ticket) -> PicoUSD:
        """The most it can cost, as far as its model's bills have shown."""
        return self.margins.raised(ticket.model, ticket.worst_pusd)

    def budgets(self, tenant: str | None, model: str) -> tuple[Budget, ...]:
        """Every cap that an attempt of this tenant on this model is under, the hard cap first."""
        return (self.budget, *self.caps.of(tenant, model))

    def budgets_of(self, ticket: Ticket) -> tuple[Budget, ...]:
        """Every cap that a ticket is under."""
        return self.budgets(ticket.assigned.tenant, ticket.model)

    def fits(self, ticket: Ticket) -> bool:
        """Whether every cap has room for a ticket now."""
        price = self.price(ticket)
        return fit(self.budgets_of(ticket), price) if self.caps.any else self.budget.fits(price)

    def ever_fits(self, ticket: Ticket) -> bool:
        """Whether every cap has room for a ticket once nothing is in flight, with a limit that fits it if need be."""
        left = self._left(ticket)
        return self.price(ticket) <= left or self.price(self.sizing.fitted(ticket)) <= left

    def _left(self, ticket: Ticket) -> PicoUSD:
        if not self.caps.any:  # for each request: no cap but one costs no search
            return self.budget.left
        return min(budget.left for budget in self.budgets_of(ticket))

    def reserve(self, tenant: str | None, model: str, worst: PicoUSD) -> Reservation | None:
        """`worst`, raised by the model's margin, set aside under every cap; None, and nothing changed, without room."""
        return reserve(self.budgets(tenant, model), self.margins.raised(model, worst))
