"""From an HTTP status and an error to what the run should do about it."""

import re

from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.error_shapes import ErrorNote
from modelroute_cli.providers.rate_headers import duration_s

LONGEST_WAIT_S = 900.0  # a 429 that asks for more is a quota: another model is the better answer

_ACCOUNT_WORDS = frozenset({
    "access_terminated",
    "account_deactivated",
    "account_suspended",
    "api_key_invalid",
    "authentication_error",
    "billing_error",
    "billing_hard_limit_reached",
    "billing_not_active",
    "failed_precondition",  # Gemini: not sold in this country, or not without billing
    "insufficient_balance",
    "insufficient_credits",
    "insufficient_quota",
    "invalid_api_key",
    "unsupported_country_region_territory",
})  # fmt: skip
_ACCOUNT_SENTENCE = re.compile(
    r"insufficient (?:balance|credits?|quota|funds)|spend(?:ing)? (?:limit|cap)|billing (?:hard )?limit"
    r"|prepayment credits|api key not valid",
    re.IGNORECASE,
)
_QUOTA_SENTENCE = re.compile(r"exceeded your current quota, please check your plan", re.IGNORECASE)
_REQUEST_WORDS = frozenset({
    "content_filter",
    "content_policy_violation",
    "context_length_exceeded",
    "exceed_context_size_error",
    "invalid_prompt",
    "model_not_found",
    "moderation_error",
    "request_too_large",
    "string_above_max_length",
})  # fmt: skip
_REQUEST_SENTENCE = re.compile(
    r"maximum context length|context (?:length|window|size)(?: is)? exceeded|prompt is too long"
    r"|exceeds? (?:the )?(?:available )?context|requires moderation|flagged|does not have access to model",
    re.IGNORECASE,
)
_DAILY = re.compile(r"per[ _-]?day|daily|\brpd\b|\btpd\b", re.IGNORECASE)
_NO_CAPACITY = re.compile(r"resource[ _]unavailable", re.IGNORECASE)
_TRY_AGAIN = re.compile(r"(?:try again|retry) (?:in|after) ([\d.]{1,12} ?(?:ms|s|m|h)?[\dhms.]{0,12})", re.IGNORECASE)
_SECONDS = re.compile(r" ?(?:seconds?|sec)\b", re.IGNORECASE)

_TRANSIENT = frozenset({408, 409, 425, 498})
_GATEWAY_GAVE_UP = frozenset({504, 524})
_SERVER_ERRORS = range(500, 600)
_PAYMENT_REQUIRED, _FORBIDDEN, _TOO_MANY, _UNAUTHORIZED = 402, 403, 429, 401
_REDIRECTS = range(300, 400)


def classify(status: int, note: ErrorNote, wait_s: float | None) -> FailureKind:
    """What kind of failure an error is; `status` is the error's own, `wait_s` what it asks to wait.

    A gateway that gave up on its upstream (504, 524, a `timeout_error`) left the outcome unknown: the upstream may
    have answered and billed, so the money stays reserved. A 500 of a small server may hide a request that is too long.
    """
    if _stops_account(status, note):
        return FailureKind.ACCOUNT
    if status == _TOO_MANY or note.in_flight_budget:
        return _limited(note, wait_s)
    if _is_about_request(note):
        return FailureKind.REQUEST
    if status in _GATEWAY_GAVE_UP or "timeout_error" in note.words:
        return FailureKind.UNKNOWN
    passing = status in _TRANSIENT or status in _SERVER_ERRORS
    return FailureKind.TRANSIENT if passing else FailureKind.REQUEST


def told_wait_s(note: ErrorNote, header_s: float | None) -> float | None:
    """Seconds to wait: the header's word, else the body's field, else its sentence (`Please try again in 6m0s`)."""
    if header_s is not None:
        return header_s
    if note.retry_after_s is not None:
        return note.retry_after_s
    said = _TRY_AGAIN.search(_SECONDS.sub("s", note.message[:2_000]))
    return duration_s(said[1].replace(" ", "").rstrip(".")) if said else None


def _stops_account(status: int, note: ErrorNote) -> bool:
    """Whether nothing will pass before the account's owner acts: key, money, permission, gateway settings, address."""
    if note.in_flight_budget:
        return False
    if status in _REDIRECTS or (note.from_gateway and status not in _SERVER_ERRORS):
        return True
    if note.words & _ACCOUNT_WORDS or any(word.endswith("spend_limit_reached") for word in note.words):
        return True
    if (_ACCOUNT_SENTENCE.search(note.message) or _quota_is_spent(note)) and status in {400, _TOO_MANY}:
        return True
    return status in {_UNAUTHORIZED, _PAYMENT_REQUIRED} or (status == _FORBIDDEN and not _is_about_request(note))


def _quota_is_spent(note: ErrorNote) -> bool:
    """Whether the sentence about plan and billing means it: Gemini says it of every limit, and names the quota then."""
    return bool(_QUOTA_SENTENCE.search(note.message)) and not note.quotas and note.retry_after_s is None


def _is_about_request(note: ErrorNote) -> bool:
    """Whether the error speaks of this one request: too long, refused by a filter, a model that is not there."""
    return bool(note.words & _REQUEST_WORDS or _REQUEST_SENTENCE.search(note.message))


def _limited(note: ErrorNote, wait_s: float | None) -> FailureKind:
    """A 429 that passes, or a quota that does not pass soon.

    Gemini's per-day quota carries a short delay too, so it counts which quota it was.
    """
    if any("perday" in name.lower() for name in note.quotas) or _DAILY.search(note.message):
        return FailureKind.QUOTA
    if _NO_CAPACITY.search(note.message) or (wait_s is not None and wait_s > LONGEST_WAIT_S):
        return FailureKind.QUOTA
    return FailureKind.RATE_LIMITED
