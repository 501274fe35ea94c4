"""Shapes of numbers: every digit a zero, every small letter an x; they repeat from request to request."""

import re
from functools import cache, lru_cache
from string import ascii_lowercase
from typing import Final

from modelroute_cli.features.patterns import compiled

_ZEROS: Final = bytes.maketrans(b"123456789" + ascii_lowercase.encode(), b"0" * 9 + b"x" * 26)
_NO_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_PARTS: Final = r"\\u[0-9a-f]{4}|\\.|\{[^}]*\}|\[(?:\\.|[^\]\\])*\]|[0-9]"  # an escape, a count, a class, a digit
_DAY: Final = r"(?:19|20)?\d\d[-./]\d\d?[-./](?:19|20)?\d\d(?:[T ]\d\d)?"
LETTER: Final = r"[^\W\u0e00-\u0e7f\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""A letter or digit that a number cannot stand against; Thai, Japanese, Chinese and Korean write words right beside."""
_KEPT: Final = 4_096


def shape_of(stretch: str) -> str:
    """The text with zeros for its digits and `x` for its small letters."""
    return (
        stretch.encode("utf-8", "surrogatepass").translate(_ZEROS).decode("utf-8", "surrogatepass")
    )  # ten times faster


def without_digits(text: str) -> str:
    """The text with zeros for its digits, which leaves it the words that it has."""
    return text.encode("utf-8", "surrogatepass").translate(_NO_DIGITS).decode("utf-8", "surrogatepass")


def is_letter(char: str) -> bool:
    """Whether a number beside this character is a part of a word."""
    return compiled(LETTER).match(char) is not None


@cache
def relaxed(pattern: str) -> str:
    """A pattern that matches the shape of whatever `pattern` matches.

    Each digit, and each class that has one, takes a zero too. A lookahead that forbids a digit by its value is not for
    this, nor a class with `^` or one with small letters: shapes would lose them.
    """
    return compiled(_PARTS).sub(_with_zero, pattern)


@lru_cache(maxsize=_KEPT)
def is_day(stretch: str) -> bool:
    """Whether it is a day of the calendar, as far as its form says: `2026-11-23`, `23.11.26`, `2026-11-23T10`."""
    return compiled(_DAY).fullmatch(stretch) is not None


def _with_zero(found: re.Match[str]) -> str:
    """A part of a pattern that takes a zero where it takes some digit."""
    part = found.group()
    if part.isdigit():
        return "0"
    is_class = part[0] == "[" and compiled(r"[0-9]").search(compiled(r"\\u[0-9a-f]{4}").sub("", part))
    return f"[0{part[1:]}" if is_class else part
