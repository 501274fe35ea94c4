"""Anthropic's own SDK and our adapter against the emulator, over HTTP: each must read all that it answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import anthropic
import pytest
from anthropic.lib._parse._transform import transform_schema
from msgspec import structs
from support.asked import FILES, IMAGES
from support.calls import answered, failed
from support.claude import ANTHROPIC, OLDER, ask, claude
from support.emulating import UNLIMITED, NotingClock

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorSettings
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.emulator.server import start
from modelroute_cli.jobs.sent_text import sent_text
from modelroute_cli.providers.base import Answer, Call, FailureKind, Reply
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "score": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["subject", "score"],
    "additionalProperties": False,
}
TOOL = {"name": "find", "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}}
EMAIL = "Write an e-mail about tea."
T = TypeVar("T")


def faulty(**faults: float) -> EmulatorSettings:
    """An emulator with faults."""
    return structs.replace(UNLIMITED, faults=EmulatorFaults(**faults))


async def _emulated(settings: EmulatorSettings, ask_at: Callable[[str], Awaitable[T]]) -> T:
    """What comes of asking an emulator that runs meanwhile."""
    emulator = await start(settings, clock=NotingClock())
    try:
        return await ask_at(emulator.url)
    finally:
        await emulator.stop()


def sdk(settings: EmulatorSettings = UNLIMITED, **fields: Any) -> anthropic.types.Message:  # noqa: ANN401 - the SDK's own parameters
    """One answer through the SDK's client, without its retries, every field of it read strictly."""

    async def ask_at(url: str) -> anthropic.types.Message:
        async with anthropic.AsyncAnthropic(api_key="none", base_url=f"{url}/anthropic", max_retries=0) as client:
            turns = [{"role": "user", "content": EMAIL}]
            given_fields: dict[str, Any] = {"model": "claude-haiku-5-5", "max_tokens": 4000, "messages": turns} | fields
            said: anthropic.types.Message = await client.messages.create(**given_fields)
            return said

    message = asyncio.run(_emulated(settings, ask_at))
    return anthropic.types.Message.model_validate_json(message.model_dump_json(), strict=True)


def ours(calls: list[Call], settings: EmulatorSettings = UNLIMITED) -> list[Reply]:
    """What our adapter makes of the emulator's answers, asked one after the other."""

    async def ask_at(url: str) -> list[Reply]:
        transport = make_transport(1)
        try:
            return [
                await _exchange(replace(call, provider=rewire(call.provider, url)), transport.send) for call in calls
            ]
        finally:
            await transport.close()

    return asyncio.run(_emulated(settings, ask_at))


async def _exchange(call: Call, send: Callable[..., Awaitable[Any]]) -> Reply:
    """One request and its answer."""
    wire = format_for(call.provider)
    return wire.decode(await send(wire.encode(call), 30.0), call)


def test_the_sdk_reads_an_answer() -> None:
    """Text, thoughts and the count of both."""
    said = sdk(output_config={"effort": "high"}, model="claude-opus-5-5")
    assert [block.type for block in said.content] == ["thinking", "text"]
    assert said.stop_reason == "end_turn"
    assert said.usage.output_tokens_details is not None
    assert 0 < said.usage.output_tokens_details.thinking_tokens < said.usage.output_tokens


def test_the_sdk_reads_json_and_calls() -> None:
    """Structured outputs and tools, as the SDK asks for them."""
    wanted = {"type": "json_schema", "schema": transform_schema(SCHEMA)}
    text = sdk(output_config={"format": wanted}).content[-1]
    assert isinstance(text, anthropic.types.TextBlock)
    assert sorted(json.loads(text.text)) == ["score", "subject"]
    called = sdk(tools=[TOOL], tool_choice={"type": "any"})
    assert isinstance(called.content[-1], anthropic.types.ToolUseBlock)
    assert (called.content[-1].name, list(called.content[-1].input), called.stop_reason) == ("find", ["q"], "tool_use")


@pytest.mark.parametrize(
    ("fault", "stopped"), [("empty", "end_turn"), ("truncated", "max_tokens"), ("refusal", "refusal")]
)
def test_the_sdk_reads_spoilt_answers(fault: str, stopped: str) -> None:
    """They are answers like any other."""
    assert sdk(faulty(**{fault: 1.0})).stop_reason == stopped


@pytest.mark.parametrize(
    ("settings", "fields", "error"),
    [
        (UNLIMITED, {"tool_choice": {"type": "any"}}, anthropic.BadRequestError),
        (UNLIMITED, {"model": "claude-opus-5-5", "thinking": {"type": "disabled"}}, anthropic.BadRequestError),
        (UNLIMITED, {"messages": []}, anthropic.BadRequestError),
        (faulty(rate_limited=1.0), {}, anthropic.RateLimitError),
        (faulty(server_error=1.0), {}, anthropic.InternalServerError),
    ],
)
def test_the_sdk_raises_its_own_errors(
    settings: EmulatorSettings, fields: dict[str, object], error: type[anthropic.APIStatusError]
) -> None:
    """With Anthropic's body, and the name of the exchange that the header has too."""
    with pytest.raises(error) as caught:
        sdk(settings, **fields)
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["type"] == "error"
    assert caught.value.body["request_id"] == caught.value.request_id


REQUESTS = {
    "plain": Request(custom_id="r", prompt=EMAIL),
    "system": Request(custom_id="r", system="Be brief.", prompt=EMAIL),
    "pictures": Request(custom_id="r", prompt="What is it?", images=IMAGES[:2]),
    "documents": Request(custom_id="r", prompt="Summarize it.", files=FILES),
    "schema": Request(custom_id="r", prompt="Rate it.", response_schema=SCHEMA),
    "open schema": Request(custom_id="r", prompt="Rate it.", response_schema={"type": "object"}),
    "stop words": Request(custom_id="r", prompt=EMAIL, stop=("\n", "END")),
    "sampling": Request(custom_id="r", prompt=EMAIL, temperature=1.5, top_p=0.5, seed=3),
}
CARDS = {
    "haiku": claude(),
    "haiku that thinks": claude("claude-haiku-5-5@high"),
    "sonnet": claude("claude-sonnet-5-5"),
    "sonnet that does not think": claude("claude-sonnet-5-5@none"),
    "opus": claude("claude-opus-5-5"),
    "haiku 4.5": claude("claude-haiku-4-5", sampling=True),
    "haiku 4.5 that thinks": claude("claude-haiku-4-5@medium", sampling=True),
}


@pytest.mark.parametrize("provider", [ANTHROPIC, OLDER], ids=["new version", "older version"])
@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_what_we_send_is_answered(card: ModelCard, provider: Provider) -> None:
    """The emulator is as strict as Anthropic: every kind of request to every model is taken, and its answer read."""
    calls = [replace(ask(request, card, provider), max_tokens=8_000) for request in REQUESTS.values()]
    answers = [answered(reply) for reply in ours(calls)]
    assert [answer.emulated for answer in answers] == [True] * len(calls)
    assert all(answer.text and answer.usage and answer.request_id for answer in answers)
    assert {answer.finish_reason for answer in answers} == {"stop"}
    assert {answer.model_served for answer in answers} == {card.model_id}
    assert sorted(json.loads(answers[4].text)) == ["score", "subject"]
    assert "\n" not in answers[6].text


def test_tools_come_back_as_they_were_asked_for() -> None:
    """Forced by name."""
    tool = Tool(name="find", parameters={"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]})
    answer = answered(ours([ask(Request(custom_id="r", prompt="Find tea.", tools=(tool,), tool_choice="find"))])[0])
    assert (answer.finish_reason, [call.name for call in answer.tool_calls]) == ("tool_calls", ["find"])
    assert list(json.loads(answer.tool_calls[0].arguments)) == ["q"]


def test_a_shared_beginning_is_written_once_and_read_by_the_others() -> None:
    """Whatever follows it: the mark stands where the texts part."""
    shared = "Use these notes: " + "green tea, black tea, " * 200
    requests = [Request(custom_id="r", prompt=f"{shared}And now {topic}.") for topic in ("cups", "pots", "cups too")]
    chars = len(sent_text(Request(custom_id="r", prompt=shared)))
    marked = [replace(ask(request), prefix=1, prefix_chars=chars) for request in requests]
    usages = [answered(reply).usage for reply in ours(marked)]
    counts = [(usage.cache_write_tokens, usage.cache_read_tokens) for usage in usages if usage]
    written = counts[0][0]
    assert written > 800
    assert counts == [(written, 0), (0, written), (0, written)]
    plain = [answered(reply).usage for reply in ours([ask(request) for request in requests])]
    assert [(usage.cache_write_tokens, usage.cache_read_tokens) for usage in plain if usage] == [(0, 0)] * 3


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limited", FailureKind.RATE_LIMITED),
        ("server_error", FailureKind.TRANSIENT),
        ("error_in_200", FailureKind.TRANSIENT),
        ("malformed", FailureKind.MALFORMED),
    ],
)
def test_each_fault_is_a_failure_of_its_kind(fault: str, kind: FailureKind) -> None:
    """With Anthropic's bodies and headers."""
    reply = failed(ours([ask()], faulty(**{fault: 1.0}))[0])
    assert (reply.kind, reply.emulated) == (kind, True)


@pytest.mark.parametrize(("fault", "word"), [("refusal", "refusal"), ("truncated", "length"), ("empty", "stop")])
def test_each_spoilt_answer_says_why(fault: str, word: str) -> None:
    """Gates judge it; it was billed."""
    reply = ours([ask()], faulty(**{fault: 1.0}))[0]
    assert isinstance(reply, Answer)
    assert (reply.finish_reason, bool(reply.refusal), reply.usage is not None) == (word, fault == "refusal", True)
