"""Which money is spoken for."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, WORST, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.caps import Caps
from modelroute_cli.execution.claims import Claims
from modelroute_cli.execution.observed import LEAST_ANSWERS, Learned, Load, load_of
from modelroute_cli.execution.purse import Purse

NEED, EXPECTED = 600, 500  # of one request of the cheap model: at the high end, and in the middle


@dataclass(frozen=True)
class Money:
    """Claims on a cap, and the backlog they look at."""

    purse: Purse
    firsts: Backlog
    claims: Claims

    @classmethod
    def of(cls, cap: int, waiting: int = 0, caps: Caps | None = None) -> "Money":
        """So many first attempts wait."""
        purse = Purse(Budget(PicoUSD(cap)), Margins(), Learned.of({CHEAP: rates(CHEAP)}), caps or Caps())
        firsts = Backlog()
        for row in range(waiting):
            firsts.push(ticket(assigned(row)))
        return cls(purse, firsts, Claims(purse, firsts))


def test_what_waits_needs_its_high_end() -> None:
    """That of those that stand aside until their tenant has money too."""
    money = Money.of(10_000, waiting=2)
    assert (money.claims.need_pusd(), money.claims.spare_pusd()) == (2 * NEED, 10_000 - 2 * NEED)
    money.claims.stands_aside(ticket(), 1)
    assert money.claims.need_pusd() == 3 * NEED
    money.claims.stands_aside(ticket(), -1)
    assert money.claims.need_pusd() == 2 * NEED


def test_what_flies_is_expected_at_its_plan_and_an_extra_at_its_reservation() -> None:
    """And only first attempts are still to be judged."""
    money = Money.of(10_000, waiting=1)
    money.claims.flies(ticket(), WORST[CHEAP], 1)
    money.claims.flies(ticket(extra=True), WORST[CHEAP], 1)
    assert money.claims.spare_pusd() == 10_000 - NEED - EXPECTED - WORST[CHEAP]
    assert money.claims.unjudged == 2


def test_an_extra_gets_what_is_left_when_the_need_is_covered() -> None:
    """To the last pico-dollar, and then it is reserved."""
    money = Money.of(WORST[CHEAP] + NEED - 1, waiting=1)
    extra = ticket(extra=True)
    assert money.claims.spare(extra, money.claims.need_pusd()) is None
    money.purse.budget.cap = PicoUSD(WORST[CHEAP] + NEED)
    taken = money.claims.spare(extra, money.claims.need_pusd())
    assert taken is not None
    assert (taken.pusd, money.purse.budget.free) == (WORST[CHEAP], NEED)


def test_an_extra_leaves_alone_what_waits_under_its_own_cap() -> None:
    """Its tenant's room keeps what its own first attempts need, whatever others do."""
    caps = Caps(CapSettings(providers={CHEAP: "0.000000003"}))  # 3,000 pico-dollars
    money = Money.of(10**6, caps=caps)
    caps.expect(ticket(), 2)  # 1,200 wait
    assert money.claims.spare(ticket(extra=True), PicoUSD(0)) is None
    caps.expect(ticket(), -1)
    assert money.claims.spare(ticket(extra=True), PicoUSD(0)) is not None


def test_nothing_is_projected_before_any_usage_is_known() -> None:
    """Then it is what was spent, and what waits and flies at what answers were seen to take."""
    money = Money.of(10_000, waiting=2)
    assert money.claims.projected_pusd() is None
    for _ in range(LEAST_ANSWERS):
        money.purse.learned.observe(CHEAP, load_of(assigned()), Load(50, 25, 250))
    money.claims.flies(ticket(), WORST[CHEAP], 1)
    money.purse.budget.spent = PicoUSD(40)
    assert money.claims.projected_pusd() == 40 + 3 * 250


def test_time_decides_only_while_there_is_money_for_all() -> None:
    """With less, or with caps beside the hard one, importance does."""
    loads = Money.of(3 * NEED, waiting=3).claims.where_time_decides()
    assert loads is not None
    assert loads[CHEAP].requests == 3
    assert Money.of(3 * NEED - 1, waiting=3).claims.where_time_decides() is None
    assert Money.of(3 * NEED, waiting=3, caps=Caps(CapSettings(per_day="1"))).claims.where_time_decides() is None


@given(st.lists(st.booleans(), max_size=12))
def test_what_has_landed_claims_nothing(extras: list[bool]) -> None:
    """Whatever was started, in whatever order it comes back."""
    money = Money.of(10**6, waiting=1)
    before = money.claims.spare_pusd(), money.claims.unjudged
    for extra in extras:
        money.claims.flies(ticket(extra=extra), WORST[CHEAP], 1)
    for extra in reversed(extras):
        money.claims.flies(ticket(extra=extra), WORST[CHEAP], -1)
    assert (money.claims.spare_pusd(), money.claims.unjudged) == before
