"""How languages are called in the languages people ask in (data/language_names.yaml)."""

import re
from collections.abc import Iterable
from functools import cache

from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.words import fold

_COUNTRIES = frozenset(["germany", "germania", "arabia", "vietnam"])
_WIDE = "\u2e80"
_MEMO_WORDS = 100_000
_STEM_CHARS = 3
_ENDING_CHARS = 3  # most names of countries go on for longer


@cache
def codes() -> dict[str, str]:
    """The code of each language by the beginnings of its names."""
    table = shipped_table("language_names.yaml", dict[str, str])
    return {fold(name): code for code, names in table.items() for name in names.split()}


def named_language(word: str) -> str:
    """The code of the language that a folded word names, empty for other words."""
    return _met[word]


def _named(word: str) -> str:
    if word[:_STEM_CHARS] not in _beginnings():
        return ""
    longest = max(_STEM_CHARS, len(word) - _ENDING_CHARS)
    stems = (word[:end] for end in range(len(word), longest - 1, -1) if word not in _COUNTRIES)
    return next((codes()[stem] for stem in stems if stem in codes()), "")


class _Memo(dict[str, str]):
    """Words already met, bounded."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        code = self[word] = _named(word)
        return code


_met = _Memo()


def named_languages(words: Iterable[str]) -> set[str]:
    """The codes of all languages that these folded words name."""
    return set(map(_met.__getitem__, words)) - {""}


@cache
def _beginnings() -> frozenset[str]:
    """The first letters of all names: most words have none of them."""
    return frozenset(name[:_STEM_CHARS] for name in codes())


@cache
def wide_names() -> re.Pattern[str]:
    """Any name of a language in a script without spaces."""
    return re.compile("|".join(re.escape(name) for name in codes() if name > _WIDE))
