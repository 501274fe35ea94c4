"""JSON output: one object, money as strings, stable keys."""

import json

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.report.json_out import to_json


class Inner(Struct, frozen=True):
    cost_pusd: PicoUSD | None
    note: str


class Outer(Struct, frozen=True):
    total_pusd: PicoUSD
    parts: tuple[Inner, ...]
    share: float


def test_money_becomes_an_exact_decimal_string_however_deep() -> None:
    """Programs read dollars without a float in between; unknown stays null."""
    shown = json.loads(to_json(Outer(PicoUSD(1), (Inner(PicoUSD(2_500_000_000_000), "a"), Inner(None, "b")), 0.5)))
    assert shown == {
        "format": 1,
        "total_usd": "0.000000000001",
        "parts": [{"cost_usd": "2.5", "note": "a"}, {"cost_usd": None, "note": "b"}],
        "share": 0.5,
    }


@given(st.integers(min_value=-(2**62), max_value=2**62))
def test_money_reads_back_to_the_last_pico_dollar(amount: int) -> None:
    """Parsing what was printed gives the same amount."""
    shown = json.loads(to_json(Inner(PicoUSD(amount), "")))
    assert from_usd(shown["cost_usd"]) == amount


def test_numbers_that_are_none_are_null() -> None:
    """JSON has no NaN."""
    assert json.loads(to_json(Outer(PicoUSD(0), (), float("nan"))))["share"] is None


@given(st.text('\x7f\x9b\u200b\u202e\u2028\ufeffa\\"\n\u00e9', max_size=20) | st.text(max_size=20))
def test_no_text_in_it_moves_a_cursor_and_none_is_changed(text: str) -> None:
    """What a terminal would obey is escaped; what is parsed is what was there."""
    shown = to_json(Inner(None, text))
    assert json.loads(shown)["note"] == text
    assert not set(shown) & set("\x7f\x9b\u200b\u202e\u2028\ufeff\x1b\0")
