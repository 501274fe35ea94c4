"""Which tenant's request goes next, where limits, money and several models decide as well."""

from itertools import count

import pytest
from msgspec import structs
from support.plans import CHEAP, OTHER, STRONG, WORST, rates
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.backlog import Backlog
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.caps import Caps
from modelroute_cli.execution.dispatch import Dispatcher
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Learned
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.sharing import Sharing
from modelroute_cli.execution.warmth import Warmth

MODELS = (CHEAP, OTHER, STRONG)
PLENTY = 10**9


class Desk:
    """A dispatcher with one account for all models, which takes a request a second."""

    def __init__(self, *, caps: CapSettings | None = None, weights: dict[str, float] | None = None) -> None:
        account = Lane(Limits(rpm=61))
        self.lanes = {name: Pass(account, Lane(Limits())) for name in MODELS}
        self.purse = Purse(
            Budget(PicoUSD(PLENTY)), Margins(), Learned.of({name: rates(name) for name in MODELS}), Caps(caps)
        )
        sharing = Sharing(weights or {}, lambda _: "account")
        self.dispatcher = Dispatcher(
            self.purse, self.lanes.__getitem__, lambda _: 0, Warmth(CHEAP.__eq__), Backlog(None, sharing)
        )
        self._rows = count()

    def push(self, tenant: str, times: int, model: str = CHEAP, *, extra: bool = False) -> None:
        """Requests of a tenant that wait."""
        for row in [next(self._rows) for _ in range(times)]:
            self.dispatcher.push(ticket(structs.replace(assigned(row, model=model), tenant=tenant), extra=extra))

    def sent(self, seconds: int) -> str:
        """The first letter of each tenant that was sent something, second by second."""
        found = ""
        for now in range(seconds):
            while (start := self.dispatcher.next(float(now))) is not None:
                found += (start.ticket.assigned.tenant or "-")[0]
        return found


def test_tenants_take_turns_at_a_limit() -> None:
    """However many requests one of them has."""
    desk = Desk()
    desk.push("acme", 20)
    desk.push("zeta", 3)
    assert desk.sent(10) == "azazazaaaa"


def test_tenants_of_different_models_share_the_limit_of_their_account() -> None:
    """What one of them was sent on one model counts on the others."""
    desk = Desk(weights={"zeta": 2.0})
    desk.push("acme", 20)
    desk.push("zeta", 20, OTHER)
    assert desk.sent(9).count("z") == 6


def test_what_improves_answers_counts_as_well() -> None:
    """A tenant with escalations gets no more of the limit for them."""
    desk = Desk()
    desk.push("acme", 5)
    desk.push("zeta", 5, extra=True)
    desk.push("acme", 5, extra=True)
    assert desk.sent(5) == "aaaaa"
    assert desk.sent(20).startswith("zzzzz")


def test_who_has_no_money_leaves_its_turns() -> None:
    """Its requests stand aside, and the other goes on."""
    desk = Desk(caps=CapSettings(tenants={"acme": "0.000000005"}))
    desk.push("acme", 5)
    desk.push("zeta", 5)
    afford = 5_000 // WORST[CHEAP]
    assert 0 < afford < 5
    assert desk.sent(20).count("a") == afford
    assert desk.purse.caps.aside == 5 - afford


@pytest.mark.parametrize("tenants", [("acme", "acme"), ("acme", "zeta")])
def test_the_pace_is_the_same(tenants: tuple[str, str]) -> None:
    """As many are sent in the same time, whosever they are."""
    desk = Desk()
    for tenant in tenants:
        desk.push(tenant, 20)
    assert len(desk.sent(10)) == 10
