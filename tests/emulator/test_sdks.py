"""The official SDKs as judges of the emulator: their models take every body, their clients every reply and error."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anthropic
import openai
import pytest
from anthropic.types import Message as AnthropicMessage
from google import genai
from google.genai import errors as genai_errors
from google.genai.types import GenerateContentConfig, GenerateContentResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openai.types.chat import ChatCompletion
from openai.types.responses import Response
from support.dialects import ask_gemini, ask_messages, ask_responses, faulty
from support.emulating import UNLIMITED, NotingClock, ask, chat_body, read

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.server import Emulator, start

T = TypeVar("T")

OBJECT: dict[str, object] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "score": {"type": "integer"}},
    "required": ["subject", "score"],
    "additionalProperties": False,
}
PROMPTS = st.sampled_from(
    ["Say hello.", "Write an e-mail about “Blue Kettle”.", "Classify as red or blue.", "Summarize in five bullets."]
) | st.text(min_size=1, max_size=40)
FAULTS = st.sampled_from(["none", "empty", "truncated", "refusal", "error_in_200"])
LIMITS = st.integers(16, 3000)
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def emulator_with(fault: str) -> Answering:
    """An emulator in which every request meets a fault, or none."""
    return faulty(**({} if fault == "none" else {fault: 1.0}))


def extras(value: object) -> list[str]:
    """Fields that an SDK's model does not know, at any depth."""
    if isinstance(value, list):
        return [name for inner in value for name in extras(inner)]
    unknown = list(getattr(value, "model_extra", None) or {})
    fields = vars(value).values() if hasattr(value, "model_extra") else ()
    return unknown + [name for inner in fields for name in extras(inner)]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these fields, or none."""
    return st.fixed_dictionaries({}, optional=fields)


MESSAGES_FIELDS = optional(
    model=st.sampled_from(["claude-haiku-4-5", "claude-haiku-5-5"]),
    system=st.just("Be brief."),
    max_tokens=LIMITS,
    stop_sequences=st.just(["the", "a"]),
    tools=st.just([{"name": "weather", "input_schema": OBJECT}]),
    output_config=st.just({"effort": "low", "format": {"type": "json_schema", "schema": OBJECT}}),
    cache_control=st.just({"type": "ephemeral"}),
)
GEMINI_FIELDS = optional(
    maxOutputTokens=LIMITS,
    thinkingConfig=st.sampled_from([{"thinkingLevel": "LOW"}, {"includeThoughts": True}]),
    systemInstruction=st.just({"parts": [{"text": "Be brief."}]}),
    tools=st.just([{"functionDeclarations": [{"name": "weather", "parametersJsonSchema": OBJECT}]}]),
    serviceTier=st.sampled_from(["flex", "priority", "standard"]),
    stopSequences=st.just(["the"]),
)
RESPONSES_FIELDS = optional(
    model=st.sampled_from(["gpt-6-luna", "gpt-6.1-sol"]),
    instructions=st.just("Be brief."),
    max_output_tokens=LIMITS,
    reasoning=st.sampled_from([{"effort": "low"}, {"effort": "high", "summary": "auto"}]),
    tools=st.just([{"type": "function", "name": "weather", "parameters": OBJECT, "strict": True}]),
    text=st.just({"format": {"type": "json_schema", "name": "rating", "schema": OBJECT, "strict": True}}),
    service_tier=st.sampled_from(["auto", "flex", "priority"]),
    metadata=st.just({"row": "1"}),
    store=st.booleans(),
)
CHAT_FIELDS = optional(
    model=st.sampled_from(["gpt-4.1", "gpt-6-luna"]),
    max_completion_tokens=LIMITS,
    tools=st.just([{"type": "function", "function": {"name": "weather", "parameters": OBJECT}}]),
    response_format=st.just({"type": "json_schema", "json_schema": {"name": "n", "schema": OBJECT, "strict": True}}),
)


@MANY
@given(PROMPTS, MESSAGES_FIELDS, FAULTS)
def test_anthropic_s_model_knows_every_field(prompt: str, fields: dict[str, Any], fault: str) -> None:
    """Strictly read, nothing left over; an error under a 200 is no message."""
    outgoing = ask_messages(emulator_with(fault), prompt=prompt, **fields)
    assert outgoing.status == 200, outgoing.body
    if fault == "error_in_200":
        assert read(outgoing)["type"] == "error"
        return
    message = AnthropicMessage.model_validate_json(outgoing.body, strict=True)
    assert extras(message) == []


@MANY
@given(PROMPTS, GEMINI_FIELDS, FAULTS)
def test_google_s_model_knows_every_field(prompt: str, fields: dict[str, Any], fault: str) -> None:
    """It forbids others."""
    outgoing = ask_gemini(emulator_with(fault), prompt=prompt, **fields)
    assert outgoing.status == 200, outgoing.body
    if fault == "error_in_200":
        assert read(outgoing)["error"]["code"] == 503
        return
    answer = GenerateContentResponse.model_validate_json(outgoing.body)
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.total_token_count


@MANY
@given(PROMPTS, RESPONSES_FIELDS, FAULTS)
def test_openai_s_model_knows_every_field_of_a_response(prompt: str, fields: dict[str, Any], fault: str) -> None:
    """Strictly read, also one that failed."""
    outgoing = ask_responses(emulator_with(fault), prompt=prompt, **fields)
    assert outgoing.status == 200, outgoing.body
    assert extras(Response.model_validate_json(outgoing.body, strict=True)) == []


@MANY
@given(PROMPTS, CHAT_FIELDS, FAULTS)
def test_openai_s_model_knows_every_field_of_a_completion(prompt: str, fields: dict[str, Any], fault: str) -> None:
    """The same for Chat Completions."""
    outgoing = ask(emulator_with(fault), chat_body(prompt, **fields), "openai")
    assert outgoing.status == 200, outgoing.body
    if fault == "error_in_200":
        assert read(outgoing)["error"]["code"] == 502
        return
    assert extras(ChatCompletion.model_validate_json(outgoing.body, strict=True)) == []


def serving(use: Callable[[Emulator], Awaitable[T]], **faults: float) -> T:
    """What `use` makes of a running emulator, which is stopped afterwards."""

    async def run() -> T:
        emulator = await start(replace(UNLIMITED, faults=EmulatorFaults(**faults)), clock=NotingClock())
        try:
            return await use(emulator)
        finally:
            await emulator.stop()

    return asyncio.run(run())


async def by_anthropic(emulator: Emulator, **fields: Any) -> AnthropicMessage:  # noqa: ANN401 - the SDK's parameters
    """One answer through Anthropic's client, without its retries."""
    headers = {"anthropic-version": "2026-10-21"}
    url = f"{emulator.url}/anthropic"
    async with anthropic.AsyncAnthropic(api_key="none", base_url=url, max_retries=0, default_headers=headers) as client:
        asked: dict[str, Any] = {"model": "claude-haiku-5-5", "max_tokens": 2000} | fields
        message: AnthropicMessage = await client.messages.create(
            messages=[{"role": "user", "content": "Write about tea."}], **asked
        )
        return message


def google_client(emulator: Emulator) -> genai.Client:
    """Google's client without its retries; its other one needs a class that aiohttp warns of."""
    options: Any = {"base_url": f"{emulator.url}/google", "api_version": "v1", "retry_options": {"attempts": 1}}
    return genai.Client(api_key="none", http_options=options)


async def by_google(emulator: Emulator, **config: Any) -> GenerateContentResponse:  # noqa: ANN401 - the SDK's parameters
    """One answer through Google's client."""

    def ask_once() -> GenerateContentResponse:
        with google_client(emulator) as client:
            return client.models.generate_content(
                model="gemini-3.8-flash", contents="Write about tea.", config=GenerateContentConfig(**config)
            )

    return await asyncio.to_thread(ask_once)


async def by_openai(emulator: Emulator, **fields: Any) -> Response:  # noqa: ANN401 - the SDK's parameters
    """One response through OpenAI's client, without its retries."""
    async with openai.AsyncOpenAI(api_key="none", base_url=f"{emulator.url}/openai/v1", max_retries=0) as client:
        response: Response = await client.responses.create(model="gpt-6-luna", input="Write about tea.", **fields)
        return response


def test_anthropic_s_client_reads_the_emulator() -> None:
    """Over HTTP, with words and usage."""
    message = serving(by_anthropic)
    assert message.stop_reason == "end_turn"
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert message.usage.output_tokens > 0


def test_google_s_client_reads_the_emulator() -> None:
    """Over HTTP, with words and usage; its text does not hold the thoughts."""
    answer = serving(lambda emulator: by_google(emulator, thinking_config={"include_thoughts": True}))
    assert answer.text
    assert answer.candidates is not None
    assert answer.candidates[0].content is not None
    assert [part.thought for part in answer.candidates[0].content.parts or []] == [True, None]


def test_openai_s_client_reads_the_emulator() -> None:
    """Over HTTP, with words and usage."""
    response = serving(by_openai)
    assert response.output_text
    assert response.status == "completed"


def test_anthropic_s_client_raises_its_own_errors() -> None:
    """By status, with the type and the request's name."""
    with pytest.raises(anthropic.BadRequestError) as bad:
        serving(lambda emulator: by_anthropic(emulator, tool_choice={"type": "any"}))
    assert bad.value.type == "invalid_request_error"
    assert bad.value.request_id
    for fault, error in (("server_error", anthropic.InternalServerError), ("rate_limited", anthropic.RateLimitError)):
        with pytest.raises(error):
            serving(by_anthropic, **{fault: 1.0})


def test_google_s_client_raises_its_own_errors() -> None:
    """By status, with Google's word for it."""
    with pytest.raises(genai_errors.ClientError) as bad:
        serving(lambda emulator: by_google(emulator, candidate_count=2))
    assert (bad.value.code, bad.value.status) == (400, "INVALID_ARGUMENT")
    with pytest.raises(genai_errors.ClientError) as limited:
        serving(by_google, rate_limited=1.0)
    assert (limited.value.code, limited.value.status) == (429, "RESOURCE_EXHAUSTED")
    with pytest.raises(genai_errors.ServerError) as down:
        serving(by_google, server_error=1.0)
    assert (down.value.code, down.value.status) == (503, "UNAVAILABLE")


def test_openai_s_client_raises_its_own_errors() -> None:
    """By status, with code and parameter."""
    with pytest.raises(openai.BadRequestError) as bad:
        serving(lambda emulator: by_openai(emulator, max_output_tokens=5))
    assert (bad.value.code, bad.value.param) == ("integer_below_min_value", "max_output_tokens")
    for fault, error in (("server_error", openai.InternalServerError), ("rate_limited", openai.RateLimitError)):
        with pytest.raises(error):
            serving(by_openai, **{fault: 1.0})


def test_models_are_listed_to_each_client_in_its_own_words() -> None:
    """After a first request."""

    async def use(emulator: Emulator) -> list[str]:
        await by_anthropic(emulator)
        await by_google(emulator)
        url, headers = f"{emulator.url}/anthropic", {"anthropic-version": "2026-10-21"}
        async with anthropic.AsyncAnthropic(api_key="none", base_url=url, default_headers=headers) as client:
            first = (await client.models.list()).data[0].id
        with google_client(emulator) as google:
            listed = await asyncio.to_thread(lambda: [model.name or "" for model in google.models.list()])
        return [first, *listed]

    assert serving(use) == ["claude-haiku-5-5", "models/claude-haiku-5-5", "models/gemini-3.8-flash"]
