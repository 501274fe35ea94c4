"""OpenAI's batches, as OpenAI, Azure, Groq and others have them."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from modelroute_cli.emulator.batches import openai_files
from modelroute_cli.emulator.batches.batch import Batch, Fault
from modelroute_cli.emulator.batches.kinds import Order, Submit
from modelroute_cli.emulator.batches.openai_files import wrong
from modelroute_cli.emulator.batches.openai_lines import ENDPOINTS, examine, reader
from modelroute_cli.emulator.batches.pages import page
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, told

_WORDS = {Stage.RUNNING: "in_progress", Stage.REFUSED: "failed"}
_UNITS = {"h": 3600.0, "d": 86_400.0}


class _Create(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of POST /batches."""

    input_file_id: str
    endpoint: str
    completion_window: str
    metadata: dict[str, str] | None = None
    output_expires_after: dict[str, object] | None = None


def create(store: Store, visit: Visit) -> Reply:
    """POST /batches: a batch, though perhaps one that will fail."""
    fate = store.submit(visit.provider)
    if fate is Submit.LIMITED:
        return limited()
    asked = _read(visit)
    if isinstance(asked, Reply):
        return asked
    file = store.files.get(asked.input_file_id)
    if file is None or file.provider != visit.provider:
        return wrong(400, f"No such File object: {asked.input_file_id}", param="input_file_id")
    if store.is_full(visit.provider):
        return limited("You have too many batches in progress. Please try again once some have completed.")
    found = examine(file.content, reader(visit.provider, asked.endpoint))
    batch = store.create(
        Order(
            provider=visit.provider,
            prefix="batch_",
            lines=found.lines,
            faults=found.faults,
            model=found.model,
            endpoint=asked.endpoint,
            input_file=file.id,
            metadata=asked.metadata,
            about={"completion_window": asked.completion_window},
            window_s=_window_s(asked.completion_window),
        )
    )
    if store.is_queue_full(batch):
        store.refuse(batch, _too_many_tokens(store, batch))
    return _lost_or(fate, told(shown(store, batch)))


def get(store: Store, visit: Visit) -> Reply:
    """GET /batches/ID."""
    return _with(store, visit, lambda batch: told(shown(store, batch)))


def cancel(store: Store, visit: Visit) -> Reply:
    """POST /batches/ID/cancel; one that is past it is refused that."""

    def stop(batch: Batch) -> Reply:
        stage = store.stage(batch)
        if stage.is_end or stage is Stage.FINALIZING:
            return wrong(409, f"Cannot cancel a batch with status '{_word(stage)}'.")
        store.cancel(batch)
        return told(shown(store, batch))

    return _with(store, visit, stop)


def listed(store: Store, visit: Visit) -> Reply:
    """GET /batches, the newest first."""
    own = [batch for batch in store.batches.values() if batch.provider == visit.provider and batch.tier == "batch"]
    return page([shown(store, batch) for batch in reversed(own)], visit)


def shown(store: Store, batch: Batch) -> dict[str, object]:
    """The batch object as it stands now."""
    made, found = openai_files.made_files(store, batch), store.counts(batch)
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        **({"model": batch.model} if batch.model else {}),
        **({"errors": _errors(batch)} if store.stage(batch) is Stage.REFUSED else {}),
        "input_file_id": batch.input_file,
        "completion_window": batch.about.get("completion_window", "24h"),
        "status": _word(store.stage(batch)),
        **{f"{which}_file_id": file.id for which, file in made.items()},
        "created_at": int(batch.made_at.timestamp()),
        **_times(store, batch),
        "expires_at": int(batch.at(batch.course.window_s).timestamp()),
        "request_counts": {
            "total": 0 if batch.course.is_refused else found.total,
            "completed": found.answered,
            "failed": found.errored,
        },
        "metadata": batch.metadata,
    }


def limited(message: str = "Rate limit reached for batches. Please try again later.") -> Reply:
    """A 429."""
    detail = {"message": message, "type": "requests", "param": None, "code": "rate_limit_exceeded"}
    reply = told({"error": detail}, 429)
    return Reply(status=reply.status, body=reply.body, headers={"retry-after": "1"})


def _lost_or(fate: Submit, reply: Reply) -> Reply:
    return Reply(is_lost=True) if fate is Submit.LOST else reply


def _read(visit: Visit) -> _Create | Reply:
    """What is asked for, or what is wrong with it."""
    try:
        asked = msgspec.json.decode(visit.body.read(), type=_Create)
    except ValueError as error:
        return wrong(400, f"Invalid body: {error}")
    if asked.endpoint not in ENDPOINTS:
        return wrong(400, f"Invalid endpoint: '{asked.endpoint}'.", param="endpoint")
    if _window_s(asked.completion_window) is None:
        return wrong(400, "Invalid value for 'completion_window'.", param="completion_window")
    return asked


def _window_s(written: str) -> float | None:
    """Seconds of `24h`, or of days, which Groq takes as well."""
    number, unit = written[:-1], written[-1:]
    return int(number) * _UNITS[unit] if number.isdigit() and unit in _UNITS else None


def _with(store: Store, visit: Visit, use: Callable[[Batch], Reply]) -> Reply:
    """What `use` says of the batch that the path names; 404 where this account has none."""
    batch = store.own(visit)
    if batch is None:
        return wrong(404, f"No batch found with id '{visit.id}'.")
    return use(batch)


def _word(stage: Stage) -> str:
    return _WORDS.get(stage, stage.value)


def _errors(batch: Batch) -> dict[str, object]:
    """Why it failed."""
    faults = [
        {"code": fault.code, "message": fault.message, "param": fault.param, "line": fault.line}
        for fault in batch.faults
    ]
    return {"object": "list", "data": faults}


def _times(store: Store, batch: Batch) -> dict[str, int]:
    """When it came to each stage, of those it has come to."""
    course, age_s = batch.course, store.age_s(batch)
    if course.is_refused:
        ages = {"failed_at": course.ended_s}
    else:
        is_cancelled = course.cancelled_s is not None
        ending = {"cancelling_at" if is_cancelled else "finalizing_at": course.stopped_s}
        end = {f"{_word(course.stage(course.ended_s))}_at": course.ended_s}
        ages = {"in_progress_at": course.began_s, **ending, **end}
    return {name: int(batch.at(at).timestamp()) for name, at in ages.items() if at <= age_s}


def _too_many_tokens(store: Store, batch: Batch) -> Fault:
    """OpenAI's word for a queue that is full."""
    limit = store.settings.queue_tokens
    message = (
        f"Enqueued token limit reached for {batch.model} in organization org-emulated. Limit: {limit} enqueued tokens. "
        "Please try again once some in_progress batches have been completed."
    )
    return Fault("token_limit_exceeded", message)
