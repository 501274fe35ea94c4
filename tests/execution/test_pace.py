"""How fast a run is under real rate limits, in virtual time, against what the limits allow at best."""

from dataclasses import replace

import pytest
from support.fake_transport import Act, FakeProvider, answer
from support.limited_provider import LimitedProvider, Quota
from support.paced import alone, doubled_after_a_while, half, paced, several, steadily, storm, third_after_a_while
from support.plans import CHEAP, OTHER, Row
from support.runs import Job, Setup, Watcher, run, scratch

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.base import RateSignal

HUNDRED = RunSettings(concurrency=100, fit_output_limits=False)


def test_several_models_end_together_near_the_bound() -> None:
    """Rates of requests and of tokens, answers of seconds, 2% errors: at least 95% of the bound, and no 429."""
    found = paced(several(0.5, seconds=300))
    assert (found.accepted, found.refused) == (found.requests, 0)
    assert found.of_bound >= 0.95


def test_known_limits_are_used_up_and_never_passed() -> None:
    """3,000 requests a minute for 400 requests: about the ideal 8 s, without a single 429."""
    found = paced(alone(LimitedProvider(rpm=3000, mean_latency_s=0.2), 400, Limits(rpm=3000)))
    assert (found.accepted, found.refused) == (400, 0)
    assert found.of_bound >= 0.88


def test_token_limits_are_paced_as_providers_count_them() -> None:
    """Input and whole output limit count at admission: 300 tokens each at 60,000 a minute is 200 a minute."""
    found = paced(alone(LimitedProvider(rpm=10**6, tpm=60_000), 400, Limits(tpm=60_000)))
    assert (found.accepted, found.refused, found.bound_s) == (400, 0, 120.0)
    assert found.of_bound >= 0.95


@pytest.mark.parametrize("retry_after", [True, False])
def test_a_storm_ends_in_answers_almost_as_soon_as_can_be(*, retry_after: bool) -> None:
    """40 a second are allowed and nobody says so, 100 may fly: within a tenth of the ideal 25 s, few 429s."""
    found = paced(storm(retry_after=retry_after, latency_s=0.2), HUNDRED)
    assert found.accepted == 1000
    assert found.lasted_s <= 27.5
    assert found.refused <= 40


def test_a_storm_at_an_account_that_counts_by_the_second_ends_in_answers_too() -> None:
    """What a pause misses there is lost: a third longer than the ideal at most."""
    found = paced(storm(kind="fixed", latency_s=0.3), HUNDRED)
    assert found.accepted == 1000
    assert found.of_bound >= 0.75
    assert found.refused <= 20


@pytest.mark.parametrize(("window_s", "headers", "refused"), [(60.0, True, 0), (1.0, False, 20)])
def test_a_key_that_others_use_half_of_is_shared_with_them(window_s: float, headers: bool, refused: int) -> None:  # noqa: FBT001 - a case
    """Headers tell it before any 429 does; without them a few 429s do."""
    quota = Quota(per_minute=120, window_s=window_s, others=half)
    found = paced(steadily(120, quota, 300, headers=headers))
    assert found.accepted == found.requests
    assert found.of_bound >= 0.93
    assert found.refused <= refused


@pytest.mark.parametrize(("headers", "refused"), [(True, 0), (False, 12)])
def test_a_limit_that_is_cut_in_the_middle_is_followed(headers: bool, refused: int) -> None:  # noqa: FBT001 - a case
    """A third of it is left after a minute."""
    quota = Quota(per_minute=120, window_s=60 if headers else 5, share=third_after_a_while)
    found = paced(steadily(120, quota, 300, headers=headers))
    assert found.accepted == found.requests
    assert found.of_bound >= 0.93
    assert found.refused <= refused


def test_a_limit_that_is_raised_is_used() -> None:
    """By the headers, without a pause."""
    quota = Quota(per_minute=120, window_s=60, share=doubled_after_a_while)
    found = paced(steadily(120, quota, 300, known=False, headers=True))
    assert (found.accepted, found.refused) == (found.requests, 0)
    assert found.of_bound >= 0.95


@pytest.mark.parametrize(("known", "headers"), [(True, False), (True, True), (False, True)])
def test_a_fixed_minute_loses_nothing(known: bool, headers: bool) -> None:  # noqa: FBT001 - a case
    """Requests are spread over it, and no window is passed, however it is counted."""
    quota = Quota(per_minute=90, kind="fixed", window_s=60)
    found = paced(steadily(90, quota, 240, known=known, headers=headers))
    assert (found.accepted, found.refused) == (found.requests, 0)
    assert found.of_bound >= 0.95


def test_an_account_that_counts_by_the_second_is_not_asked_for_more_in_any() -> None:
    """600 a minute, enforced as 10 a second."""
    found = paced(steadily(600, Quota(per_minute=600, kind="fixed", window_s=1), 60))
    assert (found.accepted, found.refused) == (600, 0)
    assert found.of_bound >= 0.95


def test_as_many_are_in_flight_as_the_rate_and_the_answers_need() -> None:
    """Ten a second and answers of 8 s: 80 or so, though the run allows 4,096."""
    found = paced(alone(LimitedProvider(rpm=600, mean_latency_s=8.0), 400, Limits(rpm=600)))
    assert (found.accepted, found.refused) == (400, 0)
    assert 60 <= found.most_in_flight <= 200


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
