"""Cascades: cost and quality of a cheap model, a gate and a strong model, from measured requests alone."""

import math
import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.cascades import (
    LEAST_MEASURED,
    Bill,
    GroupCandidate,
    Joint,
    Measured,
    cascade,
    cascade_candidates,
    on_hull,
    paired_error,
)

CENT = 10**10


@dataclass(frozen=True, slots=True)
class Seen:
    """One measured request: whether both answers were good, and whether the gate let the cheap one through."""

    cheap: bool
    strong: bool
    passed: bool


SEEN = st.lists(st.builds(Seen, st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=60)


def joint(rows: list[Seen]) -> Joint:
    """Counted one by one."""
    return Joint(
        both=sum(row.cheap and row.strong for row in rows),
        only_cheap=sum(row.cheap and not row.strong for row in rows),
        only_strong=sum(row.strong and not row.cheap for row in rows),
        neither=sum(not row.cheap and not row.strong for row in rows),
    )


def measured(rows: list[Seen], gate_cost: int = 0) -> Measured:
    """What these requests showed."""
    return Measured(
        cheap="small",
        strong="large",
        gate="schema",
        passed=joint([row for row in rows if row.passed]),
        rejected=joint([row for row in rows if not row.passed]),
        gate_cost_pusd=PicoUSD(gate_cost),
    )


def single(model: str, cost: int, quality: float, low: float | None = None) -> GroupCandidate:
    """A single model of a group."""
    return GroupCandidate(
        model=model, cost_pusd=PicoUSD(cost), quality=quality, quality_low=quality if low is None else low
    )


def on_rows(rows: list[Seen], cheap_cost: int = CENT, strong_cost: int = 20 * CENT) -> list[GroupCandidate]:
    """Both models as these requests show them."""
    return [
        single("small", cheap_cost, sum(row.cheap for row in rows) / len(rows)),
        single("large", strong_cost, sum(row.strong for row in rows) / len(rows)),
    ]


def played(
    rows: list[Seen], cheap_cost: int = CENT, strong_cost: int = 20 * CENT, gate_cost: int = 0
) -> GroupCandidate:
    """The cascade of both models, all measured on these requests."""
    small, large = on_rows(rows, cheap_cost, strong_cost)
    return cascade(small, large, measured(rows, gate_cost))


def rows_of(passed: Joint, rejected: Joint) -> list[Seen]:
    """The measured requests themselves."""
    return [
        seen
        for is_passed, counts in ((True, passed), (False, rejected))
        for seen in (
            [Seen(True, True, is_passed)] * counts.both
            + [Seen(True, False, is_passed)] * counts.only_cheap
            + [Seen(False, True, is_passed)] * counts.only_strong
            + [Seen(False, False, is_passed)] * counts.neither
        )
    ]


TYPICAL = rows_of(
    Joint(both=50, only_cheap=5, only_strong=4, neither=6),
    Joint(both=5, only_cheap=1, only_strong=24, neither=5),
)


def test_a_cascade_costs_the_cheap_call_the_gate_and_the_escalations() -> None:
    """100 requests, 35 rejected: 1 cent + 0.5 cent + 0.35 x 20 cents."""
    small, large = on_rows(TYPICAL)
    found = cascade(small, large, measured(TYPICAL, gate_cost=CENT // 2))
    assert found.cost_pusd == CENT + CENT // 2 + 7 * CENT
    assert (found.model, found.escalate_to, found.gate) == ("small", "large", "schema")


def test_escalations_are_rounded_up() -> None:
    """A third of a pico-dollar is one."""
    rows = [Seen(True, True, True), Seen(True, True, True), Seen(True, True, False)]
    found = cascade(single("small", 0, 1.0), single("large", 1, 1.0), measured(rows))
    assert found.cost_pusd == 1


def test_rejected_requests_that_are_long_cost_more() -> None:
    """35 of 100 requests make 50% of the strong model's measured bill: half of 20 cents a request, not 35%."""
    small, large = on_rows(TYPICAL)
    bill = Bill(rejected_pusd=PicoUSD(400 * CENT), all_pusd=PicoUSD(800 * CENT))
    found = cascade(small, large, replace(measured(TYPICAL), strong_bill=bill))
    assert found.cost_pusd == CENT + 10 * CENT
    assert found.quality == cascade(small, large, measured(TYPICAL)).quality


def test_a_strong_model_measured_for_nothing_goes_by_requests() -> None:
    """A local server's bill of 0 says nothing of how long its answers were."""
    small, large = on_rows(TYPICAL)
    free = Bill(rejected_pusd=PicoUSD(0), all_pusd=PicoUSD(0))
    assert cascade(small, large, replace(measured(TYPICAL), strong_bill=free)).cost_pusd == 8 * CENT


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 10**12)), min_size=1, max_size=60), st.integers(0, 10**12))
def test_with_the_bill_the_cost_is_that_of_every_request_played_through(
    drawn: list[tuple[bool, int]], cheap_cost: int
) -> None:
    """Each rejected request pays what the strong model cost for it: at most one pico-dollar a request above the mean.

    The strong model's own cost is a mean rounded up, so the share of it may be one more.
    """
    rows = [Seen(True, True, passed) for passed, _ in drawn]
    rejected = sum(cost for passed, cost in drawn if not passed)
    every = sum(cost for _, cost in drawn)
    small, large = on_rows(rows, cheap_cost, -(-every // len(rows)))
    bill = Bill(rejected_pusd=PicoUSD(rejected), all_pusd=PicoUSD(every))
    found = cascade(small, large, replace(measured(rows), strong_bill=bill))
    assert 0 <= found.cost_pusd * len(rows) - (cheap_cost * len(rows) + rejected) <= 2 * len(rows)


def test_quality_is_that_of_the_answers_kept() -> None:
    """55 good cheap ones pass, 29 rejected ones are answered well by the strong model."""
    small, large = on_rows(TYPICAL)
    found = cascade(small, large, measured(TYPICAL))
    assert found.quality == pytest.approx(0.84)
    assert large.quality == pytest.approx(0.83)


def test_the_lower_bound_is_one_standard_error_of_the_paired_difference_below() -> None:
    """9 of 100 requests differ from the strong model, 5 won and 4 lost: 0.83 + 0.01 - 0.0312."""
    small, large = on_rows(TYPICAL)
    found = cascade(small, large, measured(TYPICAL))
    error = math.sqrt((10 / 102 - (1 / 102) ** 2) / 102)
    assert found.quality_low == pytest.approx(0.84 - error)
    assert error == pytest.approx(0.0310, abs=1e-4)


def test_the_lower_bound_starts_from_the_strong_models_own() -> None:
    """What is not known of the strong model is not known of the cascade."""
    small, large = on_rows(TYPICAL)
    sure = cascade(small, large, measured(TYPICAL))
    unsure = cascade(small, replace(large, quality_low=large.quality - 0.1), measured(TYPICAL))
    assert unsure.quality_low == pytest.approx(sure.quality_low - 0.1)
    assert unsure.quality == sure.quality


def test_counts_of_the_gate_and_of_the_models_follow() -> None:
    """The gate's four counts and the joint four are sums of the eight."""
    pair = measured(TYPICAL)
    assert (pair.caught_bad, pair.passed_bad, pair.false_alarms, pair.passed_good) == (29, 10, 6, 55)
    assert pair.joint == Joint(both=55, only_cheap=6, only_strong=28, neither=11)
    assert pair.requests == 100


def test_without_measurements_there_is_no_cascade() -> None:
    """Only the single models are left."""
    singles = on_rows(TYPICAL)
    assert cascade_candidates(singles, []) == tuple(singles)


def test_too_few_measurements_make_no_cascade() -> None:
    """One request less than the least is none; the least is enough."""
    rows = [Seen(True, True, True)] * 10 + [Seen(False, True, False)] * 10
    assert len(rows) == LEAST_MEASURED
    singles = on_rows(rows)
    assert [found.escalate_to for found in cascade_candidates(singles, [measured(rows)], "quality")] == [None, "large"]
    assert cascade_candidates(singles, [measured(rows[1:])], "quality") == tuple(singles)


def test_a_model_that_a_rule_shuts_out_is_in_no_cascade() -> None:
    """Neither as the cheap nor as the strong one."""
    small, large = on_rows(TYPICAL)
    assert cascade_candidates([small], [measured(TYPICAL)]) == (small,)
    assert cascade_candidates([large], [measured(TYPICAL)]) == (large,)


def test_a_good_gate_takes_the_strong_models_place() -> None:
    """As good as the strong model for 40% of its cost: the strong model is no corner any more."""
    small, large = on_rows(TYPICAL)
    found = cascade_candidates([small, large], [measured(TYPICAL)], "quality")
    assert [(one.model, one.escalate_to) for one in found] == [("small", None), ("small", "large")]


def test_the_careful_hull_keeps_the_strong_model() -> None:
    """By its lower bound the cascade is worse than the strong model, so both are corners."""
    small, large = on_rows(TYPICAL)
    found = cascade_candidates([small, large], [measured(TYPICAL)])
    assert [(one.model, one.escalate_to) for one in found] == [("small", None), ("small", "large"), ("large", None)]


def test_a_perfect_gate_has_the_union_of_both_successes() -> None:
    """It passes the good and rejects the bad: a request fails only where both models do."""
    rows = [replace(row, passed=row.cheap) for row in TYPICAL]
    found = played(rows)
    assert found.quality == pytest.approx(sum(row.cheap or row.strong for row in rows) / len(rows))


@given(SEEN)
def test_a_gate_that_passes_all_is_the_cheap_model(rows: list[Seen]) -> None:
    """At its cost, and at its quality."""
    passed = [replace(row, passed=True) for row in rows]
    small, large = on_rows(passed)
    found = cascade(small, large, measured(passed))
    assert found.cost_pusd == small.cost_pusd
    assert found.quality == pytest.approx(small.quality)


@given(SEEN)
def test_a_gate_that_rejects_all_is_the_strong_model_for_more(rows: list[Seen]) -> None:
    """Its quality, for both calls; never a corner."""
    rejected = [replace(row, passed=False) for row in rows]
    small, large = on_rows(rejected)
    found = cascade(small, large, measured(rejected))
    assert found.cost_pusd == small.cost_pusd + large.cost_pusd
    assert found.quality == large.quality
    assert found not in cascade_candidates([small, large], [measured(rejected)], "quality")


@given(SEEN)
def test_a_coin_flip_gate_is_never_wanted(rows: list[Seen]) -> None:
    """Every request once passed and once rejected: a mix of the two single models does as well for less."""
    both = [replace(row, passed=passed) for row in rows for passed in (True, False)]
    small, large = on_rows(both)
    assert all(found.escalate_to is None for found in cascade_candidates([small, large], [measured(both)], "quality"))


@given(SEEN, st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_cost_and_quality_are_those_of_every_request_played_through(
    rows: list[Seen], cheap_cost: int, strong_cost: int, gate_cost: int
) -> None:
    """Each measured request sent through the cascade: the means are what is expected, cost within one pico-dollar."""
    found = played(rows, cheap_cost, strong_cost, gate_cost)
    cost = sum(cheap_cost + gate_cost + (0 if row.passed else strong_cost) for row in rows)
    assert 0 <= found.cost_pusd * len(rows) - cost < len(rows)
    good = sum(row.cheap if row.passed else row.strong for row in rows)
    assert found.quality == pytest.approx(good / len(rows))


@given(SEEN)
def test_the_bound_is_below_the_mean_and_both_are_shares(rows: list[Seen]) -> None:
    """0 <= lower bound <= quality <= 1, and the bound is strictly below unless it is 0."""
    found = played(rows)
    assert 0 <= found.quality_low <= found.quality <= 1
    assert found.quality_low < found.quality or found.quality_low == 0


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
def test_it_is_the_published_formula_where_the_gate_sees_only_the_cheap_answer(
    good: int, bad: int, both: int, apart: int, neither: int
) -> None:
    """OPTIMIZER 3.1: q_a ta + (1 - fa) P(a bad, b good) + (1 - ta) P(a good, b good)."""
    passed = Joint(both=both * good, only_cheap=apart * good, only_strong=apart * 1, neither=neither * 1)
    rejected = Joint(both=both, only_cheap=apart, only_strong=apart * bad, neither=neither * bad)
    rows = rows_of(passed, rejected)
    n, ta, fa = len(rows), good / (good + 1), 1 / (bad + 1)
    counted = measured(rows).joint
    q_a = (counted.both + counted.only_cheap) / n
    expected = q_a * ta + (1 - fa) * counted.only_strong / n + (1 - ta) * counted.both / n
    assert played(rows).quality == pytest.approx(expected)


def test_taking_failures_as_independent_would_promise_too_much() -> None:
    """Both models fail on the same requests: a perfect gate gains nothing, where the two rates suggest 0.96."""
    rows = [Seen(True, True, True)] * 80 + [Seen(False, False, False)] * 20
    found = played(rows)
    assert found.quality == pytest.approx(0.8)


@given(SEEN, st.integers(0, 2**32))
def test_the_order_of_requests_and_of_measurements_does_not_matter(rows: list[Seen], seed: int) -> None:
    """The same candidates in the same order, whatever was counted first."""
    mixed = rows.copy()
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order, no secret
    singles = on_rows(rows)
    other = replace(measured(rows), gate="length", gate_cost_pusd=PicoUSD(CENT))
    once = cascade_candidates(singles, [measured(rows), other])
    assert cascade_candidates(singles, [other, measured(mixed)]) == once


@given(
    st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), min_size=1, max_size=12),
    st.floats(0, 200),
    st.sampled_from(["quality", "quality_low"]),
)
def test_the_hull_of_candidates_loses_nothing(drawn: list[tuple[int, float]], price: float, by: str) -> None:
    """For any price of quality a corner is as good as the best of all, to the unit that quality is summed in."""
    every = [single(f"m{at}", cost, quality) for at, (cost, quality) in enumerate(drawn)]
    kept = on_hull(every, "quality" if by == "quality" else "quality_low")
    least = min(one.cost_pusd - price * one.quality for one in every)
    assert min(one.cost_pusd - price * one.quality for one in kept) == pytest.approx(least, abs=1e-6)


def test_a_few_requests_that_agree_are_no_proof() -> None:
    """No difference in 20 requests leaves an error of 4.5%, in 2,000 one of 0.05%."""
    assert paired_error(20, 0, 0) == pytest.approx(1 / 22)
    assert paired_error(1998, 0, 0) == pytest.approx(1 / 2000)


def test_the_paired_error_is_the_usual_one_for_many() -> None:
    """100 won and 60 lost of 10,000: the root of the variance of the differences over n."""
    usual = math.sqrt((0.016 - 0.004**2) / 10_000)
    assert paired_error(10_000, 40, 160) == pytest.approx(usual, rel=0.01)


def test_a_pair_never_measured_has_no_cascade_of_its_own() -> None:
    """Asked for directly, nothing measured is a division by zero, never a guess."""
    with pytest.raises(ZeroDivisionError):
        cascade(single("small", 1, 0.5), single("large", 2, 0.9), measured([]))
