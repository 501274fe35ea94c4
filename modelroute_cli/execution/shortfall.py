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
    requests: int  # that it has no room for; 0: it is only likely to have too little, once other caps have more
    waiting: int  # under it, those included that other caps keep back
    enough_pusd: PicoUSD  # a cap that should do: what is gone, twice what they are expected to cost, the dearest once

    @property
    def words(self) -> str:
        """`the cap of $1.00 for tenant `acme` leaves no room for 12 of its requests: $0.98 spent`."""
        held = ""
        if self.held_pusd:
            held = f", {format_usd(self.held_pusd)} held for attempts whose outcome is unknown"
        return f"{_named(self)} {_keeps_back(self)}: {format_usd(self.spent_pusd)} spent{held}"


class Lacking:
    """What waits under one cap, and how much of it the cap has no room for: sums, a million requests are no objects."""

    def __init__(self) -> None:
        self.requests = 0
        self.waiting = 0
        self.dearest = PicoUSD(0)
        self.loads = Loads()

    def add(self, ticket: Ticket, price: PicoUSD, *, fits: bool = False) -> None:
        """One more."""
        self.requests += not fits
        self.waiting += 1
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
    """The caps that keep tickets back, the one that keeps most back first, and those that would come next.

    `left_out` is what the hard cap has no room for besides. It is added to: it is asked for once, at the end.
    """
    found: dict[Budget, Lacking] = {purse.budget: left_out} if left_out is not None and left_out.requests else {}
    for ticket in parked:
        price, short = purse.price(ticket), lacking(ticket, purse)
        for budget in purse.budgets_of(ticket):
            found.setdefault(budget, Lacking()).add(ticket, price, fits=budget not in short)
    told = (_shortfall(budget, short, purse) for budget, short in found.items() if _is_short(budget, short, purse))
    return tuple(sorted(told, key=lambda item: (-item.requests, item.kind, item.name)))


def _is_short(budget: Budget, short: Lacking, purse: Purse) -> bool:
    """Whether a cap has no room for something, or is expected to have too little for all; tomorrow is another day."""
    if short.requests or (isinstance(budget, Room) and budget.kind is CapKind.DAY):
        return short.requests > 0
    return _likely(short, purse) > budget.left


def _shortfall(budget: Budget, short: Lacking, purse: Purse) -> Shortfall:
    """What is gone of a cap, and what would be enough for what waits under it."""
    return Shortfall(
        kind=budget.kind if isinstance(budget, Room) else CapKind.RUN,
        name=budget.name if isinstance(budget, Room) else "",
        cap_pusd=budget.cap,
        spent_pusd=budget.spent,
        held_pusd=budget.held,
        requests=short.requests,
        waiting=short.waiting,
        enough_pusd=PicoUSD(budget.spent + budget.held + _MARGIN * _likely(short, purse) + short.dearest),
    )


def _likely(short: Lacking, purse: Purse) -> PicoUSD:
    """What is expected of what waits under a cap, dearer than planned where the few answers so far were."""
    return PicoUSD(
        sum(
            max(purse.learned.expected({model: load}), purse.learned.hinted(model, load))
            for model, load in short.loads.by_model().items()
        )
    )


def _keeps_back(short: Shortfall) -> str:
    """What a cap has no room for, or will not have."""
    if not short.requests:
        return f"is likely to be short for the {short.waiting} requests to go under it"
    if short.kind is CapKind.RUN:
        return f"leaves no room for the {short.requests} requests to go"
    return f"leaves no room for {short.requests} of its requests"


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
