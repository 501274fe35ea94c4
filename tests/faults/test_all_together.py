"""Every fault at once, in virtual time: each request ends with its true reason, and each cent is counted."""

from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.both_books import LIVELY, TWENTY_PERCENT, assert_books_agree, check, price, ran
from support.in_process import emulated

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import EmulatorChange, EmulatorFaults, EmulatorLimits, RunSettings
from modelroute_cli.execution.work import RunStatus

quick = settings(  # without shrinking, which would run for minutes
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_at_twenty_percent_every_request_ends_and_every_cent_is_counted() -> None:
    """Eight faults at once: nothing is lost, and both sides' books agree."""
    transport = emulated(replace(LIVELY, faults=TWENTY_PERCENT))
    got = ran(transport, 300, RunSettings(concurrency=40, timeout_s=60))
    assert (got.outcome.status, got.finals.height) == (RunStatus.DONE, 300)
    assert set(transport.stats.faults) == {
        "rate_limited", "server_error", "slow", "timeout", "dropped", "empty", "truncated", "malformed",
    }  # fmt: skip
    check(got)


shares = st.floats(0.0, 0.3)
faults_drawn = st.builds(
    EmulatorFaults,
    rate_limited=shares,
    server_error=shares,
    slow=shares,
    timeout=shares,
    dropped=shares,
    empty=shares,
    truncated=shares,
    refusal=shares,
    malformed=shares,
    error_in_200=shares,
)


@given(faults=faults_drawn, seed=st.integers(0, 2**32), count=st.integers(1, 12), concurrency=st.integers(1, 12))
@quick
def test_whatever_the_faults_each_request_ends_with_its_true_reason(
    faults: EmulatorFaults, seed: int, count: int, concurrency: int
) -> None:
    """Any shares, also such that nearly nothing gets through."""
    transport = emulated(replace(LIVELY, seed=seed, faults=faults))
    got = ran(transport, count, RunSettings(concurrency=concurrency, timeout_s=60))
    assert (got.outcome.status, got.finals.height) == (RunStatus.DONE, count)
    check(got)


@given(faults=faults_drawn, seed=st.integers(0, 2**32), cap=st.integers(0, 60_000))
@quick
def test_the_cap_holds_in_any_weather_by_the_other_side_s_books(faults: EmulatorFaults, seed: int, cap: int) -> None:
    """All that was really billed, known to us or not, stays under it."""
    transport = emulated(replace(LIVELY, seed=seed, faults=faults))
    got = ran(transport, 10, RunSettings(concurrency=5, timeout_s=60), PicoUSD(cap))
    check(got)
    models = dict(zip(got.attempts["attempt"], got.attempts["model"], strict=True))
    billed = sum(price(models[attempt], met) for attempt, met in got.met.items())
    assert billed <= got.outcome.spent_pusd + got.outcome.held_pusd <= cap


@pytest.mark.parametrize("refill", ["steady", "second", "minute"])
def test_faults_and_limits_together_lose_nothing(refill: Literal["steady", "second", "minute"]) -> None:
    """Half of a shared key, a limit that falls to a third, an outage, and every fault: all requests end."""
    changes = (EmulatorChange(at_s=3, factor=0.33), EmulatorChange(at_s=6, until_s=8, outage=True))
    busy = EmulatorLimits(rpm=1200, refill=refill, burst_s=2, others=0.5, retry_after=False, schedule=changes)
    transport = emulated(replace(LIVELY, faults=TWENTY_PERCENT), cheap=busy)
    got = ran(transport, 120, RunSettings(concurrency=40, timeout_s=60))
    assert (got.outcome.status, got.finals.height) == (RunStatus.DONE, 120)
    assert_books_agree(got)


@given(
    faults=faults_drawn,
    seed=st.integers(0, 2**32),
    cap=st.integers(20_000, 200_000),
    deaths=st.lists(st.tuples(st.integers(1, 25), st.booleans()), min_size=1, max_size=3),
)
@quick
def test_dying_in_any_weather_keeps_both_books_in_step(
    faults: EmulatorFaults, seed: int, cap: int, deaths: list[tuple[int, bool]]
) -> None:
    """However often the program dies: what is known is counted exactly, what was cut off is held, the cap holds."""
    transport = emulated(replace(LIVELY, seed=seed, faults=faults))
    got = ran(transport, 8, RunSettings(concurrency=4, timeout_s=60), PicoUSD(cap), deaths)
    assert_books_agree(got)
    models = dict(zip(got.attempts["attempt"], got.attempts["model"], strict=True))
    billed = sum(price(models[attempt], met) for attempt, met in got.met.items())
    assert billed <= got.outcome.spent_pusd + got.outcome.held_pusd <= cap
    accepted = got.attempts.filter(verdict="pass")
    assert accepted["row"].n_unique() == accepted.height
