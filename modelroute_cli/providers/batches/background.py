"""OpenAI's background windows: single requests that are answered within two or eight hours, for less.

Source: openai SDK 3.54 (types of responses) and developers.openai.com, background mode, 2026-11: `background_options`
with a window of 2h (30% off) or 8h (40% off), at standard processing, not streamed; with `store` an answer is kept
beyond ten minutes. Responses have no list: a submission without an answer cannot be looked up. Nothing was tried
against a live account.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Raw, Struct, structs

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call, WireResponse
from modelroute_cli.providers.batch import (
    Account,
    BatchError,
    BatchPhase,
    BatchStatus,
    LineEnd,
    LineResult,
    Parcel,
)
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
from modelroute_cli.providers.batches.lines import Carrier, body_of, lines_of
from modelroute_cli.providers.batches.openai import TAG

_PATH = "/responses"
_CUSTOM_ID = "custom_id"
_PHASES = {
    "queued": BatchPhase.WAITING,
    "in_progress": BatchPhase.RUNNING,
    "completed": BatchPhase.ENDED,
    "incomplete": BatchPhase.ENDED,
    "failed": BatchPhase.ENDED,
    "cancelled": BatchPhase.ENDED,
}
_CANCELLED = "it was cancelled, and may be billed all the same"
_UNANSWERED = frozenset({"failed", "cancelled"})
_SET_HERE = frozenset({"background", "background_options", "metadata", "service_tier", "store", "stream"})
_ENCODER = msgspec.json.Encoder()


class _Line(Struct):
    """The one line of a parcel."""

    custom_id: str
    body: dict[str, Raw]


_LINE = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class BackgroundResponses:
    """The tiers `background_2h` and `background_8h`: a batch is one response, whose name is its own."""

    window: Literal["2h", "8h"]

    def line(self, custom_id: str, call: Call) -> bytes:
        """`{"custom_id", "body"}`, the body being that of a response whatever the provider's format; UnsendableError.

        That is also for a limit of fewer than 16 tokens, which the Responses format does not take.
        """
        provider = structs.replace(call.provider, format="openai_responses")
        sent = replace(call, provider=provider, service_tier=ServiceTier.STANDARD)
        return _ENCODER.encode({"custom_id": custom_id, "body": body_of(sent, _SET_HERE)})

    async def upload(self, account: Account, parcel: Parcel) -> None:
        """Nothing: the request goes with the submission."""

    async def submit(self, account: Account, parcel: Parcel, file: str | None) -> BatchStatus:
        """Begin; the response carries the parcel's tag and the line's name, by which its answer is known again."""
        del file
        line = _LINE.decode(next(lines_of(parcel.lines)))
        body = {
            **line.body,
            "background": True,
            "background_options": {"completion_window": self.window},
            "service_tier": "default",  # a project's own default may be another, for which there are no windows
            "store": True,
            "metadata": {TAG: parcel.tag, _CUSTOM_ID: line.custom_id},
        }
        return _read(account, await told(account, asks(account, _PATH, body)))

    async def find(self, account: Account, parcel_tag: str, since: datetime, requests: int) -> tuple[BatchStatus, ...]:
        """Nothing, as there is no list of responses: that none is found says nothing, so its money stays held."""
        del account, parcel_tag, since, requests
        return ()

    async def status(self, account: Account, name: str) -> BatchStatus | None:
        """Where it stands; None when OpenAI keeps it no more."""
        found = await told_unless_gone(account, asks(account, f"{_PATH}/{segment(name)}"))
        return None if found is None else _read(account, found)

    async def cancel(self, account: Account, name: str) -> BatchStatus | None:
        """Ask it to stop; one that has ended is told as it stands."""
        try:
            found = await told_unless_gone(account, asks(account, f"{_PATH}/{segment(name)}/cancel", {}))
        except BatchError as error:
            if not is_refused(error):
                raise
            return await self.status(account, name)
        return None if found is None else _read(account, found)

    async def results(self, account: Account, status: BatchStatus) -> AsyncIterator[LineResult]:
        """Its one answer; BatchError."""
        for name in status.results:
            found = await told(account, asks(account, f"{_PATH}/{segment(name)}"))
            result = _result(found)
            if result is not None:
                yield result


def _read(account: Account, found: Told) -> BatchStatus:
    """The response as a batch of one."""
    name = name_in(found.data, "id")
    if name is None:
        malformed(account, found.response, "it has no name of the response")
    word = loose.text(found.data.get("status")) or ""
    phase = _PHASES.get(word, BatchPhase.RUNNING)
    has_ended = phase is BatchPhase.ENDED
    return BatchStatus(
        name=name,
        phase=phase,
        created_at=moment(found.data.get("created_at")),
        tag=loose.text(loose.child(found.data, "metadata", TAG)),
        requests=1,
        done=int(has_ended),
        failed=int(word in _UNANSWERED),
        results=(name,) if has_ended else (),
        message=shown(account, loose.child(found.data, "error", "message")),
        emulated=found.emulated,
    )


def _result(found: Told) -> LineResult | None:
    """The response as its line's answer, for the Responses format to read; None where it does not name its line.

    One that was cancelled has no answer, but may be billed: users saw such a response completed a few minutes later
    (learn.microsoft.com, answers 2339607, 2025-07).
    """
    custom_id = loose.text(loose.child(found.data, "metadata", _CUSTOM_ID))
    if custom_id is None:
        return None
    if found.data.get("status") == "cancelled":
        return LineResult(custom_id, LineEnd.SERVED, message=_CANCELLED)
    answer = WireResponse(status=200, headers=Carrier(found.response.headers).mark(), body=found.response.body)
    return LineResult(custom_id, LineEnd.SERVED, answer)
