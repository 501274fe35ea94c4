"""Gemini generateContent: from bytes of Google's Gemini API to an answer or a failure."""

import json

from modelroute_cli.base.schema import ToolCall
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Answer, Call, RateSignal, Reply, WireResponse
from modelroute_cli.providers.decoding import decoded, finish_word, is_emulated, request_id, tier_word
from modelroute_cli.providers.gemini.usage import read_usage
from modelroute_cli.providers.scrub import scrub
from modelroute_cli.providers.stopping import kept

_TIER_HEADER = "x-gemini-service-tier"
_TIER_PREFIXES = ("on_demand_", "service_tier_")
_MOST_ID_CHARS = 128
_MOST_REASON_CHARS = 40


def decode(response: WireResponse, call: Call) -> Reply:
    """The bytes as an answer or a failure; never raises, whatever the bytes are."""
    return decoded(response, call, lambda data: _answer(data, response, call))


def _answer(data: object, response: WireResponse, call: Call) -> Answer | None:
    """The first candidate with its tokens; a blocked prompt comes without any, billed, and is an empty answer."""
    candidate, blocked = _first_candidate(data), _block_reason(data)
    usage = read_usage(loose.child(data, "usageMetadata"))
    if not isinstance(candidate, dict) and blocked is None and usage is None:
        return None
    parts = loose.items(loose.child(candidate, "content", "parts"))
    calls = _tool_calls(parts)
    answer = Answer(
        text=_text(parts, thought=False),
        finish_reason="content_filter" if blocked else _finish(candidate, calls),
        refusal=f"the prompt was blocked: `{blocked}`" if blocked else None,
        usage=usage,
        model_served=loose.text(loose.child(data, "modelVersion")),
        service_tier=_tier(data, response),
        reported_cost_pusd=None,
        emulated=is_emulated(response.headers),
        rate=RateSignal(),  # the headers are read where all formats are
        reasoning=_text(parts, thought=True) or None,
        tool_calls=calls,
        request_id=_response_id(data) or request_id(response.headers),
    )
    return kept(answer, call, sent=True)


def _first_candidate(data: object) -> object:
    """The only candidate we ever ask for."""
    candidates = loose.items(loose.child(data, "candidates"))
    return candidates[0] if candidates else None


def _block_reason(data: object) -> str | None:
    """Why the prompt was not answered; None where there is a candidate, or no reason is given."""
    reason = loose.text(loose.child(data, "promptFeedback", "blockReason"))
    return scrub(reason)[:_MOST_REASON_CHARS] if reason and _first_candidate(data) is None else None


def _text(parts: list[object], *, thought: bool) -> str:
    """The text parts, joined: the answer's, or those that Google marks as thoughts."""
    chosen = (part for part in parts if (loose.child(part, "thought") is True) is thought)
    return "".join(loose.text(loose.child(part, "text")) or "" for part in chosen)


def _finish(candidate: object, calls: tuple[ToolCall, ...]) -> str:
    """Why the model stopped; Gemini says `STOP` also where it asks for functions."""
    word = finish_word(loose.text(loose.child(candidate, "finishReason")))
    return "tool_calls" if calls and word == "stop" else word


def _tool_calls(parts: list[object]) -> tuple[ToolCall, ...]:
    """The functions that the model asks to have called; models before Gemini 3 give them no id."""
    asked = (loose.child(part, "functionCall") for part in parts)
    return tuple(
        ToolCall(id=loose.text(loose.child(each, "id")) or "", name=name, arguments=_arguments(each))
        for each in asked
        if (name := loose.text(loose.child(each, "name")))
    )


def _arguments(asked: object) -> str:
    """The arguments as JSON text; Google sends numbers as doubles, so that a float loses nothing."""
    arguments = loose.child(asked, "args")
    if not isinstance(arguments, dict):
        return "{}"
    try:
        written = json.dumps(arguments, ensure_ascii=False, allow_nan=False, default=float)
    except (RecursionError, ValueError):
        return "{}"
    return loose.text(written) or "{}"


def _tier(data: object, response: WireResponse) -> str | None:
    """The tier that served: the header's word, else that of the usage; None where neither is known."""
    usage = loose.child(data, "usageMetadata")
    named = (loose.text(loose.child(usage, name)) for name in ("serviceTier", "trafficType"))
    word = next((said for said in (response.headers.get(_TIER_HEADER), *named) if said), "").lower()
    for prefix in _TIER_PREFIXES:
        word = word.removeprefix(prefix)
    return tier_word(word)


def _response_id(data: object) -> str | None:
    """Google's own name of the answer."""
    said = loose.text(loose.child(data, "responseId"))
    return scrub(said)[:_MOST_ID_CHARS] if said else None
