"""Tests of modelroute_cli.emulator.tool_use."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import asked

from modelroute_cli.emulator.asked import Asked, Function, Turn
from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.reading import read
from modelroute_cli.emulator.tool_use import MadeCall, call

PLACE = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
FUNCTIONS = (Function(name="weather", parameters=PLACE), Function(name="now", parameters={}))
ASKED = replace(asked("What is the weather in Rome?"), functions=FUNCTIONS)


def made(request: Asked, nth: int = 0) -> MadeCall | None:
    """The call for one roll of the dice."""
    return call(request, read(request), chance(1, b"d", nth), "0123456789abcdef0123456789abcdef")


def test_a_named_function_is_called_with_arguments_of_its_schema() -> None:
    """Always."""
    got = made(replace(ASKED, choice="weather"))
    assert got is not None
    assert (got.id, got.name) == ("0123456789abcdef0123", "weather")
    arguments = json.loads(got.arguments)
    assert sorted(arguments) == ["city", "days"]
    assert isinstance(arguments["days"], int)


def test_a_function_without_parameters_gets_an_empty_object() -> None:
    """Never nothing."""
    got = made(replace(ASKED, choice="now"))
    assert got is not None
    assert got.arguments == "{}"


@given(st.integers(0, 10**6))
def test_one_of_them_is_called_where_one_must_be(nth: int) -> None:
    """Whichever."""
    got = made(replace(ASKED, choice="required"), nth)
    assert got is not None
    assert got.name in {"weather", "now"}


def test_a_free_choice_is_a_call_now_and_then() -> None:
    """One in five."""
    called = sum(made(ASKED, nth) is not None for nth in range(1000))
    assert called == pytest.approx(200, rel=0.2)


def test_a_result_is_answered_in_words() -> None:
    """A model that has what it asked for writes its answer."""
    turns = (*ASKED.turns, Turn(role="tool", text="rain"))
    assert all(made(replace(ASKED, turns=turns), nth) is None for nth in range(100))


@pytest.mark.parametrize("request_", [replace(ASKED, choice="none"), replace(ASKED, functions=())])
def test_nothing_is_called_where_nothing_may_be(request_: Asked) -> None:
    """Not once."""
    assert all(made(request_, nth) is None for nth in range(50))
