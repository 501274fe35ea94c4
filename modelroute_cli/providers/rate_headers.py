"""What the headers of an answer say about limits and waiting, in every spelling providers use.

| provider | headers | source |
|---|---|---|
| OpenAI, xAI, Azure | `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, Go durations | guides/rate-limits |
| Groq | the same; requests are those of a day (`Provider.requests_header`) | console.groq.com/docs/rate-limits |
| Cerebras | the same with `-day` and `-minute` behind; resets in seconds | inference-docs.cerebras.ai |
| Anthropic | `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-*`, RFC 3339 | docs, rate-limits |
| Mistral | `x-ratelimit-{limit,remaining}-{req,tokens}-minute` | client-ts issue 169, 2026-02 |
| Gemini, DeepSeek, vLLM, Ollama | none | |

Headers without a unit (`x-ratelimit-limit` of OpenRouter and Together, which count seconds, minutes or days by
plan) are not read: a wrong unit would hold a run back by a factor of sixty, or not at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from modelroute_cli.providers.base import RateSignal

_GO_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s|d)")
_GO_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|h|m|s|d))+")
_UNIT_S = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_EPOCH_S = 1_000_000_000.0  # a reset above this is a time of day, not a wait
_EPOCH_MS = 1_000_000_000_000.0
_LONGEST_S = 366 * 86400.0
_LONGEST_BY_OUR_CLOCK_S = 60.0  # which may be wrong: a moment read by it holds nobody up for longer
_MOST_COUNT = 2**53


class _Names(NamedTuple):
    """The headers of one limit."""

    limit: str
    remaining: str
    reset: str

    @classmethod
    def of(cls, pattern: str) -> "_Names":
        """{} stands for limit, remaining and reset."""
        return cls(*(pattern.format(what) for what in cls._fields))


_UNMARKED_REQUESTS = (_Names.of("x-ratelimit-{}-requests"),)
_REQUESTS = tuple(
    map(
        _Names.of,
        ("x-ratelimit-{}-requests-minute", "x-ratelimit-{}-req-minute", "anthropic-ratelimit-requests-{}"),
    )
)
_REQUESTS_DAY = (_Names.of("x-ratelimit-{}-requests-day"),)
_TOKENS = tuple(
    map(_Names.of, ("x-ratelimit-{}-tokens", "x-ratelimit-{}-tokens-minute", "anthropic-ratelimit-tokens-{}"))
)
_INPUT_TOKENS = (_Names.of("anthropic-ratelimit-input-tokens-{}"),)
_OUTPUT_TOKENS = (_Names.of("anthropic-ratelimit-output-tokens-{}"),)
_MARK = "ratelimit"


@dataclass(frozen=True, slots=True)
class _Window:
    """One limit: what it allows, what is left of it, and the seconds until it is whole again."""

    limit: int | None
    remaining: int | None
    reset_s: float | None


_NO_WINDOW = _Window(None, None, None)


def rate_signal(
    headers: Mapping[str, str], requests_header: str = "minute", received_at: datetime | None = None
) -> RateSignal:
    """What is said of limits; what is missing or unreadable is None.

    `requests_header` is what the unmarked header of requests counts; `received_at` is our own clock, for moments in
    answers that carry no date.
    """
    if not any(_MARK in name for name in headers):
        return RateSignal()
    by_day = requests_header == "day"
    read = _Headers(headers, received_at)
    minute = read.window(_REQUESTS if by_day else _UNMARKED_REQUESTS + _REQUESTS)
    day = read.window(_UNMARKED_REQUESTS + _REQUESTS_DAY if by_day else _REQUESTS_DAY)
    tokens, given, made = read.window(_TOKENS), read.window(_INPUT_TOKENS), read.window(_OUTPUT_TOKENS)
    return RateSignal(
        limit_requests=minute.limit,
        remaining_requests=minute.remaining,
        reset_requests_s=minute.reset_s,
        limit_tokens=tokens.limit,
        remaining_tokens=tokens.remaining,
        reset_tokens_s=tokens.reset_s,
        limit_input_tokens=given.limit,
        remaining_input_tokens=given.remaining,
        reset_input_tokens_s=given.reset_s,
        limit_output_tokens=made.limit,
        remaining_output_tokens=made.remaining,
        reset_output_tokens_s=made.reset_s,
        limit_requests_day=day.limit,
        remaining_requests_day=day.remaining,
        reset_requests_day_s=day.reset_s,
    )


def retry_after_s(headers: Mapping[str, str], received_at: datetime | None = None) -> float | None:
    """Seconds to wait: `retry-after-ms` before `retry-after` (seconds or an HTTP date), None when not said."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    return _Headers(headers, received_at).wait("retry-after")


def answer_time(headers: Mapping[str, str]) -> datetime | None:
    """The time of day by the answer's own clock, UTC; None where it does not say."""
    return _moment(headers.get("date", ""))


def duration_s(written: str) -> float | None:
    """`20`, `1.5`, `12ms`, `6m0s`, `1h2m3.5s` as seconds; None when it is none of these."""
    written = written.strip()
    plain = _number(written)
    if plain is not None:
        return _bounded(plain)
    if not _GO_DURATION.fullmatch(written):
        return None
    return _bounded(sum(float(part) * _UNIT_S[unit] for part, unit in _GO_PART.findall(written)))


@dataclass(frozen=True, slots=True)
class _Headers:
    """The headers of one answer, and when it came by our own clock."""

    named: Mapping[str, str]
    received_at: datetime | None

    def window(self, known: tuple[_Names, ...]) -> _Window:
        """The first limit that is there, whatever its names."""
        if not any(header in self.named for names in known for header in names):
            return _NO_WINDOW
        for names in known:
            limit, remaining = _count(self.named.get(names.limit)), _count(self.named.get(names.remaining))
            if limit is not None or remaining is not None:
                return _Window(limit, remaining, self.wait(names.reset))
        waits = (self.wait(names.reset) for names in known)
        return _Window(None, None, next((wait for wait in waits if wait is not None), None))

    def wait(self, name: str) -> float | None:
        """A wait in any spelling.

        A moment is measured from the answer's own `date`, so that the local clock does not matter; without one from
        the local clock, and then it is believed for a minute at most.
        """
        written = self.named.get(name)
        if written is None:
            return None
        wait = duration_s(written)
        if wait is not None and wait < _LONGEST_S:
            return wait
        moment = _moment(written.strip())
        return None if moment is None else self._until(moment)

    def _until(self, moment: datetime) -> float | None:
        """Seconds from now to a moment, never below 0."""
        by_answer = answer_time(self.named)
        if by_answer is not None:
            return _bounded(max(0.0, (moment - by_answer).total_seconds()))
        if self.received_at is None:
            return None
        return min(max(0.0, (moment - self.received_at).total_seconds()), _LONGEST_BY_OUR_CLOCK_S)


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
