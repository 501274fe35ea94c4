"""Anthropic's Message Batches: requests stand in the body itself, of any model; results are a file, in any order.

Source: anthropic SDK 2.12 (resources and types) and platform.claude.com, batch processing, 2026-11: 100,000 requests or
256 MB, 24 hours, results for 29 days, nothing billed but what succeeded. No name of ours is kept there, and no
idempotency key is known. Nothing was tried against a live account.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import msgspec

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call, WireRequest
from modelroute_cli.providers.batch import Account, BatchError, BatchPhase, BatchStatus, LineResult, Parcel
from modelroute_cli.providers.batches import anthropic_lines as read
from modelroute_cli.providers.batches.common import (
    Told,
    asks,
    downloaded,
    is_refused,
    malformed,
    name_in,
    place,
    segment,
    sends,
    told,
    told_unless_gone,
)
from modelroute_cli.providers.batches.in_turn import in_turn
from modelroute_cli.providers.batches.instants import instant
from modelroute_cli.providers.batches.lines import Carrier, body_of, lines_of
from modelroute_cli.providers.batches.listing import Page, since_then
from modelroute_cli.providers.file_body import FileBody

_PATH = "/messages/batches"
_PAGE = 1_000  # the most that a page of the list may hold
_SLACK = timedelta(hours=1)  # by which Anthropic's clock may be behind ours
_VERSION = "2023-06-01"  # every exchange wants one; sent where the provider's card names none
_NOT_IN_A_BATCH = frozenset({"service_tier", "speed", "stream"})  # a batch is a tier of its own
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class AnthropicBatches:
    """The batch API `anthropic`."""

    def line(self, custom_id: str, call: Call) -> bytes:
        """`{"custom_id", "params"}`, the params being the body of the request sent alone; UnsendableError."""
        return _ENCODER.encode({"custom_id": custom_id, "params": body_of(call, _NOT_IN_A_BATCH)})

    async def upload(self, account: Account, parcel: Parcel) -> None:
        """Nothing: the lines go with the submission."""

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin; the lines are read from their file while they are sent."""
        del file
        body = FileBody(b'{"requests":[', parcel.lines, b"]}", as_list=True)
        return _read(account, await told(account, _versioned(sends(account, _PATH, body, "application/json"))))

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """All of so many requests that were made since then, as no name of ours is kept.

        One too many is told apart by its results; one too few would be submitted, and paid, twice.
        """
        del parcel_tag

        async def page(after: str | None) -> Page:
            found = await told(account, _listed(account, after), "data")
            items = loose.items(found.data["data"])
            statuses = tuple(_status(account, item, found) for item in items)
            return Page(found.response, statuses, more=found.data.get("has_more") is True)

        return tuple(
            each for each in await since_then(account, page, since - _SLACK) if each.requests in {None, requests}
        )

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when Anthropic knows no such batch."""
        found = await told_unless_gone(account, _versioned(asks(account, f"{_PATH}/{segment(name)}")))
        return None if found is None else _read(account, found)

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop; one that has ended refuses, and is told as it stands."""
        request = _versioned(asks(account, f"{_PATH}/{segment(name)}/cancel", {}))
        try:
            found = await told_unless_gone(account, request)
        except BatchError as error:
            if not is_refused(error):
                raise
            return await self.status(account, name)
        return None if found is None else _read(account, found)

    async def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The lines of its file, which there is once it has ended; BatchError."""
        path = place(account, status.name)
        try:
            for address in status.results:
                response = await downloaded(account, _download(account, status.name, address), path)
                headers = Carrier(response.headers).mark()
                async for result in in_turn(read.read_line(line, headers) for line in lines_of(path)):
                    yield result
        finally:
            path.unlink(missing_ok=True)


def _versioned(request: WireRequest) -> WireRequest:
    return replace(request, headers={"anthropic-version": _VERSION, **request.headers})


def _listed(account: Account, after: str | None) -> WireRequest:
    """A page of all batches, the newest first."""
    query = {"limit": _PAGE} if after is None else {"limit": _PAGE, "after_id": after}
    return _versioned(asks(account, f"{_PATH}?{urlencode(query)}"))


def _read(account: Account, found: Told) -> BatchStatus:
    """The batch that an exchange answers with."""
    return _status(account, found.data, found)


def _status(account: Account, batch: object, found: Told) -> BatchStatus:
    """What is said of a batch; BatchError where it has no name."""
    name, phase = name_in(batch, "id"), read.phase(batch)
    if name is None:
        malformed(account, found.response, "it has no name of the batch")
    has_ended, is_archived = phase is BatchPhase.ENDED, loose.child(batch, "archived_at") is not None
    address = loose.text(loose.child(batch, "results_url")) or _own_address(account, name)
    return BatchStatus(
        name=name,
        phase=phase,
        created_at=instant(loose.child(batch, "created_at")),
        requests=read.requests(batch),
        done=read.done(batch) if has_ended else None,
        failed=read.failed(batch) if has_ended else None,
        results=(address,) if has_ended and not is_archived else (),
        message="its results are no longer kept" if is_archived else "",
        emulated=found.emulated,
    )


def _own_address(account: Account, name: str) -> str:
    """Where the results of a batch are by the reference of the API."""
    return asks(account, f"{_PATH}/{segment(name)}/results").url


def _download(account: Account, name: str, address: str) -> WireRequest:
    """What asks for the results; the key goes to the provider's own host alone.

    An address elsewhere (Anthropic's own, where a gateway stands between) is not asked: the reference has one here.
    """
    request = _versioned(asks(account, f"{_PATH}/{segment(name)}/results"))
    url = address if _origin(address) == _origin(request.url) else request.url
    return replace(request, url=url, headers={**request.headers, "accept": "application/binary"})


def _origin(address: str) -> str:
    """Scheme, host and port; empty where it is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
