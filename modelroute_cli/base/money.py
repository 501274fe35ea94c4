"""Exact money: whole pico-dollars (10^-12 USD), rounded up, and the one formatter that shows them.

A price of $1 per million tokens is 1,000,000 pico-dollars a token, so every list price with up to six
decimals is whole per token and sums never drift. Int64 holds about $9.2 million.
"""

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import NewType

PicoUSD = NewType("PicoUSD", int)

PER_USD = 10**12
_PER_MTOK_TO_PER_TOKEN = PER_USD // 10**6
_LEAST_SHOWN_DECIMALS = 3
_SMALL_SIGNIFICANT_DIGITS = 2


def from_usd(amount: Decimal | str | int) -> PicoUSD:
    """Dollars as pico-dollars, rounded up; ValueError when `amount` is no finite number, TypeError for a float."""
    if isinstance(amount, float):
        msg = "money never passes through a float: give a string or a Decimal"
        raise TypeError(msg)
    try:
        scaled = Decimal(amount) * PER_USD
        return PicoUSD(int(scaled.to_integral_value(rounding=ROUND_CEILING)))
    except (InvalidOperation, OverflowError, ValueError) as error:
        msg = f"`{amount}` is not an amount of dollars"
        raise ValueError(msg) from error


def per_token(usd_per_mtok: Decimal | str | int) -> PicoUSD:
    """A list price in dollars per million tokens as pico-dollars per token, rounded up."""
    scaled = Decimal(usd_per_mtok) * _PER_MTOK_TO_PER_TOKEN
    return PicoUSD(int(scaled.to_integral_value(rounding=ROUND_CEILING)))


def to_decimal(amount: PicoUSD | int) -> Decimal:
    """Pico-dollars as exact dollars."""
    return Decimal(amount).scaleb(-12)


def round_up(dollars: Decimal) -> Decimal:
    """At least `dollars`, with two significant digits, so that it can be typed."""
    return dollars.quantize(Decimal(1).scaleb(dollars.adjusted() - 1), rounding=ROUND_CEILING)


def to_usd_string(amount: PicoUSD | int) -> str:
    """Pico-dollars as the exact decimal string that JSON output carries: `0.228`, `-1`, `0`."""
    text = f"{to_decimal(amount):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_usd(amount: PicoUSD | int, *, estimate: bool = False) -> str:
    """Money for people: `$2,041.10`, `$0.228`, `$0.000042`, `~$0.11`; never zero for a cost that is not zero."""
    sign = "-" if amount < 0 else ""
    dollars = abs(to_decimal(amount))
    return f"{'~' if estimate else ''}{sign}${_digits(dollars)}"


def _digits(dollars: Decimal) -> str:
    """Two decimals from $1,000, three above a tenth of a cent, else two significant digits."""
    if dollars == 0:
        return "0.00"
    decimals = 2 if dollars >= 1000 else _LEAST_SHOWN_DECIMALS  # noqa: PLR2004 - a thousand dollars
    if dollars < Decimal("0.01"):
        decimals = _SMALL_SIGNIFICANT_DIGITS - 1 - dollars.adjusted()
    shown = dollars.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return f"{shown:,f}"
