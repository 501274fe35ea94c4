"""Waterfalls: they add up, whatever the causes."""

from hypothesis import given
from hypothesis import strategies as st
from support.html_text import read

from modelroute_cli.report.charts.waterfall import Step, step_cells, steps

AMOUNTS = st.integers(min_value=-(10**18), max_value=10**18)


def test_each_step_begins_where_the_one_before_ended() -> None:
    """What is saved goes down, what costs more goes up, totals stand on the ground."""
    assert steps(100, [70, 10, -5]) == (
        Step("total", 0, 100),
        Step("less", 100, 30),
        Step("less", 30, 20),
        Step("more", 20, 25),
        Step("total", 0, 25),
    )


def test_the_picture_differs_by_texture_as_well_as_by_colour() -> None:
    """Totals and what costs more are filled, what is saved is hatched."""
    drawn = [read(cell.text) for cell in step_cells(steps(100, [70, -5]))]
    shown = [[value for tag, key, value in each.attributes if (tag, key) == ("rect", "class")] for each in drawn]
    assert shown == [["bar"], ["hatched"], ["bar more"], ["bar"]]


def test_bars_meet_at_the_same_place() -> None:
    """A saving begins right where the amount before it ends."""
    first, saved, left = (read(cell.text).attributes for cell in step_cells(steps(100, [70])))
    assert ("rect", "width", "100%") in first
    assert {("rect", "x", "30%"), ("rect", "width", "70%")} <= set(saved)
    assert {("rect", "x", "0%"), ("rect", "width", "30%")} <= set(left)


def test_a_run_that_cost_more_than_its_baseline_goes_up() -> None:
    """The last total is the longest."""
    attributes = read(step_cells(steps(50, [-50]))[-1].text).attributes
    assert ("rect", "width", "100%") in attributes


@given(AMOUNTS, st.lists(AMOUNTS, max_size=6))
def test_a_waterfall_ends_at_the_difference_exactly(first: int, taken: list[int]) -> None:
    """No pico-dollar is lost, and neighbours meet."""
    rows = steps(first, taken)
    assert rows[-1].end == first - sum(taken)
    inner = rows[1:-1]
    assert all(above.end == below.start for above, below in zip((rows[0], *inner), inner, strict=False))
    assert len(step_cells(rows)) == len(rows)
