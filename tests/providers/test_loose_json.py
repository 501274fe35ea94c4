"""Tests of modelroute_cli.providers.loose_json."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers import loose_json as loose


def test_fractions_stay_exact() -> None:
    """A price such as 0.1 never passes through a float."""
    assert loose.parse(b'{"cost": 0.1}') == {"cost": Decimal("0.1")}


def test_blank_lines_before_the_json_are_skipped() -> None:
    """DeepSeek holds the connection open with blank lines."""
    assert loose.parse(b'\n\n \n{"a": 1}\n') == {"a": 1}


def test_a_byte_order_mark_is_skipped() -> None:
    """Some gateways send one."""
    assert loose.parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_nan_is_none() -> None:
    """A number that is none says nothing."""
    assert loose.parse(b'{"a": NaN, "b": 2}') == {"a": None, "b": 2}


def test_half_an_emoji_is_read_and_replaced() -> None:
    """An answer cut inside an emoji must not lose the rest of it."""
    data = loose.parse(b'{"a": "ok \\ud83d"}')
    assert loose.text(loose.child(data, "a")) == "ok \ufffd"


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"[" * 100_000, b"{} x"])
def test_no_json_is_a_value_error(body: bytes) -> None:
    """Whatever is no JSON ends in one kind of error."""
    with pytest.raises(ValueError, match=r".+"):
        loose.parse(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_value_error(body: bytes) -> None:
    """No bytes end in any other error."""
    try:
        value = loose.parse(body)
    except ValueError:
        return
    assert loose.child(value, "absent") is None


def test_a_path_ends_early_as_none() -> None:
    """Missing and mistyped objects are the same: nothing."""
    assert loose.child({"a": {"b": 1}}, "a", "b") == 1
    assert loose.child({"a": "text"}, "a", "b") is None
    assert loose.child(None, "a") is None


def test_items_of_what_is_no_array_are_none() -> None:
    """Only arrays have items."""
    assert loose.items([1, 2]) == [1, 2]
    assert loose.items({"0": 1}) == []


def test_text_is_text_alone() -> None:
    """A number is no text."""
    assert loose.text("Grüße") == "Grüße"
    assert loose.text(3) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (12, 12), (Decimal("12.0"), 12), (Decimal("1.5"), None), (-1, None), (True, None), ("12", None)],
)
def test_counts_are_whole_numbers_from_zero(value: object, expected: int | None) -> None:
    """Nothing else counts tokens."""
    assert loose.count(value) == expected


def test_a_count_beyond_reason_is_none() -> None:
    """1e999999999 must neither be believed nor spelled out."""
    assert loose.count(Decimal("1e999999999")) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, Decimal(1)),
        (Decimal("0.002"), Decimal("0.002")),
        ("0.002", Decimal("0.002")),
        ("two", None),
        (-1, None),
        (Decimal("NaN"), None),
        (False, None),
    ],
)
def test_amounts_are_finite_and_from_zero(value: object, expected: Decimal | None) -> None:
    """Anything else is unknown, never 0."""
    assert loose.amount(value) == expected
