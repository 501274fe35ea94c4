"""What is said of quality, word for word."""

import numpy as np
import pytest

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Interval
from modelroute_cli.pilot.certify import Finding, Method, Promise
from modelroute_cli.pilot.ladder import Certified, Climbed, Rung
from modelroute_cli.pilot.sentences import (
    CERTIFIED,
    PLANNED,
    REALISED,
    affordable_sentence,
    broken_sentence,
    certified_sentence,
    floor_percent,
    percent,
    planned_sentence,
    realised_sentence,
)
from modelroute_cli.pilot.sizes import Affordable

FLOOR = Promise(0.97)
RUNG = Rung("1.00", PicoUSD(5), np.zeros(412))


def ladder(*, passed: bool, draws: int = 412) -> Certified:
    """One rung."""
    climbed = Climbed(RUNG, Finding(0.01, passed, 0.02, draws))
    return Certified(RUNG if passed else None, (climbed,), draws, FLOOR, Method.ANY_TIME)


def test_the_three_words_have_one_definition_each() -> None:
    """As every screen shows them."""
    assert PLANNED == (
        "planned quality: what the measurements that made the plan say of it; the plan was picked by them: no proof"
    )
    assert (
        CERTIFIED == "certified quality: a floor that fresh paired requests, which had no part in the plan, have shown"
    )
    assert REALISED == "realised quality: what was measured of the answers that were sent, with its interval"


def test_a_promise_that_may_be_made() -> None:
    """How much of whose quality, on what, how sure, from how many."""
    assert certified_sentence(ladder(passed=True), "gpt-5") == (
        "certified: at least 97% of gpt-5's quality on this batch (95% confidence, 412 paired requests)"
    )


def test_what_rests_on_a_judge_says_so() -> None:
    """A certificate is as good as who gave the marks."""
    assert certified_sentence(ladder(passed=True), "gpt-5", "claude-haiku-5-5") == (
        "certified: at least 97% of gpt-5's quality on this batch "
        "(95% confidence, 412 paired requests, as judged by claude-haiku-5-5)"
    )
    assert certified_sentence(ladder(passed=False), "gpt-5", "gates") == (
        "not certified: 412 paired requests do not show at least 97% of gpt-5's quality "
        "(95% confidence, as judged by gates); every request goes to gpt-5"
    )


@pytest.mark.parametrize(
    ("draws", "words"), [(1_412, "1,412 paired requests do not show"), (1, "1 paired request does not show")]
)
def test_a_promise_that_may_not_be_made(draws: int, words: str) -> None:
    """What was not shown, and what happens then."""
    assert certified_sentence(ladder(passed=False, draws=draws), "gpt-5") == (
        f"not certified: {words} at least 97% of gpt-5's quality (95% confidence); every request goes to gpt-5"
    )


def test_without_a_plan_there_is_nothing_to_test() -> None:
    """Only the baseline is left."""
    assert certified_sentence(Certified(None, (), 0, FLOOR, Method.FIXED), "gpt-5") == (
        "not certified: there is no plan to test; every request goes to gpt-5"
    )


@pytest.mark.parametrize(("draws", "words"), [(300, "300 paired requests show"), (1, "1 paired request shows")])
def test_a_promise_that_was_refuted(draws: int, words: str) -> None:
    """The opposite test."""
    assert broken_sentence(FLOOR, draws, "gpt-5") == (
        f"not certified: {words} less than 97% of gpt-5's quality (95% confidence)"
    )


def test_what_a_promise_takes() -> None:
    """Where it can be afforded."""
    found = Affordable(FLOOR, 620, 900, FLOOR)
    assert affordable_sentence(found, "gpt-5") == "certifying 97% of gpt-5's quality takes about 620 paired requests"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            Affordable(Promise(0.98), 964, 400, Promise(0.94)),
            "too small to certify 98%: 400 paired requests could certify 94% (98% takes about 964)",
        ),
        (
            Affordable(Promise(0.98), 12_345, 400, None),
            "too small to certify 98%: 400 paired requests could certify nothing (98% takes about 12,345)",
        ),
    ],
)
def test_what_can_be_afforded_instead(found: Affordable, words: str) -> None:
    """A weaker promise, or none."""
    assert affordable_sentence(found, "gpt-5") == words


@pytest.mark.parametrize(("promise", "could"), [(Promise(0.9), "90%"), (None, "nothing")])
def test_a_plan_that_falls_short_is_not_a_matter_of_numbers(promise: Promise | None, could: str) -> None:
    """No hold-out shows what is not so."""
    assert affordable_sentence(Affordable(Promise(0.98), None, 400, promise), "gpt-5") == (
        f"the plan is not expected to reach 98% of gpt-5's quality: 400 paired requests could certify {could}"
    )


@pytest.mark.parametrize(
    ("measured", "source"),
    [(0, "unmeasured: prior only"), (1, "measured on 1 request"), (2_050, "measured on 2,050 requests")],
)
def test_what_is_planned_is_no_promise(measured: int, source: str) -> None:
    """It says where it comes from."""
    assert planned_sentence(0.982, "gpt-5", measured) == (
        f"planned: 98.2% of gpt-5's quality ({source}; not certified)"
    )


def test_what_was_realised_has_its_interval() -> None:
    """Next to what was promised."""
    assert realised_sentence(Interval(0.979, 0.961, 0.996, 0.9), "gpt-5", 120) == (
        "realised: 97.9% of gpt-5's quality (90% interval 96.1% to 99.6%, 120 paired requests)"
    )


@pytest.mark.parametrize(
    ("share", "rounded", "floored"),
    [
        (0.97, "97%", "97%"),
        (0.9749, "97.5%", "97.4%"),
        (0.97499999999999, "97.5%", "97.5%"),
        (1.0, "100%", "100%"),
        (0.29, "29%", "29%"),
        (0.9999, "100%", "99.9%"),
        (0.0, "0%", "0%"),
    ],
)
def test_a_promise_is_never_rounded_up(share: float, rounded: str, floored: str) -> None:
    """An estimate is rounded to a tenth of a percent."""
    assert (percent(share), floor_percent(share)) == (rounded, floored)
