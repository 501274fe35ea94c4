"""Calls of every kind we send, for checks against types and specifications that others wrote."""

from support.calls import make_call, make_card

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import Call

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}, "score": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["subject", "score"],
    "additionalProperties": False,
}
IMAGES = ("https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo=")
REQUESTS = {
    "plain": Request(custom_id="r", prompt="Write a headline about tea."),
    "system": Request(custom_id="r", system="Be brief.", prompt="Write an e-mail."),
    "chat": Request(
        custom_id="r", messages=(Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "And now?"))
    ),
    "images": Request(custom_id="r", system="Look.", prompt="What is it?", images=IMAGES),
    "schema": Request(custom_id="r", prompt="Rate it.", response_schema=SCHEMA),
    "open schema": Request(custom_id="r", prompt="Rate it.", response_schema={"type": "object"}),
}


def calls(provider: Provider, *, model: str = "gpt-6-luna", effort: str = "low") -> dict[str, Call]:
    """One call of each kind, and the schema again in JSON mode and in words alone."""
    card = make_card(model, effort=effort)
    made = {name: make_call(request, provider, card) for name, request in REQUESTS.items()}
    in_json_mode = make_card(model, response_schema="json_object")
    in_words = make_card(model, response_schema="none")
    made["json mode"] = make_call(REQUESTS["schema"], provider, in_json_mode)
    made["schema in words"] = make_call(REQUESTS["schema"], provider, in_words)
    return made
