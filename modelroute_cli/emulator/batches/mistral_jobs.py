"""Mistral's batch jobs, with files like OpenAI's that say a little more.

Source: mistralai SDK 3.7 (models of files and batch jobs): the model is named once for all lines, timestamps are
seconds, lists have pages by number and a filter by metadata.
"""

import json
from collections.abc import Callable

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches import openai_files
from modelroute_cli.emulator.batches.batch import Batch, Fault, Lines
from modelroute_cli.emulator.batches.inline import Named, reader
from modelroute_cli.emulator.batches.kinds import Order, Submit
from modelroute_cli.emulator.batches.openai_lines import examine
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, told
from modelroute_cli.emulator.dialects.chat import CHAT

_ENDPOINT = "/v1/chat/completions"
_WORDS = {
    Stage.VALIDATING: "QUEUED",
    Stage.RUNNING: "RUNNING",
    Stage.FINALIZING: "RUNNING",
    Stage.CANCELLING: "CANCELLATION_REQUESTED",
    Stage.COMPLETED: "SUCCESS",
    Stage.EXPIRED: "TIMEOUT_EXCEEDED",
    Stage.CANCELLED: "CANCELLED",
    Stage.REFUSED: "FAILED",
}
_USUAL_PAGE = 100
_ENCODER = msgspec.json.Encoder()


class _Create(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of POST /batch/jobs."""

    endpoint: str
    input_files: list[str] | None = None
    requests: list[Named] | None = None
    model: str | None = None
    agent_id: str | None = None
    metadata: dict[str, str] | None = None
    timeout_hours: int = 24


def create(store: Store, visit: Visit) -> Reply:
    """POST /batch/jobs."""
    store.speaks[visit.provider] = "mistral"
    fate = store.submit(visit.provider)
    if fate is Submit.LIMITED:
        return wrong(429, "Requests rate limit exceeded")
    asked = _read(visit)
    if isinstance(asked, Reply):
        return asked
    if store.is_full(visit.provider):
        return wrong(429, "Too many batch jobs are running")
    order = _order(store, visit, asked)
    if isinstance(order, Reply):
        return order
    batch = store.create(order)
    if store.is_queue_full(batch):
        del store.batches[batch.id]
        return wrong(429, "Too many tokens are waiting for this model")
    return Reply(is_lost=True) if fate is Submit.LOST else told(shown(store, batch))


def get(store: Store, visit: Visit) -> Reply:
    """GET /batch/jobs/ID."""
    return _with(store, visit, lambda batch: told(shown(store, batch)))


def cancel(store: Store, visit: Visit) -> Reply:
    """POST /batch/jobs/ID/cancel; one that has ended is refused that."""

    def stop(batch: Batch) -> Reply:
        if store.stage(batch).is_end:
            return wrong(400, f"Job {batch.id} is not running")
        store.cancel(batch)
        return told(shown(store, batch))

    return _with(store, visit, stop)


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /batch/jobs/ID."""

    def forget(batch: Batch) -> Reply:
        store.settle()
        del store.batches[batch.id]
        return told({"id": batch.id, "object": "batch", "deleted": True})

    return _with(store, visit, forget)


def listed(store: Store, visit: Visit) -> Reply:
    """GET /batch/jobs, the newest first, of one model or with certain metadata where that is asked for."""
    own = [batch for batch in reversed(list(store.batches.values())) if batch.provider == visit.provider]
    found = [batch for batch in own if _fits(batch, visit)]
    size, number = int(visit.query.get("page_size", _USUAL_PAGE)), int(visit.query.get("page", 0))
    shown_now = found[number * size : (number + 1) * size]
    return told({"object": "list", "total": len(found), "data": [shown(store, batch) for batch in shown_now]})


def shown(store: Store, batch: Batch) -> dict[str, object]:
    """The job as it stands now."""
    stage, found, course = store.stage(batch), store.counts(batch), batch.course
    made = openai_files.made_files(store, batch)
    is_begun = stage is not Stage.VALIDATING and not course.is_refused
    errors = [{"message": fault.message, "count": 1} for fault in batch.faults] if stage is Stage.REFUSED else []
    return {
        "id": batch.id,
        "object": "batch",
        "input_files": [batch.input_file] if batch.input_file else [],
        "endpoint": batch.endpoint,
        "model": batch.model or None,
        "metadata": batch.metadata,
        "errors": errors,
        "status": _WORDS[stage],
        "created_at": int(batch.made_at.timestamp()),
        "started_at": int(batch.at(course.began_s).timestamp()) if is_begun else None,
        "completed_at": int(batch.at(course.ended_s).timestamp()) if stage.is_end else None,
        "total_requests": found.total,
        "completed_requests": found.answered + found.errored,
        "succeeded_requests": found.answered,
        "failed_requests": found.errored,
        "output_file": made["output"].id if "output" in made else None,
        "error_file": made["error"].id if "error" in made else None,
    }


def wrong(status: int, message: str) -> Reply:
    """An error in Mistral's form."""
    return told({"object": "error", "message": message, "type": "invalid_request", "param": None, "code": None}, status)


def _read(visit: Visit) -> _Create | Reply:
    """What is asked for, or what is wrong with it."""
    try:
        asked = msgspec.json.decode(visit.body.read(), type=_Create)
    except ValueError as error:
        detail = {"type": "value_error", "loc": ["body"], "msg": str(error), "input": None}
        return told({"detail": [detail]}, 422)
    if asked.endpoint != _ENDPOINT:
        return wrong(400, f"Unsupported endpoint: {asked.endpoint}")
    if bool(asked.input_files) == bool(asked.requests):
        return wrong(400, "Exactly one of input_files and requests must be given")
    return asked


def _order(store: Store, visit: Visit, asked: _Create) -> Order | Reply:
    """The job of a file, or of the requests themselves."""
    read = reader(visit.provider, asked.model or "", CHAT)
    lines, faults, name = Lines(read), list[Fault](), ""
    if asked.input_files:
        name = asked.input_files[0]
        file = store.files.get(name)
        if file is None or file.provider != visit.provider:
            return wrong(404, f"File {name} not found")
        found = examine(file.content, read)
        lines, faults = found.lines, [fault for fault in found.faults if fault.code != "mismatched_model"]
    for request in asked.requests or ():
        lines.add(_ENCODER.encode(request) + b"\n")
    return Order(
        provider=visit.provider,
        prefix="",
        lines=lines,
        faults=tuple(faults),
        model=asked.model or "",
        endpoint=asked.endpoint,
        input_file=name,
        metadata=asked.metadata,
        window_s=asked.timeout_hours * 3600.0,
    )


def _fits(batch: Batch, visit: Visit) -> bool:
    """Whether a job is among those asked for."""
    if visit.query.get("model") not in {None, batch.model}:
        return False
    wanted = visit.query.get("metadata")
    known = batch.metadata or {}
    return wanted is None or all(known.get(name) == value for name, value in json.loads(wanted).items())


def _with(store: Store, visit: Visit, use: Callable[[Batch], Reply]) -> Reply:
    """What `use` says of the job that the path names; 404 where this account has none."""
    batch = store.own(visit)
    return wrong(404, f"Job {visit.id} not found") if batch is None else use(batch)
