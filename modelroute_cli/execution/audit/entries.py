"""What stands in the audit log: one value for each line. What is not known is left out, never 0.

Texts of people, of models and of providers stand in no entry, except for answers where `audit.texts` asks for them:
only names, numbers, digests and words of our own.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD

AUDIT_FORMAT = 1


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """A line of the log, beside its number and the hash of the line before."""


class Segment(Entry, frozen=True, kw_only=True, tag="segment"):
    """The first line of each file."""

    at: str  # ISO, UTC
    number: int  # of the file, from 1
    format: int
    mac: str  # sha256, hmac-sha256
    key_id: str | None = None


class ModelTerms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model that a run may turn to: where requests go, and by which price."""

    model: str
    provider: str
    model_id: str  # on the wire
    regions: tuple[str, ...] = ()  # where requests are processed; none: unknown
    retention_days: int | None = None
    trains_on_data: bool | None = None
    price_source: str | None = None
    price_date: str | None = None


class Began(Entry, frozen=True, kw_only=True, tag="began"):
    """A session began, or a run was taken in afterwards; `of` is the number of the entry with which its run began."""

    of: int | None = None  # None: it is this one
    at: str
    run_id: str
    created_at: str  # of the run's folder: a run that starts over has the same id
    what: str  # run, pilot, certify, questions
    purpose: str  # send, cancel, catch_up
    accepted: str | None = None  # how its cost was: plan file, --yes, typed, continued
    user: str | None = None
    host: str | None = None
    tool_version: str
    plan_tool_version: str
    emulated: bool
    plan_sha256: str  # of the plan file
    job_digest: str
    job_source: str
    requests: int
    duplicates: int
    settings_digest: str
    rates_digest: str
    prices_at: str
    quality_source: str
    planned_pusd: PicoUSD
    cap_pusd: PicoUSD
    models: tuple[ModelTerms, ...]


class Decision(Struct, frozen=True, omit_defaults=True):
    """What the plan chose for a request, and why."""

    model: str
    service_tier: str
    rule: str
    reason: str
    cost_pusd: PicoUSD
    most_pusd: PicoUSD  # that one attempt could cost
    quality: float | None = None
    quality_low: float | None = None


class Attempt(Struct, frozen=True, omit_defaults=True):
    """One call, or one line of a provider batch. An attempt that was open stands again once more is known of it.

    The fields down to `batch` are the columns of a query, in its order (`journaled`).
    """

    attempt: int
    kind: str
    model: str  # asked
    service_tier: str
    at: str
    reserved_pusd: PicoUSD
    max_tokens: int
    prompt_sha256: str | None = None  # as docs/audit.md says
    model_served: str | None = None
    served_tier: str | None = None
    outcome: str | None = None  # None: nothing is known yet
    failure: str | None = None
    status: int | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_pusd: PicoUSD | None = None
    reported_pusd: PicoUSD | None = None
    latency_s: float | None = None
    request_id: str | None = None  # the provider's
    verdict: str | None = None  # pass, or the gate that failed
    gates: str | None = None  # that looked at it
    score: float | None = None
    quality: float | None = None
    scorer: str | None = None
    about: int | None = None
    batch: int | None = None
    emulated: bool = False
    provider: str | None = None
    region: str | None = None  # `us`, `eu, us`
    answer_sha256: str | None = None
    calls_sha256: str | None = None  # of the JSON of the tools that the answer calls
    redacted: Mapping[str, int] | None = None  # kind of data -> values that were replaced before sending
    answer: str | None = None  # with `audit.texts` alone


class Ending(Struct, frozen=True, omit_defaults=True):
    """What a request ended as; `after`: it had ended before and was taken up again after that attempt."""

    status: str
    attempt: int | None = None  # the answer that counts
    after: int = 0


class RequestEntry(Entry, frozen=True, tag="request"):
    """A request: what was decided, its attempts since the last entry of it, and its end where it came to it."""

    of: int
    run_id: str
    row: int
    custom_id: str
    task_type: str
    template: str
    decision: Decision
    tenant: str | None = None
    duplicate_of: int | None = None  # row whose answer it takes
    attempts: tuple[Attempt, ...] = ()
    ended: Ending | None = None


class CapEntry(Entry, frozen=True, kw_only=True, tag="cap"):
    """The hard cap that a session ran under."""

    of: int
    run_id: str
    at: str
    cap_pusd: PicoUSD


class EventEntry(Entry, frozen=True, kw_only=True, tag="event"):
    """Something that happened to a run as a whole."""

    of: int
    run_id: str
    at: str
    event: str
    subject: str
    requests: int


class BatchEntry(Entry, frozen=True, kw_only=True, tag="batch"):
    """A step of a provider batch; `sha256` is of its lines as they were handed in."""

    of: int
    run_id: str
    at: str
    batch: int
    step: str
    provider: str
    name: str | None = None
    requests: int
    sha256: str
    done: int | None = None
    failed: int | None = None


class Ended(Entry, frozen=True, kw_only=True, tag="ended"):
    """A session came to its end; one that was killed has no such entry."""

    of: int
    run_id: str
    at: str
    status: str  # done, stopped, cap_reached, waiting, or the error that ended it
    sent: int | None = None
    accepted: int | None = None
    failed: int | None = None
    spent_pusd: PicoUSD | None = None
    held_pusd: PicoUSD | None = None


class Note(Entry, frozen=True, kw_only=True, tag="note"):
    """Something that somebody did besides runs, such as deleting old ones."""

    at: str
    what: str
    subject: str
    user: str | None = None
    host: str | None = None


class Repaired(Entry, frozen=True, kw_only=True, tag="repaired"):
    """The log ended in the middle of a write, after a crash or a power cut: these bytes were taken off its end."""

    at: str
    file: str
    bytes: int
    sha256: str  # of them


class Pruned(Entry, frozen=True, kw_only=True, tag="pruned"):
    """All entries up to `last` were deleted; `hash` is what the first that is left holds of the last that is not."""

    at: str
    last: int
    hash: str
    files: tuple[str, ...]
    entries: int
    before: str  # ISO day: files whose last entry is older
    user: str | None = None
    host: str | None = None


AnyEntry = Segment | Began | RequestEntry | CapEntry | EventEntry | BatchEntry | Ended | Note | Repaired | Pruned

encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[AnyEntry] = msgspec.json.Decoder(AnyEntry)


def read_entry(line: bytes) -> AnyEntry:
    """The entry of a line; ValueError where it is none."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
