"""Which request is sent next: the order of the backlog, held back by pace and by the hard cap. No waiting in here."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.limits import Expected, Pass
from modelroute_cli.execution.observed import Load, load_of
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.execution.warmth import Beginning, Warmth


@dataclass(frozen=True, slots=True)
class Start:
    """A ticket that is to be sent now; its money is reserved and its lanes count it."""

    ticket: Ticket
    reserved_pusd: PicoUSD
    passage: Pass


class Dispatcher:
    """Keeps backlog, budget and lanes in step.

    A ticket that can never fit the cap any more (it is dearer than all that is not spent or held) is parked at
    once, so cheaper ones pass it; one that only has to wait for what is in flight blocks those behind it, so
    that a stream of cheap requests cannot starve a dear one. One that waits for a prompt cache to be warm lets all
    others pass. Extras (resends, escalations) start when what is
    left after the expected cost of all waiting first attempts has room for them.
    """

    def __init__(
        self,
        purse: Purse,
        passage: Callable[[str], Pass],
        closed: Callable[[str], bool],
        warmth: Warmth,
        supply: Supply | None = None,
    ) -> None:
        self.budget = purse.budget
        self.margins = purse.margins
        self.learned = purse.learned
        self.parked: list[Ticket] = []  # no money for them in this run
        self.stranded: list[Ticket] = []  # their model was closed
        self.stranded_rows: list[pl.DataFrame] = []  # the same, of requests that were never tried
        self._passage = passage
        self._is_closed = closed
        self._warmth = warmth
        self._firsts = Backlog(supply)
        self._extras = Backlog()
        self._flying: dict[str, Load] = {}  # first attempts that were started and have not landed
        self._firsts_flying = 0
        self._extras_flying_pusd = 0  # what is reserved for them
        self._wake_at: float | None = None

    def __len__(self) -> int:
        return len(self._firsts) + len(self._extras)

    @property
    def wake_at(self) -> float | None:
        """The time at which a waiting ticket may start without anything else happening, as of the last `next`."""
        return self._wake_at

    @property
    def unjudged(self) -> int:
        """First attempts that wait or are in flight."""
        return len(self._firsts) + self._firsts_flying

    def spare_pusd(self) -> PicoUSD:
        """What is expected to be left of the cap by first attempts that wait or are in flight; negative beyond it."""
        gone = self.budget.spent + self.budget.held + self._extras_flying_pusd
        need = self.learned.need(self._firsts.loads) + self.learned.expected(self._flying)
        return PicoUSD(self.budget.cap - gone - need)

    @property
    def any_stranded(self) -> bool:
        """Whether something waits for a model that was closed."""
        return bool(self.stranded or self.stranded_rows)

    def take_stranded(self) -> tuple[list[Ticket], list[pl.DataFrame]]:
        """What waited for models that were closed: tickets, and requests that were never tried as rows."""
        taken = self.stranded, self.stranded_rows
        self.stranded, self.stranded_rows = [], []
        return taken

    def add(self, supply: Supply) -> None:
        """More first attempts, as rows."""
        self._firsts.add(supply)

    def take_escalations(self) -> list[Ticket]:
        """The escalations that were chosen and not started, parked ones too: they may be chosen again."""
        taken = [ticket for ticket in self.parked if _is_escalation(ticket)]
        self.parked = [ticket for ticket in self.parked if not _is_escalation(ticket)]
        for model in {ticket.model for ticket in self._extras.heads()}:
            for ticket in self._extras.take_all(model).tickets:
                if _is_escalation(ticket):
                    taken.append(ticket)
                else:
                    self._extras.push(ticket)
        return taken

    def push(self, ticket: Ticket, due: float | None = None) -> None:
        """Add a ticket, to be sent at `due` at the earliest."""
        (self._extras if ticket.extra else self._firsts).push(ticket, due)

    def landed(self, start: Start, now: float, *, answered: bool) -> None:
        """An attempt is over; `answered` when an answer came, however bad."""
        self._fly(start.ticket, start.reserved_pusd, -1)
        begins = self._warmth.landed(start.ticket, now, answered=answered)
        if begins is not None:
            self._awake(begins)

    def projected_pusd(self) -> PicoUSD | None:
        """What the run comes to by observed usage, extras yet to come left out; None before any usage is known.

        That is what was spent, and what the first attempts that wait or are in flight are expected to cost.
        """
        if not self.learned.any_known:
            return None
        expected = self.learned.expected(self._firsts.loads) + self.learned.expected(self._flying)
        return PicoUSD(self.budget.spent + expected)

    def next(self, now: float) -> Start | None:
        """The next ticket that may start now; None when none may. Parks and strands what it meets on the way."""
        self._wake_at = None
        for backlog in (self._firsts, self._extras):
            backlog.mature(now)
            self._wake_by(backlog.next_due())
        for begins in self._warmth.overdue(now):
            self._awake(begins)
        return self._next_first(now) or self._next_extra(now)

    def _next_first(self, now: float) -> Start | None:
        most_urgent = next(iter(self._passable(self._firsts, now)), None)
        if most_urgent is None or not self.budget.fits(self._price(most_urgent)):
            return None
        return self._start(self._firsts, most_urgent, now)

    def _next_extra(self, now: float) -> Start | None:
        tickets = self._passable(self._extras, now)
        need = self.learned.need(self._firsts.loads) if tickets else 0
        for ticket in tickets:
            if self.budget.fits(PicoUSD(self._price(ticket) + need)):
                return self._start(self._extras, ticket, now)
        return None

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
        """Whether a head was taken out; of a closed model all are."""
        if self._is_closed(ticket.model):
            taken = backlog.take_all(ticket.model)
            self.stranded += taken.tickets
            self.stranded_rows += taken.rows
            return True
        if self._never_fits(ticket):
            self.parked.append(backlog.pop(ticket.model))
            return True
        waits = self._warmth.has_to_wait(ticket, now)
        if waits:
            backlog.sleep(ticket.model)
        return waits

    def _awake(self, begins: Beginning) -> None:
        """Let those go that waited for the first of their beginning."""
        for backlog in (self._firsts, self._extras):
            backlog.wake(begins.model, begins.prefix)

    def _never_fits(self, ticket: Ticket) -> bool:
        return self._price(ticket) > self.budget.cap - self.budget.spent - self.budget.held

    def _may_pass(self, ticket: Ticket, now: float) -> bool:
        wait_s = self._passage(ticket.model).wait_s(now)
        if wait_s > 0 and isfinite(wait_s):
            self._wake_by(now + wait_s)
        return wait_s <= 0

    def _start(self, backlog: Backlog, ticket: Ticket, now: float) -> Start:
        price = self._price(ticket)
        self.budget.reserve(price)
        backlog.pop(ticket.model)
        passage = self._passage(ticket.model)
        passage.start(ticket.paced_tokens, now, Expected(ticket.input_tokens, ticket.expected_output))
        self._warmth.started(ticket, now)
        self._fly(ticket, price, 1)
        return Start(ticket, price, passage)

    def _fly(self, ticket: Ticket, reserved_pusd: PicoUSD, sign: int) -> None:
        if ticket.extra:
            self._extras_flying_pusd += sign * reserved_pusd
            return
        self._firsts_flying += sign
        before = self._flying.get(ticket.model, Load())
        self._flying[ticket.model] = before.plus(load_of(ticket.assigned), sign)

    def _price(self, ticket: Ticket) -> PicoUSD:
        return self.margins.raised(ticket.model, ticket.worst_pusd)

    def _wake_by(self, at: float | None) -> None:
        if at is not None:
            self._wake_at = at if self._wake_at is None else min(self._wake_at, at)


def _is_escalation(ticket: Ticket) -> bool:
    return ticket.extra and ticket.kind is AttemptKind.ESCALATION
