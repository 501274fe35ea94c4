"""Numbers as models write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.scorers.numbers import Number, last_number, number_of


def is_right(output: str, expected: object, tolerance: float | None = None) -> bool:
    """Whether an output gives a number."""
    found, wanted = last_number(output), number_of(expected)
    assert wanted is not None
    return found is not None and found.is_near(wanted, tolerance)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("#### 1,234", 1234),
        ("1 234 567", 1_234_567),
        ("1'234.5", "1,234.5"),
        ("1.234,5", 1234.5),
        ("€1.234.567", 1_234_567),
        ("0,5", 0.5),
        (".5", 0.5),
        ("so 3/4 of it", 0.75),
        ("1 3/4 cups", 1.75),
        (r"\boxed{\dfrac{-3}{4}}", "-3/4"),
        (r"\boxed{10{,}000}", "10000"),
        ("75%", 0.75),
        ("75", "75%"),
        ("75 percent", 75),
        ("1e3", 1000),
        ("3 × 10^5", 300_000),  # noqa: RUF001 - the sign of multiplication is meant
        (r"$2 \times 10^{-3}$", 0.002),
        ("-5", -5),
        ("\u22125", -5),
        ("-$5", -5),
        ("x=-5", -5),
        ("$-5$", "-5"),
        ("between 5-7", 7),
        ("18 * 3 = 54", 54),
        ("The answer is 54 apples for 3 kids", 54),
        ("The answer is 18 * 3 = 54 apples", 54),
        ("The answer is none of these, but 54", 54),
        ("0.33333", "0.333"),
        ("3.14159", 3.14),
        ("in 2024 100 people", 100),
        ("1, 2, 3", 3),
        ("1,2,3", 3),
        ("\u0665", 5),
    ],
)
def test_the_right_number_is_right_however_it_is_written(output: str, expected: object) -> None:
    """Groups, fractions, per cent, powers; the result, not what led to it."""
    assert is_right(output, expected)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("54 or 55", 54),
        ("none", 54),
        ("", 0),
        ("75%", "0.75%"),
        ("75", 0.75),
        ("0.33", "0.333"),
        ("3.15", 3.14),
        ("54.4", 54),
        ("1234567891", 1_234_567_890),
        ("3/0", 3),
        ("-5", 5),
        ("v2", 2),
        ("model-3b", 3),
    ],
)
def test_another_number_is_wrong(output: str, expected: object) -> None:
    """Near is not enough for whole numbers, nor fewer decimals than were asked for."""
    assert not is_right(output, expected)


@pytest.mark.parametrize(("output", "is_near"), [("104.9", True), ("105.4", False), ("95.3", True)])
def test_a_tolerance_is_relative(output: str, is_near: bool) -> None:  # noqa: FBT001 - a parameter
    """Of the larger of the two; it holds for whole numbers too."""
    assert is_right(output, 100, 0.05) is is_near


@pytest.mark.parametrize("value", [True, None, "twelve", "54 apples", [1], {"a": 1}, "", "1,2,3", "1.2.3", "10.0.0.1"])
def test_what_is_no_number_is_none(value: object) -> None:
    """A text that holds one beside words neither."""
    assert number_of(value) is None


def test_a_number_that_may_be_read_in_two_ways_has_both() -> None:
    """Thousands in one country are decimals in another."""
    assert number_of("1,234") == Number((Decimal(1234), Decimal("1.234")))


@given(value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_a_number_equals_itself(value: Decimal) -> None:
    """As text and in a sentence."""
    wanted = number_of(str(value))
    assert wanted is not None
    assert wanted.is_near(wanted)
    assert is_right(f"It comes to {value}.", str(value))


@given(one=st.integers(-(10**15), 10**15), other=st.integers(-(10**15), 10**15))
def test_whole_numbers_are_the_same_or_not(one: int, other: int) -> None:
    """The same both ways round."""
    first, second = number_of(one), number_of(other)
    assert first is not None
    assert second is not None
    assert first.is_near(second) is second.is_near(first) is (one == other)


@given(text=st.text(alphabet="0123456789.,/%eE+-^ ×{}'$€=", max_size=120))  # noqa: RUF001 - the sign of multiplication is meant
def test_no_text_breaks_the_reading(text: str) -> None:
    """A number or none."""
    found = last_number(text)
    assert found is None or found.values
