"""What it means that a provider does not take a batch: the queue is full, try again, or its requests go elsewhere."""

from dataclasses import replace
from enum import Enum

from modelroute_cli.providers.base import Failure, FailureKind

_FULL_WORDS = ("token_limit_exceeded", "enqueued", "queue", "batch limit", "too many batches", "concurrent batch")
_PASSING = frozenset({FailureKind.TRANSIENT, FailureKind.UNKNOWN, FailureKind.MALFORMED})
_OF_LIMITS = frozenset({FailureKind.RATE_LIMITED, FailureKind.QUOTA})


class Refusal(Enum):
    """What to do about it."""

    FULL = "full"  # wait until something of the account's queue is done
    PASSING = "passing"  # the same again after a while
    FINAL = "final"  # this batch will never be taken


def refusal_of(failure: Failure) -> Refusal:
    """By the kind of failure; a queue that is full is told in several ways."""
    if failure.kind in _OF_LIMITS or is_full(failure.message):
        return Refusal.FULL
    return Refusal.PASSING if failure.kind in _PASSING else Refusal.FINAL


def is_full(message: str) -> bool:
    """Whether a provider's words are about what may wait at a time."""
    return any(word in message.lower() for word in _FULL_WORDS)


def for_lines(failure: Failure) -> Failure:
    """A batch's failure as that of its lines: a refused batch says nothing about its requests by themselves.

    A refused key does: it will not do for them either.
    """
    if failure.kind is FailureKind.ACCOUNT:
        return failure
    return replace(failure, kind=FailureKind.TIER, final=False)
