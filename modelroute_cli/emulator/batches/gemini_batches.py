"""Google's batches: requests within the batch or in an uploaded file, told of as long-running operations.

Source: ai.google.dev (reference of the Batch API) and google-genai 3.4 (batches), 2026-11.
"""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Raw, Struct

from modelroute_cli.emulator.batches.batch import Batch, Fault, Line, Lines, Read
from modelroute_cli.emulator.batches.gemini_files import has_results, outcome, said, wrong
from modelroute_cli.emulator.batches.kinds import Order, Submit
from modelroute_cli.emulator.batches.openai_lines import MOST_FAULTS
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, told
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.gemini import GEMINI

_MOST_INLINE_BYTES, _USUAL_PAGE = 20_000_000, 50
_STATES = {
    Stage.VALIDATING: "PENDING",
    Stage.FINALIZING: "RUNNING",
    Stage.CANCELLING: "RUNNING",
    Stage.COMPLETED: "SUCCEEDED",
    Stage.REFUSED: "FAILED",
}
_ENCODER = msgspec.json.Encoder()


class _Request(Struct, frozen=True):
    """One request within the batch, or a line of a file."""

    request: Raw
    metadata: dict[str, object] = {}
    key: str = ""


class _Requests(Struct, frozen=True):
    """Google's list is an object."""

    requests: list[_Request]


class _Input(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Where the requests are."""

    requests: _Requests | None = None
    file_name: str | None = None


class _Batch(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What the client says of it."""

    input_config: _Input
    display_name: str = ""
    model: str | None = None
    priority: str | int | None = None


class _Create(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of POST /models/M:batchGenerateContent."""

    batch: _Batch


_LINE = msgspec.json.Decoder(_Request)
_BODY = msgspec.json.Decoder(dict[str, Raw])


def create(store: Store, visit: Visit) -> Reply:
    """POST /models/M:batchGenerateContent."""
    store.speaks[visit.provider] = "gemini"
    fate = store.submit(visit.provider)
    if fate is Submit.LIMITED or store.is_full(visit.provider):
        return _exhausted()
    try:
        asked = msgspec.json.decode(visit.body.read(), type=_Create).batch
    except ValueError as error:
        return wrong(400, f"Invalid JSON payload received. {error}")
    order = _order(store, visit, asked)
    if isinstance(order, Reply):
        return order
    batch = store.create(order)
    if store.is_queue_full(batch):
        del store.batches[batch.id]
        return _exhausted()
    return Reply(is_lost=True) if fate is Submit.LOST else told(_shown(store, batch))


def get(store: Store, visit: Visit) -> Reply:
    """GET /batches/ID, with the answers of requests that stood within it."""

    def show(batch: Batch) -> Reply:
        if batch.about["inline"] and has_results(store, batch) and store.keeps(batch):
            return Reply(pieces=_whole(store, batch))
        return told(_shown(store, batch))

    return _with(store, visit, show)


def cancel(store: Store, visit: Visit) -> Reply:
    """POST /batches/ID:cancel."""

    def stop(batch: Batch) -> Reply:
        store.cancel(batch)
        return told({})

    return _with(store, visit, stop)


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /batches/ID."""

    def forget(batch: Batch) -> Reply:
        store.settle()
        del store.batches[batch.id]
        return told({})

    return _with(store, visit, forget)


def listed(store: Store, visit: Visit) -> Reply:
    """GET /batches, the newest first; the token of a page is where it begins."""
    own = [batch for batch in reversed(list(store.batches.values())) if batch.provider == visit.provider]
    size, start = int(visit.query.get("pageSize", _USUAL_PAGE)), int(visit.query.get("pageToken") or 0)
    shown = {"operations": [_shown(store, batch) for batch in own[start : start + size]]}
    more = {"nextPageToken": str(start + size)} if start + size < len(own) else {}
    return told({**shown, **more} if shown["operations"] else {})


def _order(store: Store, visit: Visit, asked: _Batch) -> Order | Reply:
    """The batch of a file, or of the requests within it."""
    model = visit.named["model"]
    lines, faults = Lines(_reader(visit.provider, model)), list[Fault]()
    source = asked.input_config
    if source.file_name is not None:
        file = store.files.get(source.file_name.removeprefix("files/"))
        if file is None or file.provider != visit.provider:
            return wrong(404, "Requested entity was not found.")
        for number, raw in enumerate((line for line in file.content.lines() if line.strip()), start=1):
            lines.add(raw)
            read = lines.line(number - 1)
            if isinstance(read, Fault) and len(faults) < MOST_FAULTS:
                faults.append(Fault(read.code, f"line {number}: {read.message}", number))
    elif source.requests is None or visit.body.size > _MOST_INLINE_BYTES:
        return wrong(400, "Request payload size exceeds the limit: 20000000 bytes." if source.requests else "No input.")
    for request in source.requests.requests if source.requests else ():
        lines.add(_ENCODER.encode(request) + b"\n")
    if not len(lines):
        return wrong(400, "The batch has no requests.")
    return Order(
        provider=visit.provider,
        prefix="",
        lines=lines,
        faults=tuple(faults),
        model=model,
        metadata={"displayName": asked.display_name},
        about={"inline": source.requests is not None, "file": source.file_name},
        keeps_partial=False,
    )


def _reader(provider: str, model: str) -> Read:
    """What understands a line."""

    def read(raw: bytes) -> Line | Fault:
        try:
            line = _LINE.decode(raw)
            body = _BODY.decode(line.request)
        except ValueError as error:
            return Fault("INVALID_ARGUMENT", str(error))
        sent = bytes(line.request)
        if "model" in body:
            sent = _ENCODER.encode({name: value for name, value in body.items() if name != "model"})
        incoming = Incoming(provider=provider, client_id=None, body=sent, model=model)
        return Line(line.key or str(line.metadata.get("key", "")), incoming, GEMINI)

    return read


def _shown(store: Store, batch: Batch) -> dict[str, object]:
    """The operation as it stands now, without answers."""
    stage = store.stage(batch)
    error = {"error": {"code": 3, "message": batch.faults[0].message}} if stage is Stage.REFUSED else {}
    done = {"done": True} if stage.is_end else {}
    return {"name": f"batches/{batch.id}", "metadata": _metadata(store, batch), **done, **error}


def _metadata(store: Store, batch: Batch) -> dict[str, object]:
    """The batch itself."""
    stage, course = store.stage(batch), batch.course
    end = {"endTime": said(batch.at(course.ended_s))} if stage.is_end else {}
    in_file = not batch.about["inline"] and has_results(store, batch)
    return {
        "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
        "name": f"batches/{batch.id}",
        "model": f"models/{batch.model}",
        "displayName": (batch.metadata or {}).get("displayName", ""),
        "state": f"BATCH_STATE_{_STATES.get(stage, stage.name)}",
        "createTime": said(batch.made_at),
        "updateTime": said(store.now()),
        **end,
        "batchStats": _stats(store, batch),
        **({"inputConfig": {"fileName": batch.about["file"]}} if batch.about["file"] else {}),
        **({"output": {"responsesFile": f"files/batch-{batch.id}"}} if in_file else {}),
    }


def _stats(store: Store, batch: Batch) -> dict[str, str]:
    """Counts, which Google writes as strings and leaves out where they are none."""
    found = store.counts(batch)
    pending = 0 if store.stage(batch).is_end else found.left
    counted = {
        "requestCount": found.total,
        "successfulRequestCount": found.answered,
        "failedRequestCount": found.errored,
        "pendingRequestCount": pending,
    }
    return {name: str(count) for name, count in counted.items() if count}


def _whole(store: Store, batch: Batch) -> Iterator[bytes]:
    """The operation with the answers within it, in the order of the requests, bit by bit."""
    metadata = _ENCODER.encode(_metadata(store, batch))[:-1]
    yield b'{"name":"batches/' + batch.id.encode() + b'","done":true,"metadata":' + metadata
    yield b',"output":{"inlinedResponses":{"inlinedResponses":['
    for place in range(len(batch.lines)):
        result = store.result(batch, place)
        keyed = {"metadata": _LINE.decode(batch.lines.raw(place)).metadata}
        yield (b"," if place else b"") + _ENCODER.encode({**outcome(result), **keyed})
    yield b"]}}}}"


def _exhausted() -> Reply:
    """Google's 429 for whatever is too much."""
    return wrong(429, "Resource has been exhausted (e.g. check quota).")


def _with(store: Store, visit: Visit, use: Callable[[Batch], Reply]) -> Reply:
    """What `use` says of the batch that the path names; 404 where this account has none."""
    batch = store.own(visit)
    return wrong(404, "Requested entity was not found.") if batch is None else use(batch)
