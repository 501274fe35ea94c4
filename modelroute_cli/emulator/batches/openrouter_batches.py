"""OpenRouter's batches: requests in the submission, results in the batch; nothing stops one that is under way.

Source: openrouter SDK 1.3.84 (components and operations of batches): a submission is answered with 202, DELETE takes
batches that have ended, lists have no results.
"""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches.batch import Batch, Lines
from modelroute_cli.emulator.batches.inline import Named, reader
from modelroute_cli.emulator.batches.kinds import LineEnd, Order, Result, Submit
from modelroute_cli.emulator.batches.pages import after
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, told
from modelroute_cli.emulator.dialects.base import Dialect
from modelroute_cli.emulator.dialects.chat import CHAT
from modelroute_cli.emulator.dialects.messages import MESSAGES
from modelroute_cli.emulator.dialects.responses import RESPONSES

_ENDPOINTS: dict[str, Dialect] = {
    "/v1/chat/completions": CHAT,
    "/v1/responses": RESPONSES,
    "/v1/messages": MESSAGES,
}
_MOST_REQUESTS = 5_000
_WORDS = {Stage.RUNNING: "in_progress", Stage.REFUSED: "failed"}
_ENCODER = msgspec.json.Encoder()
_NEVER = {
    LineEnd.EXPIRED: ("batch_expired", "The batch expired before this request was processed."),
    LineEnd.CANCELLED: ("batch_cancelled", "The batch was cancelled before this request was processed."),
}


class _Create(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of POST /batches."""

    endpoint: str
    model: str
    requests: list[Named]
    completion_window: str = "24h"
    callback_url: str | None = None
    provider: dict[str, object] | None = None


class _Told(Struct, frozen=True):
    """An error body, as far as it is told again."""

    error: dict[str, object]


def create(store: Store, visit: Visit) -> Reply:
    """POST /batches."""
    fate = store.submit(visit.provider)
    if fate is Submit.LIMITED:
        return wrong(429, "Rate limit exceeded. Please try again later.")
    asked = _read(visit)
    if isinstance(asked, Reply):
        return asked
    if store.is_full(visit.provider):
        return wrong(429, "Too many batches in progress.")
    lines = Lines(reader(visit.provider, asked.model, _ENDPOINTS[asked.endpoint]))
    for request in asked.requests:
        lines.add(_ENCODER.encode(request) + b"\n")
    batch = store.create(
        Order(
            provider=visit.provider,
            prefix="batch_",
            lines=lines,
            model=asked.model,
            endpoint=asked.endpoint,
            said_tier="batch",
        )
    )
    if store.is_queue_full(batch):
        del store.batches[batch.id]
        return wrong(429, "The batch queue of this model is full.")
    return Reply(is_lost=True) if fate is Submit.LOST else told(_shell(store, batch), 202)


def get(store: Store, visit: Visit) -> Reply:
    """GET /batches/ID, with the results of one that has ended, made while they are sent."""

    def show(batch: Batch) -> Reply:
        if not store.stage(batch).is_end or batch.course.is_refused:
            return told(_shell(store, batch))
        if not store.keeps(batch):
            return wrong(404, "The results of this batch have expired.")
        return Reply(pieces=_whole(store, batch))

    return _with(store, visit, show)


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /batches/ID, of one that has ended; it stops none."""

    def forget(batch: Batch) -> Reply:
        if not store.stage(batch).is_end:
            return wrong(409, "Only batches in a terminal state can be deleted.")
        store.settle()
        del store.batches[batch.id]
        upstream = {"provider": "emulated", "status": "not_applicable"}
        return told({"id": batch.id, "object": "batch", "deletion": {"openrouter": "deleted", "upstream": upstream}})

    return _with(store, visit, forget)


def listed(store: Store, visit: Visit) -> Reply:
    """GET /batches, the newest first, without results."""
    own = [batch for batch in store.batches.values() if batch.provider == visit.provider]
    items, more = after([_shell(store, batch) for batch in reversed(own)], visit)
    ends = {"first_id": items[0]["id"] if items else None, "last_id": items[-1]["id"] if items else None}
    return told({"object": "list", "data": items, **ends, "has_more": more})


def wrong(status: int, message: str) -> Reply:
    """An error in OpenRouter's form."""
    return told({"error": {"code": status, "message": message}}, status)


def _read(visit: Visit) -> _Create | Reply:
    """What is asked for, or what is wrong with it."""
    try:
        asked = msgspec.json.decode(visit.body.read(), type=_Create)
    except ValueError as error:
        return wrong(400, f"Invalid request: {error}")
    if asked.endpoint not in _ENDPOINTS:
        return wrong(400, f"Unsupported endpoint: {asked.endpoint}")
    if not 1 <= len(asked.requests) <= _MOST_REQUESTS:
        return wrong(400, f"requests must have between 1 and {_MOST_REQUESTS} items")
    if len({request.custom_id for request in asked.requests}) < len(asked.requests):
        return wrong(400, "custom_id must be unique within a batch")
    return asked


def _shell(store: Store, batch: Batch) -> dict[str, object]:
    """The batch without its results."""
    stage, found = store.stage(batch), store.counts(batch)
    ended = int(batch.at(batch.course.ended_s).timestamp()) if stage.is_end else None
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "model": batch.model,
        "provider": None if stage is Stage.VALIDATING else "Emulated",
        "completion_window": "24h",
        "status": _WORDS.get(stage, stage.value),
        "created_at": int(batch.made_at.timestamp()),
        "expires_at": int(batch.at(batch.course.window_s).timestamp()),
        "finalized_at": ended,
        "request_counts": {"total": found.total, "completed": found.answered, "failed": found.errored},
        "error": {"message": batch.faults[0].message} if stage is Stage.REFUSED else None,
        "results": None,
        "usage": None,
    }


def _whole(store: Store, batch: Batch) -> Iterator[bytes]:
    """The batch with its results, bit by bit."""
    shell = _shell(store, batch)
    del shell["results"]
    yield _ENCODER.encode(shell)[:-1] + b',"results":['
    comma = b""
    for result in store.results(batch, LineEnd):
        yield comma + _ENCODER.encode(_result(batch, result))
        comma = b","
    yield b"]}"


def _result(batch: Batch, result: Result) -> dict[str, object]:
    """One of the results: a response, or what went wrong."""
    named = {"id": f"{batch.id}-{result.place}", "custom_id": result.line.custom_id}
    if result.served is None:
        kind, message = _NEVER[result.end]
        return {**named, "response": None, "error": {"type": kind, "message": message, "param": None}}
    if result.end is LineEnd.ANSWERED:
        body = msgspec.Raw(result.served.body)
        response = {"status_code": result.served.status, "request_id": f"req_{result.place}", "body": body}
        return {**named, "response": response, "error": None}
    said = msgspec.json.decode(result.served.body, type=_Told).error
    kind = "server_error" if result.served.status >= _BROKEN else "invalid_request_error"
    return {**named, "response": None, "error": {"type": kind, "message": said.get("message"), "param": None}}


_BROKEN = 500


def _with(store: Store, visit: Visit, use: Callable[[Batch], Reply]) -> Reply:
    """What `use` says of the batch that the path names; 404 where this account has none."""
    batch = store.own(visit)
    return wrong(404, f"Batch {visit.id} not found") if batch is None else use(batch)
