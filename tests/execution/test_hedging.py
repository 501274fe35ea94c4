"""When a slow request is worth asking once more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.catalog.settings import HedgeSettings
from modelroute_cli.execution.hedging import Hedging, Latencies


def _seen(*latencies_s: float) -> Latencies:
    seen = Latencies()
    for latency_s in latencies_s:
        seen.add(latency_s)
    return seen


def test_twenty_answers_make_a_quantile() -> None:
    """With fewer nobody can say what is usual."""
    assert _seen(*[1.0] * 19).quantile(0.95) is None
    assert _seen(*range(1, 21)).quantile(0.95) == 19
    assert (_seen(*range(1, 21)).quantile(0.5), _seen(*range(1, 21)).quantile(0.999)) == (10, 20)


def test_old_answers_are_forgotten() -> None:
    """A model that became faster is soon expected to be."""
    assert _seen(*[9.0] * 300, *[1.0] * 200).quantile(0.95) == 1.0


@given(st.lists(st.floats(0.001, 600.0), min_size=20, max_size=320), st.floats(0.5, 0.999))
def test_at_least_that_share_came_within_the_quantile(latencies_s: list[float], share: float) -> None:
    """Of the last two hundred, whatever came before."""
    found, last = _seen(*latencies_s).quantile(share), latencies_s[-200:]
    assert found in last
    assert sum(latency_s <= found for latency_s in last) >= share * len(last)
    assert sum(latency_s < found for latency_s in last) < share * len(last)


def test_slow_is_a_multiple_of_what_is_usual() -> None:
    """Model by model."""
    hedging = Hedging(HedgeSettings(most=0.02, factor=2.0))
    for _ in range(20):
        hedging.observe("fast", 1.0)
        hedging.observe("slow", 10.0)
    assert (hedging.after_s("fast"), hedging.after_s("slow"), hedging.after_s("new")) == (2.0, 20.0, None)


def test_a_time_of_ones_own_needs_no_answers() -> None:
    """It holds from the first request on."""
    assert Hedging(HedgeSettings(most=0.02, after_s=30.0)).after_s("new") == 30.0


@pytest.mark.parametrize(("sent", "expected"), [(0, 0), (49, 0), (50, 1), (99, 1), (100, 2), (1_000, 20)])
def test_no_more_than_a_share_is_asked_twice(sent: int, expected: int) -> None:
    """Two of a hundred, counted from the start."""
    hedging = Hedging(HedgeSettings(most=0.02))
    hedging.sent = sent
    while hedging.may:
        hedging.hedged += 1
    assert hedging.hedged == expected


def test_it_is_off_by_default() -> None:
    """Paying twice is asked for, never assumed."""
    assert not Hedging(HedgeSettings()).is_on
    assert Hedging(HedgeSettings(most=0.01)).is_on
