"""Tables as lines of a screen, each row with the sentence that stands for it where nothing may be laid out."""

from collections.abc import Iterator, Sequence

from modelroute_cli.report.screen import Column, Line, Row, Screen, Style, table, width_of

_UNKNOWN = "-"


def table_screen(
    columns: Sequence[Column], rows: Sequence[Row], width: int | None, title: Style = "bold"
) -> tuple[Line, ...]:
    """The table for `width` cells (None: as wide as needed), its titles first; never empty.

    Where even without the columns that may be dropped it is wider, each row is a sentence.
    """
    head, *texts = (text.rstrip() for text in table(columns, rows, width))
    said = [spoken_row(columns, row) for row in rows]
    if width is not None and max(map(width_of, (head, *texts))) > width:
        return tuple(Line(text) for text in said)
    drawn = (Line(text, plain=words) for text, words in zip(texts, said, strict=True))
    return (Line(head, title, plain=""), *drawn)


def spoken_row(columns: Sequence[Column], row: Row) -> str:
    """`gemini-2.5-flash-lite, standard: requests 982, input 173 k`: no column is left out, no empty cell is named.

    The name is the first cell, with the cells of text that follow it.
    """
    named = _names(columns)
    name = ", ".join(cell.strip() for cell in row[:named] if cell.strip())
    facts = ", ".join(_facts(columns[named:], row[named:]))
    return f"{name}: {facts}" if name and facts else name or facts


def _names(columns: Sequence[Column]) -> int:
    """How many of the first columns hold words; at least one."""
    words = next((at for at, column in enumerate(columns) if column.right), len(columns))
    return max(words, 1)


def _facts(columns: Sequence[Column], row: Row) -> Iterator[str]:
    for column, cell in zip(columns, row, strict=True):
        if cell.strip():
            value = "not known" if cell == _UNKNOWN else cell.strip()
            yield f"{_lowered(column.title)} {value}".strip()


def _lowered(title: str) -> str:
    """A title inside a sentence: `requests`, but `RPM` as it is."""
    return title if len(title) == 1 or title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def with_plain(screen: Screen, plain: str) -> Screen:
    """A drawing of some lines, for which one sentence stands (empty: none)."""
    first, *rest = screen
    return (Line(first.text, first.style, plain), *(Line(line.text, line.style, "") for line in rest))
