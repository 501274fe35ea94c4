"""The control sample: some requests are answered by the baseline as well, once their own end is known.

The baseline's answer is compared with the request's own and never replaces it; where the request's own end is a
failure, that waits for the baseline's answer, which counts if its gates pass it. Money: a control attempt is an extra
(it starts when no request needs the money), goes after all other extras, and is not begun once what was spent on the
sample, with what those in flight are expected to cost by the bills so far, reaches its budget.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.execution.expected import cost_on, taken_on
from modelroute_cli.execution.realised.scoring import NO_ANSWER, Both, Score, both
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus, Pair
from modelroute_cli.execution.retry import Decision, Elsewhere, RetrySame
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.steps import Held, Later, Next
from modelroute_cli.execution.tickets import Assigned, Ticket, Unjudged
from modelroute_cli.planning.offers import Offer

_MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Scored:
    """The worth of an answer that a model gave; `first`: it is no escalated one."""

    model: str
    score: Score
    first: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """A request's own answer beside the baseline's, as the watch takes it."""

    assigned: Assigned
    model: str
    worth: Both


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier sessions know of a request's control attempts."""

    answered: int | None = None  # the one that was answered, and not compared
    lost: bool = False  # one may have been billed, and its answer never came


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlDesk:
    """What a control sample acts through; `budget_pusd` is for the whole run, `spent_pusd` by earlier sessions."""

    baseline: str
    routes: Routes
    request: Callable[[Assigned], Request]
    closed: Callable[[str], str | None]  # why nothing may be sent to a model now
    note: Callable[[Pair], None]
    compared: Callable[[Compared], None]
    now: Callable[[], str]
    budget_pusd: PicoUSD
    spent_pusd: PicoUSD
    before: Mapping[int, Earlier]  # by row
    said: Callable[[Ticket, int], Unjudged]  # an answer that the journal has


@dataclass(frozen=True, slots=True)
class AtEnd:
    """What becomes of a request that comes to its end: its end, unless that waits for the baseline's answer.

    `asked` is the attempt that is to be made for that, or the answer of an earlier session.
    """

    final: Final | None
    asked: Ticket | Unjudged | None = None


@dataclass(slots=True)
class _Open:
    """A request whose control answer is awaited."""

    assigned: Assigned
    own: Scored
    final: Final
    expected_pusd: int
    failures: int = 0


@dataclass(slots=True)
class Controls:
    """The control sample of a session; `drawn` are the requests of it that have not come to their end, by row."""

    desk: ControlDesk
    drawn: dict[int, Assigned]
    _own: dict[int, dict[int, Scored]] = field(default_factory=dict)  # row -> attempt -> its worth
    _open: dict[int, _Open] = field(default_factory=dict)
    _spent_pusd: int = 0
    _expected_pusd: int = 0  # of those in flight
    _planned_pusd: int = 0  # what was expected of those that were billed
    _billed_pusd: int = 0

    def remember(self, row: int, attempt: int, scored: Scored) -> None:
        """The worth of an answer of a request, which may be the one that it ends with."""
        if row in self.drawn:
            self._own.setdefault(row, {})[attempt] = scored

    def at_end(self, final: Final) -> AtEnd:
        """A request came to its end; one that was drawn is compared, or has the baseline asked."""
        assigned = self.drawn.pop(final.row, None)
        known = self._own.pop(final.row, {})
        if assigned is None:
            return AtEnd(final)
        own = _NOTHING if final.attempt is None else known.get(final.attempt, _NOTHING)
        if final.attempt is not None and self._is_baseline(own.model):
            self._pair(_Open(assigned, own, final, 0), final.attempt, own.score)
            return AtEnd(final)
        return self._asked(assigned, own, final)

    def heard(self, ticket: Ticket, attempt: int, score: Score) -> Next:
        """The baseline's answer is judged: what follows for its request."""
        opened = self._close(ticket)
        if opened is None:
            return Held()
        self._pair(opened, attempt, score)
        if opened.final.status is FinalStatus.ACCEPTED:
            return Held()
        return Final(ticket.assigned.row, FinalStatus.ACCEPTED, attempt, "") if score.passed else opened.final

    def paid(self, ticket: Ticket, cost_pusd: PicoUSD | None) -> None:
        """What an attempt of the sample was billed; None: unknown, and as much as was reserved counts."""
        self._spent_pusd += ticket.worst_pusd if cost_pusd is None else cost_pusd
        opened = self._open.get(ticket.assigned.row)
        if cost_pusd and opened is not None and ticket.examined is None:
            self._planned_pusd += opened.expected_pusd
            self._billed_pusd += cost_pusd

    def failed(self, ticket: Ticket, decision: Decision) -> Next:
        """The baseline did not answer: once more where that helps, a few times; else there is no pair."""
        opened = self._open.get(ticket.assigned.row)
        delay_s = decision.delay_s if isinstance(decision, RetrySame | Elsewhere) else None
        if opened is None or delay_s is None or opened.failures + 1 >= _MOST_TRIES:
            return self.dropped(ticket)
        opened.failures += 1
        return Later(ticket, delay_s)

    def dropped(self, ticket: Ticket) -> Next:
        """The baseline will not answer a request: no money is left for it, or it is closed."""
        opened = self._close(ticket)
        waits = opened is not None and opened.final.status is FinalStatus.FAILED
        return opened.final if opened is not None and waits else Held()

    def withheld(self) -> tuple[Final, ...]:
        """The ends that still wait for an answer of the baseline, when nothing more is to be sent."""
        waiting = [opened.final for opened in self._open.values() if opened.final.status is FinalStatus.FAILED]
        self._open.clear()
        return tuple(waiting)

    def _asked(self, assigned: Assigned, own: Scored, final: Final) -> AtEnd:
        """The attempt, where the baseline is open and may be asked; what may have been paid for is not asked again."""
        before, ticket = self.desk.before.get(assigned.row, Earlier()), self._ticket(assigned)
        if ticket is None:
            return AtEnd(final)
        if before.answered is not None:
            return self._opened(_Open(assigned, own, final, 0), self.desk.said(ticket, before.answered))
        expected_pusd = self._expected(assigned)
        if before.lost or not self._fits(expected_pusd) or self.desk.closed(self.desk.baseline) is not None:
            return AtEnd(final)
        return self._opened(_Open(assigned, own, final, expected_pusd), ticket)

    def _opened(self, opened: _Open, asked: Ticket | Unjudged) -> AtEnd:
        self._open[opened.assigned.row] = opened
        self._expected_pusd += opened.expected_pusd
        return AtEnd(opened.final if opened.final.status is FinalStatus.ACCEPTED else None, asked)

    def _ticket(self, assigned: Assigned) -> Ticket | None:
        desk = self.desk
        request = desk.request(assigned)
        planned = replace(desk.routes.planned(assigned, late=True), kind=AttemptKind.CONTROL, extra=True)
        return desk.routes.beside(planned, request, desk.baseline)

    def _expected(self, assigned: Assigned) -> int:
        """What the baseline's answer is expected to cost, pico-dollars; by the plan's own reckoning where it can."""
        reach = self.desk.routes.reach
        spot = None if reach is None else reach.spots.get(Offer(self.desk.baseline, ServiceTier.STANDARD))
        if reach is None or spot is None or assigned.model not in self.desk.routes.models:
            return assigned.cost_pusd
        return cost_on(spot, taken_on(spot, assigned, self.desk.request(assigned), reach), reach)

    def _fits(self, expected_pusd: int) -> bool:
        """Whether the budget has room, what is expected being scaled by the bills so far where those were higher."""
        coming = self._expected_pusd + expected_pusd
        if self._billed_pusd > self._planned_pusd > 0:
            coming = coming * self._billed_pusd // self._planned_pusd
        return self.desk.spent_pusd + self._spent_pusd + coming <= self.desk.budget_pusd

    def _close(self, ticket: Ticket) -> _Open | None:
        opened = self._open.pop(ticket.assigned.row, None)
        if opened is not None:
            self._expected_pusd -= opened.expected_pusd
        return opened

    def _is_baseline(self, model: str) -> bool:
        """Whether a model is the baseline, by whatever name."""
        models: Mapping[str, object] = self.desk.routes.models
        if model not in models:
            return False
        return self.desk.routes.models[model].base_model == self.desk.routes.models[self.desk.baseline].base_model

    def _pair(self, opened: _Open, control: int, score: Score) -> None:
        """Journal a comparison, and let the watch see it."""
        worth = both(opened.own.score, score)
        row = opened.assigned.row
        self.desk.note(
            Pair(row, self.desk.now(), opened.final.attempt, control, worth.own, worth.control, worth.scorer)
        )
        if opened.own.model and opened.own.first:
            self.desk.compared(Compared(opened.assigned, opened.own.model, worth))


_NOTHING = Scored("", NO_ANSWER)


def is_control(ticket: Ticket) -> bool:
    """Whether an attempt is of the control sample: the baseline's own, or a judge's about its answer."""
    asked = ticket if ticket.examined is None else ticket.examined.answer.ticket
    return asked.kind is AttemptKind.CONTROL
