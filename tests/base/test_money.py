"""Money is exact, rounds up, and never shows zero for a cost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base import money

AMOUNTS = st.integers(min_value=-(10**18), max_value=10**18)


def test_a_dollar_is_a_million_million_pico_dollars() -> None:
    """One dollar is 10^12 pico-dollars."""
    assert money.from_usd("1") == 10**12


def test_dollars_round_up_to_the_next_pico_dollar() -> None:
    """What does not fit rounds up, so that a cap is never under-counted."""
    assert money.from_usd(Decimal("0.0000000000001")) == 1


@pytest.mark.parametrize(
    ("price", "expected"),
    [("0.27", 270_000), ("1.10", 1_100_000), ("0.003625", 3_625), ("0", 0), ("0.0000001", 1)],
)
def test_a_list_price_per_million_is_whole_per_token(price: str, expected: int) -> None:
    """Dollars per million tokens become whole pico-dollars per token, rounded up beyond six decimals."""
    assert money.per_token(price) == expected


@pytest.mark.parametrize("bad", ["", "abc", "NaN", "Infinity", "1,5"])
def test_what_is_no_amount_is_refused(bad: str) -> None:
    """A text that is no finite number is named in the error."""
    with pytest.raises(ValueError, match=r"is not an amount of dollars"):
        money.from_usd(bad)


def test_a_float_is_refused() -> None:
    """Money never passes through a float."""
    with pytest.raises(TypeError, match="money never passes through a float"):
        money.from_usd(0.1)  # type: ignore[arg-type]


@given(AMOUNTS)
def test_the_exact_string_reads_back_as_the_same_amount(amount: int) -> None:
    """`from_usd(to_usd_string(x))` is x."""
    assert money.from_usd(money.to_usd_string(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, "$0.00"),
        (1, "$0.0000000000010"),
        (42_000_000, "$0.000042"),
        (9_990_000_000, "$0.0100"),
        (108_000_000_000, "$0.108"),
        (2_445_000_000_000, "$2.445"),
        (2_041_100_000_000_000, "$2,041.10"),
        (-285_000_000_000, "-$0.285"),
    ],
)
def test_money_is_shown_with_the_digits_that_matter(amount: int, expected: str) -> None:
    """Two decimals from a thousand dollars, three from a cent, two significant digits below."""
    assert money.format_usd(amount) == expected


def test_estimates_carry_a_tilde() -> None:
    """An estimate is marked."""
    assert money.format_usd(228_000_000_000, estimate=True) == "~$0.228"


@given(AMOUNTS.filter(bool))
def test_a_cost_that_is_not_zero_never_shows_as_zero(amount: int) -> None:
    """The formatter shows at least one digit other than zero."""
    assert any(digit in "123456789" for digit in money.format_usd(amount))
