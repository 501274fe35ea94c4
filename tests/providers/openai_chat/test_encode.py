"""Tests of modelroute_cli.providers.openai_chat.encode."""

import json
from dataclasses import replace
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calls import DEEPSEEK, OPENAI, OPENROUTER, PORTKEY, make_call, make_card

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Message, Request, ServiceTier, Tool
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import Call, PriceLimit, UnsendableError
from modelroute_cli.providers.openai_chat.encode import encode

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


def body(call: Call) -> dict[str, Any]:
    """The body as a provider reads it."""
    read: dict[str, Any] = json.loads(encode(call).body)
    return read


def test_a_plain_request_is_model_turns_and_limit() -> None:
    """Nothing else is sent: no sampling parameter, no user, no metadata."""
    assert body(make_call()) == {
        "model": "gpt-6-luna",
        "messages": [{"role": "user", "content": "Write one headline."}],
        "stream": False,
        "max_completion_tokens": 700,
    }


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
    """The standard one too: a project's own default may be a dearer one. Batches are another endpoint's."""
    several = msgspec.structs.replace(OPENAI, tiers={ServiceTier.FLEX: TierTerms(window_s=900)})
    assert body(replace(make_call(provider=several), service_tier=tier))["service_tier"] == named
    batch_alone = msgspec.structs.replace(OPENAI, tiers={ServiceTier.BATCH: TierTerms(window_s=86_400)})
    assert "service_tier" not in body(replace(make_call(provider=batch_alone), service_tier=tier))


def test_the_limit_has_the_provider_s_name() -> None:
    """The output limit is always sent, under the name the provider obeys."""
    sent = body(make_call(provider=DEEPSEEK))
    assert sent["max_tokens"] == 700
    assert "max_completion_tokens" not in sent


def test_the_url_takes_no_double_slash() -> None:
    """A base URL may end in a slash."""
    assert encode(make_call(provider=PORTKEY)).url == "https://api.portkey.ai/v1/chat/completions"


@pytest.mark.parametrize(("provider", "role"), [(OPENAI, "developer"), (DEEPSEEK, "system")])
@pytest.mark.parametrize("given_role", ["system", "developer"])
def test_the_system_turn_has_the_provider_s_role(
    provider: Provider, role: str, given_role: Literal["system", "developer"]
) -> None:
    """Either word in the job file becomes the one this provider knows."""
    request = Request(custom_id="r", messages=(Message(given_role, "Be brief."), Message("user", "Hi")))
    assert body(make_call(request, provider))["messages"][0] == {"role": role, "content": "Be brief."}


def test_turns_keep_their_order() -> None:
    """`system` comes before the messages."""
    turns = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    sent = body(make_call(Request(custom_id="r", system="s", messages=turns), DEEPSEEK))["messages"]
    assert [(turn["role"], turn["content"]) for turn in sent] == [
        ("system", "s"),
        ("user", "a"),
        ("assistant", "b"),
        ("user", "c"),
    ]


@pytest.mark.parametrize(
    ("provider", "effort", "expected"),
    [
        (OPENAI, None, {}),
        (OPENAI, "minimal", {"reasoning_effort": "minimal"}),
        (OPENROUTER, "none", {"reasoning": {"effort": "none"}}),
        (DEEPSEEK, "none", {"thinking": {"type": "disabled"}}),
        (DEEPSEEK, "high", {"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
        (PORTKEY, "low", {}),
    ],
)
def test_the_effort_goes_into_the_provider_s_field(
    provider: Provider, effort: str | None, expected: dict[str, object]
) -> None:
    """An effort nobody set is not sent; a provider without a field gets none."""
    sent = body(make_call(provider=provider, card=make_card(effort=effort)))
    thinking_fields = ("reasoning_effort", "reasoning", "thinking")
    assert {key: value for key, value in sent.items() if key in thinking_fields} == expected


def with_schema(card: ModelCard, schema: dict[str, object] | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any request field
    """The body of a request with a response schema."""
    return body(make_call(Request(custom_id="r", response_schema=schema or SCHEMA, **fields), card=card))


def test_a_native_schema_is_sent_strict() -> None:
    """A model that can be held to the schema is."""
    sent = with_schema(make_card(), prompt="Name it.")
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
    }
    assert sent["messages"][0]["content"] == "Name it."


def test_a_schema_that_strict_mode_refuses_is_sent_as_guidance() -> None:
    """OpenAI answers 400 to a strict schema with optional properties; our own gate checks the answer instead."""
    loose: dict[str, object] = {"type": "object", "properties": {"name": {"type": "string"}}}
    sent = with_schema(make_card(), loose, prompt="Name it.")
    assert sent["response_format"]["json_schema"]["strict"] is False


def test_json_mode_gets_the_schema_in_words_too() -> None:
    """JSON mode knows no schema, and DeepSeek wants the word JSON in the prompt."""
    sent = with_schema(make_card(response_schema="json_object"), prompt="Name it.", system="Be brief.")
    assert sent["response_format"] == {"type": "json_object"}
    assert sent["messages"][0]["content"] == (
        "Be brief.\n\nAnswer with one JSON object and nothing else. It must meet this JSON Schema:\n"
        '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}'
    )
    assert sent["messages"][1]["content"] == "Name it."


def test_a_model_without_json_mode_is_only_told() -> None:
    """Without a system turn the instruction ends the last user turn."""
    turns = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"), Message("assistant", "{"))
    sent = with_schema(make_card(response_schema="none"), messages=turns)
    assert "response_format" not in sent
    assert [len(turn["content"]) > 1 for turn in sent["messages"]] == [False, False, True, False]


def test_images_follow_the_last_user_turn() -> None:
    """Addresses and data URLs are sent as they are."""
    images = ("https://example.com/a.png", "data:image/png;base64,AAAA")
    sent = body(make_call(Request(custom_id="r", system="s", prompt="What is it?", images=images)))["messages"]
    assert sent[0]["content"] == "s"
    assert sent[1]["content"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]


@pytest.mark.parametrize(
    "image", ["pictures/a.png", "http://example.com/a.png", "file:///etc/passwd", "data:text/html,x"]
)
def test_any_other_image_is_refused_before_sending(image: str) -> None:
    """Nothing is read from the disk behind the user's back, and nothing fetched in the clear."""
    with pytest.raises(UnsendableError) as caught:
        encode(make_call(Request(custom_id="r7", prompt="What is it?", images=(image,))))
    assert caught.value.message == (
        f"request `r7`: `{image}` is not in the request, and this provider reads no addresses"
    )
    assert caught.value.hint == "give it as a file or as a `data:...;base64,` URL"


def test_half_a_character_is_refused_before_sending() -> None:
    """JSON on the wire is UTF-8, which has no lone surrogates."""
    with pytest.raises(UnsendableError) as caught:
        encode(make_call(Request(custom_id="r8", prompt="cut \ud83d")))
    assert caught.value.message == "request `r8` holds half a character (a lone surrogate)"
    assert caught.value.hint == "write the text as whole UTF-8 characters"


def test_headers_carry_key_name_and_upstream() -> None:
    """Secrets of the call, static headers of the provider, the gateway's upstream, the attempt's name."""
    call = replace(
        make_call(provider=PORTKEY, card=make_card(upstream="openai"), key="k"),
        secrets={"x-portkey-api-key": "pk-1"},
    )
    assert encode(call).headers == {
        "content-type": "application/json",
        "accept": "application/json",
        "x-portkey-trace-id": "batch",
        "x-portkey-api-key": "pk-1",
        "x-portkey-provider": "openai",
        "authorization": "Bearer k",
        "x-client-request-id": "a-1",
    }


def test_no_key_means_no_authorization() -> None:
    """A local server is asked without any."""
    assert "authorization" not in encode(make_call()).headers


def test_a_static_header_cannot_replace_the_key() -> None:
    """Whatever the settings say, the key that was resolved is the one that is sent."""
    provider = Provider(name="p", base_url="https://p.example/v1", headers={"Authorization": "Bearer other"})
    assert encode(make_call(provider=provider, key="k")).headers["authorization"] == "Bearer k"


@given(st.text(min_size=1), st.text(), st.text(max_size=20))
def test_the_same_call_gives_the_same_bytes_and_all_text_arrives(prompt: str, system: str, reply: str) -> None:
    """Any text goes over the wire unchanged."""
    turns = (Message("user", prompt), Message("assistant", reply), Message("user", prompt))
    call = make_call(Request(custom_id="r", system=system, messages=turns))
    assert encode(call) == encode(call)
    assert [turn["content"] for turn in body(call)["messages"]][-3:] == [prompt, reply, prompt]


@pytest.mark.parametrize(
    ("provider", "prefix", "key"),
    [
        (OPENAI, 255, "modelroute-00000000000000ff"),
        (OPENAI, 2**63 - 1, "modelroute-7fffffffffffffff"),
        (OPENAI, None, None),
        (DEEPSEEK, 255, None),
    ],
)
def test_requests_of_one_beginning_are_kept_together(provider: Provider, prefix: int | None, key: str | None) -> None:
    """The word is the same in every run; who does not know the field, or shares nothing, gets none."""
    assert body(replace(make_call(provider=provider), prefix=prefix)).get("prompt_cache_key") == key


def asking(provider: Provider = OPENAI, card: ModelCard | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any request field
    """What a request's fields add to the body of a plain one."""
    sent = body(make_call(Request(custom_id="r", prompt="Hi", **fields), provider, card))
    return {name: value for name, value in sent.items() if name not in body(make_call(provider=provider, card=card))}


def test_sampling_goes_to_models_that_take_it() -> None:
    """The others answer 400."""
    refuses = msgspec.structs.replace(make_card(), sampling=False)
    assert asking(temperature=0.0, top_p=0.9) == {"temperature": 0.0, "top_p": 0.9}
    assert asking(card=refuses, temperature=0.0, top_p=0.9) == {}


@pytest.mark.parametrize(
    ("field", "expected"), [("seed", {"seed": 0}), ("random_seed", {"random_seed": 0}), ("none", {})]
)
def test_the_seed_has_the_provider_s_name(
    field: Literal["seed", "random_seed", "none"], expected: dict[str, object]
) -> None:
    """Mistral has its own; a provider without any gets none."""
    assert asking(msgspec.structs.replace(OPENAI, seed_field=field), seed=0) == expected


def test_stop_words_go_to_models_that_take_them() -> None:
    """For the others they are kept to after the answer."""
    assert asking(stop=("END", "\n")) == {"stop": ["END", "\n"]}
    assert asking(card=msgspec.structs.replace(make_card(), stop=False), stop=("END",)) == {}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, None),
        ("auto", "auto"),
        ("none", "none"),
        ("required", "required"),
        ("find", {"type": "function", "function": {"name": "find"}}),
    ],
)
def test_tools_are_passed_through(choice: str | None, expected: object) -> None:
    """With a schema of arguments each: not every provider does without one."""
    tools = (Tool(name="find", description="Finds it.", parameters=SCHEMA), Tool(name="halt"))
    sent = asking(tools=tools, tool_choice=choice)
    assert sent["tools"] == [
        {"type": "function", "function": {"name": "find", "description": "Finds it.", "parameters": SCHEMA}},
        {"type": "function", "function": {"name": "halt", "parameters": {"type": "object", "properties": {}}}},
    ]
    assert sent.get("tool_choice") == expected


def test_a_choice_without_tools_is_not_sent() -> None:
    """The provider would refuse it."""
    assert asking(tool_choice="none") == {}


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, {"max_price": {"prompt": 0.100001, "completion": 0.400001}}),
        ({"provider": {"zdr": True}}, {"max_price": {"prompt": 0.100001, "completion": 0.400001}, "zdr": True}),
        ({"provider": {"max_price": {"prompt": 9}}}, {"max_price": {"prompt": 9}}),
        ({"provider": "unknown form"}, "unknown form"),
    ],
)
def test_no_endpoint_may_be_dearer_than_the_plan(extra: dict[str, object], expected: object) -> None:
    """Dollars per million tokens, just above the plan's prices; the user's own limit stays."""
    call = make_call(provider=msgspec.structs.replace(OPENROUTER, extra_body=extra))
    limited = replace(call, price_limit=PriceLimit(PicoUSD(100_000), PicoUSD(400_000)))
    assert body(limited) == body(call) | {"provider": expected}


def test_what_the_settings_add_replaces_nothing_of_the_call() -> None:
    """Model, turns, limit and tier are the plan's."""
    extra = {"provider": {"zdr": True}, "model": "other", "messages": [], "max_completion_tokens": 9, "stream": True}
    sent = body(make_call(provider=msgspec.structs.replace(OPENAI, extra_body=extra)))
    assert sent == body(make_call()) | {"provider": {"zdr": True}}
