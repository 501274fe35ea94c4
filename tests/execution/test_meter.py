"""What every model did, counted as it happens."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.plans import CHEAP, OTHER
from support.tickets import assigned, ticket

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.meter import Gauge, Meter, ModelTotals
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.records import AttemptKind

ESCALATED = replace(ticket(assigned(model=OTHER)), kind=AttemptKind.ESCALATION)


def test_an_attempt_counts_from_its_start_to_its_end() -> None:
    """In flight, ended, done, escalated, spent; model by model."""
    meter = Meter()
    meter.started(ticket())
    meter.started(ESCALATED)
    meter.ended(ticket(), PicoUSD(600), final=True)
    assert meter.gauges == {
        CHEAP: Gauge(done=1, spent_pusd=600, ended=1, sent=1, paced_tokens=300, input_tokens=100, output_tokens=50),
        OTHER: Gauge(escalations=1, in_flight=1, sent=1, paced_tokens=300, input_tokens=100, output_tokens=50),
    }
    assert meter.gauges[CHEAP].load == Load(100, 50, requests=1, paced_tokens=300)


def test_an_unknown_cost_is_nothing_spent() -> None:
    """It is held, which the budget knows; the request goes on elsewhere."""
    meter = Meter()
    meter.started(ticket())
    meter.ended(ticket(), None, final=False)
    assert (meter.gauges[CHEAP].spent_pusd, meter.gauges[CHEAP].done, meter.gauges[CHEAP].in_flight) == (0, 0, 0)


def test_earlier_sessions_are_counted_but_were_not_sent_now() -> None:
    """Their money and endings show; the load of this session begins at nothing."""
    meter = Meter.going_on({CHEAP: ModelTotals(7, 2, PicoUSD(900))})
    assert meter.gauges[CHEAP] == Gauge(done=7, escalations=2, spent_pusd=900)
    assert meter.gauges[CHEAP].load == Load()


def _ending(meter: Meter, count: int) -> None:
    for _ in range(count):
        meter.started(ticket())
        meter.ended(ticket(), PicoUSD(1), final=True)


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    """Ten a second for a minute, then one a second: half a minute later the rate is the new one."""
    meter = Meter()
    for second in range(120):
        meter.mark(float(second))
        if second == 59:
            assert meter.per_minute((CHEAP,), 59.0) == pytest.approx(600)
        _ending(meter, 10 if second < 60 else 1)
    assert meter.per_minute((CHEAP,), 119.0) == pytest.approx(60, rel=0.04)


def test_few_endings_are_no_rate() -> None:
    """Nor is the first second, nor a model that nobody has heard of."""
    meter = Meter()
    assert meter.per_minute((CHEAP,), 0.0) is None
    meter.mark(0.0)
    _ending(meter, 4)
    assert meter.per_minute((CHEAP,), 10.0) is None
    _ending(meter, 1)
    assert meter.per_minute((CHEAP,), 10.0) == 30.0
    assert meter.per_minute((CHEAP,), 0.5) is None
    assert meter.per_minute((OTHER,), 10.0) is None


@given(st.lists(st.floats(0.01, 20), max_size=60))
def test_marks_are_few_however_often_it_is_looked_at(steps: list[float]) -> None:
    """At most one a second, none older than the window but for the first look."""
    meter, now = Meter(), 0.0
    for step in steps:
        now += step
        meter.mark(now)
    times = [mark.at for mark in meter._marks]
    assert len(times) <= 32
    assert all(now - at <= 31 for at in times[1:])
    assert all(after - before >= 1 for before, after in pairwise(times))
