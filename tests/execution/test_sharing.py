"""Rules of how tenants share a limit."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, OTHER, Row, card, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.sharing import Clock, Sharing, Sizes, limit_drawn_on, sharing
from modelroute_cli.execution.tickets import Ticket

STANDARD = (False, 1)


def clock(weights: dict[str, float] | None = None) -> Clock:
    """A clock with these weights, 1 for all others."""
    return Clock(lambda tenant: (weights or {}).get(tenant or "", 1.0))


def passage(account: Limits | None = None, model: Limits | None = None) -> Pass:
    """Two lanes with these limits."""
    return Pass(Lane(account or Limits()), Lane(model or Limits()))


def load(tokens: int) -> Sizes:
    """One request that claims so many tokens."""
    return Sizes(1, tokens, tokens // 2, tokens // 2)


def of_tenant(tenant: str | None, row: int = 0, *, tokens: int = 200) -> Ticket:
    """A ticket of a tenant."""
    return replace(ticket(structs.replace(assigned(row), tenant=tenant)), max_tokens=tokens)


UNITS = st.floats(0.1, 5.0)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), UNITS), min_size=1, max_size=80),
    st.floats(0.25, 4.0),
    st.floats(0.25, 4.0),
)
def test_while_both_wait_they_differ_by_one_request_at_most(
    sizes: list[tuple[str, float]], first: float, second: float
) -> None:
    """What they took by weight: no more apart than the largest request of each (the bound of the paper)."""
    weights = {"a": first, "b": second}
    times, took, largest = clock(weights), dict.fromkeys("ab", 0.0), dict.fromkeys("ab", 0.0)
    stands = {name: times.joins(STANDARD, name) for name in "ab"}
    for _, units in sizes:
        name = min("ab", key=lambda each: (stands[each], each))
        times.takes(STANDARD, name, units)
        took[name] += units / weights[name]
        largest[name] = max(largest[name], units / weights[name])
        stands[name] = times.stands(STANDARD, name)
        assert abs(took["a"] - took["b"]) <= largest["a"] + largest["b"] + 1e-9


def test_a_weight_is_a_multiple_of_the_others_turns() -> None:
    """Of four requests of one size, three are of the one with weight 3."""
    times, turns = clock({"acme": 3.0}), []
    for name in ("acme", "zeta"):
        times.joins(STANDARD, name)
    for _ in range(40):
        name = min(("acme", "zeta"), key=lambda each: (times.stands(STANDARD, each), each))
        times.takes(STANDARD, name, 1.0)
        turns.append(name)
    assert turns.count("acme") == 30
    assert turns[:8] == ["acme", "zeta", "acme", "acme", "acme", "zeta", "acme", "acme"]


def test_who_had_nothing_to_send_has_no_credit() -> None:
    """One that comes later, or back, begins where the one stood that was served last."""
    times = clock()
    times.joins(STANDARD, "acme")
    for _ in range(10):
        times.takes(STANDARD, "acme", 1.0)
    assert (times.joins(STANDARD, "late"), times.stands(STANDARD, "acme")) == (9.0, 10.0)


def test_one_who_is_ahead_stays_ahead_when_it_comes_back() -> None:
    """Leaving and joining again forgives nothing."""
    times = clock()
    for name in ("acme", "zeta"):
        times.joins(STANDARD, name)
    times.takes(STANDARD, "acme", 5.0)
    assert times.joins(STANDARD, "acme") == 5.0


def test_each_importance_has_clocks_of_its_own() -> None:
    """What premium requests took is no reason to hold bulk ones back."""
    times = clock()
    times.takes((False, 0), "acme", 7.0)
    assert (times.joins((False, 2), "acme"), times.joins((False, 0), "acme")) == (0.0, 7.0)


@pytest.mark.parametrize(
    ("lanes", "units"),
    [
        pytest.param(passage(), 1.0, id="no limit is known: each request counts the same"),
        pytest.param(passage(Limits(rpm=60)), 1.0, id="requests bind"),
        pytest.param(passage(Limits(tpm=60_000)), 3.0, id="tokens bind"),
        pytest.param(passage(None, Limits(rpm=60, tpm=60_000)), 1.0, id="both: the one that binds these sizes"),
        pytest.param(passage(None, Limits(rpm=600, tpm=6_000)), 3.0, id="of the model, not of the account"),
    ],
)
def test_units_are_of_the_limit_that_binds(lanes: Pass, units: float) -> None:
    """As multiples of the first request, so that limits that become known later change no scale."""
    times = clock()
    assert times.units(load(100), lanes, 0.0) == 1.0
    assert times.units(load(300), lanes, 0.0) == pytest.approx(units)


def test_default_is_the_weight_of_those_that_are_not_named() -> None:
    """Those without a tenant among them; without it their weight is 1."""
    named = Sharing({"acme": 2.0, "default": 0.5}, str)
    assert [named.weight(name) for name in ("acme", "zeta", None)] == [2.0, 0.5, 0.5]
    assert Sharing({"acme": 2.0}, str).weight(None) == 1.0


def test_models_that_share_a_limit_share_a_clock() -> None:
    """What a tenant took on one of them counts on the other; those who wait for cheap hours draw on the same."""
    shared = Sharing({}, lambda model: "account" if model in (CHEAP, OTHER) else model)
    shared.sends(of_tenant("acme"), passage(Limits(rpm=60)), 0.0)
    assert shared.at(CHEAP) is shared.at(OTHER) is shared.at(f"{CHEAP} off_peak")
    assert shared.at("another") is not shared.at(CHEAP)
    assert shared.at(OTHER).joins(STANDARD, "acme") == 1.0


@pytest.mark.parametrize(
    ("tenants", "shares"),
    [((None, None), False), (("acme", "acme"), False), (("acme", None), True), (("acme", "zeta"), True)],
)
def test_nothing_is_counted_where_there_are_not_two(tenants: tuple[str | None, ...], *, shares: bool) -> None:
    """One tenant, or none named: the order is that of the requests themselves."""
    plan = plan_of([Row(tenant=tenant) for tenant in tenants])
    assert (sharing(plan.assignments, {}, str) is not None) == shares


def test_an_account_with_limits_of_its_own_is_one_limit() -> None:
    """Else each model, or group of models, has its own."""
    open_, bound = (Provider(name="p", base_url="http://p/v1", limits=own) for own in (Limits(), Limits(rpm=5)))
    own = structs.replace(card(CHEAP), limit_group="flash")
    assert [limit_drawn_on(own, each) for each in (open_, bound)] == ["p flash", "p"]
