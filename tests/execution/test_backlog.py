"""Queues of what waits."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, OTHER, Row, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import Ticket, order


@given(
    st.lists(
        st.tuples(st.sampled_from(["premium", "standard", "bulk"]), st.integers(1, 5), st.none() | st.floats(0, 10)),
        max_size=30,
    )
)
def test_what_goes_in_comes_out_in_order_once_it_is_due(drawn: list[tuple[str, int, float | None]]) -> None:
    """After every delay is over, tickets come out by importance, length and row; counts and needs end at zero."""
    backlog = Backlog()
    for row, (importance, length, due) in enumerate(drawn):
        backlog.push(ticket(assigned(row, importance=importance, output_tokens=length)), due)
    assert (len(backlog), backlog.loads.get(CHEAP, Load()).range_pusd) == (len(drawn), 600 * len(drawn))
    backlog.mature(10.0)
    taken = [backlog.pop(CHEAP) for _ in drawn]
    assert [order(item) for item in taken] == sorted(order(item) for item in taken)
    assert (len(backlog), backlog.heads(), backlog.next_due()) == (0, [], None)
    assert backlog.loads.get(CHEAP, Load()) == Load()


def test_delayed_tickets_wait_for_their_time() -> None:
    """Before it is due, a ticket is counted but not offered."""
    backlog = Backlog()
    backlog.push(ticket(), due=5.0)
    backlog.mature(4.9)
    assert (len(backlog), backlog.heads(), backlog.next_due()) == (1, [], 5.0)
    backlog.mature(5.0)
    assert backlog.heads() == [ticket()]


def test_heads_are_one_a_model_the_most_urgent_first() -> None:
    """The dispatcher looks at no more than that."""
    backlog = Backlog()
    for row, (model, importance) in enumerate([(CHEAP, "bulk"), (OTHER, "standard"), (CHEAP, "premium")]):
        backlog.push(ticket(assigned(row, model=model, importance=importance)))
    assert [head.assigned.row for head in backlog.heads()] == [2, 1]


def kin(row: int, prefix: int | None, importance: str = "standard", length: int = 50) -> Ticket:
    """A ticket of this beginning."""
    item = assigned(row, importance=importance, output_tokens=length)
    return ticket(structs.replace(item, prefix=prefix))


def taken(backlog: Backlog) -> list[int]:
    """The rows that are awake, in order; they are taken out."""
    rows = []
    while backlog.heads():
        rows.append(backlog.pop(CHEAP).assigned.row)
    return rows


def test_those_who_begin_alike_go_together() -> None:
    """Where the most urgent of them stands, so that caches stay warm; importance goes before."""
    backlog = Backlog()
    for row, (prefix, length) in enumerate([(1, 10), (None, 30), (2, 20), (1, 40), (2, 5), (None, 15)]):
        backlog.push(kin(row, prefix, length=length))
    backlog.push(kin(6, 2, "premium"))
    backlog.push(kin(7, 1, "bulk"))
    assert taken(backlog) == [6, 3, 0, 1, 2, 4, 5, 7]


def test_those_asleep_are_passed_until_they_are_woken() -> None:
    """All that begin so, whatever their importance; who comes meanwhile sleeps too."""
    backlog = Backlog()
    for row, prefix in enumerate([1, 1, None, 2]):
        backlog.push(kin(row, prefix))
    backlog.sleep(CHEAP)
    backlog.push(kin(4, 1))
    assert (backlog.any_asleep, taken(backlog)) == (True, [2, 3])
    assert len(backlog) == 3
    backlog.wake(CHEAP, 2)
    backlog.wake(OTHER, 1)
    assert taken(backlog) == []
    backlog.wake(CHEAP, 1)
    assert (backlog.any_asleep, taken(backlog)) == (False, [0, 1, 4])
    assert len(backlog) == 0


@given(
    st.lists(
        st.tuples(st.sampled_from(["push", "pop", "sleep", "wake"]), st.sampled_from([None, 1, 2]), st.integers(1, 5)),
        max_size=60,
    )
)
def test_nobody_is_lost_or_sent_twice(steps: list[tuple[str, int | None, int]]) -> None:
    """However tickets come, sleep and wake."""
    backlog, waiting, out = Backlog(), set[int](), list[int]()
    for row, (what, prefix, length) in enumerate(steps):
        heads = backlog.heads()
        if what == "push":
            backlog.push(kin(row, prefix, length=length))
            waiting.add(row)
        elif what == "pop" and heads:
            out.append(backlog.pop(CHEAP).assigned.row)
        elif what == "sleep" and heads and heads[0].assigned.prefix is not None:
            backlog.sleep(CHEAP)
        elif what == "wake" and prefix is not None:
            backlog.wake(CHEAP, prefix)
        assert len(backlog) == len(waiting) - len(out)
    for prefix in (1, 2):
        backlog.wake(CHEAP, prefix)
    out += taken(backlog)
    assert sorted(out) == sorted(waiting)


def _supply(*templates: str) -> Supply:
    rows = [Row(template=template) for template in templates]
    plan = plan_of(rows)
    return Supply(plan.assignments, Routes.of(plan).planned)


def test_the_untried_requests_of_a_template_can_be_taken_out() -> None:
    """The others wait on, in their order; counts and needs are those of what is left."""
    backlog = Backlog(_supply("t1", "t2", "t1", "t2"))
    assert backlog.heads()[0].assigned.row == 0
    backlog.pop(CHEAP)
    (taken,) = backlog.withdraw("t1", CHEAP)
    assert taken.rows["row"].to_list() == [2]
    assert (len(backlog), backlog.loads[CHEAP].requests) == (2, 2)
    assert [backlog.pop(CHEAP).assigned.row for _ in range(2) if backlog.heads()] == [1, 3]
    assert backlog.withdraw("t1", CHEAP) == []


def test_what_was_tried_is_not_taken_out() -> None:
    """Nor what waits for another model."""
    backlog = Backlog(_supply("t1"))
    backlog.push(ticket(assigned(7)))
    assert backlog.withdraw("t1", OTHER) == []
    assert [each.rows.height for each in backlog.withdraw("t1", CHEAP)] == [1]
    assert [head.assigned.row for head in backlog.heads()] == [7]
