"""Pieces of Markdown that no text of a stranger can break out of.

The rules are those of GitHub Flavored Markdown 0.29. A text is escaped sign by sign, so that it is no markup, no HTML
and no formula. Names (`@who`), issues (`#1`) and addresses are made links after escapes are gone, or in spite of them:
there a space of no width stands behind the sign.
"""

import re
from collections.abc import Sequence

from modelroute_cli.report.screen import Column, Row, Screen, safe

_NOTHING = "&#8203;"  # a space of no width
_ESCAPED = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*_{}[]<>()|~$&!^"} | {"@": f"@{_NOTHING}", "#": f"\\#{_NOTHING}"}
)
_LINK = re.compile(r"(?i)(?<=:)//|(?<=www)\.")
_FENCE = "`" * 3
_CELL_CHARS = 200


def prose(text: str, *, most: int = 1_000) -> str:
    """`text` on one line, shown as it is: nothing in it is markup, a link, a mention or an issue's number."""
    escaped = safe(" ".join(text.split()), most=most).translate(_ESCAPED)
    return _LINK.sub(lambda found: _NOTHING + found[0], escaped)


def heading(text: str, level: int = 2) -> str:
    """A heading; level 1 to 6."""
    return f"{'#' * level} {prose(text)}"


def bullets(texts: Sequence[str]) -> str:
    """A list, one line each."""
    return "\n".join(f"- {prose(text)}" for text in texts)


def table(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """A table with every column; the first cells of rows that a terminal indents stand without it."""
    marks = ("---:" if column.right else ":---" for column in columns)
    return "\n".join(
        (
            _row(tuple(column.title for column in columns)),
            f"| {' | '.join(marks)} |",
            *(_row(row) for row in rows),
        )
    )


def _row(cells: Row) -> str:
    return f"| {' | '.join(prose(cell, most=_CELL_CHARS) for cell in cells)} |"


def fenced(screen: Screen) -> str:
    """A screen as it is drawn on a terminal; its fence is longer than any in it."""
    text = "\n".join(line.text.rstrip() for line in screen).strip("\n")
    fence = _FENCE
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"
