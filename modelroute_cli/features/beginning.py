"""The first words of a request without what varies in them: they liken requests that fit no pattern."""

import re

_FIRST_WORDS = 4
_READ_CHARS = 100
_MASKED = re.compile(
    r"https?://\S+|\S+@\S+|\{\{?[^{}]*\}?\}"  # addresses and placeholders
    r"|\"[^\"]*\"?|“[^”]*”?|„[^“”]*[“”]?|«[^»]*»?|「[^」]*」?|'[^'\s][^']*'"  # what is quoted
    r"|\d+(?:[.,:/-]\d+)*"
)
_WORD = re.compile(r"[^\W\d_]+|§")


def beginning(head: str) -> str:
    """The first words in lower case, what varies replaced by `§`."""
    masked = _MASKED.sub("§", head[:_READ_CHARS].casefold())
    return " ".join(_WORD.findall(masked)[:_FIRST_WORDS])
