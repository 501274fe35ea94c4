"""Values that an answer must hold."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.mention import Told, readings, unmentioned, values_of
from modelroute_cli.execution.gates.subject import Subject


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Anna", "Dear ANNA, hello"),
        ("Anna", "Annas Bestellung"),
        ("José Núñez", "Hola Jose\n Nunez"),
        ("Weiß GmbH", "die WEISS GmbH"),
        ("田中", "株式会社田中様"),
        ("1234.5", "it is 1,234.50 dollars"),
        ("1234.5", "es sind 1.234,50 Euro"),
        ("1234.5", "1'234.5 Franken"),
        ("1234567", "1 234 567"),
        ("1234567", "1\u202f234\u202f567"),
        ("1,234", "about 1234 people"),
        ("4711", "order no. 4711."),
        ("4711", "#4711-A"),
        ("20%", "save 20% today"),
        ("-5", "minus 5 degrees"),
        ("0.5", "0,5 l"),
        ("7", "pages 5, 6,7,8"),
        ("711", "4 711"),
        ("0471 12 34", "call 0471 12 34 now"),
        ("C++", "We use C++ here"),
        ("2026-11-23", "on 2026-11-23"),
    ],
)
def test_a_value_is_found_as_people_write_it(value: str, text: str) -> None:
    """Case, accents, blanks, endings and grouping do not matter."""
    assert Told(text).holds(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ann", "We plan a banner for Joann"),
        ("4711", "order 47110"),
        ("4711", "order 14711"),
        ("1234.5", "1234.6"),
        ("20%", "save 120% today"),
        ("Anna Weber", "Anna and Mr Weber"),
        ("47", "47,110 lamps"),
        ("234", "1,234 lamps"),
    ],
)
def test_a_value_inside_another_is_not_found(value: str, text: str) -> None:
    """A word begins where it begins, and a number is the whole number."""
    assert not Told(text).holds(value)


def test_every_missing_field_is_named() -> None:
    """With its value, in the order of the gate; what is no text or number is left out."""
    metadata = {"name": "Anna", "order": 4711, "tags": ["lid", "glass"], "none": None, "flag": True}
    request = Request(custom_id="r", prompt="x", metadata=metadata)
    rules = GateRules(must_mention=("name", "order", "tags", "none", "flag"))
    told = unmentioned(Subject(request, rules, "Dear Anna, the glass is on its way."))
    assert told == "does not mention `order` (`4711`), `tags` (`lid`)"
    assert unmentioned(Subject(request, rules, "Anna: order 4711, lid and glass")) is None


def test_the_values_of_a_field() -> None:
    """One, those of a list, or none."""
    metadata = {"a": " x ", "b": [1, 2.5, "", None, {"c": 1}], "d": {"e": 1}}
    assert [list(values_of(metadata, name)) for name in ("a", "b", "d", "z")] == [["x"], ["1", "2.5"], [], []]


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("1234", {1234}),
        ("1,234", {1234, Decimal("1.234")}),
        ("1,23", {Decimal("1.23")}),
        ("1.234.567", {1234567}),
        ("1,234.5", {Decimal("1234.5")}),
        ("1,2,3", set()),
    ],
)
def test_what_a_grouped_number_may_stand_for(number: str, read: set[Decimal]) -> None:
    """Both readings where nobody can tell."""
    assert set(readings(number)) == {Decimal(value) for value in read}


@given(st.integers(0, 10**12), st.sampled_from([",", ".", " ", "'", "\u202f", "\u00a0"]))
def test_a_whole_number_is_found_in_any_grouping(value: int, mark: str) -> None:
    """Whatever separates its thousands."""
    assert Told(f"total: {f'{value:,}'.replace(',', mark)} EUR").holds(str(value))


@given(st.text(min_size=1).filter(lambda text: text.strip() != ""), st.text(), st.text())
def test_a_value_that_stands_between_blanks_is_found(value: str, before: str, after: str) -> None:
    """Whatever it is, unless accents at its ends join its neighbours; and nothing raises."""
    Told(f"{before} {value} {after}").holds(value.strip())
