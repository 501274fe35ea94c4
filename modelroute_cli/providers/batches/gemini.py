"""Gemini's batches: a few requests stand in the batch itself, more in an uploaded file of lines with a key each.

Source: ai.google.dev (reference and guide of the Batch API) and google-genai 3.4 (batches), 2026-11: less than 20 MB
within the batch, files of 2 GB, 24 hours as a target and 48 as the end. Batches are called by their display name.
Nothing was tried against a live account; where reference, guide and SDK differ, all are read.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from msgspec import Raw, Struct

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call, WireRequest, WireResponse
from modelroute_cli.providers.batch import Account, BatchError, BatchPhase, BatchStatus, LineResult, Parcel
from modelroute_cli.providers.batches import gemini_jobs as jobs
from modelroute_cli.providers.batches.common import (
    Json,
    Told,
    asks,
    exchanged,
    is_gone,
    is_refused,
    malformed,
    name_in,
    place,
    segment,
    shown,
    told,
    told_unless_gone,
)
from modelroute_cli.providers.batches.gemini_files import download, upload
from modelroute_cli.providers.batches.gemini_lines import read_line, within
from modelroute_cli.providers.batches.instants import instant
from modelroute_cli.providers.batches.lines import body_of, lines_of
from modelroute_cli.providers.decoding import is_emulated

_PREFIX = "batches/"
_NOT_IN_A_BATCH = frozenset({"serviceTier"})
_MOST_WITHIN_BYTES = 18_000_000  # Google's bound is 20 MB of the whole body; keys are written once more, and wrapped
_MOST_WITHIN = 100  # requests: whoever asks how a batch stands is sent all the answers within it
_PAGE = 50
_MOST_PAGES = 1_000
_MARK = {"x-modelroute-emulated": "1"}
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
        requests = {"requests": {"requests": [_inlined(line) for line in lines_of(parcel.lines)]}} if file is None else {}
        source = requests if file is None else {"fileName": file}
        path = f"/models/{segment(parcel.card.model_id)}:batchGenerateContent"
        body = {"batch": {"displayName": parcel.tag, "inputConfig": source}}
        return _read(account, await told(account, asks(account, path, body), "name"))

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """The batches of that name, looked for among all there are: nothing says that the newest come first."""
        del since, requests
        found: dict[str, BatchStatus] = {}
        token: str | None = None
        for _ in range(_MOST_PAGES):
            page = await told(account, _listed(account, token), "operations", missing=())
            met = [_status(account, job, page) for job in loose.items(page.data.get("operations"))]
            found |= {status.name: status for status in met if status.tag == parcel_tag}
            token = loose.text(page.data.get("nextPageToken"))
            if not token:
                return tuple(found.values())
        return malformed(account, page.response, f"more than {_MOST_PAGES:,} pages of batches")

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when Google knows no such batch (any more)."""
        try:
            return _read(account, await told(account, _asked(account, name), "name"))
        except BatchError as error:
            if is_gone(error):
                return None
            raise

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop; the answer says nothing, so it is looked at. One that has ended refuses, and is too."""
        try:
            await exchanged(account, _asked(account, name, ":cancel", {}))
        except BatchError as error:
            if is_gone(error):
                return None
            if not is_refused(error):
                raise
        return await self.status(account, name)

    async def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The answers within it, or the lines of its file; BatchError."""
        for name in status.results:
            if name == status.name:
                response = await exchanged(account, _asked(account, name))
                for result in _results(within(response.body), response):
                    yield result
            else:
                async for result in _from_file(account, name):
                    yield result
