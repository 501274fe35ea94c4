"""From an HTTP status and an error to what the run should do about it; what each error means stands in one table."""

import re

from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.error_shapes import ErrorNote
from modelroute_cli.providers.error_table import KINDS, Seen, row_of
from modelroute_cli.providers.rate_headers import duration_s

_TRY_AGAIN = re.compile(r"(?:try again|retry) (?:in|after) ([\d.]{1,12} ?(?:ms|s|m|h)?[\dhms.]{0,12})", re.IGNORECASE)
_SECONDS = re.compile(r" ?(?:seconds?|sec)\b", re.IGNORECASE)


def classify(status: int | None, note: ErrorNote, wait_s: float | None) -> FailureKind:
    """What kind of failure an error is, by `data/errors.yaml`.

    `status` is the error's own, None for one without (in a success, in a line of a batch); `wait_s` what it asks for.
    """
    return KINDS[row_of(Seen(status, note, wait_s)).means]


def heeded(kind: FailureKind, should_retry: str | None) -> FailureKind:
    """The kind after the provider's own word, the header `x-should-retry`, which official SDKs obey before all else.

    With `false` a rate limit does not pass soon; with `true` a refused request is worth another try.
    """
    if should_retry == "false" and kind is FailureKind.RATE_LIMITED:
        return FailureKind.QUOTA
    if should_retry == "true" and kind is FailureKind.REQUEST:
        return FailureKind.TRANSIENT
    return kind


def told_wait_s(note: ErrorNote, header_s: float | None) -> float | None:
    """Seconds to wait: the header's word, else the body's field, else its sentence (`Please try again in 6m0s`)."""
    if header_s is not None:
        return header_s
    if note.retry_after_s is not None:
        return note.retry_after_s
    said = _TRY_AGAIN.search(_SECONDS.sub("s", note.message[:2_000]))
    return duration_s(said[1].replace(" ", "").rstrip(".")) if said else None
