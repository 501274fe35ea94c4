"""Cells of CSV files: what a spreadsheet would take for a formula, or could not read, is defused.

A text that begins with `=`, `+`, `-`, `@` (also in full width), a tab or a line end gets a leading apostrophe, as OWASP
says of CSV injection. Control characters but tabs and line ends, which a terminal obeys or a reader stops at, become
U+FFFD. Numbers of our own are never touched.
"""

import re
from collections.abc import Iterable
from typing import IO

import polars as pl

_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
_CONTROL, _SHOWN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd"
_POLARS_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_IS_CONTROL = re.compile(_CONTROL)
_FORMULA = f"^[{''.join(_FORMULA_STARTS[4:])}=+@-]"


def defused(text: str) -> str:
    """One text as a cell that does nothing."""
    shown = _IS_CONTROL.sub(_SHOWN, text)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown


def defused_columns(names: Iterable[str]) -> list[pl.Expr]:
    """The same of whole columns of text; null stays null."""
    return [_defused(pl.col(name)) for name in names]


def _defused(column: pl.Expr) -> pl.Expr:
    shown = column.str.replace_all(_POLARS_CONTROL, _SHOWN)
    return pl.when(shown.str.contains(_FORMULA)).then(pl.lit("'") + shown).otherwise(shown).name.keep()


class TextOver:
    """What `csv` needs of a text file, over a binary one; what UTF-8 cannot say becomes `?`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Encode and write."""
        return self._file.write(text.encode("utf-8", "replace"))
