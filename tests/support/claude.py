"""Claude's cards, Anthropic's account and calls of them, for tests of the Messages format."""

import json
from typing import Any

from msgspec import structs
from support.calls import make_call
from support.catalog_room import default_catalog

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.providers.anthropic_messages.encode import encode
from modelroute_cli.providers.base import Call

ANTHROPIC = default_catalog().providers["anthropic"]
OLDER = structs.replace(ANTHROPIC, api_version="2023-06-01")
CLAUDES = ("claude-haiku-4-5", "claude-haiku-5-5", "claude-opus-5-5", "claude-sonnet-5-5")


def claude(name: str = "claude-haiku-5-5", **fields: Any) -> ModelCard:  # noqa: ANN401 - the fields of a card
    """A shipped card (`NAME@EFFORT` too), with some fields changed."""
    return structs.replace(default_catalog().models[name], **fields)


def ask(request: Request | None = None, card: ModelCard | None = None, provider: Provider = ANTHROPIC) -> Call:
    """A call of 700 output tokens to Claude."""
    return make_call(request, provider, card or claude(), key="sk-ant-1")


def body(call: Call) -> dict[str, Any]:
    """The body as Anthropic reads it."""
    read: dict[str, Any] = json.loads(encode(call).body)
    return read
