"""Bars for the cells of a table."""

from support.html_text import read

from modelroute_cli.report.charts.bars import Measure, cell_bar, measures

EDGE = 100 / 1.01  # where the largest of all ends, with room for its stroke


def values_of(svg: str, element: str, name: str) -> list[str]:
    """The values of one attribute of one kind of element, in order."""
    return [value for tag, key, value in read(svg).attributes if (tag, key) == (element, name)]


def test_a_bar_is_as_long_as_its_share() -> None:
    """The largest reaches the end; the tick stands where it was expected to."""
    drawn = cell_bar(5.0, 10.0, 10.0).text
    assert values_of(drawn, "rect", "width") == ["49.5%"]
    assert values_of(drawn, "line", "x1") == ["99.01%"]


def test_a_bar_is_not_read_out() -> None:
    """Its number stands beside it."""
    assert values_of(cell_bar(1.0, 1.0).text, "svg", "aria-hidden") == ["true"]


def test_nothing_spent_is_no_bar() -> None:
    """Also where nothing was spent by anybody."""
    assert values_of(cell_bar(0.0, 0.0).text, "rect", "width") == ["0%"]


def test_measures_stand_on_one_scale() -> None:
    """Paid is filled, not paid is outlined, a range is hatched with its mark, a limit is a line."""
    rows = (
        Measure("outlined", 20.0),
        Measure("range", 10.0, 5.0, 15.0),
        Measure("solid", 4.0),
        Measure("line", 12.0),
    )
    outlined, span, solid, limit = (drawn.text for drawn in measures(rows))
    assert values_of(outlined, "rect", "class") == ["bar plain"]
    assert values_of(outlined, "rect", "width") == [f"{EDGE:.2f}%"]
    assert values_of(span, "rect", "class") == ["hatched"]
    assert values_of(span, "rect", "x") == [f"{EDGE / 4:.2f}%"]
    assert values_of(span, "rect", "width") == ["49.5%"]
    assert values_of(span, "path", "class") == ["mark diamond"]
    assert values_of(solid, "rect", "width") == ["19.8%"]
    assert values_of(limit, "line", "class") == ["limit"]
    assert values_of(limit, "line", "x1") == ["59.41%"]


def test_no_measures_are_no_pictures() -> None:
    """An empty table has none."""
    assert measures(()) == ()
