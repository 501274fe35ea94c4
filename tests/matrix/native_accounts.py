"""The providers of the matrix that speak a format of their own."""

from matrix import responses_shapes
from matrix.accounts import Listed
from matrix.cells import Case, Trouble
from matrix.chat_accounts import (
    AGAIN,
    ALL_PARTS,
    OPENAI_AUTH,
    OPENAI_BROKEN,
    OPENAI_LIMITED,
    OPENAI_TROUBLES,
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
EVERY = (RESPONSES,)
