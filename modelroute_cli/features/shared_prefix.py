"""Beginnings that many texts share, counted once: long instructions and examples before a short field.

Exact: a text is cut only where o200k's own cutting ends a piece whatever stands on either side. Of its pattern
(features.o200k) only white space and `/` can follow a line end within one piece, so a cut behind a line end and before
any other character splits no piece, and what stands before it reads the same without what stands after it.
"""

from collections.abc import Sequence
from functools import lru_cache

from modelroute_cli.base.texts import shared_chars
from modelroute_cli.features.tokens import count_o200k

LEAST_CHARS = 400  # a shorter beginning is counted faster than it is looked up
_PROBE_CHARS = 40
_MOST_CHARS = 16_000  # of a beginning
_MOST_KNOWN = 256


class SharedPrefixes:
    """Counts texts of one job; remembers, for each way to begin, the last text that began so."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """The o200k tokens of each text, exact and in order."""
        cuts = [self._cut(text) if len(text) >= LEAST_CHARS else 0 for text in texts]
        if not any(cuts):
            return count_o200k(texts)
        rests = count_o200k([text[cut:] for text, cut in zip(texts, cuts, strict=True)])
        return [
            rest + _beginning_tokens(text[:cut]) if cut else rest
            for text, cut, rest in zip(texts, cuts, rests, strict=True)
        ]

    def _cut(self, text: str) -> int:
        """How much of a text is counted as its beginning: what it shares with the last one that began alike."""
        probe, begins = text[:_PROBE_CHARS], text[:_MOST_CHARS]
        last = self._last.get(probe)
        if last is None and len(self._last) >= _MOST_KNOWN:
            return 0
        self._last[probe] = begins
        return 0 if last is None else safe_cut(text, shared_chars(begins, last))


def safe_cut(text: str, most: int) -> int:
    """The last place up to `most`, and no earlier than LEAST_CHARS, where no piece is split; 0 for none."""
    cut = text.rfind("\n", 0, most) + 1
    while cut >= LEAST_CHARS:
        if cut < len(text) and not text[cut].isspace() and text[cut] != "/":
            return cut
        cut = text.rfind("\n", 0, cut - 1) + 1
    return 0


@lru_cache(maxsize=_MOST_KNOWN)
def _beginning_tokens(text: str) -> int:
    return count_o200k([text])[0]
