"""Histograms."""

from support.html_text import read

from modelroute_cli.report.charts.histogram import histogram
from modelroute_cli.report.charts.picture import Told

TOLD = Told("Latency of a", "median 1 s")


def test_each_range_has_a_column_a_count_and_a_name() -> None:
    """The highest fills the picture; ranges without answers have a name alone."""
    found = read(histogram(TOLD, (0, 5, 10), ("<1", "1", "2+")).text)
    assert found.texts == ["Latency of a", "median 1 s", "5", "10", "<1", "1", "2+"]
    assert [value for tag, key, value in found.attributes if (tag, key) == ("rect", "height")] == ["44", "88"]
    assert [value for tag, key, value in found.attributes if (tag, key) == ("rect", "x")] == ["36.33%", "69.67%"]


def test_one_of_a_million_is_still_seen() -> None:
    """A column is at least a hair high, and a large count is short."""
    found = read(histogram(TOLD, (1, 1_000_000), ("a", "b")).text)
    assert [value for tag, key, value in found.attributes if (tag, key) == ("rect", "height")] == ["1", "88"]
    assert "1,000k" in found.texts


def test_a_histogram_of_nothing_has_names_alone() -> None:
    """Nothing is divided by nothing."""
    assert read(histogram(TOLD, (0, 0), ("a", "b")).text).texts == ["Latency of a", "median 1 s", "a", "b"]
