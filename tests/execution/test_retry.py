"""What follows a failure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fake_transport import failure

from modelroute_cli.execution.retry import (
    OF_AN_OUTAGE,
    Decision,
    Elsewhere,
    Fallback,
    GiveUp,
    PauseModel,
    RetryPolicy,
    RetrySame,
    Setting,
    StopModel,
    StopProvider,
    SwitchTier,
    Trouble,
    backoff_s,
    decide,
    uses_up_a_try,
)
from modelroute_cli.providers.base import FailureKind

POLICY = RetryPolicy(max_attempts=4)


def _decide(
    kind: FailureKind, *, failures: int = 1, retry_after_s: float | None = None, limited_for_s: float = 0.0
) -> Decision:
    trouble = Trouble(
        failure=failure(kind, 500, retry_after_s=retry_after_s),
        failures=failures,
        setting=Setting(limited_for_s),
        jitter=0.0,
    )
    return decide(trouble, POLICY)


@pytest.mark.parametrize("kind", [FailureKind.TRANSIENT, FailureKind.UNKNOWN, FailureKind.MALFORMED])
def test_passing_failures_are_tried_again_up_to_the_limit(kind: FailureKind) -> None:
    """Doubling delays, then another model."""
    assert [_decide(kind, failures=count) for count in (1, 2, 3)] == [RetrySame(0.5), RetrySame(1.0), RetrySame(2.0)]
    assert _decide(kind, failures=4) == Fallback(f"{kind.value} 500: no (4 failures)")


def test_what_may_have_been_billed_twice_goes_elsewhere_if_it_can() -> None:
    """After two such failures another model is asked first; without one the tries go on to their limit."""
    for unknown, failures, expected in (
        (1, 3, RetrySame(2.0)),
        (2, 2, Elsewhere("unknown 500: no", 1.0)),
        (3, 3, Elsewhere("unknown 500: no", 2.0)),
        (4, 4, Fallback("unknown 500: no (4 failures)")),
    ):
        lost = failure(FailureKind.UNKNOWN, 500)
        assert decide(Trouble(failure=lost, failures=failures, unknown=unknown, jitter=0.0), POLICY) == expected


@pytest.mark.parametrize("kind", sorted(OF_AN_OUTAGE))
def test_an_outage_uses_up_no_try(kind: FailureKind) -> None:
    """While its model is down, a failure says nothing of the request, however many there were."""
    trouble = Trouble(failure=failure(kind, 500), failures=99, unknown=99, jitter=0.0, setting=Setting(is_down=True))
    assert decide(trouble, POLICY) == RetrySame(0.0, counts=False)
    assert not uses_up_a_try(decide(trouble, POLICY))


def test_what_is_no_fault_of_the_request_does_not_count() -> None:
    """Limits, waits, tiers and outages do not; all others do."""
    free: list[Decision] = [RetrySame(1.0, counts=False), PauseModel("quota", 400.0), SwitchTier("full")]
    counted: list[Decision] = [
        RetrySame(1.0),
        Elsewhere("lost", 1.0),
        Fallback("no"),
        GiveUp("no"),
        StopModel("no"),
        StopProvider("no"),
    ]
    assert [uses_up_a_try(decision) for decision in [*free, *counted]] == [False] * 3 + [True] * 6


def test_what_no_model_can_do_is_given_up() -> None:
    """A request that cannot be sent at all is not tried elsewhere; one that a model refuses is."""
    refused = failure(FailureKind.REQUEST, 400)
    for final, expected in ((False, Fallback("request 400: no")), (True, GiveUp("request 400: no"))):
        trouble = Trouble(failure=replace(refused, final=final), failures=1, jitter=0.0)
        assert decide(trouble, POLICY) == expected


def test_retry_after_is_obeyed_where_it_is_longer() -> None:
    """A provider that asks for ten seconds gets them."""
    assert _decide(FailureKind.TRANSIENT, retry_after_s=10.0) == RetrySame(10.0)
    assert _decide(FailureKind.TRANSIENT, retry_after_s=0.1) == RetrySame(0.5)
    assert _decide(FailureKind.TRANSIENT, retry_after_s=301.0) == PauseModel(
        "transient 500: no (asks to wait 301 s)", 301.0
    )
    assert _decide(FailureKind.TRANSIENT, retry_after_s=901.0) == Fallback("transient 500: no (asks to wait 901 s)")


def test_a_rate_limit_waits_on_its_lane_whatever_the_count() -> None:
    """No number of 429s gives a request up; the lane does the waiting."""
    assert _decide(FailureKind.RATE_LIMITED, failures=99, retry_after_s=300.0) == RetrySame(0.0, counts=False)


def test_a_429_that_no_pace_avoids_holds_up_its_request_alone() -> None:
    """As long as the provider names, else one to two seconds; without using up a try."""
    for retry_after_s, jitter, delay_s in ((7.0, 0.5, 7.0), (None, 0.0, 1.0), (None, 0.5, 1.5)):
        refusal = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=retry_after_s)
        trouble = Trouble(failure=refusal, failures=99, jitter=jitter, setting=Setting(is_stray=True))
        assert decide(trouble, POLICY) == RetrySame(delay_s, counts=False)


def test_a_long_wait_is_waited_for_as_long_as_patience_reaches() -> None:
    """More than five minutes asked pauses the model; more than a quarter of an hour in all stops it."""
    asked = "rate_limited 500: no (asks to wait {} s)"
    assert _decide(FailureKind.RATE_LIMITED, retry_after_s=301.0) == PauseModel(asked.format(301), 301.0)
    assert _decide(FailureKind.RATE_LIMITED, retry_after_s=901.0) == StopModel(asked.format(901))
    assert _decide(FailureKind.RATE_LIMITED, retry_after_s=600.0, limited_for_s=300.0) == PauseModel(
        asked.format(600), 600.0
    )
    assert _decide(FailureKind.RATE_LIMITED, retry_after_s=600.0, limited_for_s=301.0) == StopModel(asked.format(600))
    assert _decide(FailureKind.RATE_LIMITED, limited_for_s=901.0) == StopModel(
        "rate_limited 500: no (nothing else for 901 s)"
    )


def test_a_quota_ends_with_the_long_wait_it_names() -> None:
    """Gemini's quotas of the day name a short wait that is not true; some say outright not to try again."""
    assert _decide(FailureKind.QUOTA, retry_after_s=600.0) == PauseModel("quota 500: no (asks to wait 600 s)", 600.0)
    assert _decide(FailureKind.QUOTA, retry_after_s=40_000.0) == StopModel("quota 500: no (asks to wait 40000 s)")
    assert _decide(FailureKind.QUOTA, retry_after_s=34.0) == StopModel("quota 500: no")
    told = replace(failure(FailureKind.QUOTA, 429, retry_after_s=600.0), no_retry=True)
    assert decide(Trouble(failure=told, failures=1, jitter=0.0), POLICY) == StopModel("quota 429: no")


def test_each_lasting_failure_stops_what_it_is_about() -> None:
    """A quota stops the model, an account failure the provider, a bad request only itself."""
    assert _decide(FailureKind.QUOTA) == StopModel("quota 500: no")
    assert _decide(FailureKind.ACCOUNT) == StopProvider("account 500: no")
    assert _decide(FailureKind.REQUEST) == Fallback("request 500: no")


def test_a_tier_that_is_not_to_be_had_is_switched_where_it_may_be() -> None:
    """Elsewhere it is a failure that may pass: a few tries, then another model."""
    full = failure(FailureKind.TIER, 429)
    for may_switch, expected in ((True, SwitchTier("tier 429: no")), (False, RetrySame(0.5))):
        trouble = Trouble(failure=full, failures=1, jitter=0.0, may_switch=may_switch)
        assert decide(trouble, POLICY) == expected
    assert _decide(FailureKind.TIER, failures=4) == Fallback("tier 500: no (4 failures)")


def test_what_was_billed_and_is_of_no_use_goes_to_another_model() -> None:
    """The same again would be billed again."""
    assert _decide(FailureKind.UNUSABLE) == Fallback("unusable 500: no")


@pytest.mark.parametrize("kind", [FailureKind.TRANSIENT, FailureKind.UNKNOWN, FailureKind.MALFORMED])
def test_a_provider_that_asks_not_to_try_again_is_obeyed(kind: FailureKind) -> None:
    """`x-should-retry: false`, with the first failure already."""
    told = replace(failure(kind, 500), no_retry=True)
    trouble = Trouble(failure=told, failures=1, jitter=0.0)
    reason = f"{kind.value} 500: no (the provider asks not to try again)"
    assert decide(trouble, POLICY) == Fallback(reason)


@given(st.sampled_from(FailureKind), st.integers(1, 50), st.booleans(), st.booleans(), st.integers(0, 50))
def test_every_failure_leads_somewhere(
    kind: FailureKind,
    failures: int,
    no_retry: bool,  # noqa: FBT001 - drawn
    may_switch: bool,  # noqa: FBT001 - drawn
    unknown: int,
) -> None:
    """Whatever its kind; after the last try never the same again, unless that is no fault of the request."""
    told = replace(failure(kind, 500), no_retry=no_retry)
    decision = decide(
        Trouble(failure=told, failures=failures, unknown=unknown, jitter=0.0, may_switch=may_switch), POLICY
    )
    if isinstance(decision, RetrySame | Elsewhere) and uses_up_a_try(decision):
        assert failures < POLICY.max_attempts


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_stays_in_its_bounds(failures: int, jitter: float) -> None:
    """Never less than three quarters of the first delay, never more than the longest."""
    assert 0.375 <= backoff_s(failures, jitter, POLICY) <= 30.0
