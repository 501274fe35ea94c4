"""Tests of modelroute_cli.providers.anthropic_messages.encode."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.asked import requests, schemas, tools
from support.claude import ANTHROPIC, CLAUDES, OLDER, ask, body, claude

from modelroute_cli.base.schema import Message, Modality, Request, Tool
from modelroute_cli.providers.anthropic_messages.encode import encode

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}
TOLD = "Answer with one JSON object and nothing else. It must meet this JSON Schema:\n"
FIND = Tool(name="find", description="Finds.", parameters={"properties": {"q": {"type": "string"}}})
SEEN = frozenset({Modality.IMAGE, Modality.FILE})


def request(**fields: Any) -> Request:  # noqa: ANN401 - the fields of a request
    """A prompt of one word, and what is given besides."""
    return Request(custom_id="r", prompt="Go.", **fields)


def test_a_plain_request_is_model_limit_and_turns() -> None:
    """The cheap model is told not to think, and no dearer tier is taken."""
    assert body(ask()) == {
        "model": "claude-haiku-5-5",
        "max_tokens": 700,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Write one headline."}]}],
        "thinking": {"type": "disabled"},
        "service_tier": "standard_only",
    }


def test_the_address_and_the_headers_are_anthropic_s() -> None:
    """The key has a header of its own; the version names which API is spoken to."""
    sent = encode(ask())
    assert sent.url == "https://api.anthropic.com/v1/messages"
    assert sent.headers == {
        "content-type": "application/json",
        "accept": "application/json",
        "x-api-key": "sk-ant-1",
        "x-client-request-id": "a-1",
        "anthropic-version": "2026-10-21",
    }


@pytest.mark.parametrize(("version", "sent"), [("2023-06-01", "2023-06-01"), (None, "2023-06-01")])
def test_the_version_is_the_provider_s(version: str | None, sent: str) -> None:
    """Without one the version is sent that every server of this language knows."""
    provider = structs.replace(ANTHROPIC, api_version=version)
    assert encode(ask(provider=provider)).headers["anthropic-version"] == sent


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("claude-haiku-5-5", {"thinking": {"type": "disabled"}}),
        ("claude-haiku-5-5@high", {"output_config": {"effort": "high"}}),
        ("claude-sonnet-5-5", {"output_config": {"effort": "medium"}}),
        ("claude-sonnet-5-5@none", {"thinking": {"type": "between_tools"}}),
        ("claude-opus-5-5", {"output_config": {"effort": "medium"}}),
        ("claude-opus-5-5@max", {"output_config": {"effort": "max"}}),
        ("claude-haiku-4-5", {"thinking": {"type": "disabled"}}),
        ("claude-haiku-4-5@low", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        ("claude-haiku-4-5@high", {"thinking": {"type": "enabled", "budget_tokens": 6144}}),
    ],
)
def test_effort_goes_as_the_model_takes_it(name: str, sent: dict[str, object]) -> None:
    """By name, as a number of tokens, or as the word by which this model is told not to think."""
    asked = body(replace(ask(card=claude(name)), max_tokens=20_000))
    assert {key: asked[key] for key in ("thinking", "output_config") if key in asked} == sent


@pytest.mark.parametrize("name", ["claude-haiku-5-5", "claude-opus-5-5", "claude-haiku-4-5"])
def test_a_card_without_an_effort_says_nothing(name: str) -> None:
    """The provider's default then holds."""
    assert body(ask(card=claude(name, effort=None))).keys() & {"thinking", "output_config"} == set()


@pytest.mark.parametrize(
    ("limit", "thinking"),
    [
        (1_365, {"type": "disabled"}),
        (1_366, {"type": "enabled", "budget_tokens": 1_024}),
        (4_000, {"type": "enabled", "budget_tokens": 3_000}),
        (9_000, {"type": "enabled", "budget_tokens": 6_144}),
    ],
)
def test_thoughts_leave_room_for_the_answer(limit: int, thinking: dict[str, object]) -> None:
    """A quarter of the limit at least; where 1,024 tokens are too many, nothing is thought."""
    assert body(replace(ask(card=claude("claude-haiku-4-5@high")), max_tokens=limit))["thinking"] == thinking


@pytest.mark.parametrize("name", CLAUDES)
def test_the_new_version_gets_no_sampling(name: str) -> None:
    """It answers 400 to any, whatever the card says."""
    sent = body(ask(request(temperature=0.3, top_p=0.9, seed=7), claude(name, sampling=True)))
    assert sent.keys() & {"temperature", "top_p", "seed"} == set()


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"temperature": 0.3}, {"temperature": 0.3}),
        ({"temperature": 1.7}, {"temperature": 1.0}),
        ({"top_p": 0.9}, {"top_p": 0.9}),
        ({"temperature": 0.3, "top_p": 0.9}, {"temperature": 0.3}),
        ({"seed": 7}, {}),
    ],
)
def test_the_older_version_gets_what_the_model_takes(asked: dict[str, float], sent: dict[str, float]) -> None:
    """One of the two, temperature up to 1; nothing to a model that takes none, or while it thinks by numbers."""
    cards = [claude("claude-haiku-4-5", sampling=takes) for takes in (True, False)]
    thinking = claude("claude-haiku-4-5@low", sampling=True)
    found = [body(replace(ask(request(**asked), card, OLDER), max_tokens=9_000)) for card in (*cards, thinking)]
    names = {"temperature", "top_p", "seed"}
    assert [{key: each[key] for key in names & each.keys()} for each in found] == [sent, {}, {}]


def test_a_schema_is_a_format() -> None:
    """Beside the effort, where there is one."""
    sent = body(ask(request(response_schema=SCHEMA), claude("claude-haiku-5-5@low")))
    assert sent["output_config"] == {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}
    assert sent["messages"][0]["content"] == [{"type": "text", "text": "Go."}]


def test_a_schema_outside_claude_s_rules_is_told_in_words() -> None:
    """So is every schema to a model without schema support."""
    told = [{"type": "text", "text": f'Go.\n\n{TOLD}{{"type":"object"}}'}]
    open_schema = request(response_schema={"type": "object"})
    assert body(ask(open_schema))["messages"][0]["content"] == told
    assert "output_config" not in body(ask(open_schema))
    sent = body(ask(request(response_schema=SCHEMA, system="s"), claude(response_schema="none")))
    assert sent["system"][0]["text"].startswith(f"s\n\n{TOLD}")
    assert "output_config" not in sent


def test_tools_are_passed_through() -> None:
    """Arguments are always an object, also of a tool without any."""
    sent = body(ask(request(tools=(FIND, Tool(name="stop")))))
    assert sent["tools"] == [
        {
            "name": "find",
            "description": "Finds.",
            "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}},
        },
        {"name": "stop", "input_schema": {"type": "object"}},
    ]
    assert "tool_choice" not in sent
    assert "tools" not in body(ask(request(tools=(FIND,)), claude(tools=False)))


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        ("find", {"type": "tool", "name": "find"}),
    ],
)
def test_a_choice_of_tools_has_anthropic_s_words(asked: str, sent: dict[str, str]) -> None:
    """A name is that of a tool."""
    assert body(ask(request(tools=(FIND,), tool_choice=asked)))["tool_choice"] == sent


@pytest.mark.parametrize("name", ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-4-5@low"])
@pytest.mark.parametrize(("asked", "told"), [("required", "Call one of the tools."), ("find", "Call the tool `find`.")])
def test_what_cannot_be_forced_is_asked_for(name: str, asked: str, told: str) -> None:
    """Opus and Sonnet 5.5 refuse forced tools, and so does a model that thinks by numbers."""
    sent = body(replace(ask(request(tools=(FIND,), tool_choice=asked, system="s"), claude(name)), max_tokens=4_000))
    assert sent["tool_choice"] == {"type": "auto"}
    assert [block["text"] for block in sent["system"]] == ["s", told]


@pytest.mark.parametrize("asked", ["auto", "none", None])
def test_what_is_not_forced_needs_no_words(asked: str | None) -> None:
    """Nothing is added to the prompt."""
    assert "system" not in body(ask(request(tools=(FIND,), tool_choice=asked), claude("claude-opus-5-5")))


def test_stop_words_are_sent_where_the_model_takes_them() -> None:
    """White space alone is refused by the API; the answer is cut at it here."""
    asked = request(stop=("END", "\n"))
    assert body(ask(asked))["stop_sequences"] == ["END"]
    assert "stop_sequences" not in body(ask(asked, claude(stop=False)))
    assert "stop_sequences" not in body(ask(request(stop=("\n",))))


@pytest.mark.parametrize(("tier", "sent"), [("standard", "standard_only"), ("priority", "auto")])
def test_a_bought_capacity_is_used_only_when_asked_for(tier: str, sent: str) -> None:
    """Anthropic's own default is to use it."""
    assert body(replace(ask(), service_tier=tier))["service_tier"] == sent


def test_the_same_call_gives_the_same_bytes() -> None:
    """A resumed run sends what was sent."""
    call = ask(request(response_schema=SCHEMA, tools=(FIND,), stop=("END",), system="s"))
    assert encode(call) == encode(call)


@given(requests(carries=SEEN), st.sampled_from(CLAUDES), st.integers(1, 128_000))
def test_every_request_has_what_the_api_wants(asked: Request, name: str, limit: int) -> None:
    """A user's turn first, no blank text, the limit, and a budget below it."""
    sent = body(replace(ask(asked, claude(name)), max_tokens=limit))
    assert sent["messages"][0]["role"] == "user"
    assert {turn["role"] for turn in sent["messages"]} <= {"user", "assistant"}
    blocks = [block for turn in sent["messages"] for block in turn["content"]] + sent.get("system", [])
    assert all(block["text"].strip() for block in blocks if block["type"] == "text")
    assert all(turn["content"] for turn in sent["messages"])
    assert sent["max_tokens"] == limit
    assert sent.get("thinking", {}).get("budget_tokens", 0) < limit


@given(schemas(), tools())
def test_nothing_of_the_request_is_changed(schema: dict[str, object], offered: tuple[Tool, ...]) -> None:
    """What is sent is made anew: the request may go to another model afterwards."""
    asked = Request(custom_id="r", messages=(Message("user", "Go."),), response_schema=schema, tools=offered)
    before = repr(asked)
    body(ask(asked))
    assert repr(asked) == before
