"""Caps beside the hard cap: who draws on which money."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, OTHER, Row, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.budget import Budget, Reservation, reserve
from modelroute_cli.execution.caps import CapKind, Caps, Gone, Room, gone_in
from modelroute_cli.execution.tickets import Ticket

TODAY = "2026-11-23"
PICO = "0.000000000001"


def dollars(pusd: int) -> str:
    """So many pico-dollars as settings have them."""
    return f"0.{pusd:012d}"


def caps(**parts: object) -> Caps:
    """Caps of these settings on the first day; each model's provider is what stands before its hyphen."""
    named = {"tenants": {}, "providers": {}, "per_day": None, **parts}
    return Caps(CapSettings(**named), lambda model: model.partition("-")[0], TODAY)  # type: ignore[arg-type]


def of_tenant(tenant: str | None, row: int = 0) -> Ticket:
    """A first attempt of a tenant."""
    return ticket(structs.replace(assigned(row), tenant=tenant))


def names(rooms: tuple[Room, ...]) -> list[tuple[str, str, int]]:
    """Kind, name and cap of each."""
    return [(room.kind.value, room.name, room.cap) for room in rooms]


def test_without_settings_nothing_is_counted() -> None:
    """No rooms, no day, no money."""
    none = Caps()
    assert (none.any, none.of("acme", CHEAP), none.roll(lambda: datetime.now(UTC))) == (False, (), False)


def test_an_attempt_draws_on_its_day_its_provider_and_its_tenant() -> None:
    """All that hold for it, in this order; the same rooms for the next one like it."""
    own = caps(tenants={"acme": dollars(5)}, providers={"cheap": dollars(20)}, per_day=dollars(50))
    rooms = own.of("acme", CHEAP)
    assert names(rooms) == [("day", TODAY, 50), ("provider", "cheap", 20), ("tenant", "acme", 5)]
    assert own.of("acme", CHEAP) is rooms
    assert names(own.of("acme", OTHER)) == [("day", TODAY, 50), ("tenant", "acme", 5)]
    assert own.of("acme", OTHER)[1] is rooms[2]


def test_a_tenant_without_a_cap_of_its_own_has_the_default() -> None:
    """Each its own money; requests without a tenant have none to keep to."""
    own = caps(tenants={"acme": dollars(5), "default": dollars(1)})
    assert names(own.of("other", CHEAP)) == [("tenant", "other", 1)]
    assert own.of("third", CHEAP)[0] is not own.of("other", CHEAP)[0]
    assert own.of(None, CHEAP) == ()
    assert caps(tenants={"acme": dollars(5)}).of("other", CHEAP) == ()


def test_a_reservation_is_taken_from_all_or_from_none() -> None:
    """Where one has no room, nobody's money moves."""
    own = caps(tenants={"acme": dollars(100)}, per_day=dollars(1000))
    hard = Budget(PicoUSD(500))
    budgets = (hard, *own.of("acme", CHEAP))
    assert reserve(budgets, PicoUSD(101)) is None
    assert [budget.reserved for budget in budgets] == [0, 0, 0]
    assert reserve(budgets, PicoUSD(100)) == Reservation(PicoUSD(100), budgets)
    assert [budget.free for budget in budgets] == [400, 900, 0]


def test_a_reservation_settles_and_holds_everywhere() -> None:
    """What was billed, or may have been, counts under every cap it was under."""
    budgets = (Budget(PicoUSD(500)), *caps(per_day=dollars(300)).of(None, CHEAP))
    first, second = reserve(budgets, PicoUSD(100)), reserve(budgets, PicoUSD(100))
    assert first is not None
    assert second is not None
    first.settle(PicoUSD(30))
    second.settle(None)
    assert [(budget.spent, budget.held, budget.reserved) for budget in budgets] == [(30, 100, 0)] * 2


def test_what_earlier_sessions_came_to_is_gone() -> None:
    """By tenant, provider and day; another day's money is untouched."""
    own = caps(tenants={"acme": dollars(100)}, providers={"cheap": dollars(100)}, per_day=dollars(100))
    own.count(
        [
            Gone(tenant="acme", model=CHEAP, day=TODAY, spent_pusd=PicoUSD(10), held_pusd=PicoUSD(1)),
            Gone(tenant="acme", model=OTHER, day="2026-11-22", spent_pusd=PicoUSD(20), held_pusd=PicoUSD(2)),
            Gone(tenant=None, model=CHEAP, day="2026-11-22", spent_pusd=PicoUSD(40), held_pusd=PicoUSD(4)),
        ]
    )
    assert [(room.spent, room.held) for room in own.of("acme", CHEAP)] == [(10, 1), (50, 5), (30, 3)]
    asked = Gone(tenant=None, model="", day=own.day, spent_pusd=PicoUSD(5), held_pusd=PicoUSD(6))
    own.count([asked])
    assert [(room.spent, room.held) for room in own.of("acme", CHEAP)] == [(15, 7), (50, 5), (30, 3)]


def test_a_new_day_has_its_own_money() -> None:
    """And what is still in flight from the day before is settled there."""
    own = caps(per_day=dollars(100))
    (before,) = own.of(None, CHEAP)
    money = reserve((before,), PicoUSD(100))
    assert not own.roll(lambda: datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
    assert own.roll(lambda: datetime(2026, 11, 24, tzinfo=UTC))
    (after,) = own.of(None, CHEAP)
    assert money is not None
    money.settle(PicoUSD(60))
    assert ((before.name, before.spent), (after.name, after.free)) == ((TODAY, 60), ("2026-11-24", 100))


def test_a_clock_that_goes_back_brings_no_money_back() -> None:
    """The day before is over."""
    own = caps(per_day=dollars(100))
    assert not own.roll(lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert own.of(None, CHEAP)[0].name == TODAY


def test_those_that_stand_aside_return_as_their_money_does() -> None:
    """The most urgent first, no more than fit; the others wait on."""
    own = caps(tenants={"acme": dollars(250)})
    (room,) = own.of("acme", CHEAP)
    money = [reserve((room,), PicoUSD(100)) for _ in range(2)]
    for row in (2, 1, 3):
        own.stand_aside(room, of_tenant("acme", row), PicoUSD(100))
    assert (own.aside, list(own.returning())) == (3, [])
    assert money[0] is not None
    money[0].settle(PicoUSD(40))
    assert [item.assigned.row for item in own.returning()] == [1]
    assert own.aside == 2


def test_those_that_never_fit_return_too() -> None:
    """Somebody has to say that they cannot be sent."""
    own = caps(tenants={"acme": dollars(150)})
    (room,) = own.of("acme", CHEAP)
    money = reserve((room,), PicoUSD(100))
    own.stand_aside(room, of_tenant("acme", 1), PicoUSD(100))
    own.stand_aside(room, of_tenant("acme", 2), PicoUSD(100))
    assert money is not None
    money.settle(PicoUSD(90))
    assert [item.assigned.row for item in own.returning()] == [1, 2]


def test_who_returns_and_takes_nothing_lets_the_next_return() -> None:
    """Its turn is over: nobody waits for money that nobody has."""
    own = caps(tenants={"acme": dollars(250)})
    (room,) = own.of("acme", CHEAP)
    money = reserve((room,), PicoUSD(250))
    for row in (1, 2):
        own.stand_aside(room, of_tenant("acme", row), PicoUSD(200))
    assert money is not None
    money.settle(PicoUSD(0))
    (first,) = own.returning()
    assert list(own.returning()) == []
    own.forget(first)
    assert [item.assigned.row for item in own.returning()] == [2]


def test_the_need_of_a_room_is_what_waits_for_it() -> None:
    """First attempts alone, at the high end of their plan; for a day all that waits waits."""
    own = caps(tenants={"acme": dollars(5)}, per_day=dollars(9))
    own.expect(of_tenant("acme"), 1)
    own.expect(ticket(structs.replace(assigned(), tenant="acme"), extra=True), 1)
    assert [room.need for room in own.of("acme", CHEAP)] == [0, 600]
    own.expect(of_tenant("acme"), -1)
    plan = plan_of([Row(tenant="acme"), Row(tenant="acme", model=OTHER), Row()])
    own.expect_all(plan.assignments)
    assert [room.need for room in own.of("acme", CHEAP)] == [0, 600 + 1200]


def test_the_journal_says_what_is_gone() -> None:
    """Costs, and reservations where no cost is known, by tenant, model and the UTC day of sending."""
    at = [datetime(2026, 11, 22, 23, 59, tzinfo=UTC), *[datetime(2026, 11, 23, tzinfo=UTC)] * 3]
    known = {"row": [0, 0, 1, 2], "model": [CHEAP] * 4, "started_at": at}
    money = {"reserved_pusd": [100] * 4, "cost_pusd": [60, None, 10, 5]}
    attempts = pl.DataFrame({name: {**known, **money}.get(name, [None] * 4) for name in ATTEMPTS}, schema=ATTEMPTS)
    plan = plan_of([Row(tenant="acme"), Row(), Row()])
    assert [
        (gone.tenant, gone.day, gone.spent_pusd, gone.held_pusd) for gone in gone_in(attempts, plan.assignments)
    ] == [
        ("acme", "2026-11-22", 60, 0),
        ("acme", TODAY, 0, 100),
        (None, TODAY, 15, 0),
    ]


def test_a_room_says_what_it_is() -> None:
    """Its kind is a word of the settings."""
    assert [kind.value for kind in CapKind] == ["run", "tenant", "provider", "day"]


_STEP = st.tuples(st.sampled_from(["acme", "other", None]), st.sampled_from([CHEAP, OTHER]), st.integers(0, 400))


@given(st.lists(st.tuples(_STEP, st.sampled_from(["reserve", "settle", "hold", "midnight"]), st.integers(0, 9))))
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_interleaving_passes_any_cap(steps: list[tuple[tuple[str | None, str, int], str, int]]) -> None:
    """However reservations, bills, losses and midnights follow each other, every cap holds by its own books."""
    own = caps(tenants={"default": dollars(900)}, providers={"cheap": dollars(1200)}, per_day=dollars(1000))
    hard, day = Budget(PicoUSD(2000)), 23
    open_: list[Reservation] = []
    books: dict[Budget, int] = {}
    for (tenant, model, worst), what, share in steps:
        if what == "midnight":
            day = min(day + 1, 30)
            own.roll(lambda at=day: datetime(2026, 11, at, tzinfo=UTC))  # type: ignore[misc]
        elif what == "reserve":
            money = reserve((hard, *own.of(tenant, model)), PicoUSD(worst))
            open_ += [] if money is None else [money]
        elif open_:
            money = open_.pop()
            actual = PicoUSD(money.pusd * share // 9) if what == "settle" else None
            money.settle(actual)
            for budget in money.budgets:
                books[budget] = books.get(budget, 0) + (money.pusd if actual is None else actual)
        for budget, gone in books.items():
            assert gone == budget.spent + budget.held
            assert budget.spent + budget.held + budget.reserved <= budget.cap


@pytest.mark.parametrize("amount", [PICO, "1000000"])
def test_amounts_are_exact(amount: str) -> None:
    """From a pico-dollar to a million dollars."""
    (room,) = caps(per_day=amount).of(None, CHEAP)
    assert room.cap == {PICO: 1, "1000000": 10**18}[amount]
