"""OpenAI's Batch API, as OpenAI and Groq have it: a file of lines is uploaded, and two files come back.

Read in the openai SDK 3.54 (types of batches and files) and the groq SDK 1.7; nothing was tried against a live account.
The time after which result files go is not set: providers of the same API need not know that field.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.offers import tier_terms
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call
from modelroute_cli.providers.batch import (
    Account,
    BatchError,
    BatchPhase,
    BatchStatus,
    LineFault,
    LineResult,
    Parcel,
)
from modelroute_cli.providers.batches.beginning import begun
from modelroute_cli.providers.batches.common import (
    Counts,
    Told,
    asks,
    is_refused,
    malformed,
    moment,
    name_in,
    segment,
    shown,
    told,
    told_unless_gone,
)
from modelroute_cli.providers.batches.files import file_results, upload_lines
from modelroute_cli.providers.batches.lines import AT_ONCE, ENDPOINTS, body_of, endpoint_of
from modelroute_cli.providers.batches.listing import NAMED_SLACK, Page, since_then

TAG = "modelroute"
"""The key of a batch's metadata under which it has our name."""

_PHASES = {
    "validating": BatchPhase.WAITING,
    "queued": BatchPhase.WAITING,
    "pending": BatchPhase.WAITING,
    "in_progress": BatchPhase.RUNNING,
    "finalizing": BatchPhase.FINALIZING,
    "cancelling": BatchPhase.CANCELLING,
    "completed": BatchPhase.ENDED,
    "expired": BatchPhase.ENDED,
    "cancelled": BatchPhase.ENDED,
    "canceling": BatchPhase.CANCELLING,
    "canceled": BatchPhase.ENDED,
    "failed": BatchPhase.ENDED,
}
_ENDINGS = {"expired": "its time ran out", "cancelled": "it was cancelled"}
_MOST_FAULTS = 100
_DAY_S = 86_400
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class OpenAIBatches:
    """The batch API `openai`: files and batches."""

    def line(self, custom_id: str, call: Call) -> bytes:
        """One request as a line; UnsendableError where its wire format is none that a batch carries."""
        url = endpoint_of(call)
        body = body_of(call, AT_ONCE)
        return _ENCODER.encode({"custom_id": custom_id, "method": "POST", "url": url, "body": body})

    async def upload(self, account: Account, parcel: Parcel) -> str | None:
        """The provider's name of the uploaded file."""
        return await upload_lines(account, parcel)

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin, under the parcel's tag."""
        body = {
            "input_file_id": file,
            "endpoint": ENDPOINTS[account.provider.format],
            "completion_window": _window(account, parcel),
            "metadata": {TAG: parcel.tag},
        }
        return _status(account, await begun(account, asks(account, "/batches", body)))

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """The batch of that name, looked for among all since then."""
        del requests

        async def page(after: str | None) -> Page:
            found = await told(account, asks(account, list_path(after)), "data")
            items = loose.items(found.data["data"])
            statuses = (_read(account, item, emulated=found.emulated) for item in items)
            return Page(found.response, tuple(filter(None, statuses)), more=found.data.get("has_more") is True)

        recent = await since_then(account, page, since - NAMED_SLACK)
        return tuple(each for each in recent if each.tag == parcel_tag)

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when the provider knows no such batch (any more)."""
        with_name = asks(account, f"/batches/{segment(name)}")
        found = await told_unless_gone(account, with_name)
        return None if found is None else _status(account, found)

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop; one that has ended is refused that, and is told as it stands."""
        try:
            found = await told_unless_gone(account, asks(account, f"/batches/{segment(name)}/cancel", {}))
        except BatchError as error:
            if not is_refused(error):
                raise
            return await self.status(account, name)
        return None if found is None else _status(account, found)

    def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The lines of the output and the error file."""
        return file_results(account, status)


def list_path(after: str | None) -> str:
    """A page of batches, the newest first."""
    return "/batches?limit=100" + ("" if after is None else f"&after={segment(after)}")


def phase_of(word: object, *, done: int | None, has_results: bool) -> BatchPhase:
    """The phase that a status word names; an unknown one is asked about again.

    A failed batch never began, unless something of it was done.
    """
    known = loose.text(word) or ""
    if known == "failed" and not done and not has_results:
        return BatchPhase.REFUSED
    return _PHASES.get(known, BatchPhase.RUNNING)


def _status(account: Account, found: Told) -> BatchStatus:
    """A batch that was asked for; BatchError where it has no name."""
    status = _read(account, found.data, emulated=found.emulated)
    return malformed(account, found.response, "it has no name of the batch") if status is None else status


def _read(account: Account, data: object, *, emulated: bool) -> BatchStatus | None:
    """A batch object; None where it has no name."""
    name = name_in(data, "id")
    if name is None:
        return None
    counts = Counts.read(loose.child(data, "request_counts"))
    results = tuple(filter(None, (name_in(data, "output_file_id"), name_in(data, "error_file_id"))))
    word = loose.child(data, "status")
    faults = loose.items(loose.child(data, "errors", "data"))
    return BatchStatus(
        name=name,
        phase=phase_of(word, done=counts.done, has_results=bool(results)),
        created_at=moment(loose.child(data, "created_at")),
        tag=loose.text(loose.child(data, "metadata", TAG)),
        requests=counts.total,
        done=counts.done,
        failed=counts.failed,
        results=results,
        faults=tuple(filter(None, (_fault(account, each) for each in faults[:_MOST_FAULTS]))),
        message=shown(account, "; ".join(map(_said, faults[:_MOST_FAULTS])) or _ENDINGS.get(str(word), "")),
        emulated=emulated,
    )


def _said(fault: object) -> str:
    """What an error of a batch says, after its code."""
    parts = (loose.text(loose.child(fault, key)) for key in ("code", "message"))
    return ": ".join(part for part in parts if part)


def _fault(account: Account, fault: object) -> LineFault | None:
    """What is wrong with a line; None where no line is named."""
    line = loose.count(loose.child(fault, "line"))
    return LineFault(line, shown(account, _said(fault))) if line else None


def _window(account: Account, parcel: Parcel) -> str:
    """How long it may take, as it is written: `24h`, or days where the account's settings give more."""
    terms = tier_terms(parcel.card, account.provider, ServiceTier.BATCH)
    days = (terms.window_s or _DAY_S) // _DAY_S if terms else 1
    return "24h" if days <= 1 else f"{days}d"
