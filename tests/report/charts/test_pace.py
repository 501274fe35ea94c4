"""Pace over time, below a limit."""

from support.html_text import read

from modelroute_cli.report.charts.pace import Course, course, draws_limit
from modelroute_cli.report.charts.picture import Told

TOLD = Told("Pace of a", "4 steps")


def classes(found: Course) -> list[str]:
    """What is drawn, in order."""
    kinds = {"path", "line"}
    attributes = read(course(TOLD, found).text).attributes
    return [value for tag, key, value in attributes if tag in kinds and key == "class"]


def test_an_area_a_refused_part_and_a_limit() -> None:
    """They differ by height, fill and dashes."""
    assert classes(Course((5, 9, 0, 4), (0, 2, 0, 0), 10.0)) == ["area", "area refused", "limit", "axis"]


def test_what_was_not_refused_is_not_drawn() -> None:
    """Nor is a limit that nobody knows."""
    assert classes(Course((5, 9), (0, 0))) == ["area", "axis"]


def test_a_limit_far_above_is_not_drawn() -> None:
    """It would flatten everything below it."""
    assert [draws_limit(Course((10,), (), limit)) for limit in (20.0, 20.1, None)] == [True, False, False]


def test_steps_are_as_high_as_their_share() -> None:
    """The highest fills the picture."""
    attributes = read(course(TOLD, Course((1, 2))).text).attributes
    assert ("path", "d", "M0 71V39.5H1V8H2V71Z") in attributes


def test_a_course_of_nothing_is_an_axis() -> None:
    """Nothing is divided by nothing."""
    assert classes(Course(())) == ["area", "axis"]
