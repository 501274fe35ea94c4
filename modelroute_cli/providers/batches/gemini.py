"""Gemini's batches: a few requests stand in the batch itself, more in an uploaded file of lines with a key each.

Source: ai.google.dev (reference and guide of the Batch API) and google-genai 3.4 (batches), 2026-11: less than 20 MB
within the batch, files of 2 GB, 24 hours as a target and 48 as the end. Batches are called by their display name.
Nothing was tried against a live account; where reference, guide and SDK differ, all are read.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from msgspec import Raw, Struct

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call, FailureKind, WireResponse
from modelroute_cli.providers.batch import Account, BatchError, BatchPhase, BatchStatus, LineResult, Parcel
from modelroute_cli.providers.batches import gemini_jobs as jobs
from modelroute_cli.providers.batches.common import (
    Told,
    asks,
    exchanged,
    is_gone,
    is_refused,
    malformed,
    name_in,
    place,
    read_object,
    segment,
    shown,
    told,
)
from modelroute_cli.providers.batches.gemini_files import download, upload
from modelroute_cli.providers.batches.gemini_lines import read_line, within
from modelroute_cli.providers.batches.in_turn import in_turn
from modelroute_cli.providers.batches.instants import instant
from modelroute_cli.providers.batches.lines import Carrier, body_of, lines_of

_PREFIX = "batches/"
_NOT_IN_A_BATCH = frozenset({"serviceTier"})
_MOST_WITHIN_BYTES = 18_000_000  # Google's bound is 20 MB of the whole body; keys are written once more, and wrapped
_MOST_WITHIN = 100  # requests: whoever asks how a batch stands is sent all the answers within it
_PAGE = 50
_FORBIDDEN, _NOT_FOUND = 403, 404
_NO_FILE = "may not exist"
_MOST_PAGES = 1_000
_ENCODER = msgspec.json.Encoder()


class _Line(Struct):
    """A line of ours."""

    key: str
    request: Raw


_LINE = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class GeminiBatches:
    """The batch API `gemini`."""

    def line(self, custom_id: str, call: Call) -> bytes:
        """`{"key", "request"}`, the request being the body of it sent alone; UnsendableError."""
        return _ENCODER.encode({"key": custom_id, "request": body_of(call, _NOT_IN_A_BATCH)})

    async def upload(self, account: Account, parcel: Parcel) -> str | None:
        """The name of the file; None where the requests are few and small enough to stand in the batch."""
        return None if _is_within(parcel) else await upload(account, parcel)

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin, under the parcel's tag."""
        source = {"fileName": file} if file else {"requests": {"requests": _inlined(parcel)}}
        body = {"batch": {"displayName": parcel.tag, "inputConfig": source}}
        request = asks(account, f"/models/{segment(parcel.card.model_id)}:batchGenerateContent", body)
        try:
            return _read(account, await told(account, request, "name"))
        except BatchError as error:
            lost = _lost_file(error)
            if lost is None:
                raise
            raise lost from error

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """The batches of that name, looked for among all there are: nothing says that the newest come first."""
        del since, requests
        found: dict[str, BatchStatus] = {}
        token: str | None = ""
        for _ in range(_MOST_PAGES):
            page = await _page(account, token)
            met = (_status(account, job, page) for job in loose.items(page.data.get("operations")))
            found |= {status.name: status for status in met if status is not None and status.tag == parcel_tag}
            token = loose.text(page.data.get("nextPageToken"))
            if not token:
                return tuple(found.values())
        return malformed(account, page.response, f"more than {_MOST_PAGES:,} pages of batches")

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when Google knows no such batch (any more)."""
        try:
            return _read(account, await told(account, asks(account, _path(name)), "name"))
        except BatchError as error:
            if is_gone(error):
                return None
            raise

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop; the answer says nothing, so it is looked at. One that has ended refuses, and is too."""
        try:
            await exchanged(account, asks(account, f"{_path(name)}:cancel", {}))
        except BatchError as error:
            if is_gone(error):
                return None
            if not is_refused(error):
                raise
        return await self.status(account, name)

    async def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The answers within it, or the lines of its file; BatchError."""
        for name in status.results:
            path = place(account, name)
            try:
                response, lines = await _answers(account, status, name, path)
                headers = Carrier(response.headers).mark()
                async for result in in_turn(read_line(line, headers) for line in lines):
                    yield result
            finally:
                path.unlink(missing_ok=True)


def _is_within(parcel: Parcel) -> bool:
    """Whether requests are few and small enough to stand in the batch itself."""
    return parcel.requests <= _MOST_WITHIN and parcel.bytes <= _MOST_WITHIN_BYTES


def _inlined(parcel: Parcel) -> list[dict[str, object]]:
    """The lines as they stand in the batch itself: the key goes into what Google hands back with the answer."""
    lines = (_LINE.decode(line) for line in lines_of(parcel.lines))
    return [{"request": line.request, "metadata": {"key": line.key}} for line in lines]


def _lost_file(error: BatchError) -> BatchError | None:
    """Google's way to say that a file is no longer there (403, `... or it may not exist`) as 404: upload it again.

    Else it would be taken for a key that is refused, which stops the provider.
    """
    failure = error.failure
    if failure.status != _FORBIDDEN or _NO_FILE not in failure.message:
        return None
    return BatchError(replace(failure, status=_NOT_FOUND, kind=FailureKind.REQUEST), taken=False)


def _path(name: str) -> str:
    """Where a batch is, by its name (`batches/...`)."""
    return f"/{_PREFIX}{segment(name.removeprefix(_PREFIX))}"


async def _page(account: Account, token: str | None) -> Told:
    """A page of all batches; the last may be an empty object."""
    query = {"pageSize": _PAGE, **({"pageToken": token} if token else {})}
    response = await exchanged(account, asks(account, f"/batches?{urlencode(query)}"))
    if response.body.strip() == b"{}":
        return Told({}, response)
    return Told(read_object(account, response, response.body, "operations"), response)


async def _answers(
    account: Account, status: BatchStatus, name: str, path: Path
) -> tuple[WireResponse, Iterable[bytes]]:
    """What carries the answers, and each of them as it is written; `path` is where a file of them is kept."""
    if name == status.name:
        response = await exchanged(account, asks(account, _path(name)))
        return response, within(response.body)
    return await download(account, name, path), lines_of(path)


def _read(account: Account, found: Told) -> BatchStatus:
    """The batch that an exchange answers with; BatchError where it has no name."""
    status = _status(account, found.data, found)
    return malformed(account, found.response, "it has no name of the batch") if status is None else status


def _status(account: Account, job: object, found: Told) -> BatchStatus | None:
    """What is said of a batch; None where it has no name."""
    name, facts, phase = name_in(job, "name"), jobs.facts(job), jobs.phase(job)
    if name is None:
        return None
    return BatchStatus(
        name=name,
        phase=phase,
        created_at=instant(loose.child(facts, "createTime")),
        tag=loose.text(loose.child(facts, "displayName")),
        requests=jobs.count(job, "requestCount"),
        done=jobs.done(job),
        failed=jobs.failed(job),
        results=jobs.outputs(job) if phase is BatchPhase.ENDED else (),
        message=shown(account, jobs.message(job)),
        emulated=found.emulated,
    )
