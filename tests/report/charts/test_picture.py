"""Pictures: named, described, and as wide as their place."""

from support.html_text import read

from modelroute_cli.report.charts.picture import Told, block, cell_picture, hatching, label, picture, rule, stretched
from modelroute_cli.report.markup import element


def test_a_picture_says_what_it_shows() -> None:
    """Its name and its description are its first words, and it has the width of its place."""
    found = read(picture(Told("Cost <now>", "from 1 to 2"), 90, block("0", "50%", 1, 2.5, "bar")).text)
    assert found.names == ["svg", "title", "desc", "rect"]
    assert found.texts == ["Cost <now>", "from 1 to 2"]
    expected = {("svg", "role", "img"), ("svg", "width", "100%"), ("svg", "height", "90"), ("rect", "height", "2.5")}
    assert expected <= set(found.attributes)


def test_the_picture_of_a_number_is_not_read_out() -> None:
    """The number stands beside it."""
    assert ("svg", "aria-hidden", "true") in read(cell_picture(9).text).attributes


def test_paths_are_stretched_and_words_are_not() -> None:
    """Words stand at shares of the width outside of the stretched box."""
    box = stretched("0 0 10 5", 50, element("path", d="M0 0"), y=3).text
    assert box == (
        '<svg x="0" y="3" width="100%" height="50" viewBox="0 0 10 5" preserveAspectRatio="none">'
        '<path d="M0 0"></path></svg>'
    )
    assert label("a<b", "5%", 2, "end", "strong").text == (
        '<text x="5%" y="2" text-anchor="end" class="strong">a&lt;b</text>'
    )
    assert rule("0", "100%", 1, 1, "axis").text == '<line x1="0" x2="100%" y1="1" y2="1" class="axis"></line>'


def test_the_hatching_is_there_once_and_draws_nothing() -> None:
    """Other pictures refer to it by its name."""
    found = read(hatching().text)
    assert ("pattern", "id", "hatch") in found.attributes
    assert {("svg", "width", "0"), ("svg", "height", "0"), ("svg", "aria-hidden", "true")} <= set(found.attributes)
