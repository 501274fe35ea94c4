"""Marks: each kind has a shape of its own, in the picture as in its key."""

from typing import get_args

from support.html_text import read

from modelroute_cli.report.charts.marks import Shape, key, mark


def paths_of(svg: str) -> list[str]:
    """The shapes that are drawn."""
    return [value for tag, name, value in read(svg).attributes if (tag, name) == ("path", "d")]


def test_every_kind_has_a_shape_of_its_own() -> None:
    """They can be told apart without colours."""
    shapes: tuple[Shape, ...] = get_args(Shape)
    assert len({paths_of(mark(shape, "5%", 3).text)[0] for shape in shapes}) == len(shapes) == 4


def test_the_key_is_the_mark() -> None:
    """And is not read out: words stand beside it."""
    drawn = key("square").text
    assert paths_of(drawn) == paths_of(mark("square", "0", 0).text)
    assert ("svg", "aria-hidden", "true") in read(drawn).attributes
    assert drawn.startswith('<span class="key">')


def test_a_mark_stands_where_it_is_put() -> None:
    """A share of the width across, pixels down."""
    attributes = read(mark("diamond", "37.5%", 12.34).text).attributes
    assert {("svg", "x", "37.5%"), ("svg", "y", "12.3"), ("path", "class", "mark diamond")} <= set(attributes)
