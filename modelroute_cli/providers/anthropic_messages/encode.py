"""Anthropic Messages: a call as the body and headers that Anthropic expects."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from modelroute_cli.base.schema import Message, ServiceTier, Tool
from modelroute_cli.providers.anthropic_messages.marker import marked_end
from modelroute_cli.providers.anthropic_messages.schema import fitted
from modelroute_cli.providers.anthropic_messages.stops import sent_stops
from modelroute_cli.providers.anthropic_messages.turns import chat_messages, system_blocks
from modelroute_cli.providers.base import Call, WireRequest
from modelroute_cli.providers.encoding import Body, instructed, wire_request

_WITHOUT_SAMPLING = (
    "2026-10-21"  # the first API version that answers 400 to temperature and top_p, even at their defaults
)
_OLDEST = "2023-06-01"  # what every server that speaks this language knows; sent where the provider's card names none
_LEAST_BUDGET = 1024
_HOTTEST = 1.0  # OpenAI's scale ends at 2


def encode(call: Call) -> WireRequest:
    """The call as bytes; UnsendableError for sound, for a local picture or file, and for half a character.

    `max_tokens` is always sent, thoughts included. Nothing is streamed: what takes longer than the run's own time
    limit is given up by it, however many tokens were asked for.
    """
    sent = wire_request(call, "/messages", _body(call))
    return replace(sent, headers={**sent.headers, "anthropic-version": _version(call)})


def _version(call: Call) -> str:
    return call.provider.api_version or _OLDEST


def _body(call: Call) -> Body:
    """Model, limit and turns, then what this request or this model needs beyond them."""
    schema = _schema(call)
    turns = _turns(call, is_held=schema is not None)
    end = marked_end(call)
    messages = chat_messages(turns, call, end)
    body: Body = {"model": call.card.model_id, "max_tokens": call.max_tokens, "messages": messages}
    optional: Body = {
        "system": system_blocks(turns, end),
        "thinking": _thinking(call),
        "output_config": _output_config(call, schema),
        "stop_sequences": sent_stops(call),
    }
    body |= {name: value for name, value in optional.items() if value}
    body |= _tools(call)
    body |= _sampling(call)
    body["service_tier"] = "auto" if call.service_tier == ServiceTier.PRIORITY else "standard_only"
    return body


def _schema(call: Call) -> Body | None:
    """The response schema as the model takes it; None where there is none that it can be held to."""
    asked = call.request.response_schema
    return fitted(asked) if asked is not None and call.card.response_schema == "native" else None


def _turns(call: Call, *, is_held: bool) -> Sequence[Message]:
    """The turns, with what the model cannot be held to said in words: the schema, the order to call a tool."""
    card = call.card if is_held else structs.replace(call.card, response_schema="none")
    turns = instructed(call.request, card)
    order = _order(call)
    return [*turns, Message("system", order)] if order else turns


def _output_config(call: Call, schema: Body | None) -> Body:
    """Effort by name, and the schema; models that are told a number of tokens know no effort."""
    config: Body = {}
    if call.card.effort not in {None, "none"} and not call.card.thinking_budgets:
        config["effort"] = call.card.effort
    if schema is not None:
        config["format"] = {"type": "json_schema", "schema": schema}
    return config


def _thinking(call: Call) -> Body:
    """The switch where thinking can be switched: models that always think refuse to be told not to, and need no word.

    A model that is told a number keeps a quarter of the limit for its answer; where that leaves too little for
    thoughts, it does without.
    """
    card, effort = call.card, call.card.effort
    if effort is None or card.thinking != "optional":
        return {}
    if effort == "none":
        return {"type": card.no_thinking}
    if effort not in card.thinking_budgets:
        return {}
    budget = min(card.thinking_budgets[effort], call.max_tokens * 3 // 4)
    return {"type": "enabled", "budget_tokens": budget} if budget >= _LEAST_BUDGET else {"type": "disabled"}


def _sampling(call: Call) -> Body:
    """Temperature, else nucleus, where model and API version take them: Claude 4.5 refuses both at once."""
    request = call.request
    is_fixed = _version(call) >= _WITHOUT_SAMPLING or not call.card.sampling or _is_budgeted(call)
    if is_fixed or (request.temperature is None and request.top_p is None):
        return {}
    if request.temperature is None:
        return {"top_p": request.top_p}
    return {"temperature": min(request.temperature, _HOTTEST)}


def _is_budgeted(call: Call) -> bool:
    """Whether it thinks with a number of tokens, beside which sampling and forced tools are refused."""
    return _thinking(call).get("type") == "enabled"


def _tools(call: Call) -> Body:
    """The tools on offer, and which of them may or must be called."""
    if not call.request.tools or not call.card.tools:
        return {}
    choice = _choice(call)
    return {"tools": [_tool(tool) for tool in call.request.tools]} | ({"tool_choice": choice} if choice else {})


def _tool(tool: Tool) -> Body:
    """A tool; the API wants its arguments to be an object, also where there are none."""
    told: Body = {"name": tool.name, "input_schema": {"type": "object", **tool.parameters}}
    return told | ({"description": tool.description} if tool.description else {})


def _choice(call: Call) -> Body:
    """Auto, none, any or one tool; what cannot be forced is asked for in words."""
    match call.request.tool_choice:
        case None:
            return {}
        case "auto" | "none" as word:
            return {"type": word}
        case _ if _order(call):
            return {"type": "auto"}
        case "required":
            return {"type": "any"}
        case name:
            return {"type": "tool", "name": name}


def _order(call: Call) -> str:
    """The order to call a tool, in words, for models that refuse to be forced (platform.claude.com, Opus 5.5)."""
    wanted = call.request.tool_choice
    is_forced = call.card.forced_tools and not _is_budgeted(call)
    if is_forced or not call.request.tools or not call.card.tools or wanted in {None, "auto", "none"}:
        return ""
    return "Call one of the tools." if wanted == "required" else f"Call the tool `{wanted}`."
