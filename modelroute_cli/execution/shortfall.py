"""Which cap kept requests from being sent, what is gone of it, and what would be enough."""

from collections.abc import Iterable
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.budget import Budget
from modelroute_cli.execution.caps import CapKind, Room
from modelroute_cli.execution.observed import Loads
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.tickets import Ticket

_MARGIN = 2  # what is expected of the rest may be wrong by so much


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A cap that has no room for some requests; `name` is a tenant, a provider or a day, empty for the hard cap."""

    kind: CapKind
    name: str
    cap_pusd: PicoUSD
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    requests: int
    enough_pusd: PicoUSD  # a cap that should do: what is gone, twice what they are expected to cost, the dearest once

    @property
    def words(self) -> str:
        """`the cap of $1.00 for tenant `acme` leaves no room for 12 of its requests: $0.98 spent`."""
        held = ""
        if self.held_pusd:
            held = f", {format_usd(self.held_pusd)} held for attempts whose outcome is unknown"
        requests = (
            f"the {self.requests} requests to go" if self.kind is CapKind.RUN else f"{self.requests} of its requests"
        )
        return f"{_named(self)} leaves no room for {requests}: {format_usd(self.spent_pusd)} spent{held}"


class Lacking:
    """What one cap has no room for: sums, so that a million requests are no objects."""

    def __init__(self) -> None:
        self.requests = 0
        self.dearest = PicoUSD(0)
        self.loads = Loads()

    def add(self, ticket: Ticket, price: PicoUSD) -> None:
        """One more."""
        self.requests += 1
        self.dearest = max(self.dearest, price)
        self.loads.add(ticket.model, ticket.assigned)


def lacking(ticket: Ticket, purse: Purse) -> list[Budget]:
    """The caps that can never have room for a ticket, however small an output limit it may have."""
    price = purse.price(purse.sizing.fitted(ticket))
    return [budget for budget in purse.budgets_of(ticket) if price > budget.left]


def waits_for_tomorrow(ticket: Ticket, purse: Purse) -> bool:
    """Whether nothing but the cap of the day keeps a ticket back."""
    short = lacking(ticket, purse)
    return bool(short) and all(isinstance(budget, Room) and budget.kind is CapKind.DAY for budget in short)


def shortfalls(parked: Iterable[Ticket], purse: Purse, left_out: Lacking | None = None) -> tuple[Shortfall, ...]:
    """The caps that keep tickets back, the one that keeps most back first; `left_out` is what the hard cap does.

    `left_out` is added to: it is asked for once, at the end.
    """
    found: dict[Budget, Lacking] = {purse.budget: left_out} if left_out is not None and left_out.requests else {}
    for ticket in parked:
        for budget in lacking(ticket, purse):
            found.setdefault(budget, Lacking()).add(ticket, purse.price(ticket))
    told = (_shortfall(budget, short, purse) for budget, short in found.items())
    return tuple(sorted(told, key=lambda item: (-item.requests, item.kind, item.name)))


def _shortfall(budget: Budget, short: Lacking, purse: Purse) -> Shortfall:
    """What is gone of a cap, and what would be enough for what it keeps back."""
    expected = purse.learned.expected(short.loads.by_model())
    return Shortfall(
        kind=budget.kind if isinstance(budget, Room) else CapKind.RUN,
        name=budget.name if isinstance(budget, Room) else "",
        cap_pusd=budget.cap,
        spent_pusd=budget.spent,
        held_pusd=budget.held,
        requests=short.requests,
        enough_pusd=PicoUSD(budget.spent + budget.held + _MARGIN * expected + short.dearest),
    )


def _named(short: Shortfall) -> str:
    """Which cap it is, for people."""
    cap = format_usd(short.cap_pusd)
    match short.kind:
        case CapKind.RUN:
            return f"the hard cap of {cap}"
        case CapKind.DAY:
            return f"the cap of {cap} for {short.name} (UTC)"
        case CapKind.TENANT | CapKind.PROVIDER as kind:
            return f"the cap of {cap} for {kind.value} `{short.name}`"
