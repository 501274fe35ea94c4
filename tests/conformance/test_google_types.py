"""Google's own SDK as the judge of what we send: its types know every field, and it writes the same body itself."""

import json
from functools import cache
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic.alias_generators import to_camel
from support.asked import requests
from support.calls import make_call
from support.conformance_calls import REQUESTS
from support.gemini_calls import BUDGETS, GOOGLE, gemini_card

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import Call, WireRequest
from modelroute_cli.providers.gemini.encode import encode

SEVERAL_TIERS = replace(GOOGLE, tiers={ServiceTier.FLEX: TierTerms(window_s=900)})
BY_LEVEL = gemini_card()
BY_BUDGET = replace(gemini_card("gemini-2.5-flash", effort="medium", sampling=True), thinking_budgets=BUDGETS)
UNTHINKING = gemini_card("gemini-2.5-flash-lite", effort="none", sampling=True)
IN_WORDS = gemini_card(effort=None, response_schema="json_object")
KEY = "no-key"
OURS = {"responseJsonSchema", "parametersJsonSchema", "parameters_json_schema"}  # what the request brought
PLAIN_BASE64 = str.maketrans("-_", "+/")
BESIDE_CONFIG = ("systemInstruction", "tools", "toolConfig", "serviceTier")


class Noting(httpx.BaseTransport):
    """Keeps what the SDK sends, and answers nothing much."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note and answer."""
        self.sent.append(request)
        return httpx.Response(200, json={"candidates": []})


NOTING = Noting()


@cache
def sdk() -> genai.Client:
    """The SDK's client at Google's address, on a transport of ours; made once, which takes it a while."""
    base = GOOGLE.base_url.removesuffix("/v1beta")
    options = types.HttpOptions(base_url=base, api_version="v1beta", httpx_client=httpx.Client(transport=NOTING))
    return genai.Client(api_key=KEY, http_options=options)


def by_the_sdk(wired: WireRequest) -> httpx.Request:
    """The same request as the SDK sends it, from its own types; they refuse fields that they do not know."""
    body: dict[str, Any] = json.loads(wired.body)
    config = body["generationConfig"] | {name: body[name] for name in BESIDE_CONFIG if name in body}
    NOTING.sent.clear()
    sdk().models.generate_content(
        model=wired.url.rpartition("/models/")[2].removesuffix(":generateContent"),
        contents=[types.Content.model_validate_json(json.dumps(turn)) for turn in body["contents"]],
        config=types.GenerateContentConfig.model_validate_json(json.dumps(config)),
    )
    return NOTING.sent[0]


def in_one_spelling(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """The SDK's body with `thinking_level` as `thinkingLevel`, and plain base64: Google reads both spellings."""
    if isinstance(part, list):
        return [in_one_spelling(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    spelled = {to_camel(key): value if key in OURS else in_one_spelling(value) for key, value in part.items()}
    return spelled | {"data": spelled["data"].translate(PLAIN_BASE64)} if "data" in spelled else spelled


def check(call: Call) -> None:
    """What we send is what the SDK sends: address, key and every field of the body."""
    wired = encode(call)
    theirs = by_the_sdk(wired)
    assert (str(theirs.url), theirs.headers["x-goog-api-key"]) == (wired.url, wired.headers["x-goog-api-key"])
    assert in_one_spelling(json.loads(theirs.content)) == json.loads(wired.body)


@pytest.mark.parametrize("name", [name for name in REQUESTS if name != "images"])
@pytest.mark.parametrize("card", [BY_LEVEL, BY_BUDGET, UNTHINKING, IN_WORDS], ids=lambda card: f"{card.effort}")
def test_the_sdk_writes_the_same_body(name: str, card: ModelCard) -> None:
    """For each kind of request and each way of thinking."""
    check(make_call(REQUESTS[name], GOOGLE, card, key=KEY))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    requests(links=False),
    st.sampled_from([BY_LEVEL, BY_BUDGET, UNTHINKING, IN_WORDS]),
    st.sampled_from([GOOGLE, SEVERAL_TIERS]),
)
def test_the_sdk_writes_the_same_body_for_anything_a_row_may_ask(
    request: Request, card: ModelCard, provider: Provider
) -> None:
    """Pictures, sounds, files, tools, schemas, sampling and tiers in any mix."""
    check(make_call(request, provider, card, key=KEY))
