"""Answers beside the reference of their request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pilot_answers import answer, request

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.expected import difference
from modelroute_cli.pilot.scorers.expected import MODES, Comparing, Mode, by_expected, mode_of, share_right


@pytest.mark.parametrize(
    ("expected", "mode"),
    [
        (None, None),
        (54, "number"),
        (0.5, "number"),
        ("54", "number"),
        ("1,234.50", "number"),
        ("3/4", "number"),
        ("0.5", "number"),
        ("0", "number"),
        ("01234", "normalised"),
        ("Paris", "normalised"),
        ("54 apples", "normalised"),
        (True, "normalised"),
        (["a"], "set"),
        ({"a": 1}, "json"),
    ],
)
def test_the_reference_says_how_it_is_compared(expected: object, mode: str | None) -> None:
    """By what it is; zeros in front make a text a name."""
    assert mode_of(request(expected=expected)) == mode


def test_the_gate_of_a_request_says_it_first() -> None:
    """Its user chose it."""
    gated = Request(custom_id="a", prompt="?", expected="54", gates=GateRules(expected="exact"))
    assert mode_of(gated) == "exact"


@pytest.mark.parametrize(
    ("mode", "output", "expected", "share"),
    [
        ("exact", "Paris\n", "Paris", 1),
        ("exact", "paris", "Paris", 0),
        ("normalised", "The answer is (B).", "B", 1),
        ("normalised", "true", True, 1),
        ("number", "#### 54", 54, 1),
        ("number", "about twelve", "twelve", 0),
        ("number", "Twelve.", "twelve", 1),
        ("set", "red, blue", ["red", "green"], 0.5),
        ("json", '{"a": 1, "b": 3}', {"a": 1, "b": 2}, 0.5),
        ("json", "[2, 1]", [1, 2], 0),
        ("json", "no JSON", {"a": 1}, 0),
        ("json", "[" * 100_000, [1], 0),
        ("json", '{"a": 1e999}', {"a": 1}, 0),
    ],
)
def test_an_output_is_right_to_a_share(mode: Mode, output: str, expected: object, share: float) -> None:
    """Each mode in its own way."""
    assert share_right(output, expected, mode) == share


def test_lists_may_stand_in_any_order_where_that_was_said() -> None:
    """And numbers may be off by a tolerance."""
    comparing = Comparing(any_order=True, tolerance=0.01)
    assert share_right("[2, 1.005]", [1, 2], "json", comparing) == 1
    assert share_right("100.5", 100, "number", comparing) == 1


def test_an_observation_has_all_of_the_answer_but_its_text() -> None:
    """And the scorer's name."""
    seen = by_expected(answer(output="red"), request(expected=["red", "green"]))
    assert (seen.custom_id, seen.model, seen.template, seen.passed) == ("a", "cheap-1", "t1", True)
    assert (seen.quality, seen.scorer) == (2 / 3, "expected")


def test_a_request_without_a_reference_is_not_scored() -> None:
    """`choose` sends it elsewhere."""
    with pytest.raises(ValueError, match="`a` has no `expected`"):
        by_expected(answer(), request())


@pytest.mark.parametrize(
    ("mode", "output", "expected"),
    [
        ("exact", " Paris\n", "Paris"),
        ("exact", "12", 12),
        ("normalised", "**PARIS.**", "Paris"),
        ("number", "The answer is 54.", 54),
        ("number", "So it costs $1,234.50", 1234.5),
        ("number", "0.3333333", 1 / 3),
        ("set", "- red\n- green", ["red", "green"]),
        ("json", '{"a": 1, "b": {"c": [1.0, "x"]}, "more": 1}', {"a": 1.0, "b": {"c": [1, "x"]}}),
    ],
)
def test_what_passes_the_gate_is_all_right(mode: Mode, output: str, expected: object) -> None:
    """The scorer is the more patient reader of the two."""
    assert difference(mode, output, expected) is None
    assert share_right(output, expected, mode) == 1


@given(text=st.text(min_size=1, max_size=40), mode=st.sampled_from(MODES))
def test_a_share_is_a_share_whatever_a_model_says(text: str, mode: Mode) -> None:
    """Of any reference."""
    for expected in ("B", 12, ["a", "b"], {"a": [1, "b"]}, text):
        assert 0 <= share_right(text, expected, mode) <= 1


@given(items=st.lists(st.text(alphabet="abc de", min_size=1, max_size=6), max_size=5))
def test_a_reference_said_as_json_is_all_right(items: list[str]) -> None:
    """As a set and as JSON."""
    said = json.dumps(items)
    assert share_right(said, items, "set") == 1
    assert share_right(said, items, "json") == 1
