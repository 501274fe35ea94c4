"""What the headers of an answer say about limits and waiting, in every spelling providers use."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from modelroute_cli.providers.base import RateSignal

_GO_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s|d)")
_GO_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|h|m|s|d))+")
_UNIT_S = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_EPOCH_S = 1_000_000_000.0  # a reset above this is a time of day, not a wait
_EPOCH_MS = 1_000_000_000_000.0
_LONGEST_S = 366 * 86400.0
_MOST_COUNT = 2**53


def rate_signal(headers: Mapping[str, str]) -> RateSignal:
    """The `x-ratelimit-*` headers; what is missing or unreadable is None."""
    return RateSignal(
        limit_requests=_count(headers.get("x-ratelimit-limit-requests")),
        remaining_requests=_count(headers.get("x-ratelimit-remaining-requests")),
        reset_requests_s=_wait(headers.get("x-ratelimit-reset-requests"), headers),
        limit_tokens=_count(headers.get("x-ratelimit-limit-tokens")),
        remaining_tokens=_count(headers.get("x-ratelimit-remaining-tokens")),
        reset_tokens_s=_wait(headers.get("x-ratelimit-reset-tokens"), headers),
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: `retry-after-ms` before `retry-after` (seconds or an HTTP date), None when not said."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    return _wait(headers.get("retry-after"), headers)


def duration_s(written: str) -> float | None:
    """`20`, `1.5`, `12ms`, `6m0s`, `1h2m3.5s` as seconds; None when it is none of these."""
    written = written.strip()
    plain = _number(written)
    if plain is not None:
        return _bounded(plain)
    if not _GO_DURATION.fullmatch(written):
        return None
    return _bounded(sum(float(part) * _UNIT_S[unit] for part, unit in _GO_PART.findall(written)))


def _wait(written: str | None, headers: Mapping[str, str]) -> float | None:
    """A wait in any spelling; a moment is measured from the answer's own `date`, so the local clock does not matter."""
    if written is None:
        return None
    wait = duration_s(written)
    if wait is not None and wait < _LONGEST_S:
        return wait
    moment = _moment(written.strip())
    now = _moment(headers.get("date", ""))
    if moment is None or now is None:
        return None
    return _bounded(max(0.0, (moment - now).total_seconds()))


def _moment(written: str) -> datetime | None:
    """An HTTP date, an RFC 3339 time or an epoch in seconds or milliseconds, as UTC."""
    epoch = _number(written)
    if epoch is not None:
        return _from_epoch(epoch)
    return _from_http_date(written) or _from_iso(written)


def _from_epoch(epoch: float) -> datetime | None:
    """Seconds or milliseconds since 1970; None for a number that is no time of our days."""
    if epoch >= _EPOCH_MS:
        epoch /= 1000
    return datetime.fromtimestamp(epoch, UTC) if _EPOCH_S <= epoch < 10 * _EPOCH_S else None


def _from_http_date(written: str) -> datetime | None:
    """`Mon, 23 Nov 2026 10:00:00 GMT`."""
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_iso(written: str) -> datetime | None:
    """`2026-11-23T10:00:00Z`."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(written: str | None) -> float | None:
    """A plain number from 0."""
    if written is None or not _PLAIN_NUMBER.fullmatch(written.strip()):
        return None
    return float(written)


def _count(written: str | None) -> int | None:
    """A whole number from 0."""
    number = _number(written)
    return int(number) if number is not None and number < _MOST_COUNT else None


def _bounded(seconds: float) -> float:
    """At most a year, so that no sum overflows."""
    return min(seconds, _LONGEST_S)
