"""The tools of a request: what must hold of them together, found before anything is sent."""

from collections.abc import Iterator

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.problems import Fault, quoted, suggestion
from modelroute_cli.jobs.schemas import schema_fault

TOOL_CHOICES = ("auto", "none", "required")


def tool_faults(request: Request) -> Iterator[Fault]:
    """Everything wrong with the tools of a request whose types are right, and with the choice among them."""
    names = [tool.name for tool in request.tools]
    for index, tool in enumerate(request.tools):
        if tool.name in names[:index]:
            message = f"`{tool.name}` is the name of an earlier tool"
            yield Fault(f"tools[{index}].name", message, "give each tool its own name")
        if tool.parameters and (fault := _parameters_fault(tool.parameters)):
            yield Fault(f"tools[{index}].parameters", fault)
    if request.tool_choice is not None:
        yield from _choice_faults(request.tool_choice, names)


def _parameters_fault(parameters: dict[str, object]) -> str | None:
    """Why arguments cannot be described so: they are always an object."""
    if parameters.get("type", "object") != "object":
        return f"must describe an object, not {quoted(str(parameters['type']))}"
    return schema_fault(parameters)


def _choice_faults(choice: str, names: list[str]) -> Iterator[Fault]:
    """A choice needs tools, and names one of them or a way to choose."""
    if not names:
        yield Fault("tool_choice", "stands without `tools`", "give the tools it chooses from, or remove it")
    elif choice not in (*TOOL_CHOICES, *names):
        yield Fault("tool_choice", f"unknown value {quoted(choice)}", suggestion(choice, (*TOOL_CHOICES, *names)))
