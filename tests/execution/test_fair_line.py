"""Rules of lines in which tenants take turns."""

from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, Row, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.sharing import Sharing
from modelroute_cli.execution.supply import Supply
from modelroute_cli.execution.tickets import Ticket, rank_of

LANES = Pass(Lane(Limits(rpm=60)), Lane(Limits()))
ROWS = st.builds(
    Row,
    importance=st.sampled_from(["premium", "standard", "bulk"]),
    output_tokens=st.integers(1, 4),
    prefix=st.none() | st.integers(0, 2),
    tenant=st.none() | st.sampled_from(["acme", "zeta"]),
)


def supply_of(rows: list[Row]) -> Supply:
    """The supply of a hand-made plan."""
    plan = plan_of(rows)
    return Supply(plan.assignments, Routes.of(plan).planned)


def item(row: int, tenant: str | None, importance: str = "standard", prefix: int | None = None) -> Ticket:
    """A ticket of a tenant."""
    return ticket(structs.replace(assigned(row, importance=importance), tenant=tenant, prefix=prefix))


class Desk:
    """A backlog whose tickets are sent."""

    def __init__(self, supply: Supply | None = None, weights: dict[str, float] | None = None) -> None:
        self.sharing = Sharing(weights or {}, str)
        self.backlog = Backlog(supply, self.sharing)

    def sent(self) -> Ticket:
        """The next one."""
        assert self.backlog.heads()
        taken = self.backlog.pop(CHEAP)
        self.sharing.sends(taken, LANES, 0.0)
        return taken

    def all_sent(self) -> list[Ticket]:
        """All that are awake, in order."""
        found = []
        while self.backlog.heads():
            found.append(self.sent())
        return found


def tenants_of(tickets: list[Ticket]) -> str:
    """The first letter of each."""
    return "".join((each.assigned.tenant or "-")[0] for each in tickets)


def test_a_few_do_not_stand_behind_many() -> None:
    """They take turns until the few have nothing left; then the others have all."""
    rows = [*[Row(tenant="acme", output_tokens=90)] * 10, *[Row(tenant="zeta", output_tokens=5)] * 3]
    assert tenants_of(Desk(supply_of(rows)).all_sent()) == "azazazaaaaaaa"


def test_weights_say_how_many_turns_each_has() -> None:
    """And those that name no tenant are one, too."""
    rows = [*[Row(tenant="acme")] * 8, *[Row()] * 4]
    assert tenants_of(Desk(supply_of(rows), {"acme": 2.0}).all_sent()) == "-aa-aa-aa-aa"


def test_importance_stands_above_tenants() -> None:
    """Premium requests go first, whoever has how many of them; turns are taken within one importance."""
    rows = [*[Row(tenant="acme", importance="premium")] * 3, *[Row(tenant="zeta")] * 2, *[Row(tenant="acme")] * 2]
    desk = Desk(supply_of(rows))
    assert tenants_of(desk.all_sent()) == "aaaazaz"


def test_who_comes_back_joins_at_the_others_time() -> None:
    """A tenant whose first request comes late gets half from then on, and no more."""
    desk = Desk(supply_of([Row(tenant="acme")] * 8))
    assert tenants_of([desk.sent() for _ in range(4)]) == "aaaa"
    for row in range(3):
        desk.backlog.push(item(row, "zeta"))
    assert tenants_of(desk.all_sent()) == "zazaza" + "a"


def test_something_more_urgent_is_noticed() -> None:
    """A premium request that comes back goes first, though its tenant has had its turn."""
    desk = Desk(supply_of([Row(tenant="acme"), Row(tenant="acme"), Row(tenant="zeta")]))
    assert desk.sent().assigned.tenant == "acme"
    desk.backlog.push(item(9, "acme", "premium"))
    assert tenants_of(desk.all_sent()) == "aza"


def test_whose_requests_all_sleep_lets_others_pass() -> None:
    """Kin sleep tenant by tenant as they come up, and wake together."""
    rows = [*[Row(tenant="acme", prefix=1)] * 3, *[Row(tenant="zeta", prefix=1)] * 2, Row(tenant="zeta")]
    desk = Desk(supply_of(rows))
    for _ in range(2):
        assert desk.backlog.heads()[0].assigned.prefix == 1
        desk.backlog.sleep(CHEAP)
    assert (desk.backlog.any_asleep, tenants_of(desk.all_sent())) == (True, "z")
    desk.backlog.wake(CHEAP, 1)
    assert (desk.backlog.any_asleep, tenants_of(desk.all_sent())) == (False, "aazaz")


def test_all_of_a_tenants_shelf_can_be_taken_at_once() -> None:
    """That of the one whose turn it is, where a model is closed; the others' follow."""
    backlog = Desk(supply_of([Row(tenant="zeta"), Row(tenant="acme"), Row(tenant="zeta")])).backlog
    taken = []
    while backlog.heads():
        rows = backlog.take(CHEAP)
        assert isinstance(rows, pl.DataFrame)
        taken.append(rows["row"].to_list())
    assert (taken, len(backlog)) == ([[1], [0, 2]], 0)


def test_a_template_can_be_withdrawn_from_all_tenants() -> None:
    """In one frame, however many there are; the others wait on and take turns."""
    rows = [Row(tenant=tenant, template=name) for name in ("t1", "t2") for tenant in ("acme", "zeta")]
    desk = Desk(supply_of(rows))
    [gone] = desk.backlog.withdraw("t1", CHEAP)
    assert (gone.rows["row"].to_list(), len(desk.backlog)) == ([0, 1], 2)
    assert tenants_of(desk.all_sent()) == "az"


@settings(max_examples=40)
@given(st.lists(ROWS, max_size=25), st.lists(st.sampled_from(["send", "back", "sleep", "wake"]), max_size=40))
def test_nobody_is_lost_or_sent_twice(rows: list[Row], acts: list[str]) -> None:
    """However requests are sent, come back, sleep and wake; and counts are right throughout."""
    desk, out = Desk(supply_of(rows)), list[Ticket]()
    for act in acts:
        heads = desk.backlog.heads()
        if act == "wake":
            for prefix in range(3):
                desk.backlog.wake(CHEAP, prefix)
        elif act == "back" and out:
            desk.backlog.push(out.pop())
        elif act == "sleep" and heads and heads[0].assigned.prefix is not None:
            desk.backlog.sleep(CHEAP)
        elif act == "send" and heads:
            out.append(desk.sent())
        assert len(desk.backlog) == len(rows) - len(out)
    for prefix in range(3):
        desk.backlog.wake(CHEAP, prefix)
    out += desk.all_sent()
    assert sorted(each.assigned.row for each in out) == list(range(len(rows)))


@settings(max_examples=40)
@given(st.lists(ROWS, max_size=25))
def test_within_a_tenant_everything_is_as_without_others(rows: list[Row]) -> None:
    """The rows of each come as they would alone; and no rank is served while one above it waits."""
    mixed = Desk(supply_of(rows)).all_sent()
    for tenant in (None, "acme", "zeta"):
        alone = Backlog(supply_of([row for row in rows if row.tenant == tenant and row.prefix is None]))
        own = [each for each in mixed if each.assigned.tenant == tenant and each.assigned.prefix is None]
        expected = [alone.pop(CHEAP) for _ in own if alone.heads()]
        assert [(rank_of(each), each.assigned.output_tokens) for each in own] == [
            (rank_of(each), each.assigned.output_tokens) for each in expected
        ]
    assert all(rank_of(one) <= rank_of(other) for one, other in pairwise(mixed))


@settings(max_examples=30)
@given(st.lists(ROWS, min_size=1, max_size=25))
def test_one_tenant_alone_is_served_as_without_sharing(rows: list[Row]) -> None:
    """The order is the same to the last request."""
    own = [Row(importance=row.importance, output_tokens=row.output_tokens, prefix=row.prefix) for row in rows]
    plain = Backlog(supply_of(own))
    assert [each.assigned.row for each in Desk(supply_of(own)).all_sent()] == [
        plain.pop(CHEAP).assigned.row for _ in own if plain.heads()
    ]
