"""OpenRouter's batches: the requests stand in the submission itself, and the answers in the batch.

Read in the openrouter SDK 1.3.84 and openrouter.ai/docs (guides/features/batch-api, batch-quickstart), 2026-11; nothing
was tried against a live account. Batches have no names of ours, and nothing stops one: DELETE removes those that have
ended, with their answers, so it is never asked for. The announcement of the API names models plainly, as for any
request; a client that was tried in 2026-08 (docs.rs, openrouter-batch) found that only names with `:batch` are taken,
as prices are listed. So the plain name is tried first, the other where that was refused.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call, FailureKind, UnsendableError, WireResponse
from modelroute_cli.providers.batch import Account, BatchError, BatchPhase, BatchStatus, LineResult, Parcel
from modelroute_cli.providers.batches.beginning import begun
from modelroute_cli.providers.batches.common import (
    Counts,
    Json,
    asks,
    downloaded,
    is_gone,
    malformed,
    moment,
    name_in,
    place,
    read_object,
    segment,
    sends,
    shown,
    told,
)
from modelroute_cli.providers.batches.json_list import JsonList
from modelroute_cli.providers.batches.lines import AT_ONCE, ENDPOINTS, Carrier, body_of, endpoint_of, read_lines
from modelroute_cli.providers.batches.listing import Page, since_then
from modelroute_cli.providers.batches.openai import list_path, phase_of
from modelroute_cli.providers.decoding import is_emulated
from modelroute_cli.providers.encoding import inline
from modelroute_cli.providers.file_body import FileBody

_VARIANT = ":batch"
_OF_THE_BATCH = AT_ONCE | {"model", "provider"}  # which the batch says once for all lines
_ROUTING = frozenset({"only", "allow_fallbacks"})  # all that a batch's `provider` may say
_ENDINGS = {"expired": "its time ran out", "cancelled": "it was cancelled"}
_REFUSED_MODEL = frozenset({400, 404, 422})
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class OpenRouterBatches:
    """The batch API `openrouter`: submissions with their requests inside."""

    def line(self, custom_id: str, call: Call) -> bytes:
        """One request as a line, without model and routing; UnsendableError for what no batch carries there."""
        _check(call)
        return _ENCODER.encode({"custom_id": custom_id, "body": body_of(call, _OF_THE_BATCH)})

    async def upload(self, account: Account, parcel: Parcel) -> None:
        """Nothing: the submission carries the lines."""
        del account, parcel

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin; under the model's plain name, else under its name for batches where that was refused."""
        del file
        model = parcel.card.model_id.removesuffix(_VARIANT)
        try:
            return await _submitted(account, parcel, model)
        except BatchError as error:
            if error.taken or not _is_about_model(error):
                raise
        return await _submitted(account, parcel, f"{model}{_VARIANT}")

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """All batches since then of that many requests, and those that are not counted yet: no names are kept."""
        del parcel_tag

        async def page(after: str | None) -> Page:
            found = await told(account, asks(account, list_path(after)), "data")
            items = loose.items(found.data["data"])
            statuses = (_read(account, item, emulated=found.emulated) for item in items)
            return Page(found.response, tuple(filter(None, statuses)), more=found.data.get("has_more") is True)

        return tuple(each for each in await since_then(account, page, since) if each.requests in {None, requests})

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when the provider knows no such batch (any more)."""
        path = place(account, f"status {name}")
        try:
            response = await downloaded(account, asks(account, f"/batches/{segment(name)}"), path)
            return _status(account, response, _shell(account, response, JsonList(path, "results")))
        except BatchError as error:
            if is_gone(error):
                return None
            raise
        finally:
            path.unlink(missing_ok=True)

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands, since nothing stops it."""
        return await self.status(account, name)

    async def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The answers inside the batch; a list that breaks off raises BatchError after what was read of it."""
        path = place(account, status.name)
        try:
            response = await downloaded(account, asks(account, f"/batches/{segment(status.name)}"), path)
            try:
                async for result in read_lines(JsonList(path, "results").elements(), Carrier(response.headers)):
                    yield result
            except ValueError as error:
                malformed(account, response, str(error))
        finally:
            path.unlink(missing_ok=True)


async def _submitted(account: Account, parcel: Parcel, model: str) -> BatchStatus:
    """One submission. The requests come last: the body is read as it comes, and what follows them is not seen."""
    head: dict[str, object] = {
        "endpoint": ENDPOINTS[account.provider.format],
        "model": model,
        "completion_window": "24h",
        **_routing(account.provider),
    }
    opened = _ENCODER.encode(head)[:-1] + b',"requests":['
    body = FileBody(opened, parcel.lines, b"]}", as_list=True)
    found = await begun(account, sends(account, "/batches", body, "application/json"))
    return _status(account, found.response, found.data)


def _routing(provider: Provider) -> Json:
    """What the account's own routing says of a batch."""
    routing = provider.extra_body.get("provider")
    said = {name: value for name, value in routing.items() if name in _ROUTING} if isinstance(routing, Mapping) else {}
    return {"provider": said} if said else {}


def _check(call: Call) -> None:
    """UnsendableError for what a batch would drop or refuse: a routing of the account's own, and inline content."""
    endpoint_of(call)
    routing = call.provider.extra_body.get("provider")
    lost = sorted(set(routing) - _ROUTING) if isinstance(routing, Mapping) else []
    if lost:
        message = f"request `{call.request.custom_id}`: a batch there takes no `provider.{lost[0]}`"
        raise UnsendableError(message, hint="leave `batch_api` of this provider unset, or that field of `extra_body`")
    media = (*call.request.images, *call.request.files, *call.request.audio)
    if any(map(inline, media)):
        message = f"request `{call.request.custom_id}`: a batch there takes pictures and files by their address alone"
        raise UnsendableError(message, hint="give them as `https://` addresses")


def _is_about_model(error: BatchError) -> bool:
    """Whether a submission was refused for its model's name."""
    failure = error.failure
    is_request = failure.kind in {FailureKind.REQUEST, FailureKind.TIER} and failure.status in _REFUSED_MODEL
    return is_request and "model" in failure.message.lower()


def _shell(account: Account, response: WireResponse, results: JsonList) -> Json:
    """The batch without its answers."""
    try:
        return read_object(account, response, results.shell())
    except ValueError:
        malformed(account, response, "it is no JSON object, or breaks off")


def _status(account: Account, response: WireResponse, data: Json) -> BatchStatus:
    """A batch that was asked for; BatchError where it has no name."""
    status = _read(account, data, emulated=is_emulated(response.headers))
    return malformed(account, response, "it has no name of the batch") if status is None else status


def _read(account: Account, data: object, *, emulated: bool) -> BatchStatus | None:
    """A batch object, with or without its answers; None where it has no name."""
    name = name_in(data, "id")
    if name is None:
        return None
    counts = Counts.read(loose.child(data, "request_counts"))
    word = loose.child(data, "status")
    phase = phase_of(word, done=counts.done, has_results=bool(loose.child(data, "results")))
    message = loose.text(loose.child(data, "error", "message")) or _ENDINGS.get(str(word), "")
    status = BatchStatus(
        name=name,
        phase=phase,
        created_at=moment(loose.child(data, "created_at")),
        requests=counts.total,
        done=counts.done,
        failed=counts.failed,
        message=shown(account, message),
        emulated=emulated,
    )
    return replace(status, results=(name,)) if phase is BatchPhase.ENDED else status
