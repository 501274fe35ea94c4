"""Whose turn it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, OTHER, STRONG
from support.tickets import assigned, ticket

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.turns import Turns, needed_s

HEADS = [ticket(assigned(row, model=model)) for row, model in enumerate((CHEAP, OTHER, STRONG))]


def passes(**limits: Limits) -> dict[str, Pass]:
    """Models with accounts of their own."""
    names = {"cheap": CHEAP, "other": OTHER, "strong": STRONG}
    return {names[key]: Pass(Lane(Limits()), Lane(limits.get(key, Limits()))) for key in names}


def test_the_model_that_needs_longest_goes_first() -> None:
    """Ten requests at one a second wait longer than a hundred at a hundred a second."""
    known = passes(cheap=Limits(rpm=6000), other=Limits(rpm=60), strong=Limits(rpm=600))
    turns = Turns(known.__getitem__)
    turns.look(lambda: {CHEAP: Load(requests=100), OTHER: Load(requests=10), STRONG: Load(requests=90)}, 0.0)
    assert [head.model for head in turns.ordered(HEADS)] == [OTHER, STRONG, CHEAP]


def test_tokens_count_as_requests_do() -> None:
    """The tighter of both."""
    known = passes(cheap=Limits(rpm=6000, tpm=6_000), other=Limits(rpm=60))
    loads = {CHEAP: Load(requests=100, paced_tokens=30_000), OTHER: Load(requests=100)}
    found = needed_s(loads, known.__getitem__, 0.0)
    assert found == {CHEAP: pytest.approx(300 / 0.995), OTHER: pytest.approx(100 / 0.995)}


def test_models_of_an_account_wait_for_all_that_it_has_to_do() -> None:
    """Ninety and ten at one a second: both end after a hundred seconds."""
    account = Lane(Limits(rpm=60))
    known = {CHEAP: Pass(account, Lane(Limits())), OTHER: Pass(account, Lane(Limits()))}
    found = needed_s({CHEAP: Load(requests=90), OTHER: Load(requests=10)}, known.__getitem__, 0.0)
    assert found == {CHEAP: pytest.approx(100 / 0.995), OTHER: pytest.approx(100 / 0.995)}


def test_where_money_is_scarce_requests_keep_their_own_order() -> None:
    """Importance decides then."""
    turns = Turns(passes(other=Limits(rpm=60)).__getitem__)
    turns.look(lambda: None, 0.0)
    assert list(turns.ordered(HEADS)) == HEADS


def test_equal_ones_keep_their_order_and_what_has_nothing_left_goes_last() -> None:
    """A model that is not in the loads any more may still have one that comes back."""
    turns = Turns(passes(cheap=Limits(rpm=60), other=Limits(rpm=60)).__getitem__)
    turns.look(lambda: {CHEAP: Load(requests=5), OTHER: Load(requests=5), STRONG: Load()}, 0.0)
    assert list(turns.ordered(HEADS)) == HEADS


def test_it_is_looked_at_a_few_times_a_second() -> None:
    """Not for each request."""
    looks, turns = [], Turns(passes().__getitem__)
    for step in range(100):
        turns.look(lambda: looks.append(1), step / 100)
    assert len(looks) == 4


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 6000)), min_size=3, max_size=3))
def test_nobody_who_needs_less_goes_before_one_who_needs_more(drawn: list[tuple[int, int]]) -> None:
    """Whatever the loads and limits."""
    known = {
        head.model: Pass(Lane(Limits()), Lane(Limits(rpm=rpm))) for head, (_, rpm) in zip(HEADS, drawn, strict=True)
    }
    loads = {head.model: Load(requests=count) for head, (count, _) in zip(HEADS, drawn, strict=True)}
    turns = Turns(known.__getitem__)
    turns.look(lambda: loads, 0.0)
    needs = needed_s(loads, known.__getitem__, 0.0)
    ordered = [needs[head.model] for head in turns.ordered(HEADS)]
    assert ordered == sorted(ordered, reverse=True)
