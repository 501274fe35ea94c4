"""The providers of the matrix that speak a format of their own."""

from matrix import gemini_shapes, messages_shapes, responses_shapes
from matrix.accounts import Listed
from matrix.cells import Case, Trouble
from matrix.chat_accounts import (
    AGAIN,
    ALL_PARTS,
    LEFT,
    OPENAI_AUTH,
    OPENAI_BROKEN,
    OPENAI_LIMITED,
    OPENAI_TROUBLES,
    PARTLY_READ,
    WAITED,
    XAI_AUTH,
    XAI_BROKEN,
    XAI_LIMITED,
    XAI_TROUBLES,
    troubles,
)

RESPONSES = Listed(
    name="OpenAI, Responses",
    provider="openai",
    declared="""providers:
  openai: {format: openai_responses}""",
    shapes=responses_shapes.shapes(OPENAI_LIMITED, OPENAI_BROKEN, OPENAI_AUTH),
    path="/v1/responses",
    key_header="authorization",
    cost_pusd=ALL_PARTS,
    troubles={**OPENAI_TROUBLES, Case.ERROR_IN_200: Trouble("transient", "The model failed.", AGAIN)},
    checked="the official SDK's types (openai), OpenAI's OpenAPI document",
    note="Nothing is stored there (`store: false`).",
)
ANTHROPIC = Listed(
    name="Anthropic",
    provider="anthropic",
    shapes=messages_shapes.shapes(),
    path="/v1/messages",
    key_header="x-api-key",
    cost_pusd=ALL_PARTS,
    troubles=troubles(
        Trouble("rate_limited", "Number of requests exceeds your limit.", WAITED),
        Trouble("transient", "Overloaded", AGAIN),
        Trouble("account", "invalid x-api-key", LEFT),
        Trouble("transient", "Overloaded", AGAIN),
    ),
    checked="the official SDK's types and client (anthropic), genai-prices' reading of its usage",
    note="Its count of input leaves the cache out; ours, as everywhere, holds it.",
)
GOOGLE = Listed(
    name="Google Gemini",
    provider="google",
    shapes=gemini_shapes.shapes(),
    path="/v1beta/models/a-model:generateContent",
    key_header="x-goog-api-key",
    cost_pusd=PARTLY_READ,
    troubles=troubles(
        Trouble("rate_limited", "You exceeded your current quota.", WAITED),
        Trouble("transient", "The model is overloaded.", AGAIN),
        Trouble("account", "API key not valid.", LEFT),
        Trouble("transient", "Overloaded.", AGAIN),
    ),
    checked="the official SDK's types and client (google-genai), genai-prices' reading of its usage",
    note="It reads no addresses: pictures and documents go along. Thoughts are billed beside the answer.",
)
XAI = Listed(
    name="xAI",
    provider="xai",
    shapes=responses_shapes.shapes(XAI_LIMITED, XAI_BROKEN, XAI_AUTH, responses_shapes.XAI_USAGE),
    path="/v1/responses",
    key_header="authorization",
    cost_pusd=PARTLY_READ,
    troubles={**XAI_TROUBLES, Case.ERROR_IN_200: Trouble("transient", "The model failed.", AGAIN)},
    checked="genai-prices' reading of its usage",
)
EVERY = (RESPONSES, ANTHROPIC, GOOGLE, XAI)
