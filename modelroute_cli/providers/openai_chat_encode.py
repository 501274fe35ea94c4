"""OpenAI Chat Completions: a call as the body and headers that this one provider expects."""

from collections.abc import Sequence
from typing import assert_never

import msgspec

from modelroute_cli.base.schema import Message, Request, ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.providers.base import Call, UnsendableError, WireRequest
from modelroute_cli.providers.strict_schema import is_strict

Body = dict[str, object]

_ENCODER = msgspec.json.Encoder()
_AT_ONCE = frozenset({ServiceTier.FLEX, ServiceTier.PRIORITY})
_SYSTEM_ROLES = frozenset({"system", "developer"})
_SENDABLE_IMAGES = ("https://", "data:image/")


def encode(call: Call) -> WireRequest:
    """The call as bytes: the same call gives the same bytes; UnsendableError for a local image or half a character.

    The output limit is always sent. Sampling parameters never are: most models of today refuse them.
    """
    url = call.provider.base_url.rstrip("/") + "/chat/completions"
    try:
        body = _ENCODER.encode(_body(call))
    except UnicodeEncodeError as error:
        message = f"request `{call.request.custom_id}` holds half a character (a lone surrogate)"
        raise UnsendableError(message, hint="write the text as whole UTF-8 characters") from error
    return WireRequest(url=url, headers=_headers(call), body=body)


def _headers(call: Call) -> dict[str, str]:
    """Static headers first, so that none of them replaces what the call itself needs."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    headers |= {name.lower(): value for name, value in call.provider.headers.items()}
    headers |= {name.lower(): value for name, value in call.secrets.items()}
    if call.provider.upstream_header and call.card.upstream:
        headers[call.provider.upstream_header.lower()] = call.card.upstream
    if call.key and call.provider.auth == "bearer":
        headers["authorization"] = f"Bearer {call.key}"
    headers["x-client-request-id"] = call.client_id
    return headers


def _body(call: Call) -> Body:
    """Model, turns, limit, then what this request or this model needs beyond them."""
    body: Body = {"model": call.card.model_id, "messages": _messages(call), "stream": False}
    body[call.provider.max_tokens_field] = call.max_tokens
    body |= _effort(call)
    body |= _service_tier(call)
    body |= _response_format(call.request, call.card)
    body |= _cache_key(call)
    return body


def _cache_key(call: Call) -> Body:
    """The word by which the provider sends requests of one beginning to where it keeps that beginning."""
    if call.prefix is None or not call.provider.prompt_cache_key:
        return {}
    return {"prompt_cache_key": f"modelroute-{call.prefix:016x}"}


def _messages(call: Call) -> list[Body]:
    """The turns, with the schema's instruction where the model takes no schema, and images in the last user turn."""
    turns = _instructed(call.request, call.card)
    last_user = _last_user(turns)
    return [
        {"role": _role(turn, call), "content": _content(turn, call.request if place == last_user else None)}
        for place, turn in enumerate(turns)
    ]


def _role(turn: Message, call: Call) -> str:
    """OpenAI calls the system's turn `developer`, most others do not know that word."""
    return call.provider.system_role if turn.role in _SYSTEM_ROLES else turn.role


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
    if image.startswith(_SENDABLE_IMAGES):
        return image
    shown = image if len(image) <= 80 else image[:79] + "…"  # noqa: PLR2004 - one line of a terminal
    message = f"request `{request.custom_id}`: image `{shown}` is a local file whose content was not read"
    raise UnsendableError(message, hint="give the image as an `https://` address or a `data:image/...;base64,` URL")


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


def _instructed(request: Request, card: ModelCard) -> Sequence[Message]:
    """The turns; a model that cannot be held to the schema is told it."""
    turns = list(request.turns())
    if request.response_schema is None or card.response_schema == "native":
        return turns
    place = _place_for_instruction(turns)
    told = f"{turns[place].content}\n\n{_instruction(request.response_schema)}"
    turns[place] = Message(turns[place].role, told)
    return turns


def _place_for_instruction(turns: Sequence[Message]) -> int:
    """The first system turn, else the last user turn."""
    systems = (place for place, turn in enumerate(turns) if turn.role in _SYSTEM_ROLES)
    return next(systems, _last_user(turns))


def _last_user(turns: Sequence[Message]) -> int:
    """Where the last user turn stands, else the last turn."""
    return max((place for place, turn in enumerate(turns) if turn.role == "user"), default=len(turns) - 1)


def _instruction(schema: dict[str, object]) -> str:
    """The schema in words; DeepSeek's JSON mode wants the word JSON in the prompt."""
    compact = _ENCODER.encode(schema).decode()
    return f"Answer with one JSON object and nothing else. It must meet this JSON Schema:\n{compact}"
