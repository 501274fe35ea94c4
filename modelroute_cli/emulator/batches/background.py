"""OpenAI's background responses: one request that is answered later, for less where a window is given.

Source: developers.openai.com, background mode, and openai SDK 3.54, 2026-11. What was not to be stored is gone ten
minutes after its end.
"""

from collections.abc import Callable

import msgspec
from msgspec import Raw, Struct

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.batches.batch import Batch, Fault, Line, Lines
from modelroute_cli.emulator.batches.kinds import LineEnd, Order, Submit
from modelroute_cli.emulator.batches.openai_batches import limited
from modelroute_cli.emulator.batches.openai_files import wrong
from modelroute_cli.emulator.batches.progress import Stage
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.batches.visit import Reply, Visit, told
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.responses import RESPONSES

_WINDOWS = {"2h": 7200.0, "8h": 28_800.0}
_KEPT_S = 600.0  # without `store`
_OURS = ("background", "background_options")
_ENCODER = msgspec.json.Encoder()
_BODY = msgspec.json.Decoder(dict[str, Raw])


class _Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand in `background_options`."""

    completion_window: str | None = None


class _Asked(Struct, frozen=True):
    """What of a body makes it a background request."""

    model: str = ""
    background: bool | None = None
    background_options: _Options | None = None
    service_tier: str | None = None
    store: bool | None = None
    stream: bool | None = None


def is_background(body: bytes) -> bool:
    """Whether a body of POST /responses asks for an answer later."""
    if b'"background"' not in body:
        return False
    try:
        return msgspec.json.decode(body, type=_Asked).background is True
    except ValueError:
        return False


def create(store: Store, visit: Visit) -> Reply:
    """POST /responses with `background`."""
    fate = store.submit(visit.provider)
    if fate is Submit.LIMITED:
        return limited()
    body = visit.body.read()
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except ValueError as error:
        return wrong(400, str(error))
    bare = _ENCODER.encode({name: value for name, value in _BODY.decode(body).items() if name not in _OURS})
    line = Line("", Incoming(provider=visit.provider, client_id=None, body=bare), RESPONSES)
    objection = _objection(asked) or _refused(line)
    if objection is not None:
        return objection
    batch = store.create(_order(visit, asked, line))
    return Reply(is_lost=True) if fate is Submit.LOST else told(_shown(store, batch))


def get(store: Store, visit: Visit) -> Reply:
    """GET /responses/ID."""
    return _with(store, visit, lambda batch: told(_shown(store, batch)))


def cancel(store: Store, visit: Visit) -> Reply:
    """POST /responses/ID/cancel; one that has ended stays as it is."""

    def stop(batch: Batch) -> Reply:
        store.cancel(batch)
        return told(_shown(store, batch))

    return _with(store, visit, stop)


def delete(store: Store, visit: Visit) -> Reply:
    """DELETE /responses/ID."""

    def forget(batch: Batch) -> Reply:
        store.settle()
        del store.batches[batch.id]
        return told({"id": batch.id, "object": "response", "deleted": True})

    return _with(store, visit, forget)


def _objection(asked: _Asked) -> Reply | None:
    """What OpenAI has against it: streams are played by none here, windows are for the standard tier alone."""
    if asked.stream:
        return wrong(400, "Background responses are not streamed by the emulator.", param="stream")
    window = asked.background_options.completion_window if asked.background_options else None
    if window is not None and window not in _WINDOWS:
        return wrong(400, f"Invalid value: '{window}'.", param="background_options.completion_window")
    if window is not None and asked.service_tier not in {None, "auto", "default"}:
        return wrong(400, "A completion window needs the default service tier.", param="service_tier")
    return None


def _refused(line: Line) -> Reply | None:
    """The 400 that the request would get by itself."""
    refusal = RESPONSES.read(line.incoming)
    if not isinstance(refusal, Refusal):
        return None
    return wrong(refusal.status, refusal.message, code=refusal.code, param=refusal.param)


def _order(visit: Visit, asked: _Asked, line: Line) -> Order:
    """A batch of one."""
    window = asked.background_options.completion_window if asked.background_options else None

    def read(raw: bytes) -> Line | Fault:
        return Line("", Incoming(provider=visit.provider, client_id=None, body=raw), RESPONSES)

    lines = Lines(read)
    lines.add(line.incoming.body)
    return Order(
        provider=visit.provider,
        prefix="resp_",
        lines=lines,
        model=asked.model,
        endpoint="/v1/responses",
        about={"store": asked.store is True},
        tier="standard" if window is None else f"background_{window}",
        window_s=None if window is None else _WINDOWS[window],
        is_free=True,
    )


def _shown(store: Store, batch: Batch) -> dict[str, object]:
    """The response as it stands now."""
    if store.stage(batch).is_end and store.end(batch, 0) in {LineEnd.ANSWERED, LineEnd.ERRORED, LineEnd.EXPIRED}:
        result = store.result(batch, 0)
        if result.end is LineEnd.ANSWERED and result.served is not None:
            ended = int(batch.at(batch.course.ended_s).timestamp())
            answer: dict[str, object] = msgspec.json.decode(result.served.body)
            completed = {"completed_at": ended} if answer["status"] == "completed" else {}
            return {**answer, **_head(batch), **completed}
        error = {"code": "server_error", "message": "The server had an error while processing your request."}
        return {**_empty(batch), "status": "failed", "error": error}
    return {**_empty(batch), "status": _word(store.stage(batch))}


def _word(stage: Stage) -> str:
    if stage in {Stage.CANCELLED, Stage.CANCELLING}:
        return "cancelled"
    return "queued" if stage is Stage.VALIDATING else "in_progress"


def _head(batch: Batch) -> dict[str, object]:
    """What differs from a response that was waited for."""
    return {"id": batch.id, "created_at": int(batch.made_at.timestamp()), "background": True}


def _empty(batch: Batch) -> dict[str, object]:
    """A response without an answer."""
    line = batch.lines.line(0)
    asked = RESPONSES.read(line.incoming) if isinstance(line, Line) else None
    echo = {} if asked is None or isinstance(asked, Refusal) else asked.echo
    return {
        **_head(batch),
        "object": "response",
        "model": batch.model,
        "error": None,
        "incomplete_details": None,
        "output": [],
        "usage": None,
        "previous_response_id": None,
        "service_tier": "default",
        **echo,
    }


def _with(store: Store, visit: Visit, use: Callable[[Batch], Reply]) -> Reply:
    """What `use` says of the response that the path names; 404 where there is none, or none any more."""
    batch = store.own(visit)
    if batch is None or _is_gone(store, batch):
        return wrong(404, f"Response with id '{visit.id}' not found.")
    return use(batch)


def _is_gone(store: Store, batch: Batch) -> bool:
    kept_s = store.settings.retention_s if batch.about["store"] else _KEPT_S
    return store.age_s(batch) >= batch.course.ended_s + kept_s
