"""What follows a failure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fake_transport import failure

from modelroute_cli.execution.retry import (
    Decision,
    Fallback,
    GiveUp,
    RetryPolicy,
    RetrySame,
    StopModel,
    StopProvider,
    SwitchTier,
    Trouble,
    backoff_s,
    decide,
)
from modelroute_cli.providers.base import FailureKind

POLICY = RetryPolicy(max_attempts=4)


def _decide(
    kind: FailureKind, *, failures: int = 1, retry_after_s: float | None = None, limited_for_s: float = 0.0
) -> Decision:
    trouble = Trouble(
        failure=failure(kind, 500, retry_after_s=retry_after_s),
        failures=failures,
        limited_for_s=limited_for_s,
        jitter=0.0,
    )
    return decide(trouble, POLICY)


@pytest.mark.parametrize("kind", [FailureKind.TRANSIENT, FailureKind.UNKNOWN, FailureKind.MALFORMED])
def test_passing_failures_are_tried_again_up_to_the_limit(kind: FailureKind) -> None:
    """Doubling delays, then another model."""
    assert [_decide(kind, failures=count) for count in (1, 2, 3)] == [RetrySame(0.5), RetrySame(1.0), RetrySame(2.0)]
    assert _decide(kind, failures=4) == Fallback(f"{kind.value} 500: no (4 failures)")


def test_what_no_model_can_do_is_given_up() -> None:
    """A request that cannot be sent at all is not tried elsewhere; one that a model refuses is."""
    refused = failure(FailureKind.REQUEST, 400)
    for final, expected in ((False, Fallback("request 400: no")), (True, GiveUp("request 400: no"))):
        trouble = Trouble(failure=replace(refused, final=final), failures=1, limited_for_s=0.0, jitter=0.0)
        assert decide(trouble, POLICY) == expected


def test_retry_after_is_obeyed_where_it_is_longer() -> None:
    """A provider that asks for ten seconds gets them."""
    assert _decide(FailureKind.TRANSIENT, retry_after_s=10.0) == RetrySame(10.0)
    assert _decide(FailureKind.TRANSIENT, retry_after_s=0.1) == RetrySame(0.5)
    assert _decide(FailureKind.TRANSIENT, retry_after_s=301.0) == Fallback("transient 500: no (asks to wait 301 s)")


def test_a_rate_limit_waits_on_its_lane_whatever_the_count() -> None:
    """No number of 429s gives a request up; the lane does the waiting."""
    assert _decide(FailureKind.RATE_LIMITED, failures=99, retry_after_s=300.0) == RetrySame(0.0)


def test_a_rate_limit_that_does_not_pass_stops_the_model() -> None:
    """More than five minutes asked, or a quarter of an hour of nothing else, is a quota."""
    assert _decide(FailureKind.RATE_LIMITED, retry_after_s=301.0) == StopModel(
        "rate_limited 500: no (asks to wait 301 s)"
    )
    assert _decide(FailureKind.RATE_LIMITED, limited_for_s=901.0) == StopModel(
        "rate_limited 500: no (nothing else for 901 s)"
    )


def test_each_lasting_failure_stops_what_it_is_about() -> None:
    """A quota stops the model, an account failure the provider, a bad request only itself."""
    assert _decide(FailureKind.QUOTA) == StopModel("quota 500: no")
    assert _decide(FailureKind.ACCOUNT) == StopProvider("account 500: no")
    assert _decide(FailureKind.REQUEST) == Fallback("request 500: no")


def test_a_tier_that_is_not_to_be_had_is_switched_where_it_may_be() -> None:
    """Elsewhere it is a failure that may pass: a few tries, then another model."""
    full = failure(FailureKind.TIER, 429)
    for may_switch, expected in ((True, SwitchTier("tier 429: no")), (False, RetrySame(0.5))):
        trouble = Trouble(failure=full, failures=1, limited_for_s=0.0, jitter=0.0, may_switch=may_switch)
        assert decide(trouble, POLICY) == expected
    assert _decide(FailureKind.TIER, failures=4) == Fallback("tier 500: no (4 failures)")


def test_what_was_billed_and_is_of_no_use_goes_to_another_model() -> None:
    """The same again would be billed again."""
    assert _decide(FailureKind.UNUSABLE) == Fallback("unusable 500: no")


@pytest.mark.parametrize("kind", [FailureKind.TRANSIENT, FailureKind.UNKNOWN, FailureKind.MALFORMED])
def test_a_provider_that_asks_not_to_try_again_is_obeyed(kind: FailureKind) -> None:
    """`x-should-retry: false`, with the first failure already."""
    told = replace(failure(kind, 500), no_retry=True)
    trouble = Trouble(failure=told, failures=1, limited_for_s=0.0, jitter=0.0)
    reason = f"{kind.value} 500: no (the provider asks not to try again)"
    assert decide(trouble, POLICY) == Fallback(reason)


@given(st.sampled_from(FailureKind), st.integers(1, 50), st.booleans(), st.booleans())
def test_every_failure_leads_somewhere(kind: FailureKind, failures: int, no_retry: bool, may_switch: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever its kind; after the last try never the same again, unless it is a rate limit."""
    told = replace(failure(kind, 500), no_retry=no_retry)
    trouble = Trouble(failure=told, failures=failures, limited_for_s=0.0, jitter=0.0, may_switch=may_switch)
    decision = decide(trouble, POLICY)
    if isinstance(decision, RetrySame):
        assert failures < POLICY.max_attempts or kind is FailureKind.RATE_LIMITED


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_stays_in_its_bounds(failures: int, jitter: float) -> None:
    """Never less than three quarters of the first delay, never more than the longest."""
    assert 0.375 <= backoff_s(failures, jitter, POLICY) <= 30.0
