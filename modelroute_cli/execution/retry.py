"""What to do after a failure: pure decisions, no effect and no time of their own."""

from dataclasses import dataclass
from typing import assert_never

from modelroute_cli.providers.base import Failure, FailureKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient a run is; delays in seconds."""

    max_attempts: int  # failures of one request on one model
    max_unknown: int = 2  # of these, such as may have been billed, before another model is asked first
    backoff_initial_s: float = 0.5
    backoff_max_s: float = 30.0
    retry_after_max_s: float = 300.0  # a longer wait is for the whole model, and its requests go elsewhere if they can
    patience_s: float = 900.0  # for a model that gives nothing but 429s, or names a time to wait


@dataclass(frozen=True, slots=True)
class Setting:
    """What else is known of the model at the time of a failure."""

    limited_for_s: float = 0.0  # nothing but 429s came back for so long
    is_down: bool = False  # its circuit breaker is open: a failure says nothing of the request
    openings: int = 0  # how often that opened: what failed before an outage is forgiven
    answers: int = 0  # how many requests it answered
    is_stray: bool = False  # a 429 that comes however slowly requests go: the model takes others meanwhile


CALM = Setting()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A failure in its setting; `jitter` is in [0,1).

    Failures are those of the request on this model, this one included.
    """

    failure: Failure
    failures: int
    jitter: float
    unknown: int = 0  # of these, such as may have been billed
    setting: Setting = CALM
    may_switch: bool = False  # the request is not at the standard tier, and its rule allows that one


@dataclass(frozen=True, slots=True)
class RetrySame:
    """The same model again after `delay_s`; `counts` when it uses up one of the request's tries."""

    delay_s: float
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another model of like strength where there is one, else the same again after `delay_s`."""

    reason: str
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
class PauseModel:
    """Nothing to this model for `wait_s`; its requests go elsewhere where they can, else they wait."""

    reason: str
    wait_s: float


@dataclass(frozen=True, slots=True)
class StopModel:
    """Nothing more to this model in this run; its requests go elsewhere."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopProvider:
    """Nothing more to this account in this run; its requests go elsewhere."""

    reason: str


Decision = RetrySame | Elsewhere | SwitchTier | Fallback | GiveUp | PauseModel | StopModel | StopProvider

POSSIBLY_BILLED = frozenset({FailureKind.UNKNOWN, FailureKind.MALFORMED})
OF_AN_OUTAGE = frozenset({FailureKind.TRANSIENT, *POSSIBLY_BILLED})
"""The failures that everything meets while a provider is down."""
_AT_ONCE = RetrySame(0.0, counts=False)
_STRAY_WAIT_S = 1.0  # to twice that, where the provider names no time


def decide(trouble: Trouble, policy: RetryPolicy) -> Decision:
    """What follows a failure, by its kind."""
    reason = describe(trouble.failure)
    match trouble.failure.kind:
        case FailureKind.TRANSIENT | FailureKind.UNKNOWN | FailureKind.MALFORMED:
            return _AT_ONCE if trouble.setting.is_down else _again(trouble, policy, reason)
        case FailureKind.RATE_LIMITED:
            return _after_rate_limit(trouble, policy, reason)
        case FailureKind.TIER:
            return SwitchTier(reason) if trouble.may_switch else _again(trouble, policy, reason)
        case FailureKind.QUOTA:
            return _after_quota(trouble, policy, reason)
        case FailureKind.ACCOUNT:
            return StopProvider(reason)
        case FailureKind.REQUEST | FailureKind.UNUSABLE:
            return GiveUp(reason) if trouble.failure.final else Fallback(reason)
        case unreachable:
            assert_never(unreachable)


def uses_up_a_try(decision: Decision) -> bool:
    """Whether a failure that led to this counts against its request: limits, quotas and outages do not."""
    match decision:
        case RetrySame(counts=counts):
            return counts
        case SwitchTier() | PauseModel():
            return False
        case _:
            return True


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
        asked = f"{reason} (asks to wait {asked_s:.0f} s)"
        return PauseModel(asked, asked_s) if asked_s <= policy.patience_s else Fallback(asked)
    delay_s = max(asked_s, backoff_s(trouble.failures, trouble.jitter, policy))
    return Elsewhere(reason, delay_s) if trouble.unknown >= policy.max_unknown else RetrySame(delay_s)


def _after_rate_limit(trouble: Trouble, policy: RetryPolicy, reason: str) -> Decision:
    """A 429 never uses up a try: its lane waits, or the model, or a stray's request alone, unless that never ends."""
    asked_s, limited_for_s = trouble.failure.retry_after_s or 0.0, trouble.setting.limited_for_s
    if asked_s > policy.retry_after_max_s:
        return _pause(f"{reason} (asks to wait {asked_s:.0f} s)", trouble, policy)
    if limited_for_s > policy.patience_s:
        return StopModel(f"{reason} (nothing else for {limited_for_s:.0f} s)")
    if trouble.setting.is_stray:
        return RetrySame(asked_s or _STRAY_WAIT_S * (1 + trouble.jitter), counts=False)
    return _AT_ONCE


def _after_quota(trouble: Trouble, policy: RetryPolicy, reason: str) -> Decision:
    """A quota ends with the long wait it names; a short one is not believed (Gemini's quotas of the day name one)."""
    asked_s = trouble.failure.retry_after_s or 0.0
    if trouble.failure.no_retry or asked_s <= policy.retry_after_max_s:
        return StopModel(reason)
    return _pause(f"{reason} (asks to wait {asked_s:.0f} s)", trouble, policy)


def _pause(reason: str, trouble: Trouble, policy: RetryPolicy) -> Decision:
    """Wait for a model as long as patience reaches, counted from its last answer."""
    asked_s = trouble.failure.retry_after_s or 0.0
    fits = trouble.setting.limited_for_s + asked_s <= policy.patience_s
    return PauseModel(reason, asked_s) if fits else StopModel(reason)
