"""The text of a request as templates see it: one string, and the context in which it can share a pattern."""

from dataclasses import dataclass

import msgspec

from modelroute_cli.base.schema import Request

TURN = "\n\x1e\n"  # between turns
_MOST_JSON_CHARS = 20_000
_ordered = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Context:
    """What must be equal for two requests to be of one pattern, whatever their texts."""

    system: str
    output: str  # kind of output the request itself demands, with the fields of its schema
    images: bool


@dataclass(frozen=True, slots=True)
class PromptText:
    """What a request says, with its context; JSON objects in it have sorted keys."""

    context: Context
    text: str


def prompt_text(request: Request) -> PromptText:
    """The text and context of a request; linear in its length."""
    told, said = request.system or "", request.prompt or ""
    if request.messages is not None:
        turns = request.turns()
        told = "\n".join(turn.content for turn in turns if turn.role in ("system", "developer"))
        said = TURN.join(turn.content for turn in turns if turn.role in ("user", "assistant"))
    return PromptText(Context(told, _output(request), bool(request.images)), sorted_keys(said))


def sorted_keys(text: str) -> str:
    """The text with the JSON object at its end, if there is one, written with sorted keys."""
    if not text.rstrip().endswith("}") or len(text) > _MOST_JSON_CHARS:
        return text
    start = text.find("{")
    try:
        found = msgspec.json.decode(text[start:])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
    return f"{text[:start]}{_ordered.encode(found).decode()}"


def _output(request: Request) -> str:
    """The schema's field names, or nothing."""
    schema = request.response_schema
    if schema is None:
        return ""
    fields = schema.get("properties")
    return f"schema:{','.join(sorted(fields)) if isinstance(fields, dict) else ''}"
