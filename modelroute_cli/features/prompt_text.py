"""The text of a request as templates see it: one string, and the context in which it can share a pattern."""

from json import JSONDecodeError, JSONDecoder
from typing import NamedTuple

import msgspec

from modelroute_cli.base.schema import Request, TaskType

TURN = "\n\x1e\n"  # between turns
_MOST_JSON_CHARS = 20_000
_BLANKS = " \n\r\t"
_ordered = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode
_first_value = JSONDecoder().raw_decode


class Context(NamedTuple):
    """What must be equal for two requests to be of one pattern, whatever their texts."""

    system: str
    output: str  # the fields of the schema of the answer, if it has one
    images: bool
    given: TaskType | None  # the task type that the row itself names


class PromptText(NamedTuple):
    """What a request says, with its context; JSON objects in it have sorted keys."""

    context: Context
    text: str

    def joined(self) -> "PromptText":
        """The system message as the first turn."""
        return PromptText(self.context._replace(system=""), f"{self.context.system}{TURN}{self.text}")


def prompt_text(request: Request) -> PromptText:
    """The text and context of a request; linear in its length."""
    told, said = request.system or "", request.prompt or ""
    if request.messages is not None:
        told, said = of_turns(request)
    output = fields(request) if request.response_schema is not None else ""
    return PromptText(Context(told, output, bool(request.images), request.task_type), sorted_keys(said))


def of_turns(request: Request) -> tuple[str, str]:
    """System messages, and the turns of the chat."""
    turns = request.turns()
    told = "\n".join(turn.content for turn in turns if turn.role in ("system", "developer"))
    return told, TURN.join(turn.content for turn in turns if turn.role in ("user", "assistant"))


def sorted_keys(text: str) -> str:
    """The text with the JSON object at its end or beginning, if there is one, written with sorted keys."""
    if text[-1:] == "}" or text[-2:] == "}\n":
        return _sorted_end(text)
    return _sorted_beginning(text) if text[:1] == "{" else text


def _sorted_end(text: str) -> str:
    start = text.find("{")
    if len(text) - start > _MOST_JSON_CHARS:
        return text
    try:
        return f"{text[:start]}{_ordered(_decode(text[start:])).decode()}"
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text


def _sorted_beginning(text: str) -> str:
    try:
        found, end = _first_value(text[:_MOST_JSON_CHARS])
        return f"{_ordered(found).decode()}{text[end:]}"
    except (JSONDecodeError, UnicodeEncodeError, RecursionError):
        return text


def fields(request: Request) -> str:
    """The names of the fields of the schema."""
    listed = (request.response_schema or {}).get("properties")
    return f"schema:{','.join(sorted(listed)) if isinstance(listed, dict) else ''}"
