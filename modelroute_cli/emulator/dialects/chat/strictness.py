"""What a provider refuses, so that a body a real account would not take fails here too."""

from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.dialects.chat.request import ChatRequest
from modelroute_cli.emulator.dialects.openai_errors import strict_schema, unsupported
from modelroute_cli.emulator.thinking import default_effort, thinks_always

_ONLY_TEMPERATURE = 1.0


def objection(provider: str, request: ChatRequest) -> Refusal | None:
    """The provider's 400, None when it takes the request; providers whose refusals we do not know take all."""
    match provider:
        case "openai":
            return _openai(request)
        case "deepseek":
            return _deepseek(request)
        case _:
            return None


def _openai(request: ChatRequest) -> Refusal | None:
    """A choice among tools needs some, a strict schema is closed; then what models refuse that can think."""
    if request.tool_choice is not None and not request.tools:
        message = "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
        return Refusal(status=400, message=message, param="tool_choice")
    return _schema(request) or _thinking(request)


def _schema(request: ChatRequest) -> Refusal | None:
    """A schema that is to be met strictly is closed."""
    named = request.response_format.json_schema if request.response_format else None
    if named is None or not named.strict:
        return None
    return strict_schema(named.name, named.schema, "response_format")


def _thinking(request: ChatRequest) -> Refusal | None:
    """Models that can think want the newer limit's name, no sampling and no stop words; some cannot stop thinking."""
    if default_effort(request.model) is None:
        return None
    if request.max_tokens is not None:
        told = "Use 'max_completion_tokens' instead."
        return unsupported("parameter", "max_tokens", f"is not supported with this model. {told}")
    if request.temperature not in (None, _ONLY_TEMPERATURE):
        return unsupported("value", "temperature", "supports only the default (1) with this model.")
    if request.stop_words():
        return unsupported("parameter", "stop", "is not supported with this model.")
    if request.effort() == "none" and thinks_always(request.model):
        return unsupported("value", "reasoning_effort", "does not support 'none' with this model.")
    return None


def _deepseek(request: ChatRequest) -> Refusal | None:
    """The hosted API does not know the developer's turn."""
    if any(turn.role == "developer" for turn in request.messages):
        message = "Failed to deserialize the JSON body: messages: unknown variant `developer`"
        return Refusal(status=422, message=message, code="invalid_request_error")
    return None
