"""Which request goes next."""

from dataclasses import replace

import pytest
from msgspec import structs
from support.plans import CHEAP, OTHER, STRONG, WORST, Row, plan_of, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.dispatch import Dispatcher
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import LEAST_ANSWERS, Learned, Load, load_of
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.warmth import LONGEST_WAIT_S, Warmth
from modelroute_cli.providers.base import RateSignal


class Desk:
    """A dispatcher with lanes that can be looked at."""

    def __init__(self, cap: int, **limits: Limits) -> None:
        self.lanes = {
            name: Pass(Lane(limits.get(name.partition("-")[0], Limits())), Lane(Limits()))
            for name in (CHEAP, OTHER, STRONG)
        }
        self.closed: set[str] = set()
        self.budget = Budget(PicoUSD(cap))
        self.margins = Margins()
        self.learned = Learned.of({name: rates(name) for name in (CHEAP, OTHER, STRONG)})
        purse = Purse(self.budget, self.margins, self.learned)
        self.dispatcher = Dispatcher(purse, self.lanes.__getitem__, self.closed.__contains__, Warmth(CHEAP.__eq__))

    def push(self, row: int, model: str, importance: str = "standard", *, extra: bool = False) -> None:
        """Add a ticket."""
        self.dispatcher.push(ticket(assigned(row, model=model, importance=importance), extra=extra))

    def started(self, now: float = 0.0) -> list[int]:
        """The rows that may start now, in order."""
        rows = []
        while (start := self.dispatcher.next(now)) is not None:
            rows.append(start.ticket.assigned.row)
        return rows


def test_order_holds_across_models() -> None:
    """Premium first, whatever its model."""
    desk = Desk(10**6)
    desk.push(0, CHEAP)
    desk.push(1, OTHER, "premium")
    desk.push(2, CHEAP, "premium")
    assert desk.started() == [1, 2, 0]


def test_a_paused_model_lets_others_pass() -> None:
    """And the time at which it may go on is known."""
    desk = Desk(10**6)
    desk.lanes[CHEAP].start(1, 0.0)
    desk.lanes[CHEAP].rate_limited(0.0, 30.0, RateSignal(), 0.0)
    desk.push(0, CHEAP, "premium")
    desk.push(1, OTHER)
    assert desk.started() == [1]
    assert desk.dispatcher.wake_at == pytest.approx(30.0)
    assert desk.started(30.0) == [0]


def test_one_that_has_to_wait_for_money_blocks_those_behind_it() -> None:
    """It fits once what is in flight is settled: cheap ones must not take that money first."""
    desk = Desk(WORST[STRONG] + 100)
    desk.push(0, CHEAP, "premium")
    first = desk.dispatcher.next(0.0)
    assert first is not None
    desk.push(1, STRONG, "premium")
    desk.push(2, CHEAP)
    assert desk.started() == []
    first.money.settle(PicoUSD(50))
    assert desk.started() == [1]


def test_one_that_can_never_fit_is_parked_and_passed() -> None:
    """More than all that is not spent or held: it would wait for ever."""
    desk = Desk(WORST[CHEAP] * 2)
    desk.push(0, STRONG, "premium")
    desk.push(1, CHEAP)
    desk.push(2, CHEAP)
    assert desk.started() == [1, 2]
    assert (desk.dispatcher.out.left_out.requests, desk.dispatcher.out.left_out.dearest) == (1, WORST[STRONG])


def test_of_those_that_can_never_fit_only_what_may_come_back_is_kept() -> None:
    """An untried request is counted; an extra has an answer that it ends with."""
    desk = Desk(WORST[CHEAP] - 1)
    desk.push(0, CHEAP)
    desk.push(1, CHEAP, extra=True)
    assert desk.started() == []
    assert [parked.assigned.row for parked in desk.dispatcher.out.parked] == [1]
    assert desk.dispatcher.out.left_out.requests == 1


def test_extras_wait_until_the_need_of_the_others_is_covered() -> None:
    """A resend starts only with room for the expected cost of all first attempts that wait."""
    desk = Desk(2000 + WORST[CHEAP] + 599)
    desk.budget.reserve(PicoUSD(2000))  # something is in flight
    desk.lanes[OTHER].start(1, 0.0)
    desk.lanes[OTHER].rate_limited(0.0, 10.0, RateSignal(), 0.0)
    desk.push(0, OTHER)
    desk.push(1, CHEAP, extra=True)
    assert desk.started() == []
    desk.budget.cap = PicoUSD(desk.budget.cap + 1)
    assert desk.started() == [1]


def taught(desk: Desk, billed: Load, answers: int = LEAST_ANSWERS) -> None:
    """Answers of the cheap model that were planned as every ticket is, and billed like this."""
    for _ in range(answers):
        desk.learned.observe(CHEAP, load_of(assigned()), billed)


def test_the_need_of_the_others_follows_what_their_model_really_takes() -> None:
    """After twenty answers at half their plan, half the money is kept for the first attempt that waits."""
    desk = Desk(2000 + WORST[CHEAP] + 300)
    desk.budget.reserve(PicoUSD(2000))  # something is in flight
    desk.lanes[CHEAP].start(1, 0.0)
    desk.lanes[CHEAP].rate_limited(0.0, 10.0, RateSignal(), 0.0)
    desk.push(0, CHEAP)
    desk.dispatcher.push(replace(ticket(assigned(1, model=OTHER), extra=True), worst_pusd=WORST[CHEAP]))
    assert desk.started() == []
    taught(desk, Load(50, 25, 250))
    assert desk.started() == [1]


def test_observed_usage_never_lowers_a_reservation() -> None:
    """However little the answers take, the worst case stays what was planned."""
    desk = Desk(10**6)
    taught(desk, Load(1, 1, 11), answers=1000)
    desk.push(0, CHEAP)
    start = desk.dispatcher.next(0.0)
    assert start is not None
    assert start.reserved_pusd == WORST[CHEAP]


def test_the_projection_counts_what_waits_and_what_is_in_flight_by_observed_usage() -> None:
    """Spent, and half the plan of two waiting and one in flight; nothing is said before usage is known."""
    desk = Desk(10**6)
    for row in range(3):
        desk.push(row, CHEAP)
    assert desk.dispatcher.claims.projected_pusd() is None
    taught(desk, Load(50, 25, 250))
    start = desk.dispatcher.next(0.0)
    assert start is not None
    assert desk.dispatcher.claims.projected_pusd() == 3 * 250
    start.money.settle(PicoUSD(240))
    desk.dispatcher.landed(start, 1.0, answered=True)
    assert desk.dispatcher.claims.projected_pusd() == 240 + 2 * 250


def test_requests_of_a_closed_model_are_stranded() -> None:
    """They are handed out to be sent elsewhere, and reserve nothing."""
    desk = Desk(10**6)
    for row in range(3):
        desk.push(row, CHEAP)
    desk.closed.add(CHEAP)
    assert desk.started() == []
    assert [stranded.assigned.row for stranded in desk.dispatcher.out.stranded] == [0, 1, 2]
    assert (len(desk.dispatcher), desk.budget.reserved) == (0, 0)


def test_a_raised_margin_raises_the_reservation() -> None:
    """What is reserved for a model that bills too much is what it may really cost."""
    desk = Desk(10**6)
    desk.margins.observe(CHEAP, PicoUSD(100), PicoUSD(150))
    desk.push(0, CHEAP)
    start = desk.dispatcher.next(0.0)
    assert start is not None
    assert (start.reserved_pusd, desk.budget.reserved) == (WORST[CHEAP] * 3 // 2, WORST[CHEAP] * 3 // 2)


def test_a_started_request_counts_in_its_lane() -> None:
    """Concurrency of the account holds the next one back, and no time is waited for."""
    desk = Desk(10**6, cheap=Limits(concurrency=1))
    desk.push(0, CHEAP)
    desk.push(1, CHEAP)
    assert desk.started() == [0]
    assert desk.dispatcher.wake_at is None


def begin_alike(desk: Desk, rows: range, model: str = CHEAP) -> None:
    """Add tickets of one beginning."""
    for row in rows:
        desk.dispatcher.push(ticket(structs.replace(assigned(row, model=model), prefix=1)))


def test_one_of_a_beginning_goes_first() -> None:
    """The others wait for its answer, and let everyone else pass; then they go."""
    desk = Desk(10**6)
    begin_alike(desk, range(3))
    desk.push(3, CHEAP)
    start = desk.dispatcher.next(0.0)
    assert start is not None
    assert start.ticket.assigned.row == 0
    assert desk.started(0.0) == [3]
    assert desk.dispatcher.wake_at == LONGEST_WAIT_S
    assert len(desk.dispatcher) == 2
    desk.dispatcher.landed(start, 2.0, answered=True)
    assert desk.started(2.0) == [1, 2]


def test_after_a_failure_one_other_goes_first() -> None:
    """Not all of them."""
    desk = Desk(10**6)
    begin_alike(desk, range(3))
    start = desk.dispatcher.next(0.0)
    assert start is not None
    desk.dispatcher.landed(start, 2.0, answered=False)
    assert desk.started(2.0) == [1]


def test_a_first_that_takes_long_is_not_waited_for() -> None:
    """The limit lets all go."""
    desk = Desk(10**6)
    begin_alike(desk, range(3))
    assert desk.started(0.0) == [0]
    assert desk.started(LONGEST_WAIT_S - 0.1) == []
    assert desk.started(LONGEST_WAIT_S) == [1, 2]


def test_models_without_a_discount_wait_for_nobody() -> None:
    """There is nothing to gain."""
    desk = Desk(10**6)
    begin_alike(desk, range(3), OTHER)
    assert desk.started(0.0) == [0, 1, 2]


def test_those_who_sleep_on_a_closed_model_are_stranded_once_they_wake() -> None:
    """None is lost."""
    desk = Desk(10**6)
    begin_alike(desk, range(3))
    assert desk.started(0.0) == [0]
    desk.closed.add(CHEAP)
    assert desk.started(LONGEST_WAIT_S) == []
    assert [item.assigned.row for item in desk.dispatcher.out.stranded] == [1, 2]


def test_a_closed_model_strands_its_shelf_at_once() -> None:
    """Rows stay rows, tickets are taken one by one; counts and what first attempts need go with them."""
    plan = plan_of([Row() for _ in range(5)] + [Row(model=OTHER)])
    desk = Desk(10**6)
    desk.dispatcher.add(plan.assignments.collect(), Routes.of(plan).planned)
    desk.push(9, CHEAP)
    spare = desk.dispatcher.claims.spare_pusd()
    assert (len(desk.dispatcher), desk.dispatcher.claims.unjudged, desk.dispatcher.out.any_stranded) == (7, 7, False)
    desk.closed.add(CHEAP)
    assert desk.started() == [5]
    tickets, frames = desk.dispatcher.out.take_stranded()
    assert [each.assigned.row for each in tickets] == [9]
    assert [frame["row"].to_list() for frame in frames] == [[0, 1, 2, 3, 4]]
    assert desk.dispatcher.out.take_stranded() == ([], [])
    assert desk.dispatcher.claims.unjudged == 1  # in flight
    assert desk.dispatcher.claims.spare_pusd() == spare + 5 * 600 + 600


def test_escalations_that_were_not_started_can_be_taken_back() -> None:
    """Parked ones and waiting ones; resends stay where they are."""
    desk = Desk(3_000)
    for row, kind in enumerate((AttemptKind.ESCALATION, AttemptKind.RESEND, AttemptKind.ESCALATION)):
        extra = ticket(assigned(row, model=STRONG if row == 0 else CHEAP), extra=True)
        desk.dispatcher.push(replace(extra, kind=kind, worst_pusd=PicoUSD(5_000 if row == 0 else 2_900)))
    assert desk.started() == [1]
    assert (desk.dispatcher.out.any_escalation, desk.dispatcher.claims.spare_pusd()) == (True, 3_000 - 2_900)
    assert [each.assigned.row for each in desk.dispatcher.take_escalations()] == [0, 2]
    assert (desk.dispatcher.out.any_escalation, len(desk.dispatcher)) == (False, 0)
