"""The tools of a request."""

import pytest

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.jobs.problems import Fault
from modelroute_cli.jobs.tools import tool_faults

FIND = Tool(name="find", description="Finds.", parameters={"type": "object", "properties": {"a": {"type": "string"}}})


def faults(*tools: Tool, choice: str | None = None) -> list[Fault]:
    """What is wrong with them."""
    return list(tool_faults(Request(custom_id="a", prompt="x", tools=tools, tool_choice=choice)))


@pytest.mark.parametrize("choice", [None, "auto", "none", "required", "find"])
def test_a_choice_is_a_word_or_a_tool(choice: str | None) -> None:
    """Or left to the provider."""
    assert faults(FIND, choice=choice) == []


def test_any_other_choice_is_refused() -> None:
    """With what it may have been meant to be."""
    assert faults(FIND, choice="fnid") == [Fault("tool_choice", "unknown value `fnid`", "did you mean `find`?")]
    assert faults(FIND, choice="any") == [
        Fault("tool_choice", "unknown value `any`", "use one of `auto`, `none`, `required`, `find`")
    ]


def test_a_choice_needs_tools() -> None:
    """There is nothing to choose from."""
    assert faults(choice="auto") == [
        Fault("tool_choice", "stands without `tools`", "give the tools it chooses from, or remove it")
    ]


def test_tools_have_names_of_their_own() -> None:
    """Providers refuse two of one name; the later one is pointed at."""
    assert faults(FIND, Tool(name="other"), FIND) == [
        Fault("tools[2].name", "`find` is the name of an earlier tool", "give each tool its own name")
    ]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"type": "array"}, "must describe an object, not `array`"),
        ({"required": 1}, "is no valid JSON Schema: required: 1 is not of type 'array'"),
        ({"$ref": "#/a"}, "refers to `#/a`, which it does not hold"),
    ],
)
def test_parameters_are_a_schema_of_an_object(parameters: dict[str, object], message: str) -> None:
    """As every provider wants them."""
    assert faults(Tool(name="f", parameters=parameters)) == [Fault("tools[0].parameters", message)]


def test_a_tool_may_take_nothing() -> None:
    """Without parameters there is nothing to check."""
    assert faults(Tool(name="now")) == []
