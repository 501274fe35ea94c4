"""OpenAI Chat Completions: a call as the body and headers that this one provider expects."""

from typing import assert_never

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.providers.base import Call, WireRequest
from modelroute_cli.providers.encoding import Body, instructed, last_user, wire_request
from modelroute_cli.providers.openai_chat.media import media_parts
from modelroute_cli.providers.openai_fields import TOOL_MODES, arguments, cache_key, role, sampling, service_tier
from modelroute_cli.providers.stopping import stop_words
from modelroute_cli.providers.strict_schema import is_strict


def encode(call: Call) -> WireRequest:
    """The call as bytes; UnsendableError for what stands neither in the request nor at an address, half a character.

    The output limit is always sent. Sampling parameters are sent to models that take them.
    """
    return wire_request(call, "/chat/completions", _body(call))


def _body(call: Call) -> Body:
    """Model, turns, limit, then what this request or this model needs beyond them."""
    body: Body = {"model": call.card.model_id, "messages": _messages(call), "stream": False}
    body[call.provider.max_tokens_field] = call.max_tokens
    body |= _effort(call)
    body |= service_tier(call)
    body |= _response_format(call.request, call.card)
    body |= cache_key(call)
    body |= sampling(call)
    body |= _seed(call)
    body |= _stop(call)
    body |= _tools(call.request)
    return body


def _messages(call: Call) -> list[Body]:
    """The turns, with the schema's instruction where the model takes no schema, and media in the last user turn."""
    turns = instructed(call.request, call.card)
    media = media_parts(call)
    carrier = last_user(turns)
    return [
        {"role": role(turn, call), "content": _content(turn, media if place == carrier else [])}
        for place, turn in enumerate(turns)
    ]


def _content(turn: Message, media: list[Body]) -> str | list[Body]:
    """Plain text, or parts where the turn carries more; that comes after the text that speaks of it."""
    return [{"type": "text", "text": turn.content}, *media] if media else turn.content


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


def _seed(call: Call) -> Body:
    """The seed under the provider's name for it, where it has one."""
    if call.request.seed is None or call.provider.seed_field == "none":
        return {}
    return {call.provider.seed_field: call.request.seed}


def _stop(call: Call) -> Body:
    """Stop words, where there are any for this model."""
    words = stop_words(call)
    return {"stop": words} if words else {}


def _tools(request: Request) -> Body:
    """The functions that the model may ask to have called, and which of them it shall."""
    if not request.tools:
        return {}
    tools: Body = {"tools": [{"type": "function", "function": _function(tool)} for tool in request.tools]}
    return tools if request.tool_choice is None else tools | {"tool_choice": _tool_choice(request.tool_choice)}


def _function(tool: Tool) -> Body:
    """One function; `strict` is left out, as not every compatible provider knows it."""
    said = {} if tool.description is None else {"description": tool.description}
    return {"name": tool.name, **said, "parameters": arguments(tool)}


def _tool_choice(choice: str) -> object:
    """A mode by its word, a function by its name."""
    return choice if choice in TOOL_MODES else {"type": "function", "function": {"name": choice}}
