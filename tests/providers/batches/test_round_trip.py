"""Whole batches of each API, from lines to answers, against the emulator in virtual time."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from support.calls import answered, make_call, make_card
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED
from support.in_process import emulated
from support.virtual import START, run_virtual

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.settings import EmulatorBatches, EmulatorSettings
from modelroute_cli.providers.base import Call, WireResponse
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
from modelroute_cli.providers.batches.formats import batch_api_for
from modelroute_cli.providers.formats import format_for

MODELS = {"openai": "gpt-6-luna", "mistral": "mistral-small-latest", "openrouter": "openai/gpt-6-luna"}
"""What is asked for on the wire, by provider."""

COUNT = 12
EVERY = pytest.mark.parametrize("name", MODELS)
_HOUR_S = 3_600.0


@dataclass(frozen=True)
class Far:
    """A provider as the emulator plays it, with a parcel of a dozen requests for it."""

    api: BatchApi
    account: Account
    calls: dict[str, Call]
    parcel: Parcel

    async def begun(self) -> BatchStatus:
        """Uploaded and submitted."""
        return await self.api.submit(self.account, self.parcel, await self.api.upload(self.account, self.parcel))

    async def ended(self, name: str) -> BatchStatus:
        """Looked at every hour until it has ended."""
        while True:
            status = await self.api.status(self.account, name)
            assert status is not None
            if status.phase is BatchPhase.ENDED:
                return status
            await asyncio.sleep(_HOUR_S)

    async def lines(self, status: BatchStatus) -> list[LineResult]:
        """What there is to collect."""
        return [each async for each in self.api.results(self.account, status)]


def far(name: str, folder: Path, **behaves: float) -> Far:
    """The emulator with batches that take half a day, unless said; all else as it behaves."""
    settings = replace_settings(msgspec.structs.replace(EmulatorBatches(seconds=12 * _HOUR_S), **behaves))
    transport = emulated(settings)
    provider = transport.reached(default_catalog().providers[name])
    api = batch_api_for(provider, ServiceTier.BATCH)
    assert api is not None
    account = Account(provider=provider, transport=transport, timeout_s=60.0, folder=folder, key=None, secrets={})
    card = make_card(MODELS[name])
    asked = [Request(custom_id=f"r{number}", prompt=f"Write about tea number {number}.") for number in range(COUNT)]
    calls = {f"tag-{number}": make_call(each, provider, card) for number, each in enumerate(asked)}
    content = b"".join(api.line(custom_id, call) + b"\n" for custom_id, call in calls.items())
    path = folder / "lines.jsonl"
    path.write_bytes(content)
    sent = Parcel(
        tag="tag",
        card=card,
        service_tier=ServiceTier.BATCH,
        lines=path,
        bytes=len(content),
        requests=COUNT,
        digest=hashlib.sha256(content).hexdigest(),
    )
    return Far(api, account, calls, sent)


def replace_settings(batches: EmulatorBatches) -> EmulatorSettings:
    """The emulator without limits, with such batches."""
    return msgspec.structs.replace(UNLIMITED, batches=batches)


def played(name: str, folder: Path, work: Callable[[Far], Awaitable[None]], **behaves: float) -> None:
    """Play a scene in virtual time."""

    async def scene() -> None:
        await work(far(name, folder, **behaves))

    run_virtual(scene())


@EVERY
def test_a_batch_comes_back_as_if_each_request_had_been_sent_alone(name: str, tmp_path: Path) -> None:
    """Every line once, in whatever order, with an answer that the ordinary wire format reads."""

    async def work(it: Far) -> None:
        begun = await it.begun()
        assert begun.phase in {BatchPhase.WAITING, BatchPhase.RUNNING}
        assert begun.emulated
        status = await it.ended(begun.name)
        assert (status.done, status.failed, status.emulated) == (COUNT, 0, True)
        lines = await it.lines(status)
        assert Counter(line.custom_id for line in lines) == Counter(list(it.calls))
        for line in lines:
            call = it.calls[line.custom_id]
            assert line.response is not None
            answer = answered(format_for(call.provider).decode(line.response, call))
            assert answer.text
            assert answer.usage is not None
            assert answer.emulated
            assert (answer.reported_cost_pusd is not None) == (name == "openrouter")
        assert await it.lines(status) == lines  # the same again at every call

    played(name, tmp_path, work)
    assert [path.name for path in tmp_path.iterdir()] == ["lines.jsonl"]


@EVERY
def test_a_submission_without_an_answer_is_found(name: str, tmp_path: Path) -> None:
    """By its name, where one is kept; else it is the one of that time and size."""

    async def work(it: Far) -> None:
        file = await it.api.upload(it.account, it.parcel)
        since = START + timedelta(seconds=asyncio.get_running_loop().time())
        with pytest.raises(BatchError) as caught:
            await it.api.submit(it.account, it.parcel, file)
        assert caught.value.taken
        (found,) = await it.api.find(it.account, it.parcel.tag, since - timedelta(minutes=10), COUNT)
        assert found.tag == (None if name == "openrouter" else "tag")
        status = await it.ended(found.name)
        assert {line.custom_id for line in await it.lines(status)} == set(it.calls)
        assert await it.api.find(it.account, "another", since, COUNT + 1) == ()

    played(name, tmp_path, work, lost_answers=1.0)


@EVERY
def test_a_limited_submission_was_not_taken(name: str, tmp_path: Path) -> None:
    """Nothing is listed after it."""

    async def work(it: Far) -> None:
        file = await it.api.upload(it.account, it.parcel)
        with pytest.raises(BatchError) as caught:
            await it.api.submit(it.account, it.parcel, file)
        assert (caught.value.failure.status, caught.value.taken) == (429, False)
        assert await it.api.find(it.account, it.parcel.tag, START - timedelta(days=1), COUNT) == ()

    played(name, tmp_path, work, rate_limited=1.0)


@EVERY
def test_what_expires_is_told_or_missing(name: str, tmp_path: Path) -> None:
    """The others have their answers; none has two ends."""

    async def work(it: Far) -> None:
        begun = await it.begun()
        status = await it.ended(begun.name)
        lines = await it.lines(status)
        names = [line.custom_id for line in lines]
        assert len(set(names)) == len(names)
        served = [line for line in lines if line.end is LineEnd.SERVED and _is_success(line.response)]
        assert 0 < len(served) < COUNT

    played(name, tmp_path, work, expire=0.5)


@EVERY
def test_missing_and_doubled_lines_come_as_they_come(name: str, tmp_path: Path) -> None:
    """Who collects them counts."""

    async def work(it: Far) -> None:
        status = await it.ended((await it.begun()).name)
        counted = Counter(line.custom_id for line in await it.lines(status))
        assert set(counted) < set(it.calls)
        assert max(counted.values()) == 2

    played(name, tmp_path, work, missing=0.3, doubled=0.5)


@pytest.mark.parametrize("name", ["openai", "mistral"])
def test_a_cancelled_batch_keeps_what_was_done(name: str, tmp_path: Path) -> None:
    """The rest was not worked on; a cancel that comes again is harmless."""

    async def work(it: Far) -> None:
        begun = await it.begun()
        await asyncio.sleep(6 * _HOUR_S)
        status = await it.api.cancel(it.account, begun.name)
        assert status is not None
        assert status.phase in {BatchPhase.CANCELLING, BatchPhase.ENDED}
        ended = await it.ended(begun.name)
        served = [line for line in await it.lines(ended) if line.end is LineEnd.SERVED and _is_success(line.response)]
        assert 0 < len(served) < COUNT
        again = await it.api.cancel(it.account, begun.name)
        assert again is not None
        assert again.phase is BatchPhase.ENDED

    played(name, tmp_path, work)


def test_openrouter_goes_on_whatever_is_asked(tmp_path: Path) -> None:
    """It has nothing that stops a batch."""

    async def work(it: Far) -> None:
        begun = await it.begun()
        await asyncio.sleep(6 * _HOUR_S)
        status = await it.api.cancel(it.account, begun.name)
        assert status is not None
        assert status.phase is BatchPhase.RUNNING
        assert len(await it.lines(await it.ended(begun.name))) == COUNT

    played("openrouter", tmp_path, work)


@EVERY
def test_a_refused_batch_says_why(name: str, tmp_path: Path) -> None:
    """It never began, and is told as such."""

    async def work(it: Far) -> None:
        status: BatchStatus | None = await it.begun()
        while status is not None and status.phase not in {BatchPhase.REFUSED, BatchPhase.ENDED}:
            await asyncio.sleep(60.0)
            status = await it.api.status(it.account, status.name)
        assert status is not None
        assert status.phase is BatchPhase.REFUSED
        assert status.message

    played(name, tmp_path, work, refuse=1.0)


@EVERY
def test_a_batch_that_nobody_knows_is_none(name: str, tmp_path: Path) -> None:
    """Whatever the name."""

    async def work(it: Far) -> None:
        for unknown in ("batch_unknown", "a/b?c#d"):
            assert await it.api.status(it.account, unknown) is None

    played(name, tmp_path, work)


@EVERY
def test_two_batches_are_told_apart(name: str, tmp_path: Path) -> None:
    """By their tags, where they are kept; by their lines, where not."""

    async def work(it: Far) -> None:
        first = await it.begun()
        other = replace(it, parcel=replace(it.parcel, tag="other"))
        second = await other.begun()
        assert first.name != second.name
        found = await it.api.find(it.account, "other", START - timedelta(minutes=10), COUNT)
        expected = {first.name, second.name} if name == "openrouter" else {second.name}
        assert {each.name for each in found} == expected

    played(name, tmp_path, work)


def _is_success(response: WireResponse | None) -> bool:
    """Whether a line has an answer that is no error."""
    return response is not None and response.status == 200 and b'"error"' not in response.body
