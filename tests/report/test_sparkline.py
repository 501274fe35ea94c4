"""Numbers over time in little bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.report.sparkline import ASCII, BLOCKS, Trail, sparkline


@pytest.mark.parametrize(
    ("values", "bars", "plain"),
    [
        ([], "", ""),
        ([0, 0], "▁▁", "__"),
        ([5], "█", "#"),
        ([0, 1, 2, 3, 4, 5, 6, 7], BLOCKS, ASCII),
        ([100, 50, 0], "█▅▁", "#=_"),
    ],
)
def test_the_highest_is_full_and_nothing_is_the_lowest(values: list[float], bars: str, plain: str) -> None:
    """In blocks, or in signs that every terminal has."""
    assert sparkline(values) == bars
    assert sparkline(values, blocks=False) == plain


@given(st.lists(st.floats(0, 1e9), max_size=40))
def test_more_is_never_lower(values: list[float]) -> None:
    """One sign a number."""
    bars = sparkline(values)
    assert len(bars) == len(values)
    ranked = [bar for _, bar in sorted(zip(values, bars, strict=True))]
    assert ranked == sorted(ranked)


def trail(*told: tuple[float, float | None]) -> str:
    """What is drawn after numbers at some seconds."""
    moments = iter([at for at, value in told if value is not None])
    kept = Trail(lambda: next(moments))
    for _, value in told:
        kept.add(value)
    return kept.drawn()


def test_one_bar_stands_for_two_seconds() -> None:
    """The last word in them; nothing before there are two bars."""
    assert trail((0.0, 1.0), (1.9, 7.0)) == ""
    assert trail((0.0, 7.0), (1.0, 1.0), (2.0, 7.0)) == "▂█"
    assert trail((0.0, None), (100.0, 7.0), (102.0, 0.0), (102.5, None)) == "█▁"


def test_where_nothing_was_told_it_was_as_before() -> None:
    """And only the last is kept."""
    assert trail((0.0, 7.0), (6.0, 0.0)) == "███▁"
    assert trail((0.0, 7.0), (9_000.0, 1.0)) == "█" * 23 + "▂"
