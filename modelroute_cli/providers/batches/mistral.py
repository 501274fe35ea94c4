"""Mistral's batch jobs: a file of lines is uploaded, one model answers them all, and two files come back.

Read in the mistralai SDK 3.7 (its types and its own batch client); nothing was tried against a live account.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call
from modelroute_cli.providers.batch import Account, BatchError, BatchPhase, BatchStatus, LineResult, Parcel
from modelroute_cli.providers.batches.beginning import begun
from modelroute_cli.providers.batches.common import (
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
from modelroute_cli.providers.batches.lines import AT_ONCE, body_of, endpoint_of
from modelroute_cli.providers.batches.listing import NAMED_SLACK, Page, since_then

TAG = "modelroute"
"""The key of a job's metadata under which it has our name."""

_PHASES = {
    "QUEUED": BatchPhase.WAITING,
    "RUNNING": BatchPhase.RUNNING,
    "CANCELLATION_REQUESTED": BatchPhase.CANCELLING,
    "SUCCESS": BatchPhase.ENDED,
    "TIMEOUT_EXCEEDED": BatchPhase.ENDED,
    "CANCELLED": BatchPhase.ENDED,
    "FAILED": BatchPhase.ENDED,
}
_ENDINGS = {"TIMEOUT_EXCEEDED": "its time ran out", "CANCELLED": "it was cancelled"}
_OF_THE_JOB = AT_ONCE | {"model"}  # which the job names once for all lines
_HOURS = 24
_PAGE = 100
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class MistralJobs:
    """The batch API `mistral`: files and batch jobs."""

    def line(self, custom_id: str, call: Call) -> bytes:
        """One request as a line, without its model; UnsendableError as for OpenAI's."""
        endpoint_of(call)
        return _ENCODER.encode({"custom_id": custom_id, "body": body_of(call, _OF_THE_JOB)})

    async def upload(self, account: Account, parcel: Parcel) -> str | None:
        """The provider's name of the uploaded file."""
        return await upload_lines(account, parcel)

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin, under the parcel's tag."""
        body = {
            "input_files": [file],
            "endpoint": "/v1/chat/completions",
            "model": parcel.card.model_id,
            "metadata": {TAG: parcel.tag},
            "timeout_hours": _HOURS,
        }
        return _status(account, await begun(account, asks(account, "/batch/jobs", body)))

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """The job of that name, looked for among all since then."""
        del requests
        numbers = iter(range(1_000_000))

        async def page(_: str | None) -> Page:
            path = f"/batch/jobs?page={next(numbers)}&page_size={_PAGE}"
            found = await told(account, asks(account, path), "object")
            items = loose.items(found.data.get("data"))
            statuses = (_read(account, item, emulated=found.emulated) for item in items)
            return Page(found.response, tuple(filter(None, statuses)), more=len(items) >= _PAGE)

        recent = await since_then(account, page, since - NAMED_SLACK)
        return tuple(each for each in recent if each.tag == parcel_tag)

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when the provider knows no such job (any more)."""
        found = await told_unless_gone(account, asks(account, f"/batch/jobs/{segment(name)}"))
        return None if found is None else _status(account, found)

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop; one that has ended is refused that, and is told as it stands."""
        try:
            found = await told_unless_gone(account, asks(account, f"/batch/jobs/{segment(name)}/cancel", {}))
        except BatchError as error:
            if not is_refused(error):
                raise
            return await self.status(account, name)
        return None if found is None else _status(account, found)

    def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """The lines of the output and the error file."""
        return file_results(account, status)


def _status(account: Account, found: Told) -> BatchStatus:
    """A job that was asked for; BatchError where it has no name."""
    status = _read(account, found.data, emulated=found.emulated)
    return malformed(account, found.response, "it has no name of the job") if status is None else status


def _read(account: Account, data: object, *, emulated: bool) -> BatchStatus | None:
    """A job object; None where it has no name."""
    name = name_in(data, "id")
    if name is None:
        return None
    word = loose.text(loose.child(data, "status")) or ""
    done = loose.count(loose.child(data, "completed_requests"))
    results = tuple(filter(None, (name_in(data, "output_file"), name_in(data, "error_file"))))
    never = word == "FAILED" and not done and not results
    errors = (loose.text(loose.child(each, "message")) for each in loose.items(loose.child(data, "errors")))
    return BatchStatus(
        name=name,
        phase=BatchPhase.REFUSED if never else _PHASES.get(word, BatchPhase.RUNNING),
        created_at=moment(loose.child(data, "created_at")),
        tag=loose.text(loose.child(data, "metadata", TAG)),
        requests=loose.count(loose.child(data, "total_requests")) or None,
        done=done,
        failed=loose.count(loose.child(data, "failed_requests")),
        results=results,
        message=shown(account, "; ".join(filter(None, errors)) or _ENDINGS.get(word, "")),
        emulated=emulated,
    )
