"""Anthropic's Message Batches: requests in the body, results as lines under an address of their own."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches.batch import Batch, Fault, Line, Lines, Read
from modelroute_cli.emulator.batches.kinds import LineEnd, Order, Result, Submit
from modelroute_cli.emulator.batches.pages import after
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import BINARY, Reply, Visit, told
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.messages import MESSAGES

_MOST_REQUESTS, _MOST_BYTES, _MOST_NAME = 100_000, 256 * 1024 * 1024, 64
_KINDS = {400: "invalid_request_error", 404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error"}
_TOO_MANY = 429
_ENCODER = msgspec.json.Encoder()


class _Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request of a batch."""

    custom_id: str
    params: msgspec.Raw


class _Create(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of POST /messages/batches."""

    requests: list[_Request]


_LINE = msgspec.json.Decoder(_Request)


def create(store: Store, visit: Visit) -> Reply:
    """POST /messages/batches."""
    fate = store.submit(visit.provider)
    if fate is Submit.LIMITED:
        return wrong(429, "This request would exceed your organization's rate limit.")
    if visit.body.size > _MOST_BYTES:
        return wrong(413, "Request exceeds the maximum size")
    asked = _read(visit)
    if isinstance(asked, Reply):
        return asked
    if store.is_full(visit.provider):
        return wrong(429, "Too many message batches are being processed.")
    batch = store.create(
        Order(provider=visit.provider, prefix="msgbatch_", lines=_lines(asked, visit), said_tier="batch")
    )
    if batch.course.is_refused or store.is_queue_full(batch):
        del store.batches[batch.id]
        is_queue = not batch.course.is_refused
        return wrong(429, "The batch queue is full.") if is_queue else wrong(400, batch.faults[0].message)
    return Reply(is_lost=True) if fate is Submit.LOST else told(shown(store, batch, visit))


def get(store: Store, visit: Visit) -> Reply:
    """GET /messages/batches/ID."""
    return _with(store, visit, lambda batch: told(shown(store, batch, visit)))


def cancel(store: Store, visit: Visit) -> Reply:
    """POST /messages/batches/ID/cancel; one that has ended is refused that."""

    def stop(batch: Batch) -> Reply:
        if store.stage(batch).is_end:
            return wrong(400, f"Batch {batch.id} cannot be canceled because it has already ended.")
        store.cancel(batch)
        return told(shown(store, batch, visit))

    return _with(store, visit, stop)


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /messages/batches/ID, of one that has ended."""

    def forget(batch: Batch) -> Reply:
        if not store.stage(batch).is_end:
            return wrong(400, f"Batch {batch.id} cannot be deleted while it is being processed.")
        store.settle()
        del store.batches[batch.id]
        return told({"id": batch.id, "type": "message_batch_deleted"})

    return _with(store, visit, forget)


def listed(store: Store, visit: Visit) -> Reply:
    """GET /messages/batches, the newest first."""
    own = [batch for batch in store.batches.values() if batch.provider == visit.provider and batch.tier == "batch"]
    items, more = after([shown(store, batch, visit) for batch in reversed(own)], visit, "after_id")
    ends = {"first_id": items[0]["id"] if items else None, "last_id": items[-1]["id"] if items else None}
    return told({"data": items, "has_more": more, **ends})


def results(store: Store, visit: Visit) -> Reply:
    """GET /messages/batches/ID/results, made while they are sent."""

    def lines(batch: Batch) -> Reply:
        if not store.stage(batch).is_end:
            return wrong(404, f"Batch {batch.id} has no available results.")
        if not store.keeps(batch):
            return wrong(404, f"The results of batch {batch.id} are no longer available.")
        return Reply(pieces=map(_line, store.results(batch, LineEnd)), content_type=BINARY)

    return _with(store, visit, lines)


def shown(store: Store, batch: Batch, visit: Visit) -> Mapping[str, object]:
    """The batch object as it stands now."""
    stage, course = store.stage(batch), batch.course
    is_kept = store.keeps(batch)
    address = f"{visit.origin}/{batch.provider}/v1/messages/batches/{batch.id}/results"
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": _word(stage),
        "request_counts": _counts(store, batch),
        "ended_at": _said(batch.at(course.ended_s)) if stage.is_end else None,
        "created_at": _said(batch.made_at),
        "expires_at": _said(batch.at(course.window_s)),
        "archived_at": None if is_kept else _said(store.gone_at(batch)),
        "cancel_initiated_at": None if course.cancelled_s is None else _said(batch.at(course.cancelled_s)),
        "results_url": address if stage.is_end and is_kept else None,
    }


def wrong(status: int, message: str) -> Reply:
    """An error in Anthropic's form."""
    error = {"type": _KINDS[status], "message": message}
    reply = told({"type": "error", "error": error, "request_id": "req_batches"}, status)
    return Reply(status=status, body=reply.body, headers={"retry-after": "1"} if status == _TOO_MANY else {})


def _word(stage: Stage) -> str:
    if stage is Stage.CANCELLING:
        return "canceling"
    return "ended" if stage.is_end else "in_progress"


def _counts(store: Store, batch: Batch) -> dict[str, int]:
    """All are `processing` until the batch has ended."""
    stage, found = store.stage(batch), store.counts(batch)
    if not stage.is_end:
        return {"processing": found.total, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
    canceled = found.left if stage is Stage.CANCELLED else 0
    return {
        "processing": 0,
        "succeeded": found.answered,
        "errored": found.errored,
        "canceled": canceled,
        "expired": found.left - canceled,
    }


def _read(visit: Visit) -> _Create | Reply:
    """What is asked for, or what is wrong with it."""
    try:
        asked = msgspec.json.decode(visit.body.read(), type=_Create)
    except ValueError as error:
        return wrong(400, f"requests: {error}")
    if not 1 <= len(asked.requests) <= _MOST_REQUESTS:
        return wrong(400, f"requests: List should have between 1 and {_MOST_REQUESTS} items")
    names = {request.custom_id for request in asked.requests}
    if len(names) < len(asked.requests):
        return wrong(400, "requests: custom_id must be unique")
    if any(not 1 <= len(name) <= _MOST_NAME for name in names):
        return wrong(400, f"requests: custom_id must have 1 to {_MOST_NAME} characters")
    return asked


def _lines(asked: _Create, visit: Visit) -> Lines:
    """The requests, each on a line of its own."""
    version = visit.headers.get("anthropic-version")
    lines = Lines(_reader(visit.provider, {} if version is None else {"anthropic-version": version}))
    for request in asked.requests:
        lines.add(_ENCODER.encode(request))
    return lines


def _reader(provider: str, headers: Mapping[str, str]) -> Read:
    def read(raw: bytes) -> Line | Fault:
        line = _LINE.decode(raw)
        incoming = Incoming(provider=provider, client_id=None, body=bytes(line.params), headers=headers)
        return Line(line.custom_id, incoming, MESSAGES)

    return read


def _line(result: Result) -> bytes:
    """A line of the results."""
    return _ENCODER.encode({"custom_id": result.line.custom_id, "result": _result(result)}) + b"\n"


def _result(result: Result) -> dict[str, object]:
    match result.end, result.served:
        case LineEnd.ANSWERED, served if served is not None:
            return {"type": "succeeded", "message": msgspec.Raw(served.body)}
        case LineEnd.ERRORED, served if served is not None:
            return {"type": "errored", "error": msgspec.Raw(served.body)}
        case LineEnd.CANCELLED, _:
            return {"type": "canceled"}
        case _:
            return {"type": "expired"}


def _with(store: Store, visit: Visit, use: Callable[[Batch], Reply]) -> Reply:
    """What `use` says of the batch that the path names; 404 where this account has none."""
    batch = store.own(visit)
    if batch is None:
        return wrong(404, f"Batch {visit.id} not found.")
    return use(batch)


def _said(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
