"""How fast a run is under real rate limits, in virtual time, against what the limits allow at best."""

from dataclasses import replace

import pytest
from support.fake_transport import Act, FakeProvider, answer
from support.limited_provider import LimitedProvider
from support.plans import CHEAP, INPUT_TOKENS, MAX_TOKENS, OTHER, PlanParts, Row, plan_of
from support.runs import Job, Setup, Watcher, run, scratch

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.base import RateSignal

MANY = Setup(settings=RunSettings(concurrency=500, fit_output_limits=False))


def _lasted(rows: int, limits: Limits, limited: LimitedProvider) -> float:
    """Virtual seconds from the first call to the last one's start."""
    plan = plan_of([Row()] * rows, PlanParts(limits={"cheap": limits}))
    provider = FakeProvider(limited.script)
    with scratch() as folder:
        outcome = run(Job.of([Row()] * rows, folder, plan), provider, MANY)
    assert outcome.accepted == rows
    return provider.times[-1] - provider.times[0]


def test_known_limits_are_used_up_and_never_passed() -> None:
    """6,000 requests a minute for 800 requests: about the ideal 8 s, without a single 429."""
    limited = LimitedProvider(rpm=6000)
    lasted_s = _lasted(800, Limits(rpm=6000), limited)
    assert limited.refused == 0
    assert lasted_s == pytest.approx(8.0, rel=0.15)


def test_token_limits_are_paced_as_providers_count_them() -> None:
    """Input and whole output limit count at admission: 300 tokens each at 600,000 a minute is 33 a second."""
    limited = LimitedProvider(rpm=10**6, tpm=600_000)
    lasted_s = _lasted(400, Limits(tpm=600_000), limited)
    assert limited.refused == 0
    assert lasted_s == pytest.approx(400 * (INPUT_TOKENS + MAX_TOKENS) / 10_000, rel=0.1)


@pytest.mark.parametrize("retry_after", [True, False])
def test_unknown_limits_end_in_answers_and_not_in_a_storm(retry_after: bool) -> None:  # noqa: FBT001 - a case
    """Without any word of its limit, an account that takes 10 a second is not asked ten times as often."""
    limited = LimitedProvider(rpm=600, retry_after=retry_after)
    lasted_s = _lasted(150, Limits(), limited)
    assert limited.refused < 150
    assert lasted_s < 3 * 15.0


def test_a_model_whose_day_is_used_up_is_closed_before_its_provider_says_so() -> None:
    """The header of the last answer says that nothing is left for a day: the rest goes elsewhere, without a 429."""
    rows = [Row(), Row(), Row(), Row(model=OTHER)]
    spent = replace(answer(), rate=RateSignal(limit_requests_day=50, remaining_requests_day=0))
    provider = FakeProvider(lambda call, nth: Act(spent if call.card.name == CHEAP else answer()))  # noqa: ARG005
    with scratch() as folder:
        watcher = Watcher()
        outcome = run(Job.of(rows, folder), provider, Setup(watcher=watcher, settings=RunSettings(concurrency=1)))
    assert outcome.accepted == 4
    assert [call.card.name for call in provider.sent].count(CHEAP) == 1
    assert watcher.notices == ["nothing more goes to model `cheap-1`: its limit of the day is used up for 1728 s"]
