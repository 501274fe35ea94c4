"""Gemini generateContent: a call as the body and headers that Google's Gemini API expects.

Field names and nesting as google-genai 3.4 sends them, which its reference documents for `/v1beta`; the SDK's own
default is `/v1`, where `systemInstruction` was refused for a long time: the base URL stands on the provider's card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from modelroute_cli.base.schema import Message, Request, ServiceTier
from modelroute_cli.providers.base import Call, WireRequest
from modelroute_cli.providers.encoding import (
    Body,
    inline,
    instructed,
    is_system,
    last_user,
    not_inline,
    wire_request,
)
from modelroute_cli.providers.gemini.schema_subset import held_schema
from modelroute_cli.providers.gemini.tools import tool_fields
from modelroute_cli.providers.stopping import stop_words

_AT_ONCE = frozenset({ServiceTier.FLEX, ServiceTier.PRIORITY})
_LEAST_BUDGET = 512  # of Gemini 2.5 Flash-Lite, the highest least of all (ai.google.dev, thinking)
_MEDIA_TYPES = {  # as Google's guide on audio names them
    "audio/mpeg": "audio/mp3",
    "audio/mpga": "audio/mp3",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
}


def encode(call: Call) -> WireRequest:
    """The call as bytes; UnsendableError for half a character or anything that does not stand in the request itself.

    The model stands in the path, the key in the header that the provider's card names, never in the URL. The output
    limit, thoughts included, is always sent. Safety settings are Google's own, as none are sent.
    """
    return wire_request(call, f"/models/{quote(call.card.model_id, safe='')}:generateContent", _body(call))


def _body(call: Call) -> Body:
    """Turns and limits, then what this request or this model needs beyond them."""
    held = _held_schema(call)
    told = _told(call, held)
    body: Body = {"contents": _contents(told.spoken, call.request)}
    if told.system:
        body["systemInstruction"] = {"parts": [{"text": turn.content} for turn in told.system]}
    body["generationConfig"] = _generation_config(call, held)
    return body | tool_fields(call.request) | _service_tier(call)


@dataclass(frozen=True, slots=True)
class _Told:
    """The chat as Gemini keeps it: what the model is told beforehand, and the turns."""

    system: Sequence[Message]
    spoken: Sequence[Message]


def _told(call: Call, held: Body | None) -> _Told:
    """The turns apart from the system's, whatever their place: Gemini has one place for those.

    A schema that Gemini does not hold the model to is told in words. A chat of system turns alone is sent as the
    user's, since there must be one.
    """
    card = call.card if held is not None else msgspec.structs.replace(call.card, response_schema="json_object")
    turns = instructed(call.request, card)
    spoken = [turn for turn in turns if not is_system(turn)]
    return _Told([turn for turn in turns if is_system(turn) and turn.content], spoken) if spoken else _Told([], turns)


def _contents(turns: Sequence[Message], request: Request) -> list[Body]:
    """The turns; pictures, files and sounds stand in the user's last one."""
    carrier = last_user(turns)
    return [
        {"role": "model" if turn.role == "assistant" else "user", "parts": _parts(turn, request if is_last else None)}
        for place, turn in enumerate(turns)
        for is_last in [place == carrier]
    ]


def _parts(turn: Message, request: Request | None) -> list[Body]:
    """The text, then what it speaks of; a shared beginning stays one, and an empty text before pictures is left out."""
    carried = [*request.images, *request.files, *request.audio] if request else []
    text: list[Body] = [{"text": turn.content}] if turn.content or not carried else []
    return text + [_inline_data(item, request) for item in carried if request]


def _inline_data(item: str, request: Request) -> Body:
    """A picture, file or sound in base64, under the name Google has for its type; no address is ever fetched there."""
    found = inline(item)
    if found is None:
        raise not_inline(item, request)
    return {"inlineData": {"mimeType": _MEDIA_TYPES.get(found.media_type, found.media_type), "data": found.base64}}


def _held_schema(call: Call) -> Body | None:
    """The response schema as Gemini enforces it; None where there is none, or it can only be told in words."""
    schema = call.request.response_schema
    if schema is None or call.card.response_schema != "native" or call.request.tools:
        return None
    return held_schema(schema)


def _generation_config(call: Call, held: Body | None) -> Body:
    """The limit, the form of the answer, thinking, and sampling as far as the model takes it."""
    config: Body = {"maxOutputTokens": call.max_tokens}
    if _wants_json(call):
        config["responseMimeType"] = "application/json"
    if held is not None:
        config["responseJsonSchema"] = held
    return config | _thinking(call) | _sampling(call)


def _wants_json(call: Call) -> bool:
    """Whether the answer must be JSON; not beside tools, which Gemini 2.5 refuses together with it."""
    request = call.request
    return request.response_schema is not None and call.card.response_schema != "none" and not request.tools


def _thinking(call: Call) -> Body:
    """How hard the model shall think: Gemini 2.5 is told a number of tokens (0: not at all), later ones a level."""
    effort, budgets = call.card.effort, call.card.thinking_budgets
    if effort is None:
        return {}
    if effort == "none":
        return {"thinkingConfig": {"thinkingBudget": 0}}
    if effort in budgets:
        return {"thinkingConfig": {"thinkingBudget": _budget(call, budgets[effort])}}
    return {"thinkingConfig": {"thinkingLevel": effort.upper()}}


def _budget(call: Call, tokens: int) -> int:
    """A quarter of the limit is left to the answer: thoughts count to it, and fill it to an empty answer otherwise."""
    return min(tokens, max(_LEAST_BUDGET, call.max_tokens * 3 // 4))


def _sampling(call: Call) -> Body:
    """Temperature, nucleus, seed and stop words, as far as the model and the provider take them."""
    request, config = call.request, Body()
    if call.card.sampling:
        config |= {"temperature": request.temperature, "topP": request.top_p}
    if call.provider.seed_field != "none":
        config["seed"] = request.seed
    words = stop_words(call)
    if words:
        config["stopSequences"] = words
    return {name: value for name, value in config.items() if value is not None}


def _service_tier(call: Call) -> Body:
    """The tier by name where the provider sells more than one at once, the standard one too."""
    if _AT_ONCE.isdisjoint(call.provider.tiers):
        return {}
    return {"serviceTier": call.service_tier if call.service_tier in _AT_ONCE else ServiceTier.STANDARD.value}
