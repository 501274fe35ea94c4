"""Tests of modelroute_cli.providers.gemini.tools."""

import pytest

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.providers.gemini.tools import tool_fields

CITY: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Tool(name="weather", description="Today's weather.", parameters=CITY)


def asking(*tools: Tool, choice: str | None = None) -> Request:
    """A request with tools."""
    return Request(custom_id="r", prompt="Rain?", tools=tools, tool_choice=choice)


def test_a_request_without_tools_declares_none() -> None:
    """Not even an empty list."""
    assert tool_fields(asking()) == {}


def test_tools_are_functions_with_their_arguments_as_json_schema() -> None:
    """One declaration each, in the request's order; the mode is Google's default where none is chosen."""
    assert tool_fields(asking(WEATHER, Tool(name="now", description="The time."))) == {
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "weather", "description": "Today's weather.", "parametersJsonSchema": CITY},
                    {"name": "now", "description": "The time."},
                ]
            }
        ]
    }


def test_a_tool_without_a_description_is_described_by_its_name() -> None:
    """Google's reference requires one."""
    assert tool_fields(asking(Tool(name="now"))) == {
        "tools": [{"functionDeclarations": [{"name": "now", "description": "now"}]}]
    }


@pytest.mark.parametrize(
    ("parameters", "sent"),
    [
        (CITY | {"$schema": "https://json-schema.org/draft/2020-12/schema"}, CITY),
        (CITY | {"allOf": []}, CITY | {"allOf": []}),
    ],
)
def test_arguments_are_reduced_where_that_is_possible(parameters: dict[str, object], sent: dict[str, object]) -> None:
    """Else Google judges them itself."""
    declared = tool_fields(asking(Tool(name="f", parameters=parameters)))
    assert declared["tools"] == [
        {"functionDeclarations": [{"name": "f", "description": "f", "parametersJsonSchema": sent}]}
    ]


@pytest.mark.parametrize(
    ("choice", "config"),
    [
        ("auto", {"mode": "AUTO"}),
        ("none", {"mode": "NONE"}),
        ("required", {"mode": "ANY"}),
        ("weather", {"mode": "ANY", "allowedFunctionNames": ["weather"]}),
    ],
)
def test_the_choice_is_a_mode_or_one_function(choice: str, config: dict[str, object]) -> None:
    """`required` leaves the function open, a name does not."""
    assert tool_fields(asking(WEATHER, choice=choice))["toolConfig"] == {"functionCallingConfig": config}
