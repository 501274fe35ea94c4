"""A fall in the middle of a run."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.wealth import BETS
from modelroute_cli.pilot.wealth_drift import Watch, noticed_after

LEAST = 0.85  # of the answers should be right
REACH = 1.0 - LEAST
PLANNED = 200


def answers(seed: int, rates: dict[float, int]) -> Floats:
    """Right or wrong, at one rate after the other, less what is asked for."""
    random = np.random.default_rng(seed)
    return np.concatenate([random.random(count) < rate for rate, count in rates.items()]) - LEAST


def watched(values: Floats, planned: int = PLANNED) -> Watch:
    """A watch over all of them."""
    watch = Watch.start(planned)
    for value in values.tolist():
        watch = watch.observe(value, REACH)
    return watch


def noticed_at(values: Floats) -> float:
    """After how many draws a fall is noticed."""
    watch = Watch.start(PLANNED)
    for at, value in enumerate(values.tolist(), 1):
        watch = watch.observe(value, REACH)
        if watch.noticed(0.95):
            return at
    return math.inf


def test_nothing_is_noticed_before_the_first_draw() -> None:
    """Wealth 1."""
    assert not Watch.start(5).noticed(0.5)
    assert Watch.start(5).since is None


def test_each_draw_is_met_by_all_who_entered() -> None:
    """Two wrong answers of two planned: who entered first has won twice, who entered second once, with half each."""
    won = 1 + BETS * LEAST / REACH
    found = watched(np.array([-LEAST, -LEAST]), 2)
    assert math.exp(found.log_best) == pytest.approx(np.mean(won**2 + won) / 2)
    assert found.since == 0


def test_who_has_not_entered_keeps_the_money() -> None:
    """One wrong answer of ten planned: nine tenths are as they were."""
    won = 1 + BETS * LEAST / REACH
    assert math.exp(watched(np.array([-LEAST]), 10).log_best) == pytest.approx((won.mean() + 9) / 10)


def test_nobody_enters_after_the_planned_draws() -> None:
    """Those who are there go on."""
    won = 1 + BETS * LEAST / REACH
    assert math.exp(watched(np.array([-LEAST] * 3), 1).log_best) == pytest.approx(np.mean(won**3))


@given(st.lists(st.floats(-LEAST, REACH), min_size=1, max_size=30), st.integers(1, 40))
def test_the_best_never_falls_and_the_fall_lies_in_the_past(values: list[float], planned: int) -> None:
    """What was noticed once stays noticed."""
    watch, best = Watch.start(planned), 0.0
    for value in values:
        watch = watch.observe(value, REACH)
        assert watch.log_best >= best
        assert watch.since is None or 0 <= watch.since < watch.draws
        best = watch.log_best
    assert watch.draws == len(values)


def test_a_run_that_does_not_fall_raises_an_alarm_at_most_once_in_twenty() -> None:
    """100 runs at just what is asked for, looked at after every draw: at most 5% and 2 standard errors."""
    alarms = sum(math.isfinite(noticed_at(answers(seed, {LEAST: PLANNED}))) for seed in range(100))
    assert alarms <= 100 * (0.05 + 2 * math.sqrt(0.05 * 0.95 / 100))


def test_a_fall_in_the_middle_is_noticed_and_dated() -> None:
    """From 92% right to 50% after 100 draws: noticed within 60 in nine of ten runs, dated to within 15 in most."""
    runs = [answers(seed, {0.92: 100, 0.5: 100}) for seed in range(60)]
    after = [noticed_at(run) - 100 for run in runs]
    assert np.mean([0 < each <= 60 for each in after]) >= 0.9
    since = [found for run in runs if (found := watched(run).since) is not None]
    assert abs(float(np.median(since)) - 100) <= 5
    assert np.mean([abs(each - 100) <= 15 for each in since]) >= 0.6


@pytest.mark.parametrize(("rate", "draws"), [(0.5, 25), (0.6, 46)])
def test_the_smaller_the_fall_the_longer_it_takes(rate: float, draws: int) -> None:
    """At least half of all simulated falls are noticed by then."""
    found = noticed_after(np.array([REACH, -LEAST]), np.array([rate, 1 - rate]), REACH, PLANNED)
    assert found == draws
    after = [noticed_at(answers(seed, {0.92: 100, rate: 100})) - 100 for seed in range(30)]
    assert np.mean([each <= draws for each in after]) >= 0.5


def test_what_does_not_fall_below_is_never_noticed() -> None:
    """Above what is asked for there is nothing to notice."""
    assert noticed_after(np.array([REACH, -LEAST]), np.array([0.9, 0.1]), REACH, PLANNED) is None


def test_a_value_beyond_its_reach_is_refused() -> None:
    """It would take more than was staked."""
    with pytest.raises(ValueError, match=r"^a value lies further above 0 than its reach: such a bet proves nothing$"):
        Watch.start(5).observe(0.2, REACH)


def test_a_watch_without_draws_is_refused() -> None:
    """There would be nobody to bet."""
    with pytest.raises(ValueError, match=r"^a watch is planned for one draw or more$"):
        Watch.start(0)
