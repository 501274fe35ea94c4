"""Tests of modelroute_cli.providers.gemini.encode."""

import json
from dataclasses import replace
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calls import make_call
from support.gemini_calls import BUDGETS, GOOGLE, gemini_card

from modelroute_cli.base.schema import Message, Request, ServiceTier, Tool
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.gemini.encode import encode

SCHEMA: dict[str, object] = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
UNHELD: dict[str, object] = {"type": "object", "properties": {"name": {"type": "string", "pattern": "^A"}}}


def body(call: Call) -> dict[str, Any]:
    """The body as Google reads it."""
    read: dict[str, Any] = json.loads(encode(call).body)
    return read


def sent(card: ModelCard | None = None, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any request field
    """The body of a request to Google."""
    given_fields = {"prompt": "Write one headline."} | fields if "messages" not in fields else fields
    return body(make_call(Request(custom_id="r", **given_fields), GOOGLE, card or gemini_card()))


def test_a_plain_request_is_one_turn_and_a_limit() -> None:
    """Nothing else: no safety setting, no candidate count, no thinking the card does not name."""
    assert sent(gemini_card(effort=None)) == {
        "contents": [{"role": "user", "parts": [{"text": "Write one headline."}]}],
        "generationConfig": {"maxOutputTokens": 700},
    }


def test_the_model_stands_in_the_path_and_the_key_in_a_header() -> None:
    """Google's own examples put the key into the URL, where every proxy logs it."""
    wired = encode(make_call(provider=GOOGLE, card=gemini_card(), key="AIza-secret"))
    assert wired.url == "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:generateContent"
    assert b"AIza-secret" not in wired.body
    assert wired.headers == {
        "content-type": "application/json",
        "accept": "application/json",
        "x-goog-api-key": "AIza-secret",
        "x-client-request-id": "a-1",
    }


def test_a_model_s_name_cannot_leave_its_place_in_the_path() -> None:
    """Names come from settings."""
    wired = encode(make_call(provider=GOOGLE, card=gemini_card("a/../b?key=1")))
    assert wired.url.endswith("/v1beta/models/a%2F..%2Fb%3Fkey%3D1:generateContent")


def test_what_the_system_says_has_its_own_place() -> None:
    """All system turns, wherever they stood, in their order; the model's turns are called `model`."""
    turns = (
        Message("developer", "Be kind."),
        Message("user", "a"),
        Message("assistant", "b"),
        Message("system", "Be quick."),
        Message("user", "c"),
    )
    wired = sent(system="Be brief.", messages=turns)
    assert wired["systemInstruction"] == {
        "parts": [{"text": "Be brief."}, {"text": "Be kind."}, {"text": "Be quick."}],
    }
    assert wired["contents"] == [
        {"role": "user", "parts": [{"text": "a"}]},
        {"role": "model", "parts": [{"text": "b"}]},
        {"role": "user", "parts": [{"text": "c"}]},
    ]


def test_a_chat_of_the_system_alone_is_the_user_s() -> None:
    """Google refuses a request without turns."""
    wired = sent(messages=(Message("system", "Say hello."),))
    assert wired["contents"] == [{"role": "user", "parts": [{"text": "Say hello."}]}]
    assert "systemInstruction" not in wired


def test_pictures_files_and_sounds_follow_the_last_user_turn_s_text() -> None:
    """In base64, under Google's names of the types; a model's turn after it does not carry them."""
    turns = (Message("user", "a"), Message("user", "What is it?"), Message("assistant", "It is"))
    wired = sent(
        messages=turns,
        images=("data:image/png;base64,AAAA", "data:image/webp;base64,BBBB"),
        audio=("data:audio/mpeg;base64,CCCC", "data:audio/x-wav;base64,DDDD", "data:audio/wav;base64,EEEE"),
        files=("data:application/pdf;base64,FFFF",),
    )
    assert [len(turn["parts"]) for turn in wired["contents"]] == [1, 7, 1]
    assert wired["contents"][1]["parts"] == [
        {"text": "What is it?"},
        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
        {"inlineData": {"mimeType": "image/webp", "data": "BBBB"}},
        {"inlineData": {"mimeType": "application/pdf", "data": "FFFF"}},
        {"inlineData": {"mimeType": "audio/mp3", "data": "CCCC"}},
        {"inlineData": {"mimeType": "audio/wav", "data": "DDDD"}},
        {"inlineData": {"mimeType": "audio/wav", "data": "EEEE"}},
    ]


def test_a_picture_without_words_is_sent_without_an_empty_text() -> None:
    """Google refuses empty text parts."""
    wired = sent(messages=(Message("user", ""),), images=("data:image/png;base64,AAAA",))
    assert wired["contents"][0]["parts"] == [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]


@pytest.mark.parametrize("kind", ["images", "audio", "files"])
@pytest.mark.parametrize("item", ["https://example.com/a.png", "pictures/a.png", "data:text/html,x"])
def test_what_is_not_in_the_request_is_refused_before_sending(kind: str, item: str) -> None:
    """Gemini fetches nothing that is not uploaded to Google."""
    fields: dict[str, Any] = {kind: (item,)}
    with pytest.raises(UnsendableError) as caught:
        sent(**fields)
    assert caught.value.message == f"request `r`: `{item}` is not in the request, and this provider reads no addresses"
    assert caught.value.hint == "give it as a file or as a `data:...;base64,` URL"


def test_half_a_character_is_refused_before_sending() -> None:
    """JSON on the wire is UTF-8, which has no lone surrogates."""
    with pytest.raises(UnsendableError) as caught:
        sent(prompt="cut \ud83d")
    assert caught.value.message == "request `r` holds half a character (a lone surrogate)"


@pytest.mark.parametrize(
    ("effort", "budgets", "expected"),
    [
        (None, {}, None),
        (None, BUDGETS, None),
        ("minimal", {}, {"thinkingLevel": "MINIMAL"}),
        ("low", {}, {"thinkingLevel": "LOW"}),
        ("xhigh", {}, {"thinkingLevel": "XHIGH"}),
        ("none", {}, {"thinkingBudget": 0}),
        ("none", BUDGETS, {"thinkingBudget": 0}),
        ("low", BUDGETS, {"thinkingBudget": 1024}),
        ("high", BUDGETS, {"thinkingBudget": 24576}),
    ],
)
def test_thinking_is_a_level_or_a_number_of_tokens(
    effort: str | None, budgets: dict[str, int], expected: dict[str, object] | None
) -> None:
    """Gemini 2.5 takes numbers, its successors levels; both at once would be a 400."""
    card = msgspec.structs.replace(gemini_card(effort=effort), thinking_budgets=budgets)
    call = replace(make_call(provider=GOOGLE, card=card), max_tokens=65_536)
    assert body(call)["generationConfig"].get("thinkingConfig") == expected


@pytest.mark.parametrize(
    ("max_tokens", "expected"), [(65_536, 24_576), (32_768, 24_576), (6_889, 5_166), (700, 525), (100, 512)]
)
def test_thoughts_leave_room_for_the_answer(max_tokens: int, expected: int) -> None:
    """They count to the limit, and an answer without room is empty and billed; 512 is the least budget there is."""
    card = msgspec.structs.replace(gemini_card(effort="high"), thinking_budgets=BUDGETS)
    call = replace(make_call(provider=GOOGLE, card=card), max_tokens=max_tokens)
    assert body(call)["generationConfig"]["thinkingConfig"] == {"thinkingBudget": expected}


def test_a_schema_that_gemini_holds_a_model_to_is_sent() -> None:
    """And not told in words."""
    wired = sent(prompt="Name it.", response_schema=SCHEMA | {"$schema": "https://json-schema.org/draft-07"})
    assert wired["generationConfig"] == {
        "maxOutputTokens": 700,
        "responseMimeType": "application/json",
        "responseJsonSchema": SCHEMA,
        "thinkingConfig": {"thinkingLevel": "LOW"},
    }
    assert wired["contents"] == [{"role": "user", "parts": [{"text": "Name it."}]}]


@pytest.mark.parametrize(
    ("schema", "kind"), [(UNHELD, "native"), (SCHEMA, "json_object"), (SCHEMA, "none"), (UNHELD, "none")]
)
def test_any_other_schema_is_told_in_words(
    schema: dict[str, object], kind: Literal["native", "json_object", "none"]
) -> None:
    """The answer is still JSON where the model can be told so."""
    wired = sent(gemini_card(response_schema=kind, effort=None), system="Be brief.", response_schema=schema)
    form = {} if kind == "none" else {"responseMimeType": "application/json"}
    assert wired["generationConfig"] == {"maxOutputTokens": 700} | form
    assert wired["systemInstruction"]["parts"][0]["text"] == (
        "Be brief.\n\nAnswer with one JSON object and nothing else. It must meet this JSON Schema:\n"
        + json.dumps(schema, separators=(",", ":"))
    )


def test_beside_tools_a_schema_is_told_in_words_alone() -> None:
    """Gemini 2.5 answers 400 to JSON mode with functions."""
    wired = sent(response_schema=SCHEMA, tools=(Tool(name="now"),))
    assert wired["generationConfig"] == {"maxOutputTokens": 700, "thinkingConfig": {"thinkingLevel": "LOW"}}
    assert wired["contents"][0]["parts"][0]["text"].startswith("Write one headline.\n\nAnswer with one JSON object")
    assert wired["tools"] == [{"functionDeclarations": [{"name": "now", "description": "now"}]}]


def test_sampling_is_sent_to_a_model_that_takes_it() -> None:
    """Temperature and nucleus by the card, the seed by the provider, stop words by the card."""
    asked = {"temperature": 0.0, "top_p": 0.5, "seed": 0, "stop": ("END", "\n\n")}
    every = {"temperature": 0.0, "topP": 0.5, "seed": 0, "stopSequences": ["END", "\n\n"]}
    takes = gemini_card(effort=None, sampling=True)
    assert sent(takes, **asked)["generationConfig"] == {"maxOutputTokens": 700} | every
    takes_none = msgspec.structs.replace(gemini_card(effort=None), stop=False)
    assert sent(takes_none, **asked)["generationConfig"] == {"maxOutputTokens": 700, "seed": 0}
    unseeded = msgspec.structs.replace(GOOGLE, seed_field="none")
    call = make_call(Request(custom_id="r", prompt="Hi", seed=7), unseeded, takes)
    assert body(call)["generationConfig"] == {"maxOutputTokens": 700}


@pytest.mark.parametrize("tier", ["standard", "flex", "priority"])
def test_the_tier_is_named_where_several_are_sold_at_once(tier: str) -> None:
    """The standard one too; batches are another endpoint's."""
    flex = msgspec.structs.replace(GOOGLE, tiers={ServiceTier.FLEX: TierTerms(window_s=900)})
    assert body(replace(make_call(provider=flex), service_tier=tier))["serviceTier"] == tier
    batch = msgspec.structs.replace(GOOGLE, tiers={ServiceTier.BATCH: TierTerms(window_s=86_400)})
    assert "serviceTier" not in body(replace(make_call(provider=batch), service_tier=tier))
    assert body(replace(make_call(provider=flex), service_tier="batch"))["serviceTier"] == "standard"


@given(st.text(min_size=1), st.text(), st.text(max_size=20))
def test_the_same_call_gives_the_same_bytes_and_all_text_arrives(prompt: str, system: str, reply: str) -> None:
    """Any text goes over the wire unchanged."""
    turns = (Message("user", prompt), Message("assistant", reply), Message("user", prompt))
    call = make_call(Request(custom_id="r", system=system, messages=turns), GOOGLE, gemini_card())
    assert encode(call) == encode(call)
    read = body(call)
    assert [turn["parts"][0]["text"] for turn in read["contents"]] == [prompt, reply, prompt]
    assert read.get("systemInstruction") == ({"parts": [{"text": system}]} if system else None)
