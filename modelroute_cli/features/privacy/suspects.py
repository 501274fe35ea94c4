"""Which texts are worth a close look: passes of compiled patterns over a block, about a microsecond a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

GAP: Final = r"[ \u00a0\u202f.\-\u2010\u2011\u2013/()]"  # what may stand between the digits of one number
STRETCH: Final = rf"[0-9](?:{GAP}{{0,3}}[0-9A-Z]){{5,}}"
_SIX_DIGITS = rf"[0-9](?:{GAP}{{0,3}}[0-9]){{5}}"
_WITH_LETTERS = r"[0-9]{2}(?:[A-Z][0-9]{2}[A-Z]| ?[A-Z]{4})"  # Italian codes, IBANs; a class of 26 is slow in front
_SIGN = r"@|(?i:\(at\)|\[at\])"


@dataclass(frozen=True, slots=True)
class Suspects:
    """The texts of a block that may hold an address, and those with numbers: places, in order."""

    signs: list[int]
    numbers: list[int]
    stretches: list[list[str]]  # of each of `numbers`: its stretches of digits and gaps, in order


def suspects(texts: Sequence[str]) -> Suspects:
    """The places of texts with an at sign, and of those with six digits in a row or a number with letters."""
    column = _column(texts)
    is_number = column.str.contains(f"{_SIX_DIGITS}|{_WITH_LETTERS}")
    return Suspects(
        signs=column.str.contains(_SIGN).arg_true().to_list(),
        numbers=is_number.arg_true().to_list(),
        stretches=column.filter(is_number).str.extract_all(STRETCH).to_list(),
    )


def _column(texts: Sequence[str]) -> pl.Series:
    """The texts as a column; halves of characters, which no encoding has, become question marks."""
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series([text.encode("utf-8", "replace").decode() for text in texts], dtype=pl.String)
