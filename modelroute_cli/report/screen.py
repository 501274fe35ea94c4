"""Lines of a screen and tables of text: laid out for a width, safe to show, without any drawing."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Style = Literal["", "bold", "dim", "warning", "error"]
_GAP = 2
_WIDE = 200
_K = 1_000
_M = 1_000_000
_ONE_DECIMAL_BELOW = 10
_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a screen; `style` never carries meaning alone."""

    text: str = ""
    style: Style = ""
    plain: str | None = (
        None  # what stands for it where nothing may be laid out or drawn; None: the text; empty: nothing
    )


Screen = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; of those with `drop` above 0, the highest goes first when the width is short."""

    title: str
    right: bool = True
    drop: int = 0


Row = tuple[str, ...]


def safe(text: str, *, most: int = _SHOWN_CHARS) -> str:
    """`text` of a stranger (a model, a job file) on one line: control characters shown as `?`, cut at `most`.

    Covers C0, C1 and DEL, bidirectional overrides and lone surrogates, so that nothing in it can move the cursor,
    recolour the terminal or reorder what is read.
    """
    shown = "".join(_harmless(char) for char in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def safe_lines(text: str) -> str:
    """`text` with its line ends, each line safe to show and none cut."""
    return "\n".join("".join(_harmless(char) for char in line) for line in text.split("\n"))


_MOVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def still(text: str) -> str:
    """`text` without what moves a cursor, recolours a terminal or reorders what is read; for any length.

    The last door before a terminal: texts of strangers pass `safe` or `safe_lines` before they get here.
    """
    return _MOVING.sub("?", text)


def _harmless(char: str) -> str:
    """The character itself, a blank for white space, or `?`."""
    if char in "\t\n\r":
        return " "
    return "?" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else char


def width_of(text: str) -> int:
    """Terminal cells that `text` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    """Cells of one character."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def tokens(count: int, *, estimate: bool = False) -> str:
    """A token count for people: `941`, `2.3 k`, `171 k`, `1.2 M`; an estimate carries `~`."""
    mark = "~" if estimate else ""
    if count < _K:
        return f"{mark}{count}"
    if count < _M - _K // 2:
        return f"{mark}{_short(count / _K)} k"
    return f"{mark}{_short(count / _M)} M"


def _short(value: float) -> str:
    """One decimal below ten, none above."""
    return f"{value:.1f}" if round(value, 1) < _ONE_DECIMAL_BELOW else f"{value:,.0f}"


def plural(count: int, noun: str) -> str:
    """`1 request`, `1,010 requests`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share as whole per cent, with one decimal where the whole number would hide what is left."""
    return f"{share:.0%}" if 0.01 <= abs(share) <= 0.99 or share in {0, 1} else f"{share:.1%}"  # noqa: PLR2004 - per cents


def table(columns: Sequence[Column], rows: Sequence[Row], width: int | None) -> list[str]:
    """Aligned lines, title first; the first column is never cut and may run over the empty cells after it."""
    kept = _fitting(columns, rows, width or _WIDE)
    shown = [tuple(column.title for column in columns), *rows]
    picked = [tuple(row[at] for at in kept) for row in shown]
    widths = _widths(picked)
    return [_line([columns[at] for at in kept], row, widths) for row in picked]


def _fitting(columns: Sequence[Column], rows: Sequence[Row], width: int) -> list[int]:
    """The places of the columns that fit into `width` cells, those that may never be dropped always among them."""
    kept = list(range(len(columns)))
    shown = [tuple(column.title for column in columns), *rows]
    while _total(shown, kept) > width:
        droppable = [at for at in kept if columns[at].drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda at: columns[at].drop))
    return kept


def _total(rows: Sequence[Row], kept: Sequence[int]) -> int:
    """Cells that the table takes with the columns at `kept`."""
    widths = _widths([tuple(row[at] for at in kept) for row in rows])
    return sum(widths) + _GAP * (len(widths) - 1)


def _widths(rows: Sequence[Row]) -> list[int]:
    """Cells of each column; the first is as wide as its texts need beyond the empty cells they may run over."""
    rest = [max(width_of(row[at]) for row in rows) for at in range(1, len(rows[0]))]
    first = max(width_of(row[0]) - _room(row, rest) for row in rows)
    return [max(first, 0), *rest]


def _room(row: Row, rest: Sequence[int]) -> int:
    """Cells of the empty columns right after the first."""
    room = 0
    for cell, width in zip(row[1:], rest, strict=True):
        if cell:
            break
        room += width + _GAP
    return room


def _line(columns: Sequence[Column], row: Row, widths: Sequence[int]) -> str:
    """One aligned line without trailing blanks."""
    line, end = "", -_GAP
    for column, cell, width in zip(columns, row, widths, strict=True):
        start = end + _GAP
        end = start + width
        if cell:
            lead = width - width_of(cell) if column.right else 0
            line += " " * (start + lead - width_of(line)) + cell
    return line
