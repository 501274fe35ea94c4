"""How many paired requests a promise takes."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.certify import Method, Promise, put_to_test
from modelroute_cli.pilot.certify_draws import uniform
from modelroute_cli.pilot.sizes import (
    Affordable,
    HoldOutCost,
    affordable,
    expected_pairs,
    hold_out_cost,
    measured_pairs,
    needed,
    paid_for,
    textbook,
)
from modelroute_cli.pilot.wealth import Steps, log_needed, log_wealth

FLOOR = Promise(0.97)
SHARES = st.floats(0.05, 0.99)


@pytest.mark.parametrize(
    ("baseline", "ratio", "discordance", "published"),
    [
        (0.95, 1.00, 0.04, 296),
        (0.95, 1.00, 0.08, 591),
        (0.95, 0.99, 0.04, 669),
        (0.95, 0.99, 0.08, 1_333),
        (0.95, 0.98, 0.04, 2_672),
        (0.95, 0.98, 0.08, 5_330),
        (0.85, 1.00, 0.04, 371),
        (0.85, 1.00, 0.08, 739),
        (0.85, 1.00, 0.15, 1_385),
        (0.85, 0.99, 0.04, 835),
        (0.85, 0.99, 0.08, 1_665),
        (0.85, 0.99, 0.15, 3_118),
    ],
)
def test_the_textbooks_number_is_the_tables(baseline: float, ratio: float, discordance: float, published: int) -> None:
    """Against 97% at 95% with a chance of 80%; 300-740 at a ratio of 1.00, 670-1,670 at 0.99 where few pairs differ."""
    assert textbook(expected_pairs(baseline, ratio, discordance), FLOOR) == pytest.approx(published, abs=1)


def test_the_textbook_has_no_number_for_what_does_not_hold() -> None:
    """A mean difference of 0 or less."""
    with pytest.raises(ValueError, match=r"^no number of requests shows what is not expected to hold$"):
        textbook(expected_pairs(0.9, 0.96, 0.1), FLOOR)


def test_the_exact_test_takes_a_tenth_or_a_fifth_more() -> None:
    """It counts one more pair that is lost, which matters where few are."""
    found = [
        needed(expected_pairs(baseline, ratio, discordance), FLOOR, Method.FIXED)
        for baseline, ratio, discordance in (
            (0.95, 1.0, 0.04),
            (0.95, 1.0, 0.08),
            (0.85, 1.0, 0.08),
            (0.85, 0.99, 0.08),
        )
    ]
    assert found == [361, 658, 814, 1_778]


@pytest.mark.parametrize(("requests", "least", "most"), [(None, 0.7, 0.9), (1_000, 0.7, 0.95)])
def test_a_hold_out_of_the_named_number_certifies_in_four_of_five(
    requests: int | None, least: float, most: float
) -> None:
    """60 simulated hold-outs of a plan as good as the baseline, of which 8% of the pairs differ."""
    pairs, random = expected_pairs(0.95, 1.0, 0.08), np.random.default_rng(11)
    count = needed(pairs, FLOOR, Method.FIXED, requests)
    assert count is not None
    d = pairs.plan - 0.97 * pairs.baseline
    batch = random.choice(d, requests or 100_000, p=pairs.share)
    found = [
        put_to_test(random.permutation(batch)[:count], uniform(count, batch.size), FLOOR, Method.FIXED).passed
        for _ in range(60)
    ]
    assert least <= np.mean(found) <= most


def test_a_small_batch_takes_fewer() -> None:
    """814 of an endless batch are 449 of 1,000, and never more than there are."""
    pairs = expected_pairs(0.85, 1.0, 0.08)
    found = [needed(pairs, FLOOR, Method.FIXED, size) for size in (None, 10_000, 1_000, 100, 1)]
    assert found == [814, 753, 449, 90, 1]
    assert needed(pairs, FLOOR, Method.ANY_TIME, 100) == 98


def test_without_any_loss_the_exact_test_still_takes_its_number() -> None:
    """0.97^n <= 0.05: 99 pairs alike prove 97%, however sure one is that none differs."""
    assert needed(expected_pairs(1.0, 1.0, 0.0), FLOOR, Method.FIXED) == 99


@pytest.mark.parametrize("method", list(Method))
def test_a_plan_that_is_not_expected_to_hold_takes_no_number(method: Method) -> None:
    """Not even the whole batch."""
    assert needed(expected_pairs(0.9, 0.97, 0.05), FLOOR, method, 500) is None
    assert needed(expected_pairs(0.9, 0.90, 0.12), FLOOR, method) is None


@given(SHARES, st.floats(0.975, 1.02), st.floats(0.0, 0.3), st.integers(100, 5_000))
def test_looking_at_any_time_costs_draws(baseline: float, ratio: float, discordance: float, requests: int) -> None:
    """At the same chance never fewer than a fixed number (but for rounding), and never more than the batch."""
    pairs = expected_pairs(baseline, ratio, discordance)
    fixed, any_time = (needed(pairs, FLOOR, method, requests) for method in (Method.FIXED, Method.ANY_TIME))
    assert fixed is not None
    assert any_time is not None
    assert fixed - 2 <= any_time <= requests


@given(SHARES, st.floats(0.5, 1.2), st.floats(0.0, 1.0))
def test_expected_pairs_have_the_shares_that_were_asked_for(baseline: float, ratio: float, discordance: float) -> None:
    """Both qualities, and no share below 0."""
    pairs = expected_pairs(baseline, ratio, discordance)
    assert pairs.share.min() >= 0
    assert pairs.share.sum() == pytest.approx(1.0)
    assert pairs.share @ pairs.baseline == pytest.approx(baseline)
    assert pairs.share @ pairs.plan == pytest.approx(min(ratio * baseline, 1.0))


@pytest.mark.parametrize(("asked", "differs"), [(0.0, 0.1), (0.2, 0.2), (1.0, 0.3)])
def test_discordance_is_held_to_what_can_be(asked: float, differs: float) -> None:
    """Qualities of 0.9 and 0.8 differ on a tenth at least; on three tenths at most."""
    pairs = expected_pairs(0.9, 0.8 / 0.9, asked)
    assert pairs.share[1] + pairs.share[2] == pytest.approx(differs)


def test_measured_pairs_leave_room_for_what_was_not_seen() -> None:
    """Ten pairs alike: one more of twelve is won, one lost."""
    pairs = measured_pairs(np.ones(10), np.ones(10))
    spread = pairs.spread(0.97)
    assert spread.mean == pytest.approx((10 * 0.03 + 1 - 0.97) / 12)
    assert spread.variance == pytest.approx((10 * 0.03**2 + 1 + 0.97**2) / 12 - spread.mean**2)


@cache
def stops(trials: int) -> list[float]:
    """When betting certified 97% in simulated hold-outs."""
    pairs = expected_pairs(0.95, 1.0, 0.04)
    values = pairs.plan - 0.97 * pairs.baseline
    random = np.random.default_rng(17)
    found: list[float] = []
    for _ in range(trials):
        d = random.choice(values, 1_500, p=pairs.share)
        enough = log_wealth(Steps(d, np.ones(d.size), np.full(d.size, 0.97), None)) >= log_needed(0.95)
        found.append(float(enough.argmax() + 1) if enough.any() else math.inf)
    return found


@pytest.mark.parametrize(("chance", "least", "most"), [(0.5, 0.9, 1.25), (0.8, 0.85, 1.2)])
def test_what_betting_takes_is_what_simulated_bets_took(chance: float, least: float, most: float) -> None:
    """The median and the 80% quantile of 150 stops, within what 150 stops can tell."""
    simulated = float(np.quantile(stops(150), chance))
    estimated = needed(expected_pairs(0.95, 1.0, 0.04), FLOOR, Method.ANY_TIME, None, chance)
    assert estimated is not None
    assert least * simulated <= estimated <= most * simulated


def test_what_a_hold_out_costs() -> None:
    """The plan's answers are results that are needed anyway; the baseline's are extra."""
    assert hold_out_cost(400, PicoUSD(2_000), PicoUSD(9_000)) == HoldOutCost(
        400, PicoUSD(4_400_000), PicoUSD(3_600_000)
    )


def test_where_the_plan_is_the_baseline_one_answer_is_both() -> None:
    """150 of 400 need no second one."""
    assert hold_out_cost(400, PicoUSD(5_000), PicoUSD(9_000), own=150) == HoldOutCost(
        400, PicoUSD(4_250_000), PicoUSD(2_250_000)
    )


@pytest.mark.parametrize(("money", "pairs"), [(110_000, 10), (109_999, 9), (0, 0), (-5, 0)])
def test_what_money_pays_for(money: int, pairs: int) -> None:
    """Whole pairs only."""
    assert paid_for(PicoUSD(money), PicoUSD(2_000), PicoUSD(9_000)) == pairs


def test_what_costs_nothing_has_no_limit() -> None:
    """Local models on both sides."""
    assert paid_for(PicoUSD(5), PicoUSD(0), PicoUSD(0)) is None


def test_the_strongest_promise_that_can_be_afforded() -> None:
    """400 of 1,000 requests show 94% or 95% where 98% would take nearly all; all of them show 98%."""
    pairs, asked = expected_pairs(0.9, 0.99, 0.08), Promise(0.98)
    assert affordable(pairs, asked, Method.ANY_TIME, 400, 1_000) == Affordable(asked, 964, 400, Promise(0.94))
    assert affordable(pairs, asked, Method.FIXED, 400, 1_000) == Affordable(asked, 862, 400, Promise(0.95))
    assert affordable(pairs, asked, Method.FIXED, 5_000, 1_000) == Affordable(asked, 862, 1_000, asked)


def test_too_few_requests_show_nothing() -> None:
    """Three pairs do not even show half of the quality."""
    found = affordable(expected_pairs(0.9, 1.0, 0.1), FLOOR, Method.ANY_TIME, 3, 100)
    assert (found.promise, found.requests) == (None, 3)


@given(st.floats(0.6, 0.99), st.floats(0.9, 1.02), st.floats(0.02, 0.2), st.integers(5, 2_000))
def test_what_is_affordable_takes_no_more_than_there_is(
    baseline: float, ratio: float, discordance: float, most: int
) -> None:
    """And never promises more than was asked."""
    pairs = expected_pairs(baseline, ratio, discordance)
    found = affordable(pairs, Promise(0.98), Method.FIXED, most, 3_000)
    if found.promise is not None:
        takes = needed(pairs, found.promise, Method.FIXED, 3_000)
        assert takes is not None
        assert takes <= most
        assert found.promise.ratio <= 0.98
