"""OpenAI Chat Completions: from bytes of any provider that speaks it to an answer or a failure."""

import re
from dataclasses import dataclass

from modelroute_cli.base.schema import ToolCall
from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Answer, Call, RateSignal, Reply, WireResponse
from modelroute_cli.providers.decoding import decoded, finish_word, is_emulated, request_id, tier_word
from modelroute_cli.providers.error_shapes import ErrorNote, read_error
from modelroute_cli.providers.openai_chat.usage import read_usage
from modelroute_cli.providers.reported_cost import read_cost
from modelroute_cli.providers.stopping import kept

_TEXT_PARTS = frozenset({"text", "output_text"})
_THOUGHTS = ("reasoning_content", "reasoning")
_THINK = re.compile(r"\s*<think>(.*?)</think>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """The text of an answer, and the thoughts that stood before it."""

    text: str
    thoughts: str | None


def decode(response: WireResponse, call: Call) -> Reply:
    """The bytes as an answer or a failure; never raises, whatever the bytes are."""
    return decoded(response, call, lambda data: _choice_error(data) or _answer(data, response, call))


def _choice_error(data: object) -> ErrorNote | None:
    """The error of the first choice, where OpenRouter puts a failure during generation."""
    choice = _first_choice(data)
    if not isinstance(choice, dict):
        return None
    error = choice.get("error")
    note = read_error({"error": error}) if error else None
    if note is None and choice.get("finish_reason") == "error":
        return ErrorNote(message="the provider broke off while it generated")
    return note


def _answer(data: object, response: WireResponse, call: Call) -> Answer | None:
    """The first choice with its tokens; a blocked prompt may come without any choice, which is an empty answer."""
    choice, usage = _first_choice(data), read_usage(loose.child(data, "usage"))
    if not isinstance(choice, dict) and usage is None:
        return None
    message = loose.child(choice, "message")
    said = _split(_content(loose.child(message, "content")))
    refusal = loose.text(loose.child(message, "refusal"))
    answer = Answer(
        text=said.text,
        finish_reason="refusal" if refusal else finish_word(loose.text(loose.child(choice, "finish_reason"))),
        refusal=refusal or None,
        usage=usage,
        model_served=loose.text(loose.child(data, "model")),
        service_tier=tier_word(loose.child(data, "service_tier")),
        reported_cost_pusd=read_cost(loose.child(data, "usage"), call),
        emulated=is_emulated(response.headers) or loose.child(data, "system_fingerprint") == "emulated",
        rate=RateSignal(),  # the headers are read where all formats are
        reasoning=_thoughts(message) or said.thoughts,
        tool_calls=_tool_calls(message),
        request_id=request_id(response.headers),
    )
    return kept(answer, call, sent=True)


def _first_choice(data: object) -> object:
    """The only choice we ever ask for."""
    choices = loose.items(loose.child(data, "choices"))
    return choices[0] if choices else None


def _content(content: object) -> str:
    """The visible text: a string, the text parts of a list, or nothing; thoughts are not part of it."""
    if isinstance(content, list):
        parts = (part for part in content if loose.text(loose.child(part, "type")) in _TEXT_PARTS)
        return "".join(loose.text(loose.child(part, "text")) or "" for part in parts)
    return loose.text(content) or ""


def _split(content: str) -> Said:
    """Thoughts that a server left at the head of the text, in the tags of open models, and what follows them.

    A block that is not closed is left where it is: the answer was cut while the model thought, and the gates see that.
    """
    found = _THINK.match(content)
    return Said(content[found.end() :], found[1].strip() or None) if found else Said(content, None)


def _thoughts(message: object) -> str | None:
    """What the model shows of its thoughts: DeepSeek's and vLLM's field, OpenRouter's, or Mistral's parts."""
    for name in _THOUGHTS:
        shown = loose.text(loose.child(message, name))
        if shown:
            return shown
    return _thinking_parts(message)


def _thinking_parts(message: object) -> str | None:
    """The parts of the content that are thoughts; each is a list of texts."""
    parts = loose.items(loose.child(message, "content"))
    if not parts:
        return None
    shown = (
        loose.text(loose.child(text, "text")) for part in parts for text in loose.items(loose.child(part, "thinking"))
    )
    return "".join(text for text in shown if text) or None


def _tool_calls(message: object) -> tuple[ToolCall, ...]:
    """The functions that the model asks to have called."""
    calls = loose.items(loose.child(message, "tool_calls"))
    if not calls:
        return ()
    return tuple(
        ToolCall(id=loose.text(loose.child(each, "id")) or "", name=name, arguments=arguments or "{}")
        for each in calls
        if (name := loose.text(loose.child(each, "function", "name")))
        for arguments in [loose.text(loose.child(each, "function", "arguments"))]
    )
