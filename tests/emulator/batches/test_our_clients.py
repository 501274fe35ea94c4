"""Our own batch clients against the emulator: what each hands in comes back, decoded and billed alike."""

import asyncio
import hashlib
from pathlib import Path

import msgspec
import pytest
from support.batched import DAY_S
from support.calls import make_call, make_card
from support.catalog_room import default_catalog
from support.charges import charged
from support.emulating import UNLIMITED, NotingClock
from support.in_process import EmulatedTransport

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.rates import PriceStep, Rate, RateCard, cost
from modelroute_cli.catalog.settings import EmulatorBatches
from modelroute_cli.emulator.in_process import URL
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.providers.base import Answer, Call, TransportError
from modelroute_cli.providers.batch import Account, BatchApi, BatchError, BatchPhase, BatchStatus, LineEnd, Parcel
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for

MODELS = {
    "openai": "gpt-6-luna",
    "groq": "llama-3.3-70b-versatile",
    "anthropic": "claude-haiku-5-5",
    "google": "gemini-3.8-flash",
    "mistral": "mistral-small-latest",
    "openrouter": "openai/gpt-6-luna",
}
TIERS = [(name, ServiceTier.BATCH) for name in MODELS] + [("openai", ServiceTier.BACKGROUND_8H)]


FLAT = RateCard(
    model="any",
    service_tier="batch",
    steps=(
        PriceStep(
            above_input_tokens=0,
            rate=Rate(
                input_pusd=PicoUSD(3), output_pusd=PicoUSD(7), cache_read_pusd=PicoUSD(1), cache_write_pusd=PicoUSD(5)
            ),
        ),
    ),
    source="a test",
    price_date="2026-11-23",
)


class Desk:
    """One account at the emulator, and its client."""

    def __init__(self, name: str, tier: ServiceTier, folder: Path, **batches: float) -> None:
        settings = msgspec.structs.replace(UNLIMITED, batches=EmulatorBatches(**batches))  # type: ignore[arg-type]
        self.clock = NotingClock()
        self.transport = EmulatedTransport(settings, self.clock)
        known = default_catalog().providers[name]
        self.provider, self.tier, self.folder = rewire(known, URL), tier, folder
        self.card = msgspec.structs.replace(make_card(MODELS[name]), provider=name)
        api = batch_api_for(known, tier)
        assert api is not None
        self.api: BatchApi = api
        self.account = Account(
            provider=self.provider, transport=self.transport, timeout_s=60.0, folder=folder, key=None, secrets={}
        )

    def call(self, nth: int = 0) -> Call:
        """One request."""
        request = Request(custom_id=f"r{nth}", prompt=f"Write about tea number {nth}.")
        return make_call(request, self.provider, self.card)

    def parcel(self, count: int) -> Parcel:
        """So many requests."""
        written = b"".join(self.api.line(f"r{nth}", self.call(nth)) + b"\n" for nth in range(count))
        path = self.folder / "lines.jsonl"
        path.write_bytes(written)
        return Parcel(
            tag="run-1-batch-1",
            card=self.card,
            service_tier=self.tier,
            lines=path,
            bytes=len(written),
            requests=count,
            digest=hashlib.sha256(written).hexdigest(),
        )

    async def handed_in(self, count: int) -> BatchStatus:
        """What is said of a batch of so many requests."""
        parcel = self.parcel(count)
        file = await self.api.upload(self.account, parcel)
        return await self.api.submit(self.account, parcel, file)


@pytest.mark.parametrize(("name", "tier"), TIERS)
def test_what_is_handed_in_comes_back_and_is_billed_alike(name: str, tier: ServiceTier, tmp_path: Path) -> None:
    """Every line is served, and the tokens that its answer tells are those of the emulator's books."""
    desk = Desk(name, tier, tmp_path, seconds=DAY_S / 24)
    count = 3 if tier is ServiceTier.BATCH else 1

    async def go() -> list[Answer]:
        made = await desk.handed_in(count)
        assert made.phase is BatchPhase.WAITING or name == "anthropic"
        desk.clock.now_s += DAY_S / 24
        ended = await desk.api.status(desk.account, made.name)
        assert ended is not None
        assert (ended.phase, ended.emulated) == (BatchPhase.ENDED, True)
        results = [result async for result in desk.api.results(desk.account, ended)]
        assert sorted(result.custom_id for result in results) == [f"r{nth}" for nth in range(count)]
        assert {result.end for result in results} == {LineEnd.SERVED}
        wire = wire_for(desk.provider, tier)
        replies = [wire.decode(result.response, desk.call()) for result in results if result.response is not None]
        return [reply for reply in replies if isinstance(reply, Answer)]

    answers = asyncio.run(go())
    assert len(answers) == count
    book = desk.transport.stats.handed_in[tier.value][MODELS[name]]
    told = [(answer.usage.input_tokens, answer.usage.output_tokens) for answer in answers if answer.usage]
    assert (book.answers, book.input_tokens, book.output_tokens) == (count, *map(sum, zip(*told, strict=True)))
    at = desk.clock.now()
    assert charged(desk.transport.stats, lambda _model, _tier: FLAT, at) == sum(
        cost(FLAT, answer.usage, at) for answer in answers if answer.usage
    )


@pytest.mark.parametrize("name", MODELS)
def test_a_submit_without_an_answer_is_found_again(name: str, tmp_path: Path) -> None:
    """By its tag, or by its size where no tags are kept."""
    desk = Desk(name, ServiceTier.BATCH, tmp_path, lost_answers=1.0)

    async def go() -> int:
        since = desk.clock.now()
        with pytest.raises((BatchError, TransportError)) as broken:
            await desk.handed_in(2)
        assert getattr(broken.value, "taken", True)
        return len(await desk.api.find(desk.account, "run-1-batch-1", since, 2))

    assert asyncio.run(go()) == 1


@pytest.mark.parametrize("name", MODELS)
def test_a_limited_submit_was_not_taken(name: str, tmp_path: Path) -> None:
    """429, and no batch."""
    desk = Desk(name, ServiceTier.BATCH, tmp_path, rate_limited=1.0)

    async def go() -> int:
        with pytest.raises(BatchError) as refused:
            await desk.handed_in(2)
        assert (refused.value.failure.status, refused.value.taken) == (429, False)
        return len(await desk.api.find(desk.account, "run-1-batch-1", desk.clock.now(), 2))

    assert asyncio.run(go()) == 0


@pytest.mark.parametrize("name", [name for name in MODELS if name != "openrouter"])
def test_a_cancelled_batch_tells_which_lines_were_not_worked_on(name: str, tmp_path: Path) -> None:
    """And bills the others."""
    desk = Desk(name, ServiceTier.BATCH, tmp_path, seconds=1000.0, finalizing_s=10.0)

    async def go() -> list[LineEnd]:
        made = await desk.handed_in(4)
        desk.clock.now_s += 600
        stopping = await desk.api.cancel(desk.account, made.name)
        assert stopping is not None
        assert stopping.phase in {BatchPhase.CANCELLING, BatchPhase.RUNNING}
        desk.clock.now_s += 10
        ended = await desk.api.status(desk.account, made.name)
        assert ended is not None
        assert ended.phase is BatchPhase.ENDED
        return [result.end async for result in desk.api.results(desk.account, ended)]

    ends = asyncio.run(go())
    assert sorted(ends) == [LineEnd.CANCELLED, LineEnd.CANCELLED, LineEnd.SERVED, LineEnd.SERVED]
    assert desk.transport.stats.handed_in["batch"][MODELS[name]].answers == 2
