"""What a provider means that does not take a batch."""

import pytest
from support.fake_transport import failure

from modelroute_cli.execution.batching.refusals import Refusal, for_lines, is_full, refusal_of
from modelroute_cli.providers.base import FailureKind


@pytest.mark.parametrize(
    ("kind", "message", "refusal"),
    [
        (FailureKind.RATE_LIMITED, "slow down", Refusal.FULL),
        (FailureKind.QUOTA, "enough for today", Refusal.FULL),
        (FailureKind.REQUEST, "Enqueued token limit reached for gpt-6-luna", Refusal.FULL),
        (FailureKind.REQUEST, "token_limit_exceeded", Refusal.FULL),
        (FailureKind.TRANSIENT, "503", Refusal.PASSING),
        (FailureKind.UNKNOWN, "no answer", Refusal.PASSING),
        (FailureKind.MALFORMED, "no JSON", Refusal.PASSING),
        (FailureKind.REQUEST, "no such endpoint", Refusal.FINAL),
        (FailureKind.TIER, "not sold to this account", Refusal.FINAL),
        (FailureKind.ACCOUNT, "bad key", Refusal.FINAL),
    ],
)
def test_a_refusal_by_its_kind_and_its_words(kind: FailureKind, message: str, refusal: Refusal) -> None:
    """A full queue is told in many ways, and passes."""
    assert refusal_of(failure(kind, message=message)) is refusal


def test_most_words_are_not_about_queues() -> None:
    """Those of a bad request."""
    assert not is_full("`model` is required")


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind is not FailureKind.ACCOUNT])
def test_a_refused_batch_says_nothing_about_its_requests_by_themselves(kind: FailureKind) -> None:
    """They may be sent at another tier."""
    seen = for_lines(failure(kind, 400, message="no"))
    assert (seen.kind, seen.message, seen.final) == (FailureKind.TIER, "no", False)


def test_a_refused_key_will_not_do_for_its_requests_either() -> None:
    """They go to another account."""
    seen = failure(FailureKind.ACCOUNT, 401, message="bad key")
    assert for_lines(seen) == seen
