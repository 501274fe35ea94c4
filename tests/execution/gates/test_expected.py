"""Answers against their references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.expected import difference, equals_reference, unexpected
from modelroute_cli.execution.gates.subject import Subject


@pytest.mark.parametrize(
    ("mode", "output", "expected"),
    [
        ("exact", " Paris\n", "Paris"),
        ("exact", "12", 12),
        ("normalised", "**PARIS.**", "Paris"),
        ("normalised", "São  Paulo", "sao paulo"),
        ("number", "The answer is 54.", 54),
        ("number", "18 times 3 is 54", "54"),
        ("number", "So it costs $1,234.50", 1234.5),
        ("number", "#### -7", -7),
        ("number", "\u22127", "-7"),
        ("number", "0.3333333", 1 / 3),
        ("number", "1e3", 1000),
        ("set", "red, green; blue", ["Blue", "green", "red"]),
        ("set", '["red", "green"]', "green, red"),
        ("set", "- red\n- green", ["red", "green"]),
        ("json", '{"a": 1, "b": {"c": [1.0, "x"]}, "more": 1}', {"a": 1.0, "b": {"c": [1, "x"]}}),
        ("json", '```json\n{"a": null}\n```', {"a": None}),
    ],
)
def test_an_equal_answer_passes(mode: str, output: str, expected: object) -> None:
    """Each way of comparing lets pass what it is for."""
    assert difference(mode, output, expected) is None


@pytest.mark.parametrize(
    ("mode", "output", "expected", "told"),
    [
        ("exact", "paris", "Paris", "it is not `Paris`"),
        ("normalised", "Lyon", "Paris", "it is not `Paris`"),
        ("number", "54 or so, perhaps 55", 54, "55 is not 54"),
        ("number", "none", 54, "no number is in it"),
        ("set", "red, green, pink", ["red", "blue"], "`blue` is missing, `green` is too much, `pink` is too much"),
        ("json", '{"a": {"b": 2}}', {"a": {"b": 1}}, "$.a.b is 2, not 1"),
        ("json", '{"a": 1}', {"a": 1, "b": 2}, "$.b is missing"),
        ("json", '{"a": true}', {"a": 1}, "$.a is true, not 1"),
        ("json", '{"a": [1]}', {"a": [1, 2]}, "$.a is [1], not [1, 2]"),
        ("json", "Paris", {"a": 1}, "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("exact", "x", "y" * 100, f"it is not `{'y' * 60}...`"),
    ],
)
def test_another_answer_fails_with_the_difference(mode: str, output: str, expected: object, told: str) -> None:
    """The first field, the numbers, the items."""
    assert difference(mode, output, expected) == told


@pytest.mark.parametrize(
    ("mode", "output", "expected", "known"),
    [
        ("number", "54", 54, True),
        ("number", "55", 54, False),
        (None, "Negative.", "negative", True),
        (None, "Dear Anna, ...", "Dear Anne, ...", None),
        (None, "x", None, None),
        ("exact", "x", None, None),
    ],
)
def test_without_a_way_of_comparing_only_equal_text_is_known(
    mode: str | None, output: str, expected: object, *, known: bool | None
) -> None:
    """Another e-mail than the reference may be as good; it is unknown, not wrong."""
    assert equals_reference(mode, output, expected) is known


def test_the_gate_compares_with_the_reference_of_its_request() -> None:
    """And with nothing where the rules do not ask for it."""
    request = Request(custom_id="r", prompt="x", expected="a")
    assert unexpected(Subject(request, GateRules(expected="exact"), "b")) == "it is not `a`"
    assert unexpected(Subject(request, GateRules(), "b")) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(JSON, st.text(max_size=30))
def test_nothing_raises_whatever_is_said_and_expected(expected: object, output: str) -> None:
    """Any JSON against any text, in every way."""
    for mode in ("exact", "normalised", "number", "set", "json"):
        assert isinstance(difference(mode, output, expected), str | None)
