"""Which prompt caches are warm."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, OTHER, Row, plan_of, rates
from support.tickets import assigned, ticket

from modelroute_cli.catalog.prices import PriceStep, RateCard
from modelroute_cli.catalog.terms import CacheTerms
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.execution.warmth import KEPT_S, LONGEST_WAIT_S, Beginning, Warmth, has_discount, reads_cache


def of(row: int, prefix: int | None = 1, model: str = CHEAP) -> Ticket:
    """A ticket of this beginning."""
    return ticket(structs.replace(assigned(row, model=model), prefix=prefix))


def warmth() -> Warmth:
    """The cheap model reads its cache at a discount."""
    return Warmth(CHEAP.__eq__)


def test_the_first_goes_and_the_others_wait_for_its_answer() -> None:
    """Then nobody waits."""
    known = warmth()
    assert not known.has_to_wait(of(0), 0.0)
    known.started(of(0), 0.0)
    assert known.has_to_wait(of(1), 1.0)
    assert known.landed(of(0), 2.0, answered=True) == Beginning(CHEAP, 1)
    assert not known.has_to_wait(of(1), 2.0)
    known.started(of(1), 2.0)
    assert not known.has_to_wait(of(2), 2.0)


@pytest.mark.parametrize("other", [of(1, None), of(1, 2), of(1, 1, OTHER)])
def test_others_do_not_wait(other: Ticket) -> None:
    """Nor those of another beginning, on another model, or on one without a discount."""
    known = warmth()
    known.started(of(0), 0.0)
    known.started(of(0, 1, OTHER), 0.0)
    assert not known.has_to_wait(other, 0.0)


def test_after_a_failure_the_next_goes_first() -> None:
    """It is not known whether the provider has read the beginning."""
    known = warmth()
    known.started(of(0), 0.0)
    assert known.landed(of(0), 1.0, answered=False) == Beginning(CHEAP, 1)
    assert not known.has_to_wait(of(1), 1.0)
    known.started(of(1), 1.0)
    assert known.has_to_wait(of(0), 1.0)


def test_a_failure_of_another_changes_nothing() -> None:
    """The first is still on its way."""
    known = warmth()
    known.started(of(0), 0.0)
    assert known.landed(of(7), 1.0, answered=False) is None
    assert known.has_to_wait(of(1), 1.0)


def test_nobody_waits_longer_than_the_limit() -> None:
    """Then the beginning counts as warm, and the late answer changes nothing."""
    known = warmth()
    known.started(of(0), 5.0)
    assert known.next_due() == 5.0 + LONGEST_WAIT_S
    assert list(known.overdue(4.9 + LONGEST_WAIT_S)) == []
    assert list(known.overdue(5.0 + LONGEST_WAIT_S)) == [Beginning(CHEAP, 1)]
    assert not known.has_to_wait(of(1), 5.0 + LONGEST_WAIT_S)
    assert known.next_due() is None
    assert known.landed(of(0), 99.0, answered=True) is None


def test_what_nobody_asked_for_is_forgotten() -> None:
    """After five minutes without an answer one goes first again; each answer keeps it longer."""
    known = warmth()
    known.started(of(0), 0.0)
    known.landed(of(0), 1.0, answered=True)
    known.landed(of(1), 2.0, answered=True)
    known.started(of(2), 1.9 + KEPT_S)
    assert not known.has_to_wait(of(3), 1.9 + KEPT_S)
    known.started(of(3), 2.0 + KEPT_S)
    assert known.has_to_wait(of(4), 2.0 + KEPT_S)


def test_models_without_a_discount_have_none() -> None:
    """Unknown models too."""
    plain = rates(CHEAP)
    assert not has_discount({CHEAP: plain}, CHEAP)
    assert has_discount({CHEAP: cached(plain)}, CHEAP)
    assert not has_discount({CHEAP: cached(plain)}, OTHER)


@pytest.mark.parametrize(
    ("kind", "marks", "reads"),
    [
        ("automatic", False, True),
        ("marker", False, False),
        ("marker", True, True),
        ("none", True, False),
    ],
)
def test_only_a_cache_that_works_by_itself_or_is_marked_is_waited_for(
    kind: Literal["automatic", "marker", "none"], *, marks: bool, reads: bool
) -> None:
    """What nobody marks, a marker cache does not keep; a model without a cache reads nothing."""
    header = plan_of((Row(),)).header
    card = structs.replace(header.models[CHEAP], cache=CacheTerms(kind=kind))
    cards = {**header.rate_cards, CHEAP: cached(header.rate_cards[CHEAP])}
    provider = structs.replace(header.providers[card.provider], cache_markers=marks)
    providers = {**header.providers, card.provider: provider}
    models = {**header.models, CHEAP: card}
    changed = structs.replace(header, models=models, rate_cards=cards, providers=providers)
    assert reads_cache(changed, CHEAP) is reads
    assert not reads_cache(changed, "stranger")


def cached(card: RateCard) -> RateCard:
    """The card with free cached input."""
    rate = structs.replace(card.steps[0].rate, cache_read_pusd=0)
    return structs.replace(card, steps=(PriceStep(above_input_tokens=0, rate=rate),))


EVENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 2), st.booleans(), st.floats(0, 20)), max_size=40)


@given(EVENTS)
def test_who_waits_waits_for_someone_on_the_way(events: list[tuple[int, int, bool, float]]) -> None:
    """And there is a time at which that ends, whatever happens."""
    known, flying, now = warmth(), set[tuple[int, int]](), 0.0
    for row, prefix, answered, passed in events:
        now += passed
        list(known.overdue(now))
        if (row, prefix) in flying:
            flying.remove((row, prefix))
            known.landed(of(row, prefix), now, answered=answered)
        elif not known.has_to_wait(of(row, prefix), now):
            flying.add((row, prefix))
            known.started(of(row, prefix), now)
        for each in (1, 2):
            if known.has_to_wait(of(99, each), now):
                assert each in {begins for _, begins in flying}
                assert (known.next_due() or 0.0) <= now + LONGEST_WAIT_S
