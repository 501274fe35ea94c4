"""The lanes of a run: accounts, their models, and what was closed."""

from math import inf

import pytest
from msgspec.structs import replace
from support.plans import CHEAP, card

from modelroute_cli.catalog.cards import Limits, Provider
from modelroute_cli.execution.limits import Closing, Lanes
from modelroute_cli.providers.base import RateSignal

SILENT = RateSignal()


def _provider(**limits: int) -> Provider:
    return Provider(name="cheap", base_url="http://127.0.0.1", limits=Limits(**limits))


def test_models_of_an_account_share_its_lane_and_have_their_own() -> None:
    """A model's limits hold it back alone, and so does a 429 of its own."""
    lanes = Lanes()
    limited = lanes.passage(card(CHEAP, limits=Limits(concurrency=1)), _provider())
    free = lanes.passage(card("cheap-2"), _provider())
    limited.start(5, 0.0)
    assert (limited.wait_s(0.0), free.wait_s(0.0)) == (inf, 0.0)
    assert (free.account.in_flight, free.model.in_flight) == (1, 0)
    assert limited.rate_limited(0.0, 7.0, SILENT, 1.0) == 7.0
    assert (limited.paused_for_s(1.0), free.paused_for_s(1.0), free.wait_s(1.0)) == (7.0, 0.0, 0.0)
    assert (free.account.in_flight, limited.model.in_flight) == (0, 0)


def test_two_models_that_are_refused_together_are_refused_by_their_account() -> None:
    """Then all its models wait."""
    lanes = Lanes()
    one, two, third = (lanes.passage(card(name), _provider()) for name in (CHEAP, "cheap-2", "cheap-3"))
    one.start(5, 0.0)
    two.start(5, 0.0)
    one.rate_limited(0.0, 7.0, SILENT, 1.0)
    assert third.wait_s(1.0) == 0.0
    two.rate_limited(0.0, 7.0, SILENT, 1.5)
    assert third.wait_s(1.5) == 7.0
    one.start(5, 9.0)
    one.rate_limited(9.0, 3.0, SILENT, 10.0)
    assert (third.wait_s(10.0), third.account.in_flight) == (3.0, 0)


def test_a_model_that_is_refused_by_chance_says_nothing_of_its_account() -> None:
    """Though another one is refused at the same time; nothing waits for it, and nothing is left in flight."""
    lanes = Lanes()
    one, two, third = (lanes.passage(card(name), _provider()) for name in (CHEAP, "cheap-2", "cheap-3"))
    two.model.strays.known = 0.02
    one.start(5, 0.0)
    two.start(5, 0.0)
    assert one.rate_limited(0.0, 7.0, SILENT, 1.0) == 7.0
    assert two.rate_limited(0.0, 7.0, SILENT, 1.5) is None
    assert (two.wait_s(1.5), third.wait_s(1.5), two.model.in_flight, two.account.in_flight) == (0.0, 0.0, 0, 0)


def test_two_models_that_are_refused_apart_have_limits_of_their_own() -> None:
    """Ten seconds between them say nothing of the account."""
    lanes = Lanes()
    one, two = lanes.passage(card(CHEAP), _provider()), lanes.passage(card("cheap-2"), _provider())
    one.start(5, 0.0)
    two.start(5, 0.0)
    one.rate_limited(0.0, 3.0, SILENT, 1.0)
    two.rate_limited(0.0, 3.0, SILENT, 11.0)
    assert (one.paused_for_s(11.0), two.paused_for_s(11.0)) == (0.0, 3.0)


def test_a_429_of_an_account_with_limits_of_its_own_is_the_account_s() -> None:
    """The user said that all its models draw on them."""
    lanes = Lanes()
    one, two = lanes.passage(card(CHEAP), _provider(rpm=600)), lanes.passage(card("cheap-2"), _provider(rpm=600))
    one.start(5, 0.0)
    one.rate_limited(0.0, 7.0, SILENT, 1.0)
    assert two.wait_s(1.0) == 7.0


def test_others_may_ask_how_long_a_model_waits() -> None:
    """Without sending anything to it."""
    lanes = Lanes()
    assert (lanes.wait_s(card(CHEAP), 0.0), lanes.paused_for_s(card(CHEAP), 0.0)) == (0.0, 0.0)
    passage = lanes.passage(card(CHEAP, limits=Limits(rpm=60)), _provider())
    sent = passage.start(5, 0.0)
    assert lanes.wait_s(card(CHEAP), 0.0) == pytest.approx(1 / 0.995)
    passage.rate_limited(sent, 300.0, SILENT, 1.0)
    assert (lanes.wait_s(card(CHEAP), 1.0), lanes.paused_for_s(card(CHEAP), 1.0)) == (300.0, 300.0)


def test_models_of_a_group_have_one_lane() -> None:
    """And so have models that are the same on the wire, whatever their efforts."""
    lanes, plain = Lanes(), card(CHEAP)
    one = lanes.passage(replace(plain, limit_group="cheap 1.x"), _provider())
    two = lanes.passage(replace(card("cheap-2"), limit_group="cheap 1.x"), _provider())
    other = lanes.passage(card("cheap-3"), _provider())
    same = lanes.passage(replace(card("cheap-3-high"), model_id="cheap-3-wire"), _provider())
    assert (one.model is two.model, other.model is same.model, one.model is other.model) == (True, True, False)


def test_headers_are_about_the_model_that_answered() -> None:
    """A premium model's small limit does not slow down the cheap one of the same account."""
    lanes = Lanes()
    slow, fast = lanes.passage(card(CHEAP), _provider()), lanes.passage(card("cheap-2"), _provider())
    slow.start(5, 0.0)
    slow.answered(RateSignal(limit_requests=60, limit_tokens=6000), 0.0)
    assert slow.model.requests.per_s == pytest.approx(0.995)
    assert (fast.model.requests.per_s, fast.account.requests.per_s) == (None, None)


def test_closing_an_account_closes_its_models() -> None:
    """A refused key stops every model of the account; a used-up quota only its model."""
    lanes = Lanes()
    assert lanes.close("cheap", CHEAP, "quota")
    assert (lanes.closed(card(CHEAP)), lanes.closed(card("cheap-2"))) == ("quota", None)
    assert not lanes.refused(card(CHEAP))
    assert lanes.close("cheap", None, "key")
    assert not lanes.close("cheap", None, "key")
    assert (lanes.closed(card("cheap-2")), lanes.refused(card(CHEAP))) == ("key", True)


def test_what_is_shut_may_open_again_and_what_is_closed_not() -> None:
    """A closing for good takes the place of one that may pass; each has a number of its own."""
    lanes, cheap = Lanes(), card(CHEAP)
    assert lanes.shut("cheap", CHEAP, "down")
    assert not lanes.shut("cheap", CHEAP, "down")
    assert lanes.closing(cheap) == Closing("down", 1, may_pass=True)
    assert (lanes.gone(cheap), lanes.reopen("cheap", CHEAP), lanes.closing(cheap)) == (None, True, None)
    lanes.shut("cheap", CHEAP, "down again")
    assert lanes.close("cheap", CHEAP, "given up")
    assert lanes.closing(cheap) == Closing("given up", 3, may_pass=False)
    assert (lanes.gone(cheap), lanes.reopen("cheap", CHEAP)) == ("given up", False)


def test_of_two_closings_the_one_that_stays_counts() -> None:
    """An account that is gone, and a model of it that is only shut."""
    lanes = Lanes()
    lanes.close("cheap", None, "key")
    lanes.shut("cheap", CHEAP, "down")
    assert lanes.closed(card(CHEAP)) == "key"


def test_renewed_closings_are_new_to_those_that_wait() -> None:
    """Only what may pass gets a new number."""
    lanes = Lanes()
    lanes.shut("cheap", CHEAP, "down")
    lanes.close("cheap", "cheap-2", "quota")
    lanes.renew()
    assert lanes.closing(card(CHEAP)) == Closing("down", 3, may_pass=True)
    assert lanes.closing(card("cheap-2")) == Closing("quota", 2, may_pass=False)
