"""The plane of cost and quality."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from support.html_text import read

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.charts.picture import Told
from modelroute_cli.report.charts.plane import Place, plane

TOLD = Told("Cost and quality", "from here to there")


def place(cost: int, quality: float, name: str = "") -> Place:
    """A point, named or not."""
    return Place(PicoUSD(cost * 10**9), quality, name, "diamond")


def labels(svg: str) -> list[tuple[str, float]]:
    """Words of marks with the level they stand at."""
    found = read(svg)
    levels = [float(value) for tag, key, value in found.attributes if (tag, key) == ("text", "y")]
    words = [text for text in found.texts if text not in {TOLD.title, TOLD.described}]
    return list(zip(words, levels, strict=True))


def test_a_plane_of_nothing_is_nothing() -> None:
    """There is no curve and no choice."""
    assert plane(TOLD, (), ()).text == ""


def test_the_line_is_stepped() -> None:
    """A quality holds until the next one can be paid."""
    drawn = plane(TOLD, (place(0, 0.5), place(50, 0.9), place(100, 0.95)), ()).text
    path = next(value for tag, key, value in read(drawn).attributes if (tag, key) == ("path", "d"))
    assert path == "M18.5 275.2H481.5V66.8H944.4V40.8H1000"


def test_axes_carry_money_and_quality() -> None:
    """Round numbers in the words of the tables."""
    words = [word for word, _ in labels(plane(TOLD, (place(0, 0.5), place(100, 0.9)), ()).text)]
    assert words == ["0.50", "0.60", "0.70", "0.80", "0.90", "$0.00", "$0.050", "$0.100", "quality"]


def test_a_picture_is_named_and_described() -> None:
    """For those who do not see it."""
    found = read(plane(TOLD, (place(1, 0.5),), ()).text)
    assert ("svg", "role", "img") in found.attributes
    assert found.texts[:2] == ["Cost and quality", "from here to there"]


def test_words_at_the_same_place_stand_below_each_other() -> None:
    """Two marks in one point can both be read, and none stands on the axis."""
    here = (place(100, 0.5, "this plan"), place(100, 0.5, "cheapest"), place(100, 0.5, "the baseline"))
    levels = [
        level for word, level in labels(plane(TOLD, (place(100, 0.5),), here).text) if word in {p.name for p in here}
    ]
    levels.reverse()  # the first stands on top, and is drawn last
    assert sorted(levels) == levels
    assert all(below - above >= 16 for above, below in pairwise(levels))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 1)), min_size=1, max_size=6))
def test_no_word_leaves_the_picture_or_covers_another(points: list[tuple[int, float]]) -> None:
    """Wherever the marks are."""
    marked = [place(cost, quality, f"mark-{at}") for at, (cost, quality) in enumerate(points)]
    found = read(plane(TOLD, (), marked).text)
    assert all(0 <= level <= 320 for word, level in labels(plane(TOLD, (), marked).text) if word.startswith("mark-"))
    assert [text for text in found.texts if text.startswith("mark-")] == [each.name for each in reversed(marked)]
