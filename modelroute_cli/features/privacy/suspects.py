"""Which texts are worth a close look: one pass of a compiled pattern over a block, about a microsecond a request."""

from collections.abc import Sequence
from typing import Final

import polars as pl

GAP: Final = r"[ \u00a0\u202f.\-\u2010\u2011\u2013/()]"  # what may stand between the digits of one number
_SIX_DIGITS = rf"[0-9](?:{GAP}{{0,3}}[0-9]){{5}}"
_WORTH_A_LOOK = rf"@|\(at\)|\[at\]|{_SIX_DIGITS}|[A-Z]{{6}}[0-9]{{2}}|[A-Z]{{2}}[0-9]{{2}} ?[A-Z]{{4}}"


def suspects(texts: Sequence[str]) -> list[int]:
    """The places of texts with an at sign, six digits in a row or the beginning of an identity number with letters."""
    return _column(texts).str.contains(_WORTH_A_LOOK).arg_true().to_list()


def _column(texts: Sequence[str]) -> pl.Series:
    """The texts as a column; halves of characters, which no encoding has, become question marks."""
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series([text.encode("utf-8", "replace").decode() for text in texts], dtype=pl.String)
