"""OpenAI Responses: a call as its body; nothing of it is stored, nothing is left to run on."""

from collections.abc import Sequence

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.cards import ModelCard, least_output_tokens
from modelroute_cli.providers.base import Call, UnsendableError, WireRequest
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
from modelroute_cli.providers.openai_fields import (
    TOOL_MODES,
    arguments,
    cache_key,
    carried,
    document_name,
    role,
    sampling,
    service_tier,
)
from modelroute_cli.providers.strict_schema import is_strict


def encode(call: Call) -> WireRequest:
    """The call as bytes; UnsendableError for sound, for fewer output tokens than it takes, for half a character.

    The output limit is always sent, and that nothing is to be stored. Seed and stop words have no place here.
    """
    return wire_request(call, "/responses", _body(call))


def _body(call: Call) -> Body:
    """Model, turns, limit, then what this request or this model needs beyond them."""
    _check(call)
    body: Body = {"model": call.card.model_id, **_turns(call), "max_output_tokens": call.max_tokens, "store": False}
    body |= _effort(call)
    body |= service_tier(call)
    body |= _text(call.request, call.card)
    body |= cache_key(call)
    body |= sampling(call)
    body |= _tools(call.request)
    return body


def _check(call: Call) -> None:
    """UnsendableError for what this format has no place for."""
    if call.request.audio:
        message = f"request `{call.request.custom_id}` carries sound, for which this format has no place"
        raise UnsendableError(message, hint="set the provider's `format` to `openai_chat`")
    least = least_output_tokens(call.provider)
    if call.max_tokens < least:
        message = (
            f"request `{call.request.custom_id}` asks for at most {call.max_tokens} output tokens, "
            f"and this format takes no limit below {least}"
        )
        raise UnsendableError(message, hint="ask for 16 or more, or set the provider's `format` to `openai_chat`")


def _turns(call: Call) -> Body:
    """The system's opening turn as `instructions`, the others as input.

    JSON mode wants the word JSON in the input itself, so there the opening turn, which may hold it, stays there.
    """
    turns = instructed(call.request, call.card)
    json_mode = call.request.response_schema is not None and call.card.response_schema == "json_object"
    if json_mode or len(turns) == 1 or not is_system(turns[0]):
        return {"input": _input(turns, call)}
    return {"instructions": turns[0].content, "input": _input(turns[1:], call)}


def _input(turns: Sequence[Message], call: Call) -> list[Body]:
    """The turns, with pictures and documents in the last user turn."""
    media = _media(call)
    carrier = last_user(turns)
    return [
        {"role": role(turn, call), "content": _content(turn, media if place == carrier else [])}
        for place, turn in enumerate(turns)
    ]


def _content(turn: Message, media: list[Body]) -> str | list[Body]:
    """Plain text, or parts where the turn carries more; that comes after the text that speaks of it."""
    return [{"type": "input_text", "text": turn.content}, *media] if media else turn.content


def _media(call: Call) -> list[Body]:
    """Pictures, then documents, each in the order of the request."""
    files = enumerate(call.request.files, start=1)
    return [
        *(_image(item, call) for item in call.request.images),
        *(_file(item, number, call) for number, item in files),
    ]


def _image(item: str, call: Call) -> Body:
    """A picture by its address or its content, as closely looked at as the provider finds right."""
    if not inline(item) and not _is_fetched(item, call):
        raise not_inline(item, call.request)
    return {"type": "input_image", "image_url": item, "detail": "auto"}


def _file(item: str, number: int, call: Call) -> Body:
    """A document by its address, else as a data URL under a name of its own."""
    if _is_fetched(item, call):
        return {"type": "input_file", "file_url": item}
    return {"type": "input_file", "filename": document_name(number, carried(item, call.request)), "file_data": item}


def _is_fetched(item: str, call: Call) -> bool:
    """Whether the provider gets an item from where it stands."""
    return is_link(item) and call.provider.fetches_links


def _effort(call: Call) -> Body:
    """How hard the model shall think; nothing where the card leaves it to the provider."""
    if call.card.effort is None or call.provider.effort_field == "none":
        return {}
    return {"reasoning": {"effort": call.card.effort}}


def _text(request: Request, card: ModelCard) -> Body:
    """How the schema is asked for, as far as the model can be held to it."""
    schema = request.response_schema
    if schema is None or card.response_schema == "none":
        return {}
    if card.response_schema == "json_object":
        return {"text": {"format": {"type": "json_object"}}}
    named = {"type": "json_schema", "name": "answer", "strict": is_strict(schema), "schema": schema}
    return {"text": {"format": named}}


def _tools(request: Request) -> Body:
    """The functions that the model may ask to have called, and which of them it shall.

    `strict` is said because it is true here when nothing is said, and Chat Completions has it the other way.
    """
    if not request.tools:
        return {}
    tools: Body = {
        "tools": [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": arguments(tool),
                "strict": False,
            }
            for tool in request.tools
        ]
    }
    return tools if request.tool_choice is None else tools | {"tool_choice": _tool_choice(request.tool_choice)}


def _tool_choice(choice: str) -> object:
    """A mode by its word, a function by its name."""
    return choice if choice in TOOL_MODES else {"type": "function", "name": choice}
