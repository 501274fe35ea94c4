"""Which request is sent next: the order of the backlog, held back by pace and by the hard cap. No waiting in here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.budget import Budget, Reservation, reserve
from modelroute_cli.execution.caps import CapKind
from modelroute_cli.execution.cheap_hours import CheapHours
from modelroute_cli.execution.claims import Claims
from modelroute_cli.execution.lane import Expected, Sent
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.one_line import Untried
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.taken_out import TakenOut, is_escalation
from modelroute_cli.execution.tickets import Assigned, Ticket
from modelroute_cli.execution.turns import Turns
from modelroute_cli.execution.warmth import Beginning, Warmth

_MANY_EXTRAS = 64  # that wait; a judge's question keeps the answer it is about
_SCARCE_S = 60.0  # for so long after it had to wait for tokens or money, a model's requests claim what they need


@dataclass(frozen=True, slots=True)
class Start:
    """A ticket that is to be sent now; its money is reserved and its lanes count it."""

    ticket: Ticket
    money: Reservation
    passage: Pass
    sent: Sent

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
        firsts: Backlog | None = None,
    ) -> None:
        """`firsts`: the first attempts that wait, and how tenants share limits."""
        self._purse = purse
        self.budget = purse.budget
        self._passage = passage
        self._is_closed = closed
        self._warmth = warmth
        self._firsts = Backlog() if firsts is None else firsts  # one that is empty by now counts too
        self._sharing = self._firsts.sharing
        self._extras = Backlog(None, self._sharing)
        self.out = TakenOut(purse)
        self.claims = Claims(purse, self._firsts)
        self._scarce_until: dict[str, float] = {}  # models that had to wait for tokens or money
        self._turns = Turns(passage)
        self._hours: CheapHours | None = None
        self._wake_at: float | None = None

    def keep_hours(self, hours: CheapHours) -> None:
        """Send what is bought for cheap hours in those alone."""
        self._hours = hours

    def hours_held(self, model: str) -> str:
        """What hours requests to a model wait for, in words; empty where none does."""
        return "" if self._hours is None else self._hours.holds(model)

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

    def add(self, rows: pl.DataFrame, make: Callable[[Assigned], Ticket]) -> None:
        """More first attempts, as rows; `make` plans the attempt of one."""
        self._firsts.add(Supply(rows.lazy(), make))
        self._purse.caps.expect_all(rows.lazy())

    def withdraw(self, template: str, model: str) -> list[Untried]:
        """Take the untried requests of a template out that wait for a model."""
        taken = self._firsts.withdraw(template, model)
        for untried in taken:
            self._purse.caps.expect_all(untried.rows.lazy(), -1)
        return taken

    def take_escalations(self) -> list[Ticket]:
        """The escalations that were chosen and not started, parked ones too: they may be chosen again."""
        waiting: list[Ticket] = []
        while heads := self._extras.heads():
            waiting += [self._extras.pop(head.line) for head in heads]
        for ticket in waiting:
            if not is_escalation(ticket):
                self._extras.push(ticket)
        return [*self.out.take_escalations(), *(ticket for ticket in waiting if is_escalation(ticket))]

    def unpark(self) -> None:
        """Let those that no cap had room for wait again: a new day has its own money."""
        for ticket in self.out.take_parked():
            self.push(ticket)

    def landed(self, start: Start, now: float, *, answered: bool) -> None:
        """An attempt is over; `answered` when an answer came, however bad."""
        self.claims.flies(start.ticket, start.reserved_pusd, -1)
        if self._hours is not None:
            self._hours.took(start.ticket.model, now - start.sent.at)
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

    def next(self, now: float) -> Start | None:
        """The next ticket that may start now; None when none may. Parks and strands what it meets on the way."""
        self._wake_at = None
        for backlog in (self._firsts, self._extras):
            backlog.mature(now)
            self._wake_by(backlog.next_due())
        for begins in self._warmth.overdue(now):
            self._awake(begins)
        self._take_back()
        start = self._next_of_both(now)
        while start is None and self._take_back():  # one that was parked let the next of its tenant have its turn
            start = self._next_of_both(now)
        return start

    def _next_of_both(self, now: float) -> Start | None:
        """A first attempt if one may start; an extra before it where many wait: each holds an answer in memory."""
        if len(self._extras) >= _MANY_EXTRAS:
            return self._next_extra(now) or self._next_first(now)
        return self._next_first(now) or self._next_extra(now)

    def _next_first(self, now: float) -> Start | None:
        """The first whose turn it is; one that has to wait for money keeps back all that are under the same cap."""
        short: set[Budget] = set()
        for head in self._in_turn(self._passable(self._firsts, now), now):
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

    def _in_turn(self, heads: list[Ticket], now: float) -> Sequence[Ticket]:
        """That of the model that needs longest first, as long as there is money for all of them."""
        if len(heads) == 1 or not all(self._purse.fits(head) for head in heads):
            return heads
        self._turns.look(self.claims.where_time_decides, now)
        return self._turns.ordered(heads)

    def _as_sent(self, head: Ticket, now: float) -> Ticket:
        """The ticket as it would go now: as planned, or with a limit that fits while money or tokens are short."""
        if now >= self._scarce_until.get(head.model, now):
            if self._purse.fits(head):
                return head
            self._scarce_until[head.model] = now + _SCARCE_S
        return self._purse.sizing.fitted(head)

    def _next_extra(self, now: float) -> Start | None:
        tickets = self._passable(self._extras, now)
        need = self.claims.unreserved_need_pusd() if tickets else PicoUSD(0)
        for ticket in tickets:
            money = self.claims.spare(ticket, need)
            if money is not None:
                return self._start(self._extras, ticket, money, now)
        return None

    def hedge(self, ticket: Ticket, now: float) -> Start | None:
        """The same request once more, where its lanes have room and nobody else needs its money; else None."""
        passage = self._passage(ticket.model)
        if passage.wait_s(now) > 0 or passage.limited_for_s(now) > 0 or self._waits_for_hours(ticket, now):
            return None
        money = self.claims.spare(ticket, self.claims.unreserved_need_pusd())
        if money is None:
            return None
        return Start(ticket, money, passage, self._sent(ticket, passage, now))

    def _passable(self, backlog: Backlog, now: float) -> list[Ticket]:
        """The most urgent ticket of each model that its lanes let pass, after the hopeless ones were taken out."""
        if not len(backlog):
            return []
        return [ticket for ticket in self._sifted(backlog, now) if self._may_pass(ticket, now)]

    def _sifted(self, backlog: Backlog, now: float) -> list[Ticket]:
        """The heads, once those that can never be sent or wait for a warm cache were taken out."""
        heads = backlog.heads()
        while [head for head in heads if self._is_out(backlog, head, now)]:  # a list: all of them are looked at
            heads = backlog.heads()
        if backlog.any_asleep:
            self._wake_by(self._warmth.next_due())
        return heads

    def _is_out(self, backlog: Backlog, ticket: Ticket, now: float) -> bool:
        """Whether a head was taken out, with all of its shelf where its model is closed."""
        if self._is_closed(ticket.model) > ticket.closing:
            self.out.strand(backlog.take(ticket.line))
            return True
        if not self._purse.ever_fits(ticket):
            self.out.park(backlog.pop(ticket.line))
            return True
        if self._purse.caps.any and self._stands_aside(backlog, ticket):
            return True
        waits = self._warmth.has_to_wait(ticket, now)
        if waits:
            backlog.sleep(ticket.line)
        return waits

    def _awake(self, begins: Beginning) -> None:
        """Let those go that waited for the first of their beginning."""
        for backlog in (self._firsts, self._extras):
            backlog.wake(begins.model, begins.prefix)

    def _stands_aside(self, backlog: Backlog, ticket: Ticket) -> bool:
        """Whether a first attempt was put aside until its tenant has money."""
        if ticket.extra:
            return False
        for room in self._purse.caps.of(ticket.assigned.tenant, ticket.model):
            if room.kind is not CapKind.TENANT or room.fits(self._purse.price(ticket)):
                continue
            price = self._purse.price(self._purse.sizing.fitted(ticket))
            if not room.fits(price):
                self._purse.caps.stand_aside(room, backlog.pop(ticket.line), price)
                self.claims.stands_aside(ticket, 1)
                return True
        return False

    def _take_back(self) -> bool:
        """Let those wait again whose tenant has money for them now, or never will; whether there were any."""
        if not self._purse.caps.aside:
            return False
        returning = list(self._purse.caps.returning())
        for ticket in returning:
            self.claims.stands_aside(ticket, -1)
            self._firsts.push(ticket)
        return bool(returning)

    def _waits_for_hours(self, ticket: Ticket, now: float) -> bool:
        """Whether a ticket waits for the cheap hours of its model; it is looked at again when they come."""
        wait_s = 0.0 if self._hours is None else self._hours.wait_s(ticket)
        if wait_s > 0:
            self._wake_by(now + wait_s)
        return wait_s > 0

    def _may_pass(self, ticket: Ticket, now: float) -> bool:
        if self._waits_for_hours(ticket, now):
            return False
        passage = self._passage(ticket.model)
        wait_s = passage.wait_s(now)
        if wait_s > 0 and isfinite(wait_s):
            self._wake_by(now + wait_s)
            if passage.is_short_of_tokens(now):
                self._scarce_until[ticket.model] = now + wait_s + _SCARCE_S
        return wait_s <= 0

    def _start(self, backlog: Backlog, ticket: Ticket, money: Reservation, now: float) -> Start:
        backlog.pop(ticket.line)
        ticket = ticket if self._hours is None else self._hours.as_sent(ticket)
        self._purse.caps.expect(ticket, -1)
        passage = self._passage(ticket.model)
        sent = self._sent(ticket, passage, now)
        self._warmth.started(ticket, now)
        self.claims.flies(ticket, money.pusd, 1)
        return Start(ticket, money, passage, sent)

    def _sent(self, ticket: Ticket, passage: Pass, now: float) -> Sent:
        """Count it in its lanes, and as its tenant's."""
        if self._sharing is not None:
            self._sharing.sends(ticket, passage, now)
        return passage.start(ticket.paced_tokens, now, Expected(ticket.input_tokens, ticket.expected_output))

    def _wake_by(self, at: float | None) -> None:
        if at is not None:
            self._wake_at = at if self._wake_at is None else min(self._wake_at, at)
