"""Failed answers that are alike, and whose turn is which model."""

from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, OTHER, STRONG, PlanParts, Row, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.base.schema import Request
from modelroute_cli.execution.crowds import Crowd, Ways, group_of
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.tickets import History
from modelroute_cli.planning.ladder import Share

REQUEST = Request(custom_id="r0", prompt="write")
PARTS = PlanParts(allowed={"all": (CHEAP,)}, escalations={"all": (STRONG, OTHER, CHEAP)})


def ways(most_steps: int) -> Ways:
    """Of a plan whose rule escalates to both dearer models."""
    return Ways(Routes.of(plan_of([Row()], PARTS)), most_steps)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=4), st.integers(0, 60))
def test_turns_keep_to_the_shares_all_along(counts: list[int], turns: int) -> None:
    """After any number of turns each model is within one of its share; after as many as there are, exactly at it."""
    names = [*"abc", None][: len(counts)]
    crowd = Crowd({}, {}, {}, shares=tuple(Share(name, count) for name, count in zip(names, counts, strict=True)))
    whole = sum(counts)
    for _ in range(turns % (whole + 1)):
        crowd.next()
    done = turns % (whole + 1)
    for name, count in zip(names, counts, strict=True):
        assert abs(crowd.given.get(name, 0) - count * done / whole) < len(counts)
    for _ in range(whole - done):
        crowd.next()
    assert [crowd.given.get(name, 0) for name in names] == counts


def test_only_dearer_models_that_were_not_tried_are_ways() -> None:
    """With what each costs, and the chance of going on from one to the other."""
    found = ways(2).crowd(ticket(), REQUEST)
    assert set(found.loads) == {OTHER, STRONG}
    assert found.loads[OTHER].cost_pusd == 100 * 2 + 50 * 20
    assert set(found.after) == {(OTHER, STRONG)}
    tried = ways(2).crowd(ticket(history=History(tried=(OTHER,))), REQUEST)
    assert set(tried.loads) == {STRONG}


def test_the_last_step_goes_on_to_nothing() -> None:
    """As many escalations as the settings allow."""
    assert ways(1).crowd(ticket(), REQUEST).after == {}
    assert ways(2).crowd(ticket(history=History(escalations=1)), REQUEST).after == {}


def test_a_model_that_cannot_do_a_request_is_no_way() -> None:
    """A request that names its own model has none at all."""
    assert ways(2).crowd(ticket(), Request(custom_id="r0", prompt="write", model=CHEAP)).loads == {}
    assert ways(2).to(ticket(), REQUEST, CHEAP) is None


def test_what_is_alike_is_one_group() -> None:
    """Lengths by powers of two; what a request asks for, its worth and what it tried keep groups apart."""
    short, long = assigned(0, output_tokens=40), assigned(1, output_tokens=60)
    assert group_of(ticket(short), REQUEST) == group_of(ticket(long), REQUEST)
    assert group_of(ticket(assigned(2, output_tokens=80)), REQUEST) != group_of(ticket(long), REQUEST)
    strict = Request(custom_id="r1", prompt="write", min_quality=0.9)
    assert group_of(ticket(short), strict) != group_of(ticket(short), REQUEST)
    assert group_of(ticket(short, history=History(tried=(OTHER,))), REQUEST) != group_of(ticket(short), REQUEST)
    assert group_of(ticket(assigned(3, importance="bulk")), REQUEST) != group_of(ticket(assigned(3)), REQUEST)
