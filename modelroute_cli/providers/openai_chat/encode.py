"""OpenAI Chat Completions: a call as the body and headers that this one provider expects."""

from typing import assert_never

from modelroute_cli.base.schema import Message, Request, ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.providers.base import Call, WireRequest
from modelroute_cli.providers.encoding import (
    Body,
    inline,
    instructed,
    is_link,
    is_system,
    last_user,
    not_inline,
    wire_request,
)
from modelroute_cli.providers.strict_schema import is_strict

_AT_ONCE = frozenset({ServiceTier.FLEX, ServiceTier.PRIORITY})


def encode(call: Call) -> WireRequest:
    """The call as bytes; UnsendableError for a local picture or half a character.

    The output limit is always sent. Sampling parameters are sent to models that take them.
    """
    return wire_request(call, "/chat/completions", _body(call))


def _body(call: Call) -> Body:
    """Model, turns, limit, then what this request or this model needs beyond them."""
    body: Body = {"model": call.card.model_id, "messages": _messages(call), "stream": False}
    body[call.provider.max_tokens_field] = call.max_tokens
    body |= _effort(call)
    body |= _service_tier(call)
    body |= _response_format(call.request, call.card)
    body |= _cache_key(call)
    body |= _sampling(call)
    return body


def _sampling(call: Call) -> Body:
    """Temperature, nucleus, seed and stop words, as far as the model and the provider take them."""
    request, body = call.request, Body()
    if call.card.sampling:
        body |= {"temperature": request.temperature, "top_p": request.top_p}
    if call.provider.seed_field != "none":
        body[call.provider.seed_field] = request.seed
    if call.card.stop and request.stop:
        body["stop"] = list(request.stop)
    return {name: value for name, value in body.items() if value is not None}


def _cache_key(call: Call) -> Body:
    """The word by which the provider sends requests of one beginning to where it keeps that beginning."""
    if call.prefix is None or not call.provider.prompt_cache_key:
        return {}
    return {"prompt_cache_key": f"modelroute-{call.prefix:016x}"}


def _messages(call: Call) -> list[Body]:
    """The turns, with the schema's instruction where the model takes no schema, and images in the last user turn."""
    turns = instructed(call.request, call.card)
    carrier = last_user(turns)
    return [
        {"role": _role(turn, call), "content": _content(turn, call.request if place == carrier else None)}
        for place, turn in enumerate(turns)
    ]


def _role(turn: Message, call: Call) -> str:
    """OpenAI calls the system's turn `developer`, most others do not know that word."""
    return call.provider.system_role if is_system(turn) else turn.role


def _content(turn: Message, request: Request | None) -> str | list[Body]:
    """Plain text, or parts where the turn carries images; images come after the text that speaks of them."""
    if request is None or not request.images:
        return turn.content
    images: list[Body] = [
        {"type": "image_url", "image_url": {"url": _image_url(image, request)}} for image in request.images
    ]
    return [{"type": "text", "text": turn.content}, *images]


def _image_url(image: str, request: Request) -> str:
    """The image's address, when the provider can fetch it or it stands in the request itself."""
    if is_link(image) or inline(image):
        return image
    raise not_inline(image, request)


def _effort(call: Call) -> Body:
    """How hard the model shall think, in the provider's own field; nothing where the card leaves it to the provider."""
    effort = call.card.effort
    if effort is None:
        return {}
    match call.provider.effort_field:
        case "reasoning_effort":
            return {"reasoning_effort": effort}
        case "reasoning":
            return {"reasoning": {"effort": effort}}
        case "thinking":
            return _thinking(effort)
        case "none":
            return {}
        case unreachable:
            assert_never(unreachable)


def _service_tier(call: Call) -> Body:
    """The tier by name where the provider sells more than one at once: a project's default may be a dearer one."""
    if _AT_ONCE.isdisjoint(call.provider.tiers):
        return {}
    return {"service_tier": "default" if call.service_tier == ServiceTier.STANDARD else call.service_tier}


def _thinking(effort: str) -> Body:
    """DeepSeek's switch, with its top-level effort while it is on."""
    if effort == "none":
        return {"thinking": {"type": "disabled"}}
    return {"thinking": {"type": "enabled"}, "reasoning_effort": effort}


def _response_format(request: Request, card: ModelCard) -> Body:
    """How the schema is asked for, as far as the model can be held to it."""
    schema = request.response_schema
    if schema is None or card.response_schema == "none":
        return {}
    if card.response_schema == "json_object":
        return {"response_format": {"type": "json_object"}}
    named = {"name": "answer", "strict": is_strict(schema), "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}
