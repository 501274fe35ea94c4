"""Every batch API of ours against every batch endpoint of the emulator, which was written without a look at it.

Both were made from the official SDKs and documents alone, so that where they meet is what a provider has.
"""

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.calls import make_call
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED
from support.in_process import EmulatedTransport
from support.virtual import START, run_virtual

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.settings import EmulatorBatches
from modelroute_cli.providers.base import Answer, Call, Failure
from modelroute_cli.providers.batch import (
    Account,
    BatchApi,
    BatchError,
    BatchPhase,
    BatchStatus,
    LineEnd,
    LineResult,
    Parcel,
)
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for

BATCH, BACKGROUND = ServiceTier.BATCH, ServiceTier.BACKGROUND_8H
MODELS = {
    "anthropic": "claude-haiku-5-5",
    "google": "gemini-3.8-flash",
    "openai": "gpt-6-luna",
    "openrouter": "openrouter/openai/gpt-6-luna",
    "mistral": "mistral-small",
}
HOUR_S = 3_600.0


@dataclass(frozen=True)
class Tried:
    """A provider as the emulator plays it, and requests that are handed in there."""

    api: BatchApi
    account: Account
    parcel: Parcel
    calls: dict[str, Call]
    tier: ServiceTier

    async def begun(self) -> BatchStatus:
        """Handed in."""
        return await self.api.submit(self.account, self.parcel, await self.api.upload(self.account, self.parcel))

    async def ended(self, name: str) -> BatchStatus:
        """The batch once it has ended."""
        while True:
            status = await self.api.status(self.account, name)
            assert status is not None
            if status.phase in {BatchPhase.ENDED, BatchPhase.REFUSED}:
                return status
            await asyncio.sleep(600)

    async def collected(self, status: BatchStatus) -> list[LineResult]:
        """All its lines."""
        return [each async for each in self.api.results(self.account, status)]

    def reply(self, result: LineResult) -> Answer | Failure:
        """What a served line says, read by the format that its lines have."""
        assert result.response is not None
        wire = wire_for(self.account.provider, self.tier)
        return wire.decode(result.response, self.calls[result.custom_id])


def tried(
    folder: Path, provider: str, count: int, tier: ServiceTier = BATCH, batches: EmulatorBatches | None = None
) -> Tried:
    """So many requests for a provider's model; a batch takes an hour unless told otherwise."""
    takes = batches or EmulatorBatches(seconds=HOUR_S)
    transport = EmulatedTransport(replace(UNLIMITED, batches=takes))
    shipped, card = default_catalog().providers[provider], default_catalog().models[MODELS[provider]]
    api = batch_api_for(shipped, tier)
    assert api is not None
    account = Account(
        provider=transport.reached(shipped), transport=transport, timeout_s=60.0, folder=folder, key=None, secrets={}
    )
    requests = {
        f"mr-1-{place}": Request(custom_id=f"r{place}", prompt=f"Praise tea {place}.") for place in range(count)
    }
    calls = {name: make_call(request, account.provider, card) for name, request in requests.items()}
    written = b"".join(api.line(name, call) + b"\n" for name, call in calls.items())
    lines = folder / "parcel.jsonl"
    lines.write_bytes(written)
    parcel = Parcel(
        tag="mr-1",
        card=card,
        service_tier=tier,
        lines=lines,
        bytes=len(written),
        requests=count,
        digest=hashlib.sha256(written).hexdigest(),
    )
    return Tried(api, account, parcel, calls, tier)


EVERYWHERE = pytest.mark.parametrize(
    ("provider", "count", "tier"),
    [
        ("anthropic", 20, BATCH),
        ("google", 20, BATCH),
        ("google", 120, BATCH),
        ("openai", 20, BATCH),
        ("openrouter", 20, BATCH),
        ("mistral", 20, BATCH),
        ("openai", 1, BACKGROUND),
    ],
)


@EVERYWHERE
def test_what_is_handed_in_comes_back(tmp_path: Path, provider: str, count: int, tier: ServiceTier) -> None:
    """Each request once, answered, as emulated, after it was waited for; a time and a number are told on the way."""
    one = tried(tmp_path, provider, count, tier)

    async def main() -> tuple[BatchStatus, BatchStatus, list[LineResult]]:
        begun = await one.begun()
        ended = await one.ended(begun.name)
        return begun, ended, await one.collected(ended)

    begun, ended, results = run_virtual(main())
    assert begun.phase in {BatchPhase.WAITING, BatchPhase.RUNNING}
    assert begun.created_at is not None
    assert abs(begun.created_at - START) < timedelta(minutes=1)
    assert (ended.requests, ended.done, ended.emulated) == (count, count, True)
    assert Counter(each.custom_id for each in results) == dict.fromkeys(one.calls, 1)
    replies = [one.reply(each) for each in results]
    assert all(isinstance(reply, Answer) and reply.text and reply.usage and reply.emulated for reply in replies)


@EVERYWHERE
def test_what_was_begun_is_found_again(tmp_path: Path, provider: str, count: int, tier: ServiceTier) -> None:
    """By its name, or by its time and number; where there is no list, nothing is."""
    one = tried(tmp_path, provider, count, tier)

    async def main() -> tuple[BatchStatus, tuple[BatchStatus, ...], tuple[BatchStatus, ...]]:
        begun = await one.begun()
        known = await one.api.find(one.account, one.parcel.tag, START, count)
        return begun, known, await one.api.find(one.account, "mr-2", START, count + 1)

    begun, known, others = run_virtual(main())
    assert [each.name for each in known] == ([begun.name] if tier is BATCH else [])
    assert others == ()


@EVERYWHERE
def test_a_stopped_batch_ends(tmp_path: Path, provider: str, count: int, tier: ServiceTier) -> None:
    """What was not done is cancelled, or missing; stopping once more does no harm; another is not known."""
    one = tried(tmp_path, provider, count, tier)

    async def main() -> tuple[BatchStatus, list[LineResult], BatchStatus | None, BatchStatus | None]:
        begun = await one.begun()
        stopped = await one.api.cancel(one.account, begun.name)
        assert stopped is not None
        ended = await one.ended(begun.name)
        results = await one.collected(ended)
        again = await one.api.cancel(one.account, begun.name)
        return ended, results, again, await one.api.status(one.account, f"{begun.name[:-3]}zzz")

    ended, results, again, unknown = run_virtual(main())
    assert ended.phase is BatchPhase.ENDED
    assert {each.end for each in results if each.response is None} <= {LineEnd.CANCELLED, LineEnd.SERVED}
    assert again is not None
    assert again.phase is BatchPhase.ENDED
    assert unknown is None


@EVERYWHERE
def test_every_fault_is_read(tmp_path: Path, provider: str, count: int, tier: ServiceTier) -> None:
    """Failed, missing, doubled and expired lines: none is taken for another, and no strange one comes.

    But for Gemini, where a batch that expires has no results at all.
    """
    expire = 0.0 if provider == "google" else 0.2
    faults = EmulatorBatches(seconds=HOUR_S, failed=0.3, missing=0.1, doubled=0.2, expire=expire)
    one = tried(tmp_path, provider, count, tier, faults)

    async def main() -> list[LineResult]:
        return await one.collected(await one.ended((await one.begun()).name))

    results = run_virtual(main())
    assert {each.custom_id for each in results} <= one.calls.keys()
    replies = [one.reply(each) for each in results if each.response is not None]
    assert all(isinstance(reply, Answer) or reply.status is not None for reply in replies)
    if count >= 20:
        assert 2 <= sum(isinstance(reply, Answer) for reply in replies) < count


@pytest.mark.parametrize("provider", MODELS)
def test_a_lost_answer_leaves_a_batch_that_is_found(tmp_path: Path, provider: str) -> None:
    """The submission was taken though nobody heard so: the error says that it may be, and the list has it."""
    one = tried(tmp_path, provider, 3, batches=EmulatorBatches(seconds=HOUR_S, lost_answers=1.0))

    async def main() -> tuple[BatchError, tuple[BatchStatus, ...]]:
        with pytest.raises(BatchError) as caught:
            await one.begun()
        return caught.value, await one.api.find(one.account, one.parcel.tag, START, 3)

    error, found = run_virtual(main())
    assert error.taken
    assert len(found) == 1


@pytest.mark.parametrize("provider", MODELS)
def test_a_refused_submission_took_nothing(tmp_path: Path, provider: str) -> None:
    """429: the same may be handed in again."""
    one = tried(tmp_path, provider, 3, batches=EmulatorBatches(seconds=HOUR_S, rate_limited=1.0))

    async def main() -> tuple[BatchError, tuple[BatchStatus, ...]]:
        with pytest.raises(BatchError) as caught:
            await one.begun()
        return caught.value, await one.api.find(one.account, one.parcel.tag, START, 3)

    error, found = run_virtual(main())
    assert (error.failure.status, error.taken) == (429, False)
    assert found == ()


def test_an_expired_batch_of_gemini_has_no_results(tmp_path: Path) -> None:
    """It ends all the same, and says why; its requests stay missing."""
    one = tried(tmp_path, "google", 20, batches=EmulatorBatches(seconds=HOUR_S, expire=0.5))

    async def main() -> tuple[BatchStatus, list[LineResult]]:
        ended = await one.ended((await one.begun()).name)
        return ended, await one.collected(ended)

    ended, results = run_virtual(main())
    assert (ended.phase, ended.message, results) == (BatchPhase.ENDED, "its time ran out", [])
