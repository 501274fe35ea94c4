"""Which request is sent next: the order of the backlog, held back by pace and by the hard cap. No waiting in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.budget import Budget, Reservation, reserve
from modelroute_cli.execution.caps import CapKind, Room
from modelroute_cli.execution.limits import Expected, Pass
from modelroute_cli.execution.observed import Load, Loads
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.execution.warmth import Beginning, Warmth

_SCARCE_S = 60.0  # for so long after it had to wait for tokens or money, a model's requests claim what they need


@dataclass(frozen=True, slots=True)
class Start:
    """A ticket that is to be sent now; its money is reserved and its lanes count it."""

    ticket: Ticket
    money: Reservation
    passage: Pass

    @property
    def reserved_pusd(self) -> PicoUSD:
        """The most it can cost."""
        return self.money.pusd


class Dispatcher:
    """Keeps backlog, budget and lanes in step.

    A ticket that can never fit its caps any more (it is dearer than all that is not spent or held) is parked at once,
    so cheaper ones pass it; one that only has to wait for what is in flight blocks those behind it, so that a stream
    of cheap requests cannot starve a dear one; where only a provider's cap is in the way, it blocks those under the
    same one. One that waits for a prompt cache to be warm, or for its tenant's money, lets all others pass. Extras
    (resends, escalations) start when what is left after the expected cost of all waiting first attempts has room for
    them. Where money or tokens hold a first attempt back, it may go with a smaller output limit (see `sizing`).
    """

    def __init__(
        self,
        purse: Purse,
        passage: Callable[[str], Pass],
        closed: Callable[[str], int],
        warmth: Warmth,
        supply: Supply | None = None,
    ) -> None:
        self._purse = purse
        self.budget = purse.budget
        self.learned = purse.learned
        self.parked: list[Ticket] = []  # no money for them in this run
        self.stranded: list[Ticket] = []  # their model was closed
        self._passage = passage
        self._is_closed = closed
        self._warmth = warmth
        self._firsts = Backlog(supply)
        self._extras = Backlog()
        self._flying = Loads()  # first attempts that were started and have not landed
        self._aside = Loads()  # first attempts that wait for their tenant's money
        self._scarce_until: dict[str, float] = {}  # models that had to wait for tokens or money
        self._wake_at: float | None = None

    def __len__(self) -> int:
        return len(self._firsts) + len(self._extras) + self._purse.caps.aside

    @property
    def wake_at(self) -> float | None:
        """The time at which a waiting ticket may start without anything else happening, as of the last `next`."""
        return self._wake_at

    def push(self, ticket: Ticket, due: float | None = None) -> None:
        """Add a ticket, to be sent at `due` at the earliest."""
        (self._extras if ticket.extra else self._firsts).push(ticket, due)
        self._purse.caps.expect(ticket, 1)

    def unpark(self) -> None:
        """Let those that no cap had room for wait again: a new day has its own money."""
        parked, self.parked = self.parked, []
        for ticket in parked:
            self.push(ticket)

    def landed(self, start: Start, now: float, *, answered: bool) -> None:
        """An attempt is over; `answered` when an answer came, however bad."""
        self._fly(start.ticket, -1)
        begins = self._warmth.landed(start.ticket, now, answered=answered)
        if begins is not None:
            self._awake(begins)

    def waiting(self) -> Mapping[str, Load]:
        """What waits, model by model; as it was planned."""
        loads = dict(self._firsts.loads)
        for model, load in self._extras.loads.items():
            loads[model] = loads.get(model, Load()).plus(load)
        return loads

    def passage(self, model: str) -> Pass:
        """The lanes of a model."""
        return self._passage(model)

    def projected_pusd(self) -> PicoUSD | None:
        """What the run comes to by observed usage, extras yet to come left out; None before any usage is known.

        That is what was spent, and what the first attempts that wait or are in flight are expected to cost.
        """
        if not self.learned.any_known:
            return None
        waiting = (self._firsts.loads, self._aside.by_model(), self._flying.by_model())
        return PicoUSD(self.budget.spent + sum(self.learned.expected(loads) for loads in waiting))

    def next(self, now: float) -> Start | None:
        """The next ticket that may start now; None when none may. Parks and strands what it meets on the way."""
        self._wake_at = None
        for backlog in (self._firsts, self._extras):
            backlog.mature(now)
            self._wake_by(backlog.next_due())
        for begins in self._warmth.overdue(now):
            self._awake(begins)
        if self._purse.caps.any:
            self._take_back()
        return self._next_first(now) or self._next_extra(now)

    def _next_first(self, now: float) -> Start | None:
        """The most urgent; one that has to wait for money keeps back all that are under the same cap."""
        short: set[Budget] = set()
        for head in self._passable(self._firsts, now):
            budgets = self._purse.budgets_of(head)
            if not short.isdisjoint(budgets):
                continue
            ticket = self._as_sent(head, now)
            price = self._purse.price(ticket)
            money = reserve(budgets, price)
            if money is not None:
                return self._start(self._firsts, ticket, money, now)
            short.update(budget for budget in budgets if not budget.fits(price))
        return None

    def _as_sent(self, head: Ticket, now: float) -> Ticket:
        """The ticket as it would go now: as planned, or with a limit that fits while money or tokens are short."""
        if now >= self._scarce_until.get(head.model, now):
            if self._purse.fits(head):
                return head
            self._scarce_until[head.model] = now + _SCARCE_S
        return self._purse.sizing.fitted(head)

    def _next_extra(self, now: float) -> Start | None:
        tickets = self._passable(self._extras, now)
        need = self._need() if tickets else PicoUSD(0)
        for ticket in tickets:
            budgets, price = self._purse.budgets_of(ticket), self._purse.price(ticket)
            spare = all(budget.fits(PicoUSD(price + _need_of(budget, need))) for budget in budgets)
            money = reserve(budgets, price) if spare else None
            if money is not None:
                return self._start(self._extras, ticket, money, now)
        return None

    def _need(self) -> PicoUSD:
        """What the first attempts that wait are expected to cost, at the high end."""
        return PicoUSD(self.learned.need(self._firsts.loads) + self.learned.need(self._aside.by_model()))

    def _passable(self, backlog: Backlog, now: float) -> list[Ticket]:
        """The most urgent ticket of each model that its lanes let pass, after the hopeless ones were taken out."""
        self._sift(backlog, now)
        return [ticket for ticket in backlog.heads() if self._may_pass(ticket, now)]

    def _sift(self, backlog: Backlog, now: float) -> None:
        """Take out heads that can never be sent or wait for a warm cache, until each head could be sent."""
        while any([self._is_out(backlog, ticket, now) for ticket in backlog.heads()]):  # noqa: C419 - look at all
            pass
        if backlog.any_asleep:
            self._wake_by(self._warmth.next_due())

    def _is_out(self, backlog: Backlog, ticket: Ticket, now: float) -> bool:
        """Whether a head was taken out."""
        place = self._place_of_hopeless(ticket)
        if place is not None:
            place.append(backlog.pop(ticket.model))
            self._purse.caps.expect(ticket, -1)
            return True
        if self._purse.caps.any and self._stands_aside(backlog, ticket):
            return True
        waits = self._warmth.has_to_wait(ticket, now)
        if waits:
            backlog.sleep(ticket.model)
        return waits

    def _awake(self, begins: Beginning) -> None:
        """Let those go that waited for the first of their beginning."""
        for backlog in (self._firsts, self._extras):
            backlog.wake(begins.model, begins.prefix)

    def _place_of_hopeless(self, ticket: Ticket) -> list[Ticket] | None:
        if self._is_closed(ticket.model) > ticket.closing:
            return self.stranded
        left = min(budget.left for budget in self._purse.budgets_of(ticket))
        if self._purse.price(ticket) <= left or self._purse.price(self._purse.sizing.fitted(ticket)) <= left:
            return None
        return self.parked

    def _stands_aside(self, backlog: Backlog, ticket: Ticket) -> bool:
        """Whether a first attempt was put aside until its tenant has money."""
        if ticket.extra:
            return False
        for room in self._purse.caps.of(ticket.assigned.tenant, ticket.model):
            price = self._purse.price(self._purse.sizing.fitted(ticket))
            if room.kind is CapKind.TENANT and not room.fits(price):
                self._purse.caps.stand_aside(room, backlog.pop(ticket.model), price)
                self._aside.add(ticket.model, ticket.assigned)
                return True
        return False

    def _take_back(self) -> None:
        """Let those wait again whose tenant has money for them now, or never will."""
        for ticket in self._purse.caps.returning():
            self._aside.add(ticket.model, ticket.assigned, -1)
            self._firsts.push(ticket)

    def _may_pass(self, ticket: Ticket, now: float) -> bool:
        passage = self._passage(ticket.model)
        wait_s = passage.wait_s(now)
        if wait_s > 0 and isfinite(wait_s):
            self._wake_by(now + wait_s)
            if passage.is_short_of_tokens(now):
                self._scarce_until[ticket.model] = now + wait_s + _SCARCE_S
        return wait_s <= 0

    def _start(self, backlog: Backlog, ticket: Ticket, money: Reservation, now: float) -> Start:
        backlog.pop(ticket.model)
        self._purse.caps.expect(ticket, -1)
        passage = self._passage(ticket.model)
        passage.start(ticket.paced_tokens, now, Expected(ticket.input_tokens, ticket.expected_output))
        self._warmth.started(ticket, now)
        self._fly(ticket, 1)
        return Start(ticket, money, passage)

    def _fly(self, ticket: Ticket, sign: int) -> None:
        if not ticket.extra:
            self._flying.add(ticket.model, ticket.assigned, sign)

    def _wake_by(self, at: float | None) -> None:
        if at is not None:
            self._wake_at = at if self._wake_at is None else min(self._wake_at, at)


def _need_of(budget: Budget, need: PicoUSD) -> int:
    """What an extra leaves alone under one cap: what waits for it, which for a day is all that waits."""
    return budget.need if isinstance(budget, Room) and budget.kind is not CapKind.DAY else need
