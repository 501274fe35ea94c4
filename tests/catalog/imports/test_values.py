"""Single values of somebody else's JSON: exact, bounded, or nothing."""

from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.catalog.imports.found import UnfitError
from modelroute_cli.catalog.imports.values import PER_MTOK, PER_TOKEN, day, flag, section, tokens, usd_per_mtok, words


def usd(value: object, scale: int = PER_TOKEN) -> Decimal | None:
    """One price."""
    return usd_per_mtok({"price": value}, "price", scale)


@given(st.decimals(min_value=0, max_value=9_999_999, places=12))
def test_prices_with_up_to_12_decimals_are_exact(amount: Decimal) -> None:
    """As number or text, in either unit."""
    assert usd(amount, PER_MTOK) == usd(str(amount), PER_MTOK) == usd(amount.scaleb(-6)) == amount


@given(st.decimals(min_value=0, max_value=1, places=25))
def test_finer_prices_are_rounded_up(amount: Decimal) -> None:
    """By less than a millionth of a pico-dollar a token, and never down."""
    assert usd(amount, PER_MTOK) == amount.quantize(Decimal("1e-12"), rounding=ROUND_CEILING)


@pytest.mark.parametrize("value", ["1e999", "NaN", "0x1", "", "1_000", True, [], Decimal("1e-99"), Decimal("Infinity")])
def test_what_is_no_number_is_refused(value: object) -> None:
    """Whatever Python would make of it."""
    with pytest.raises(UnfitError, match=r"^`price` is no number$"):
        usd(value)


@pytest.mark.parametrize("value", [-1, Decimal("-1e-9"), 10, "10.000000"])
def test_prices_beyond_reason_are_refused(value: object) -> None:
    """Below nothing, or from ten million dollars a million tokens on, which settings cannot hold."""
    with pytest.raises(UnfitError, match=r"^`price` is no price$"):
        usd(value)


def test_what_is_not_said_is_not_known() -> None:
    """None, never 0."""
    assert usd(None) is None
    assert usd_per_mtok({}, "price", PER_MTOK) is None


@pytest.mark.parametrize(
    ("value", "count"),
    [(4096, 4096), (Decimal("4096.0"), 4096), (0, None), (-1, None), (True, None), ("4096", None), (10**9, None)],
)
def test_tokens_are_counts_above_0(value: object, count: int | None) -> None:
    """A point does no harm, all else is unknown."""
    assert tokens({"n": value}, "n") == count


def test_the_first_known_count_holds() -> None:
    """Lists give one limit under several names."""
    assert tokens({"b": 2, "c": 3}, "a", "b", "c") == 2


@pytest.mark.parametrize(("value", "expected"), [("2026-12-11", "2026-12-11"), ("soon", None), (20261211, None)])
def test_days_are_iso_dates(value: object, expected: str | None) -> None:
    """Or nothing."""
    assert day({"end": value}, "end") == expected


def test_other_shapes_are_empty() -> None:
    """A list where a mapping should be holds nothing."""
    assert section({"a": [1]}, "a") == {}
    assert words({"a": {"b": 1}}, "a") == ()
    assert words({"a": ["b", 1]}, "a") == ("b",)
    assert flag({"a": "yes"}, "a") is None
