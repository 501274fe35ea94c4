"""Google's own SDK on the emulator: its client and types read every answer and error there, to the same as we do."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from google import genai
from google.genai import errors, types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.asked import requests
from support.calls import answered, failed, make_call, wire
from support.catalog_room import default_catalog
from support.emulating import UNLIMITED, NotingClock
from support.emulating_aside import emulator_aside
from support.gemini_calls import BUDGETS, GOOGLE, gemini_card
from support.pictures import data_url, png

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.settings import EmulatorFaults, EmulatorSettings
from modelroute_cli.emulator.answering import Answering, Outgoing
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.gemini import GEMINI
from modelroute_cli.emulator.server import Emulator
from modelroute_cli.providers.base import Answer, Call, FailureKind, Reply
from modelroute_cli.providers.gemini import Gemini

BY_LEVEL = gemini_card()
BY_BUDGET = replace(gemini_card("gemini-2.5-flash", effort="medium", sampling=True), thinking_budgets=BUDGETS)
UNTHINKING = gemini_card("gemini-2.5-flash-lite", effort="none", sampling=True)
NEWEST = gemini_card("gemini-4-argon", effort="high")
RETRIES = types.HttpRetryOptions(attempts=1)


def shipped_google() -> dict[str, ModelCard]:
    """The cards that ship for Google's own endpoint."""
    return {name: card for name, card in default_catalog().models.items() if card.provider == "google"}


def exchange(call: Call, faults: EmulatorFaults | None = None) -> Outgoing:
    """A call of ours, answered by the emulator."""
    answering = Answering(replace(UNLIMITED, faults=faults or EmulatorFaults()), NotingClock())
    body = Gemini().encode(call).body
    incoming = Incoming(provider="google", client_id=call.client_id, body=body, model=call.card.model_id)
    return answering.answer(incoming, GEMINI)


def ours(outgoing: Outgoing, call: Call) -> Reply:
    """What we read in it."""
    headers = {name.lower().replace("-", "_"): value for name, value in outgoing.headers.items()}
    return Gemini().decode(wire(outgoing.body, outgoing.status, **headers), call)


def agree(answer: Answer, theirs: types.GenerateContentResponse) -> None:
    """Words, calls, tokens and names are the same for the SDK and for us."""
    usage, candidates = theirs.usage_metadata, theirs.candidates or []
    content = candidates[0].content if candidates else None
    parts = (content.parts if content else None) or []
    assert answer.text == "".join(part.text or "" for part in parts if not part.thought)
    assert [(call.id, call.name, json.loads(call.arguments)) for call in answer.tool_calls] == [
        (call.id, call.name, call.args) for part in parts if (call := part.function_call)
    ]
    assert usage is not None
    assert answer.usage is not None
    assert answer.usage.input_tokens == usage.prompt_token_count
    assert answer.usage.output_tokens == (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    assert answer.usage.input_tokens + answer.usage.output_tokens == usage.total_token_count
    assert answer.usage.cache_read_tokens == (usage.cached_content_token_count or 0)
    assert (answer.model_served, answer.request_id) == (theirs.model_version, theirs.response_id)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(requests(links=False), st.sampled_from([BY_LEVEL, BY_BUDGET, UNTHINKING, NEWEST]))
def test_the_emulator_takes_what_we_send_and_the_sdk_reads_what_it_says(request: Request, card: ModelCard) -> None:
    """Strictly on both sides: the emulator refuses fields it does not know, and so do the SDK's types."""
    call = make_call(request, GOOGLE, card)
    outgoing = exchange(call)
    assert outgoing.status == 200, outgoing.body
    agree(answered(ours(outgoing, call)), types.GenerateContentResponse.model_validate_json(outgoing.body))


SHIPPED = [(name, effort) for name, card in shipped_google().items() for effort in (*card.efforts, None)]


@pytest.mark.parametrize(("name", "effort"), SHIPPED)
def test_every_shipped_card_is_taken_at_each_of_its_efforts(name: str, effort: str | None) -> None:
    """By the provider's own declaration; sampling is left out where the card says so, else it would be a 400."""
    card = replace(shipped_google()[name], effort=effort)
    pictures = (data_url(png(1, 1)),)
    asked = Request(
        custom_id="r",
        prompt="Look.",
        system="Be brief.",
        images=pictures,
        seed=7,
        stop=("END",),
        temperature=0.5,
        top_p=0.9,
    )
    call = make_call(asked, default_catalog().providers["google"], card)
    outgoing = exchange(call)
    assert outgoing.status == 200, outgoing.body
    config = types.GenerateContentConfig.model_validate(json.loads(Gemini().encode(call).body)["generationConfig"])
    level = config.thinking_config.thinking_level if config.thinking_config else None
    assert level is None or level in list(types.ThinkingLevel)
    agree(answered(ours(outgoing, call)), types.GenerateContentResponse.model_validate_json(outgoing.body))


@pytest.mark.parametrize("fault", ["empty", "truncated", "refusal"])
@pytest.mark.parametrize("prompt", ["Write an e-mail.", "Write a headline about tea.", "Say hello to the team."])
def test_a_spoilt_answer_is_an_answer_for_both(fault: str, prompt: str) -> None:
    """Cut off, empty, refused or blocked: a 200 that counts."""
    call = make_call(Request(custom_id="r", prompt=prompt), GOOGLE, BY_LEVEL)
    outgoing = exchange(call, EmulatorFaults(**{fault: 1.0}))
    answer = answered(ours(outgoing, call))
    agree(answer, types.GenerateContentResponse.model_validate_json(outgoing.body))
    expected = {"empty": "stop", "truncated": "length", "refusal": "content_filter"}
    assert (answer.finish_reason, answer.emulated) == (expected[fault], True)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate_limited", FailureKind.RATE_LIMITED),
        ("server_error", FailureKind.TRANSIENT),
        ("error_in_200", FailureKind.TRANSIENT),
        ("malformed", FailureKind.MALFORMED),
    ],
)
def test_a_failure_of_the_emulator_is_of_its_kind(fault: str, kind: FailureKind) -> None:
    """As a real one would be."""
    call = make_call(Request(custom_id="r", prompt="Hi"), GOOGLE, BY_LEVEL)
    assert failed(ours(exchange(call, EmulatorFaults(**{fault: 1.0})), call)).kind is kind


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One emulator for all."""
    with emulator_aside(UNLIMITED) as running:
        yield running


@cache
def client(url: str) -> genai.Client:
    """The SDK's client, at the emulator instead of Google."""
    return genai.Client(
        api_key="none",
        http_options=types.HttpOptions(base_url=f"{url}/google", api_version="v1beta", retry_options=RETRIES),
    )


def by_the_sdk(emulator: Emulator, model: str = "gemini-3.8-flash", **config: Any) -> types.GenerateContentResponse:  # noqa: ANN401 - the SDK's own fields
    """One answer through the SDK's client."""
    return client(emulator.url).models.generate_content(
        model=model, contents="Write an e-mail about tea.", config=types.GenerateContentConfig(**config)
    )


def test_the_sdk_s_client_reads_the_emulator(emulator: Emulator) -> None:
    """Over HTTP, with its thoughts counted apart."""
    response = by_the_sdk(emulator, max_output_tokens=5000)
    assert response.text
    assert response.usage_metadata is not None
    assert response.usage_metadata.thoughts_token_count
    assert (response.response_id or "").startswith("emulated-")


def test_the_sdk_s_client_gets_json_for_a_schema(emulator: Emulator) -> None:
    """Structured output, as the SDK asks for it."""
    schema = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}
    response = by_the_sdk(emulator, response_mime_type="application/json", response_json_schema=schema)
    assert list(json.loads(response.text or "")) == ["score"]


def test_the_sdk_s_client_gets_a_call_of_its_function(emulator: Emulator) -> None:
    """Forced by the mode, and read by the SDK itself."""
    tool = Tool(name="note", parameters={"type": "object", "properties": {"text": {"type": "string"}}})
    declared = types.FunctionDeclaration(name=tool.name, parameters_json_schema=tool.parameters)
    calling = types.FunctionCallingConfig(mode=types.FunctionCallingConfigMode.ANY)
    response = by_the_sdk(
        emulator,
        tools=[types.Tool(function_declarations=[declared])],
        tool_config=types.ToolConfig(function_calling_config=calling),
    )
    assert [call.name for call in response.function_calls or []] == ["note"]


def test_the_sdk_s_client_raises_its_own_errors(emulator: Emulator) -> None:
    """A 400 of Google's, with status and message."""
    with pytest.raises(errors.ClientError) as caught:
        by_the_sdk(emulator, temperature=0.5)
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    assert caught.value.message == "temperature is not supported for this model."


@pytest.mark.parametrize(
    ("fault", "kind", "code", "status"),
    [
        ("rate_limited", errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
        ("server_error", errors.ServerError, 503, "UNAVAILABLE"),
    ],
)
def test_the_sdk_tells_the_emulator_s_errors_apart(
    fault: str, kind: type[errors.APIError], code: int, status: str
) -> None:
    """By code and status, as it does Google's."""
    spoilt = EmulatorSettings(latency_s=0, faults=EmulatorFaults(**{fault: 1.0}))
    with emulator_aside(spoilt) as emulator, pytest.raises(kind) as caught:
        by_the_sdk(emulator)
    assert (caught.value.code, caught.value.status) == (code, status)
