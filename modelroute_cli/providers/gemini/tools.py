"""Functions that a model may ask to have called, as Gemini declares them."""

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.providers.encoding import Body
from modelroute_cli.providers.gemini.schema_subset import held_schema

_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}


def tool_fields(request: Request) -> Body:
    """`tools`, and `toolConfig` where the request chooses; nothing for a request without tools."""
    if not request.tools:
        return {}
    declared: Body = {"tools": [{"functionDeclarations": [_declaration(tool) for tool in request.tools]}]}
    if request.tool_choice is None:
        return declared
    return declared | {"toolConfig": {"functionCallingConfig": _choice(request.tool_choice)}}


def _declaration(tool: Tool) -> Body:
    """One function; Google's reference requires a description, so its name stands in where it has none.

    Arguments are given as JSON Schema, reduced to what Gemini reads where that is possible, else as they are.
    """
    declared: Body = {"name": tool.name, "description": tool.description or tool.name}
    if tool.parameters:
        declared["parametersJsonSchema"] = held_schema(tool.parameters) or tool.parameters
    return declared


def _choice(choice: str) -> Body:
    """A mode, or the one function that must be called."""
    if choice in _MODES:
        return {"mode": _MODES[choice]}
    return {"mode": "ANY", "allowedFunctionNames": [choice]}
