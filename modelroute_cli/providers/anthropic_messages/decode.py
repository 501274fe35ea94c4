"""Anthropic Messages: from bytes to an answer or a failure."""

import json

from modelroute_cli.base.schema import ToolCall
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.anthropic_messages.stops import kept_at_stops
from modelroute_cli.providers.anthropic_messages.usage import read_usage
from modelroute_cli.providers.base import Answer, Call, RateSignal, Reply, WireResponse
from modelroute_cli.providers.decoding import decoded, finish_word, is_emulated, request_id, tier_word

_NO_REASON = "the model refused and gave no reason"


def decode(response: WireResponse, call: Call) -> Reply:
    """The bytes as an answer or a failure; never raises, whatever the bytes are."""
    return decoded(response, call, lambda data: _answer(data, response, call))


def _answer(data: object, response: WireResponse, call: Call) -> Answer | None:
    """The message with its tokens; None where there is neither content nor a count."""
    blocks, usage = loose.child(data, "content"), read_usage(loose.child(data, "usage"))
    if not isinstance(blocks, list) and usage is None:
        return None
    answer = Answer(
        text=_joined(blocks, "text", "text"),
        finish_reason=finish_word(loose.text(loose.child(data, "stop_reason"))),
        refusal=_refusal(data),
        usage=usage,
        model_served=loose.text(loose.child(data, "model")),
        service_tier=tier_word(loose.child(data, "usage", "service_tier")),
        reported_cost_pusd=None,
        emulated=is_emulated(response.headers),
        rate=RateSignal(),  # the headers are read where all formats are
        reasoning=_joined(blocks, "thinking", "thinking") or None,
        tool_calls=_tool_calls(blocks),
        request_id=request_id(response.headers),
    )
    return kept_at_stops(answer, call)


def _joined(blocks: object, kind: str, field: str) -> str:
    """The text of all blocks of one kind; thoughts whose text is kept back (`redacted_thinking`, or empty) add none."""
    said = (block for block in loose.items(blocks) if loose.child(block, "type") == kind)
    return "".join(loose.text(loose.child(block, field)) or "" for block in said)


def _refusal(data: object) -> str | None:
    """Why the model refused, in the provider's words: its sentence, else its category."""
    if loose.child(data, "stop_reason") != "refusal":
        return None
    details = loose.child(data, "stop_details")
    sentence, category = loose.text(loose.child(details, "explanation")), loose.text(loose.child(details, "category"))
    return sentence or (f"the model refused: {category}" if category else _NO_REASON)


def _tool_calls(blocks: object) -> tuple[ToolCall, ...]:
    """The functions that the model asks to have called; tools that run at the provider are not among them."""
    asked = (block for block in loose.items(blocks) if loose.child(block, "type") == "tool_use")
    return tuple(
        ToolCall(id=loose.text(loose.child(block, "id")) or "", name=name, arguments=_arguments(block))
        for block in asked
        if (name := loose.text(loose.child(block, "name")))
    )


def _arguments(block: object) -> str:
    """The arguments as JSON: Anthropic sends an object where others send its text."""
    found = loose.child(block, "input")
    try:
        written = json.dumps(found if isinstance(found, dict) else {}, ensure_ascii=False, default=float)
    except RecursionError:
        return "{}"
    return loose.text(written) or "{}"
