"""OpenAI Responses: from bytes to an answer or a failure."""

from collections.abc import Iterator

from modelroute_cli.base.schema import ToolCall
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Answer, Call, RateSignal, Reply, WireResponse
from modelroute_cli.providers.decoding import decoded, finish_word, is_emulated, request_id, tier_word
from modelroute_cli.providers.error_shapes import ErrorNote
from modelroute_cli.providers.openai_responses.usage import read_usage
from modelroute_cli.providers.reported_cost import read_cost
from modelroute_cli.providers.stopping import kept

_ANSWERED = frozenset({"completed", "incomplete"})
_THOUGHT_PARTS = ("summary", "content")


def decode(response: WireResponse, call: Call) -> Reply:
    """The bytes as an answer or a failure; never raises, whatever the bytes are."""
    return decoded(response, call, lambda data: _broken_off(data) or _answer(data, response, call))


def _broken_off(data: object) -> ErrorNote | None:
    """A generation that failed without saying why; one that says why is an error like any other."""
    if loose.child(data, "status") != "failed":
        return None
    return ErrorNote(message="the provider broke off while it generated")


def _answer(data: object, response: WireResponse, call: Call) -> Answer | None:
    """All that the model put out; None where it is still at work or was told to stop, possibly billed all the same."""
    if loose.text(loose.child(data, "status")) not in _ANSWERED:
        return None
    refusal, calls = _parts(data, "refusal", "refusal"), _tool_calls(data)
    answer = Answer(
        text=_parts(data, "output_text", "text"),
        finish_reason="refusal" if refusal else _finish(data, calls),
        refusal=refusal or None,
        usage=read_usage(loose.child(data, "usage")),
        model_served=loose.text(loose.child(data, "model")),
        service_tier=tier_word(loose.child(data, "service_tier")),
        reported_cost_pusd=read_cost(loose.child(data, "usage"), call),
        emulated=is_emulated(response.headers),
        rate=RateSignal(),  # the headers are read where all formats are
        reasoning=_thoughts(data),
        tool_calls=calls,
        request_id=request_id(response.headers),
    )
    return kept(answer, call, sent=False)


def _finish(data: object, calls: tuple[ToolCall, ...]) -> str:
    """Why the model stopped: what it lacked, else that it is done, or waits for its tools."""
    if loose.child(data, "status") == "incomplete":
        return finish_word(loose.text(loose.child(data, "incomplete_details", "reason")))
    return "tool_calls" if calls else "stop"


def _output(data: object, kind: str) -> Iterator[object]:
    """The items of one kind that were put out, in order."""
    return (item for item in loose.items(loose.child(data, "output")) if loose.child(item, "type") == kind)


def _parts(data: object, kind: str, field: str) -> str:
    """The text of one kind of part in all messages, those left out in which the model only tells what it does."""
    messages = (item for item in _output(data, "message") if loose.child(item, "phase") != "commentary")
    parts = (part for item in messages for part in loose.items(loose.child(item, "content")))
    return "".join(loose.text(loose.child(part, field)) or "" for part in parts if loose.child(part, "type") == kind)


def _thoughts(data: object) -> str | None:
    """What the model shows of its thoughts, as summaries or in full; None where it shows nothing."""
    lists = (loose.items(loose.child(item, name)) for item in _output(data, "reasoning") for name in _THOUGHT_PARTS)
    shown = (loose.text(loose.child(part, "text")) for parts in lists for part in parts)
    return "\n\n".join(text for text in shown if text) or None


def _tool_calls(data: object) -> tuple[ToolCall, ...]:
    """The functions that the model asks to have called."""
    return tuple(
        ToolCall(id=loose.text(loose.child(item, "call_id")) or "", name=name, arguments=arguments or "{}")
        for item in _output(data, "function_call")
        if (name := loose.text(loose.child(item, "name")))
        for arguments in [loose.text(loose.child(item, "arguments"))]
    )
