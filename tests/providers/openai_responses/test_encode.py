"""Tests of modelroute_cli.providers.openai_responses.encode."""

import json
from dataclasses import replace
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from support.asked import AUDIO, FILES, IMAGES, LINKED_FILES, LINKED_IMAGES, texts
from support.calls import DEEPSEEK, OPENAI, make_call, make_card

from modelroute_cli.base.schema import Message, Request, ServiceTier, Tool
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.openai_responses.encode import encode

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}
TOLD = "Answer with one JSON object and nothing else. It must meet this JSON Schema:\n"


def body(call: Call) -> dict[str, Any]:
    """The body as a provider reads it."""
    read: dict[str, Any] = json.loads(encode(call).body)
    return read


def refused(request: Request, provider: Provider = OPENAI) -> tuple[str, str | None]:
    """Message and hint of a request that cannot be sent."""
    with pytest.raises(UnsendableError) as caught:
        encode(make_call(request, provider))
    return caught.value.message, caught.value.hint


def test_a_plain_request_is_model_turns_and_limit() -> None:
    """Nothing is stored, and nothing else is sent."""
    assert body(make_call()) == {
        "model": "gpt-6-luna",
        "input": [{"role": "user", "content": "Write one headline."}],
        "max_output_tokens": 700,
        "store": False,
    }


def test_the_address_and_the_headers_are_those_of_the_provider() -> None:
    """Only the path is this format's."""
    sent = encode(make_call(key="k"))
    assert sent.url == "https://api.openai.com/v1/responses"
    assert (sent.headers["authorization"], sent.headers["x-client-request-id"]) == ("Bearer k", "a-1")


def test_the_opening_system_turn_is_the_instructions() -> None:
    """Later ones stay where they stand, under the provider's word for them."""
    turns = (Message("user", "a"), Message("assistant", "b"), Message("system", "c"), Message("user", "d"))
    sent = body(make_call(Request(custom_id="r", system="s", messages=turns)))
    assert sent["instructions"] == "s"
    assert [(turn["role"], turn["content"]) for turn in sent["input"]] == [
        ("user", "a"),
        ("assistant", "b"),
        ("developer", "c"),
        ("user", "d"),
    ]


def test_a_system_turn_alone_is_the_input() -> None:
    """A response to nothing would be refused."""
    sent = body(make_call(Request(custom_id="r", messages=(Message("system", "Write a poem."),))))
    assert (sent.get("instructions"), sent["input"]) == (None, [{"role": "developer", "content": "Write a poem."}])


@pytest.mark.parametrize(
    ("tier", "named"),
    [
        ("standard", "default"),
        ("flex", "flex"),
        ("priority", "priority"),
        ("batch", "default"),
        ("background_2h", "default"),
        ("off_peak", "default"),
    ],
)
def test_the_tier_is_named_where_several_are_sold_at_once(tier: str, named: str) -> None:
    """The standard one too: a project's own default may be a dearer one."""
    several = msgspec.structs.replace(OPENAI, tiers={ServiceTier.FLEX: TierTerms(window_s=900)})
    assert body(replace(make_call(provider=several), service_tier=tier))["service_tier"] == named
    assert "service_tier" not in body(replace(make_call(), service_tier=tier))


@pytest.mark.parametrize(
    ("field", "effort", "expected"),
    [
        ("reasoning_effort", "low", {"effort": "low"}),
        ("reasoning", "none", {"effort": "none"}),
        ("reasoning_effort", None, None),
        ("none", "low", None),
    ],
)
def test_the_effort_has_one_place(
    field: Literal["reasoning_effort", "reasoning", "none"], effort: str | None, expected: object
) -> None:
    """Whatever Chat Completions calls it; an effort nobody set is not sent, nor one to a provider without any."""
    provider = msgspec.structs.replace(OPENAI, effort_field=field)
    assert body(make_call(provider=provider, card=make_card(effort=effort))).get("reasoning") == expected


def test_a_native_schema_is_sent_strict_where_it_can_be() -> None:
    """Any other goes as guidance, and our own gate checks the answer."""
    open_schema: dict[str, object] = {"type": "object", "properties": {"name": {"type": "string"}}}
    for schema, strict in ((SCHEMA, True), (open_schema, False)):
        sent = body(make_call(Request(custom_id="r", prompt="Name it.", response_schema=schema)))
        assert sent["text"] == {"format": {"type": "json_schema", "name": "answer", "strict": strict, "schema": schema}}


def test_json_mode_keeps_the_word_json_in_the_input() -> None:
    """The provider looks for it there, not in the instructions."""
    request = Request(custom_id="r", system="Be brief.", prompt="Name it.", response_schema={"type": "object"})
    sent = body(make_call(request, card=make_card(response_schema="json_object")))
    assert sent["text"] == {"format": {"type": "json_object"}}
    assert sent["input"] == [
        {"role": "developer", "content": f'Be brief.\n\n{TOLD}{{"type":"object"}}'},
        {"role": "user", "content": "Name it."},
    ]
    assert "instructions" not in sent


def test_a_model_without_json_mode_is_only_told() -> None:
    """In its instructions, where it has any."""
    request = Request(custom_id="r", system="Be brief.", prompt="Name it.", response_schema={"type": "object"})
    sent = body(make_call(request, card=make_card(response_schema="none")))
    assert (sent["instructions"], sent.get("text")) == (f'Be brief.\n\n{TOLD}{{"type":"object"}}', None)


def test_pictures_and_documents_follow_the_last_user_turn() -> None:
    """As content or as addresses; documents in the request get names."""
    request = Request(
        custom_id="r",
        prompt="What is it?",
        images=(IMAGES[0], LINKED_IMAGES[0]),
        files=(LINKED_FILES[0], FILES[0]),
    )
    assert body(make_call(request))["input"][0]["content"] == [
        {"type": "input_text", "text": "What is it?"},
        {"type": "input_image", "image_url": IMAGES[0], "detail": "auto"},
        {"type": "input_image", "image_url": LINKED_IMAGES[0], "detail": "auto"},
        {"type": "input_file", "file_url": LINKED_FILES[0]},
        {"type": "input_file", "filename": "document-2.pdf", "file_data": FILES[0]},
    ]


@pytest.mark.parametrize("kind", ["images", "files"])
def test_addresses_go_only_to_providers_that_fetch_them(kind: str) -> None:
    """Nothing is sent that the provider would refuse."""
    link = "https://example.com/a.pdf"
    request = msgspec.structs.replace(Request(custom_id="r7", prompt="What is it?"), **{kind: (link,)})
    assert refused(request, msgspec.structs.replace(OPENAI, fetches_links=False)) == (
        f"request `r7`: `{link}` is not in the request, and this provider reads no addresses",
        "give it as a file or as a `data:...;base64,` URL",
    )


def test_sound_has_no_place() -> None:
    """The other format of the same provider has one."""
    assert refused(Request(custom_id="r7", prompt="What is said?", audio=AUDIO[:1])) == (
        "request `r7` carries sound, for which this format has no place",
        "set the provider's `format` to `openai_chat`",
    )


def test_a_limit_below_sixteen_is_refused_before_sending() -> None:
    """The provider answers 400, and more than the plan reserved is never asked for."""
    with pytest.raises(UnsendableError) as caught:
        encode(replace(make_call(provider=msgspec.structs.replace(OPENAI, format="openai_responses")), max_tokens=15))
    assert caught.value.message == (
        "request `r1` asks for at most 15 output tokens, and this format takes no limit below 16"
    )
    assert caught.value.hint == "ask for 16 or more, or set the provider's `format` to `openai_chat`"
    assert body(replace(make_call(), max_tokens=16))["max_output_tokens"] == 16


@pytest.mark.parametrize(
    ("choice", "sent_choice"),
    [("auto", "auto"), ("required", "required"), ("find", {"type": "function", "name": "find"})],
)
def test_tools_are_passed_through(choice: str, sent_choice: object) -> None:
    """With the strictness that Chat Completions has when nothing is said."""
    tools = (Tool(name="find", description="Finds it.", parameters=SCHEMA), Tool(name="halt"))
    sent = body(make_call(Request(custom_id="r", prompt="Find it.", tools=tools, tool_choice=choice)))
    assert sent["tools"] == [
        {"type": "function", "name": "find", "description": "Finds it.", "parameters": SCHEMA, "strict": False},
        {
            "type": "function",
            "name": "halt",
            "description": None,
            "parameters": {"type": "object", "properties": {}},
            "strict": False,
        },
    ]
    assert sent["tool_choice"] == sent_choice


def test_sampling_goes_to_models_that_take_it() -> None:
    """Seed and stop words go to none."""
    request = Request(custom_id="r", prompt="Hi", temperature=0.5, top_p=0.9, seed=7, stop=("END",))
    takes, refuses = make_card(), msgspec.structs.replace(make_card(), sampling=False)
    plain = set(body(make_call()))
    assert set(body(make_call(request, card=takes))) - plain == {"temperature", "top_p"}
    assert set(body(make_call(request, card=refuses))) == plain


@pytest.mark.parametrize(("provider", "key"), [(OPENAI, "modelroute-00000000000000ff"), (DEEPSEEK, None)])
def test_requests_of_one_beginning_are_kept_together(provider: Provider, key: str | None) -> None:
    """Where the provider knows the word."""
    assert body(replace(make_call(provider=provider), prefix=255)).get("prompt_cache_key") == key


@given(texts(), texts())
def test_the_same_call_gives_the_same_bytes_and_all_text_arrives(prompt: str, system: str) -> None:
    """Any text goes over the wire unchanged."""
    call = make_call(Request(custom_id="r", system=system, prompt=prompt))
    assert encode(call) == encode(call)
    assert (body(call)["instructions"], body(call)["input"][0]["content"]) == (system, prompt)
