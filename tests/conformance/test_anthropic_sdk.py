"""Anthropic's own SDK as the judge: its types must accept what we send."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, get_type_hints

import pytest
from anthropic.types import (
    DocumentBlockParam,
    ImageBlockParam,
    OutputConfigParam,
    TextBlockParam,
    ToolParam,
)
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from support.asked import requests
from support.claude import ANTHROPIC, CLAUDES, OLDER, ask, body, claude

from modelroute_cli.base.schema import Modality, Request
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.jobs.sent_text import sent_text

PARAMS = TypeAdapter(MessageCreateParamsNonStreaming)
KNOWN = get_type_hints(MessageCreateParamsNonStreaming).keys()
SAMPLING = {"temperature", "top_p"}
BLOCKS = {"text": TextBlockParam, "image": ImageBlockParam, "document": DocumentBlockParam}
CARDS = [
    *(claude(name) for name in CLAUDES),
    claude("claude-haiku-4-5@high", sampling=True),
    claude("claude-haiku-4-5", sampling=True),
    claude("claude-haiku-5-5@max"),
    claude("claude-sonnet-5-5@none"),
    claude(response_schema="none", tools=False, stop=False),
]


def drained(value: object) -> object:
    """Pydantic checks `Iterable` fields only when they are walked through."""
    if isinstance(value, Mapping):
        return {key: drained(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [drained(inner) for inner in value]
    return value


def strange_keys(sent: dict[str, Any]) -> set[str]:
    """Fields that the SDK's types do not name: a plain dictionary keeps them without a word."""
    named: list[tuple[dict[str, Any], Any]] = [(sent, MessageCreateParamsNonStreaming)]
    named += [(sent["output_config"], OutputConfigParam)] if "output_config" in sent else []
    named += [(tool, ToolParam) for tool in sent.get("tools", ())]
    named += [(block, TextBlockParam) for block in sent.get("system", ())]
    named += [(block, BLOCKS[block["type"]]) for turn in sent["messages"] for block in turn["content"]]
    return {key for part, kind in named for key in part.keys() - get_type_hints(kind).keys()}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    requests(carries=frozenset({Modality.IMAGE, Modality.FILE})),
    st.sampled_from(CARDS),
    st.sampled_from([ANTHROPIC, OLDER]),
    st.integers(1, 128_000),
    st.integers(0, 60),
)
def test_the_sdk_s_types_accept_whatever_we_send(
    request: Request, card: ModelCard, provider: Provider, limit: int, shared: int
) -> None:
    """Every field known and of the right type, nothing dropped; with and without a mark for the cache.

    Only sampling is not theirs: it is sent to the older version alone.
    """
    chars = min(shared, len(sent_text(request)))
    sent = body(replace(ask(request, card, provider), max_tokens=limit, prefix=7, prefix_chars=chars))
    assert strange_keys(sent) <= (SAMPLING if provider is OLDER else set())
    typed = {key: value for key, value in sent.items() if key not in SAMPLING}
    assert drained(PARAMS.validate_python(sent)) == typed


def test_the_sdk_knows_no_sampling_at_all() -> None:
    """So what only the older version takes is the one thing that its types do not judge."""
    assert KNOWN.isdisjoint(SAMPLING)
    asked = Request(custom_id="r", prompt="Go.", temperature=0.5)
    assert strange_keys(body(ask(asked, claude("claude-haiku-4-5", sampling=True), OLDER))) == {"temperature"}


@pytest.mark.parametrize("wrong", [{"effort": "none"}, {"format": {"type": "json"}}])
def test_the_types_refuse_what_is_wrong(wrong: dict[str, object]) -> None:
    """They are strict enough to judge."""
    sent = json.loads(json.dumps(body(ask()))) | {"output_config": wrong}
    with pytest.raises(ValueError, match="validation error"):
        PARAMS.validate_python(sent)
