"""Runs at providers that refuse some requests whatever the pace, in virtual time."""

import asyncio
import random
from dataclasses import dataclass

import pytest
from support.fake_transport import Act, FakeProvider, Script, answer, failure
from support.limited_provider import LimitedProvider, Quota
from support.paced import alone, paced
from support.plans import Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.base import FailureKind

REQUESTS = 1000


@dataclass(frozen=True, slots=True)
class Went:
    """How a run went."""

    accepted: int
    failed: int
    lasted_s: float
    sent: int


def overloaded(share: float, retry_after_s: float | None = 0.25) -> Script:
    """Refuses so many of all requests; answers take about a second."""
    chance = random.Random(3)  # noqa: S311 - a script

    def script(call: object, nth: int) -> Act:
        del call, nth
        if chance.random() < share:
            return Act(failure(FailureKind.RATE_LIMITED, 429, retry_after_s=retry_after_s), after_s=0.05)
        return Act(answer(), after_s=chance.lognormvariate(-0.125, 0.5))

    return script


def went(script: Script, requests: int = REQUESTS) -> Went:
    """A run of so many requests, at most a hundred in flight."""
    provider = FakeProvider(script)
    with scratch() as folder:
        settings = RunSettings(concurrency=100, max_attempts=1)
        outcome = run(Job.of([Row()] * requests, folder), provider, Setup(settings=settings))
    return Went(outcome.accepted, outcome.failed, outcome.took_s, len(provider.sent))


@pytest.mark.parametrize(("share", "retry_after_s", "within_s"), [(0.01, 0.25, 24), (0.05, 0.25, 28), (0.05, None, 26)])
def test_refusals_by_chance_do_not_hold_a_run_up(share: float, retry_after_s: float | None, within_s: float) -> None:
    """Fifteen seconds without them, some more until they are known; none uses up a request's only try."""
    found = went(overloaded(share, retry_after_s))
    assert (found.accepted, found.failed) == (REQUESTS, 0)
    assert found.lasted_s <= within_s
    assert found.sent <= REQUESTS * (1 + 2 * share)


def test_a_limit_is_kept_to_though_some_are_refused_by_chance_too() -> None:
    """Ten a second, and 3% refused below it: it ends near the bound, and what is sent in vain stays little."""
    limited, chance = LimitedProvider(rpm=600, mean_latency_s=0.5), random.Random(3)  # noqa: S311 - a script

    def script(call: object, nth: int) -> Act:
        del call, nth
        wait_s = limited.admit(asyncio.get_running_loop().time(), 1)
        if wait_s > 0 or chance.random() < 0.03:
            return Act(failure(FailureKind.RATE_LIMITED, 429, retry_after_s=max(wait_s, 0.5)), after_s=0.05)
        return Act(answer(), after_s=0.5)

    found = went(script, 800)
    assert found.accepted == 800
    assert found.lasted_s <= 130
    assert found.sent <= 900


def test_a_limit_that_nobody_tells_is_not_taken_for_chance() -> None:
    """Ten a second for a minute: few are refused, as before."""
    quota = Quota(per_minute=600, window_s=2)
    found = paced(alone(LimitedProvider(rpm=600, requests=quota, least_retry_s=1.0), 600, ideal_s=60.0))
    assert found.accepted == 600
    assert found.refused <= 20
    assert found.of_bound >= 0.85
