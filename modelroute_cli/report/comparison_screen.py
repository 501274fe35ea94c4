"""A comparison on a terminal: one row a quantity, one column a side, in several tables where they are too many."""

from collections.abc import Iterator, Sequence

from modelroute_cli.report.comparison_rows import Part, legend, parts, settings_lines
from modelroute_cli.report.comparison_types import Comparison
from modelroute_cli.report.screen import Column, Line, Row, Screen, table, width_of
from modelroute_cli.report.tables import table_screen


def comparison_screen(found: Comparison, width: int | None) -> Screen:
    """Who is who, what forbids comparing, then the numbers, laid out for `width` cells (None: as wide as needed)."""
    every = parts(found)
    return (
        *(Line(legend(side)) for side in found.sides),
        *(Line(f"warning: {text}", "warning") for text in found.cautions),
        *(line for shown in _groups(every, len(found.sides), width) for line in _tables(found, every, shown, width)),
        Line(),
        Line("Settings that differ" if found.settings_that_differ else "Settings", "bold"),
        *(Line(f"  {text}") for text in settings_lines(found)),
    )


def _tables(found: Comparison, every: Sequence[Part], shown: Sequence[int], width: int | None) -> Iterator[Line]:
    """One table of all parts for some of the sides, each part under its title."""
    marks = [found.sides[at].mark for at in shown]
    rows = _with_titles(every, shown)
    lines = table_screen(_columns(marks), rows, width)
    yield Line()
    yield from lines[: len(lines) - len(rows)]
    for row, line in zip(rows, lines[-len(rows) :], strict=True):
        yield Line(line.text, "bold", f"{row[0]} of {', '.join(marks)}") if not any(row[1:]) else line


def _with_titles(every: Sequence[Part], shown: Sequence[int]) -> list[Row]:
    """The rows of all parts that have any, with a row that has a title alone before each part."""
    no_cells = ("",) * len(shown)
    return [row for part in every if part.rows for row in ((part.title, *no_cells), *_picked(part.rows, shown))]


def _columns(marks: Sequence[str]) -> list[Column]:
    return [Column("", right=False), *(Column(mark) for mark in marks)]


def _picked(rows: Sequence[Row], shown: Sequence[int]) -> list[Row]:
    """The cells of some sides, what they are of indented under the title."""
    return [(f"  {row[0]}", *(row[1 + at] for at in shown)) for row in rows]


def _groups(every: Sequence[Part], sides: int, width: int | None) -> list[list[int]]:
    """Which sides stand together: as many as fit, the first in each group, for it is what the others are held against.

    At least two, whatever the width.
    """
    groups, waiting = [], list(range(1, sides))
    while waiting:
        count = len(waiting)
        while count > 1 and not _fits(every, [0, *waiting[:count]], width):
            count -= 1
        groups.append([0, *waiting[:count]])
        waiting = waiting[count:]
    return groups


def _fits(every: Sequence[Part], shown: Sequence[int], width: int | None) -> bool:
    """Whether the table of these sides has room."""
    if width is None:
        return True
    texts = table(_columns([""] * len(shown)), _with_titles(every, shown), width)
    return max(map(width_of, texts)) <= width
