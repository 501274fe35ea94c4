"""Tests of modelroute_cli.emulator.replay.wrong: wrong in the form of the right one, and never the same."""

import json
import random
import re
from collections.abc import Mapping

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import asked

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.emulator.replay.right import right_text
from modelroute_cli.emulator.replay.wrong import Amiss, alike, other_made_up, other_value, wrong_text

_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "mood": {"type": "string", "enum": ["good", "bad", "mixed"]},
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "spam": {"type": "boolean"},
    },
    "required": ["mood", "stars", "spam"],
    "additionalProperties": False,
}


_HELD = {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": _SCHEMA}}
_PLAIN = {"type": "text"}


def amiss(
    expected: object,
    *,
    peers: tuple[object, ...] = (),
    seed: int = 1,
    gates: GateRules | None = None,
    form: Mapping[str, object] = _PLAIN,
) -> Amiss:
    """A request with this right answer, asked for in this form."""
    request = Request(custom_id="r", prompt="Say it.", expected=expected, gates=gates)
    return Amiss(request=request, asked=asked("Say it.", response_format=form), peers=peers, dice=dice(seed))


def dice(seed: int) -> random.Random:
    """Chance that repeats."""
    return random.Random(seed)  # noqa: S311 - varied answers, no secrets


def right(about: Amiss) -> str:
    """The right answer to the same request."""
    return right_text(about.request, about.asked, dice(9))


@pytest.mark.parametrize(
    ("expected", "peers", "gates", "among"),
    [
        ("spam", (), GateRules(labels=("spam", "ham", "ad")), {"ham", "ad"}),
        ("spam", ("spam", "ham", "Spam."), None, {"ham"}),
        ("B", ("b.", "C", "A"), None, {"C"}),
        ("yes", ("yes",), None, {"no"}),
        ("Yes", (), None, {"No"}),
        ("TRUE", (), None, {"FALSE"}),
        (True, (), None, {"false"}),
    ],
)
def test_a_label_becomes_another_label(
    expected: object, peers: tuple[object, ...], gates: GateRules | None, among: set[str]
) -> None:
    """One of the gate's, the opposite, or what is right elsewhere in the template."""
    assert {wrong_text(amiss(expected, peers=peers, gates=gates, seed=seed)) for seed in range(20)} == among


@pytest.mark.parametrize(
    ("expected", "form"),
    [(42, r"\d+"), ("42", r"\d+"), ("1,234", r"\d+"), ("3.50", r"\d+\.\d\d"), ("0.05", r"\d+\.\d\d"), ("$12", r"\$\d+"),
     ("-7", r"-\d+"), (2.5, r"\d+\.\d+")],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(5))
def test_a_number_becomes_another_number(expected: object, form: str, seed: int) -> None:
    """With as many decimals, and what stands around it."""
    about = amiss(expected, seed=seed)
    text = wrong_text(about)
    assert re.fullmatch(form, text)
    assert float(text.strip("$")) != float(str(expected).strip("$").replace(",", ""))


def test_the_last_number_of_a_text_changes_where_it_is_what_counts() -> None:
    """The gate `expected: number` reads that one."""
    about = amiss("It is 3 times 4, so the result is 12.", peers=("12",), gates=GateRules(expected="number"))
    assert wrong_text(about).startswith("It is 3 times 4, so the result is ")
    assert wrong_text(about) != right(about)


@pytest.mark.parametrize("seed", range(8))
def test_json_keeps_to_its_schema_with_one_field_changed(seed: int) -> None:
    """So that no gate sees it but the one that knows what is right."""
    expected = {"mood": "good", "stars": 5, "spam": False}
    about = amiss(expected, seed=seed, form=_HELD)
    found = json.loads(wrong_text(about))
    jsonschema.validate(found, _SCHEMA)
    assert len([name for name in expected if found[name] != expected[name]]) == 1
    assert json.loads(right(about)) == expected


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [
        ("good", {"mood": "good"}),
        (4, {"stars": 4}),
        (True, {"spam": True}),
        ('{"mood": "bad"}', {"mood": "bad"}),
        ({"stars": 2}, {"stars": 2}),
    ],
)
def test_a_part_of_the_json_is_enough(expected: object, wanted: dict[str, object]) -> None:
    """A single value stands in the field that takes it; the rest is made up, and meets the schema."""
    about = amiss(expected, form=_HELD)
    good, bad = json.loads(right(about)), json.loads(wrong_text(about))
    jsonschema.validate(good, _SCHEMA)
    jsonschema.validate(bad, _SCHEMA)
    assert {key: good[key] for key in wanted} == wanted
    assert {key: bad[key] for key in wanted} != wanted


def test_json_without_a_schema_has_the_expected_fields() -> None:
    """A changed one where it is wrong."""
    about = amiss({"a": 1, "b": ["x", "y"]}, form={"type": "json_object"})
    assert json.loads(right(about)) == {"a": 1, "b": ["x", "y"]}
    assert json.loads(wrong_text(about)) != {"a": 1, "b": ["x", "y"]}


def test_a_list_is_told_as_its_gate_reads_it() -> None:
    """Items in a line for the gate of sets, JSON otherwise."""
    about = amiss(["red", "blue"], gates=GateRules(expected="set"))
    assert right(about) == "red, blue"
    assert right(amiss(["red", "blue"])) == '["red", "blue"]'
    assert wrong_text(about) not in {"red, blue", "blue, red", ""}


def test_a_long_text_becomes_another_text() -> None:
    """Not an empty one."""
    about = amiss("The committee found that the bridge was safe, that traffic could go on, and that tests were due.")
    assert wrong_text(about)
    assert not alike(wrong_text(about), right(about))


def test_made_up_answers_differ() -> None:
    """Also where there is little to say."""
    about = Amiss(
        request=Request(custom_id="r", prompt="x"), asked=asked("Label it: yes or no"), peers=(), dice=dice(1)
    )
    assert {other_made_up(about, "yes") for _ in range(9)} == {"no"}
    assert other_made_up(about, "maybe") in {"yes", "no"}


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [("Yes.", "yes", True), ("**A**", "a", True), ("(B)", "B", True), ("-5", "5", False), ("a b", "ab", True),
     ("x+1", "x-1", False), ("", "x", False), ('"ok"', "OK!", True)],
)  # fmt: skip
def test_answers_are_alike_but_for_case_blanks_and_marks_around(one: str, other: str, is_alike: bool) -> None:  # noqa: FBT001 - a case
    """A sign is no such mark."""
    assert alike(one, other) is is_alike


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(_JSON, st.integers(0, 99))
def test_no_value_is_left_as_it_was(value: object, seed: int) -> None:
    """Of whatever kind, and the answer is never empty."""
    about = amiss(value, peers=("peer", "other peer"), seed=seed)
    assert other_value(value, about) != value
    text = wrong_text(about)
    assert text.strip()
    assert not alike(text, right(about))
