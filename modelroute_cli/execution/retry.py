"""What to do after a failure: pure decisions, no effect and no time of their own."""

from dataclasses import dataclass
from typing import Literal, assert_never

from modelroute_cli.providers.base import Failure, FailureKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient a run is; delays in seconds."""

    max_attempts: int  # failures of one request on one model
    backoff_initial_s: float = 0.5
    backoff_max_s: float = 30.0
    retry_after_max_s: float = 300.0  # a longer wait is a quota, not a rate limit
    patience_s: float = 900.0  # of nothing but 429s on a lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A failure in its setting; `jitter` is in [0,1).

    `failures` counts this one too, unless it is a 429 that passes or leads to another tier.
    """

    failure: Failure
    failures: int
    limited_for_s: float
    jitter: float
    may_switch: bool = False  # the request is not at the standard tier, and its rule allows that one


@dataclass(frozen=True, slots=True)
class RetrySame:
    """The same model again after `delay_s`."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class SwitchTier:
    """The same model at once, at the standard tier."""

    reason: str


@dataclass(frozen=True, slots=True)
class Fallback:
    """Another model of like strength, or the request fails for `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The request fails for `reason`: no model could do it."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopModel:
    """Nothing more to this model in this run; its requests go elsewhere."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopProvider:
    """Nothing more to this account in this run; its requests go elsewhere."""

    reason: str


Decision = RetrySame | SwitchTier | Fallback | GiveUp | StopModel | StopProvider


def decide(trouble: Trouble, policy: RetryPolicy) -> Decision:
    """What follows a failure, by its kind."""
    reason = describe(trouble.failure)
    match trouble.failure.kind:
        case FailureKind.TRANSIENT | FailureKind.UNKNOWN | FailureKind.MALFORMED:
            return _again(trouble, policy, reason)
        case FailureKind.RATE_LIMITED:
            return _after_rate_limit(trouble, policy, reason)
        case FailureKind.TIER:
            return SwitchTier(reason) if trouble.may_switch else _again(trouble, policy, reason)
        case FailureKind.QUOTA | FailureKind.ACCOUNT | FailureKind.REQUEST | FailureKind.UNUSABLE as lasting:
            return _not_again(lasting, trouble, reason)
        case unreachable:
            assert_never(unreachable)


def _not_again(
    kind: Literal[FailureKind.QUOTA, FailureKind.ACCOUNT, FailureKind.REQUEST, FailureKind.UNUSABLE],
    trouble: Trouble,
    reason: str,
) -> Decision:
    """What another try on the same model does not help."""
    match kind:
        case FailureKind.QUOTA:
            return StopModel(reason)
        case FailureKind.ACCOUNT:
            return StopProvider(reason)
        case FailureKind.REQUEST | FailureKind.UNUSABLE:
            return GiveUp(reason) if trouble.failure.final else Fallback(reason)


def describe(failure: Failure) -> str:
    """The failure for people: `server error 503: overloaded`."""
    status = "" if failure.status is None else f" {failure.status}"
    return f"{failure.kind.value}{status}: {failure.message}"


def backoff_s(failures: int, jitter: float, policy: RetryPolicy) -> float:
    """Doubling delays from `backoff_initial_s` to `backoff_max_s`, each shortened by up to a quarter."""
    exponent = min(failures - 1, 30)  # beyond it the bound holds anyway and floats would overflow
    longest = min(policy.backoff_initial_s * 2.0**exponent, policy.backoff_max_s)
    return longest * (1 - 0.25 * jitter)


def _again(trouble: Trouble, policy: RetryPolicy, reason: str) -> Decision:
    """Within the number of tries: again, not before the provider says."""
    asked_s = trouble.failure.retry_after_s or 0.0
    if trouble.failure.no_retry:
        return Fallback(f"{reason} (the provider asks not to try again)")
    if trouble.failures >= policy.max_attempts:
        return Fallback(f"{reason} ({trouble.failures} failures)")
    if asked_s > policy.retry_after_max_s:
        return Fallback(f"{reason} (asks to wait {asked_s:.0f} s)")
    return RetrySame(max(asked_s, backoff_s(trouble.failures, trouble.jitter, policy)))


def _after_rate_limit(trouble: Trouble, policy: RetryPolicy, reason: str) -> Decision:
    """A 429 never uses up a try: the lane waits, unless the wait is too long or never ends."""
    asked_s = trouble.failure.retry_after_s or 0.0
    if asked_s > policy.retry_after_max_s:
        return StopModel(f"{reason} (asks to wait {asked_s:.0f} s)")
    if trouble.limited_for_s > policy.patience_s:
        return StopModel(f"{reason} (nothing else for {trouble.limited_for_s:.0f} s)")
    return RetrySame(0.0)
