"""What was taken out of the backlog without being sent."""

from dataclasses import replace

from msgspec import structs
from support.plans import CHEAP, WORST, Row, plan_of, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.caps import Caps
from modelroute_cli.execution.gates.answer import Said, Verdict
from modelroute_cli.execution.observed import Learned
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.taken_out import TakenOut, is_escalation
from modelroute_cli.execution.tickets import Examined, History, Ticket, Unjudged


def purse(caps: Caps | None = None) -> Purse:
    """Money for one attempt."""
    return Purse(Budget(WORST[CHEAP]), Margins(), Learned.of({CHEAP: rates(CHEAP)}), caps or Caps())


def escalation(row: int = 0) -> Ticket:
    """A better answer is asked for."""
    return replace(ticket(assigned(row), extra=True), kind=AttemptKind.ESCALATION)


def test_an_untried_request_without_money_is_only_counted() -> None:
    """A million of them are two numbers."""
    out = TakenOut(purse())
    for row in range(3):
        out.park(ticket(assigned(row)))
    assert (out.parked, out.left_out.requests, out.left_out.dearest) == ([], 3, WORST[CHEAP])


def test_what_may_come_back_is_kept() -> None:
    """Extras, what was tried before, and everything where another day brings other money."""
    out, daily = TakenOut(purse()), TakenOut(purse(Caps(CapSettings(per_day="1"))))
    extra, tried, untried = ticket(extra=True), ticket(history=History(unknown=1)), ticket()
    for each in (extra, tried):
        out.park(each)
    daily.park(untried)
    assert (out.take_parked(), daily.take_parked()) == ([extra, tried], [untried])
    assert (out.parked, out.left_out.requests, daily.left_out.requests) == ([], 0, 0)


def test_escalations_leave_and_others_stay() -> None:
    """A judge's question is none, whatever it is asked about."""
    out, resend, climbing = TakenOut(purse()), ticket(extra=True), escalation(1)
    found = []
    for each in (resend, climbing):
        out.park(each)
        found.append(out.any_escalation)
    assert found == [False, True]
    assert (out.take_escalations(), out.parked, out.any_escalation) == ([climbing], [resend], False)


def test_only_a_better_answer_is_an_escalation() -> None:
    """Neither a resend nor a first attempt, nor a question of a judge about an escalated answer."""
    answer = Unjudged(escalation(), 1, Said("fine", "stop"), 50)
    examined = Examined(answer=answer, verdict=Verdict(passed=True, gate="pass", detail="", output="fine"))
    assert is_escalation(escalation())
    others = (ticket(), ticket(extra=True), replace(escalation(), examined=examined))
    assert [is_escalation(each) for each in others] == [False, False, False]


def test_what_is_stranded_is_taken_once() -> None:
    """Tickets as tickets, rows as rows."""
    out, one, rows = TakenOut(purse()), ticket(), plan_of([Row(), Row()]).assignments.collect()
    found = [out.any_stranded]
    for each in (one, rows):
        out.strand(each)
        found.append(out.any_stranded)
    assert found == [False, True, True]
    tickets, frames = out.take_stranded()
    assert (tickets, [frame.height for frame in frames]) == ([one], [2])
    assert (out.any_stranded, out.take_stranded()) == (False, ([], []))


def test_what_was_taken_out_waits_for_no_money_any_more() -> None:
    """Neither a parked ticket, nor a stranded one, nor stranded rows."""
    caps = Caps(CapSettings(tenants={"acme": "1"}))
    out, [room] = TakenOut(purse(caps)), caps.of("acme", CHEAP)
    one = ticket(structs.replace(assigned(), tenant="acme"))
    rows = plan_of([Row(tenant="acme")] * 4).assignments.collect()
    caps.expect(one, 2)
    caps.expect_all(rows.lazy())
    waiting = room.need
    out.park(one)
    out.strand(one)
    assert waiting - room.need == 2 * one.assigned.cost_range_pusd
    out.strand(rows)
    assert room.need == PicoUSD(0)
