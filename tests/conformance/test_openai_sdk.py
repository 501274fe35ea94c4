"""OpenAI's own SDK as the judge: it must read the emulator, and its types must accept what we send."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import openai
import pytest
from msgspec.structs import replace
from openai.types.chat import ChatCompletion
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter
from support.calls import OPENAI
from support.conformance_calls import SCHEMA, calls
from support.emulating import UNLIMITED, NotingClock, ask, chat_body, read

from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.server import start
from modelroute_cli.providers.openai_chat.encode import encode

PARAMS = TypeAdapter(CompletionCreateParamsNonStreaming)
CALLS = calls(OPENAI)
BODIES = [
    chat_body(),
    chat_body(model="gpt-5", messages=[{"role": "user", "content": "Write an e-mail."}]),
    chat_body(model="gpt-5", max_completion_tokens=5),
    chat_body(response_format={"type": "json_object"}),
]


def drained(value: object) -> object:
    """Pydantic checks `Iterable` fields only when they are walked through."""
    if isinstance(value, Mapping):
        return {key: drained(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [drained(inner) for inner in value]
    return value


@pytest.mark.parametrize("name", CALLS)
def test_the_sdk_s_types_accept_what_we_send(name: str) -> None:
    """Every field known and of the right type; unknown keys would be dropped, so nothing may be missing afterwards."""
    body = json.loads(encode(CALLS[name]).body)
    assert drained(PARAMS.validate_python(body)) == body


def extras(value: object) -> list[str]:
    """Fields that the SDK's model does not know, at any depth."""
    if isinstance(value, list):
        return [name for inner in value for name in extras(inner)]
    unknown = list(getattr(value, "model_extra", None) or {})
    fields = vars(value).values() if hasattr(value, "model_extra") else ()
    return unknown + [name for inner in fields for name in extras(inner)]


@pytest.mark.parametrize("fault", ["none", "empty", "truncated", "refusal"])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_the_sdk_s_model_knows_every_field_of_an_answer(body: bytes, fault: str) -> None:
    """Strictly read, with nothing left over, also when the content is spoilt."""
    faults = EmulatorFaults(**({} if fault == "none" else {fault: 1.0}))
    outgoing = ask(Answering(replace(UNLIMITED, faults=faults), NotingClock()), body, "openai")
    completion = ChatCompletion.model_validate(read(outgoing), strict=True)
    assert extras(completion) == []


async def _ask_emulator(**fields: Any) -> ChatCompletion:  # noqa: ANN401 - the SDK's own parameters
    """One answer through the SDK's client, without its retries."""
    emulator = await start(UNLIMITED, clock=NotingClock())
    client = openai.AsyncOpenAI(api_key="none", base_url=f"{emulator.url}/openai/v1", max_retries=0)
    try:
        completion: ChatCompletion = await client.chat.completions.create(
            messages=[{"role": "user", "content": "Write an e-mail about tea."}], **fields
        )
        return completion
    finally:
        await client.close()
        await emulator.stop()


def test_the_sdk_s_client_reads_the_emulator() -> None:
    """Over HTTP, with usage and fingerprint."""
    completion = asyncio.run(_ask_emulator(model="gpt-6-sol", max_completion_tokens=5000))
    assert completion.system_fingerprint == "emulated"
    assert completion.choices[0].message.content
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion.usage.completion_tokens_details is not None
    assert completion.usage.completion_tokens_details.reasoning_tokens


def test_the_sdk_s_client_gets_json_for_a_schema() -> None:
    """Structured outputs, as the SDK asks for them."""
    wanted = {"type": "json_schema", "json_schema": {"name": "rating", "strict": True, "schema": SCHEMA}}
    completion = asyncio.run(_ask_emulator(model="gpt-4.1", response_format=wanted))
    answer = json.loads(completion.choices[0].message.content or "")
    assert sorted(answer) == ["score", "subject"]
    assert 1 <= answer["score"] <= 5


def test_the_sdk_s_client_raises_its_own_errors() -> None:
    """A 400 of ours is a 400 of theirs, with code and parameter."""
    with pytest.raises(openai.BadRequestError) as caught:
        asyncio.run(_ask_emulator(model="gpt-5", max_tokens=5))
    assert (caught.value.code, caught.value.param) == ("unsupported_parameter", "max_tokens")
