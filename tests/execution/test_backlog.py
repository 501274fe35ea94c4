"""Queues of what waits."""

from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, OTHER
from support.tickets import assigned, ticket

from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.tickets import order


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
