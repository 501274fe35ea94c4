"""Where listed terms, such as names of people, stand in a text: at the beginning of words, whatever their case.

A term of four letters or more is found with any ending (`Anna` in `Annas` and `ANNA`): better one word too many than a
name that is sent. A shorter one is found only as a whole word, as it is written (`Bo`, not `bo` nor `Bob`). In writing
without spaces between words a term is found anywhere. White space inside a term stands for any white space.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from modelroute_cli.catalog.privacy_checks import LEAST_TERM_CHARS
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.finds import Span

_ANY_ENDING = 4  # characters from which on a term may have one, and is found in any case
_KEY = 3  # characters by which terms are looked up
_WORD_START = r"(?<![^\W_])[^\W_]"
UNSPACED: Final = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
"""A character of writing that has no spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


class Terms:
    """Finds some terms; those that are too short to be found are left out."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._by_key: dict[str, re.Pattern[str]] = {}
        self._anywhere: re.Pattern[str] | None = None
        kept = sorted({form for term in terms for form in _forms(term)}, key=lambda form: (-len(form), form))
        begun = [form for form in kept if _begins_word(form)]
        groups: dict[str, list[str]] = {}
        for form in begun:
            groups.setdefault(_key(form.split()[0]), []).append(form)
        self._by_key = {key: _any_of(forms) for key, forms in groups.items()}
        if len(begun) < len(kept):
            self._anywhere = _any_of([form for form in kept if not _begins_word(form)])

    def __bool__(self) -> bool:
        return bool(self._by_key) or self._anywhere is not None

    def spans(self, text: str) -> Iterator[Span]:
        """The places of terms, in no order; they may meet each other."""
        if self._anywhere is not None:
            yield from (Span(found.start(), found.end()) for found in self._anywhere.finditer(text))
        if self._by_key:
            for word in compiled(_WORD_START).finditer(text):
                found = self._at(text, word.start())
                if found is not None:
                    yield found

    def _at(self, text: str, start: int) -> Span | None:
        """The longest term that begins at a place."""
        head = text[start : start + _KEY].lower()
        ends = [
            found.end()
            for size in range(1, len(head) + 1)
            if (pattern := self._by_key.get(head[:size])) is not None and (found := pattern.match(text, start))
        ]
        return Span(start, max(ends)) if ends else None


def _forms(term: str) -> Iterator[str]:
    """How a term may be written: composed and decomposed accents; none for what is too short."""
    clean = " ".join(term.split())
    if len("".join(term.split())) >= LEAST_TERM_CHARS:
        yield from (clean, unicodedata.normalize("NFC", clean), unicodedata.normalize("NFD", clean))


def _key(word: str) -> str:
    return word[:_KEY].lower()[:_KEY]


def _begins_word(form: str) -> bool:
    """Whether a form is looked for at the beginnings of words."""
    return form[0].isalnum() and compiled(UNSPACED).match(form) is None


def _any_of(forms: Sequence[str]) -> re.Pattern[str]:
    """A pattern for any of some forms, the first first."""
    return re.compile("|".join(_pattern(form) for form in forms))


def _pattern(form: str) -> str:
    """The pattern of one form."""
    words = r"\s+".join(re.escape(word) for word in form.split())
    if compiled(UNSPACED).search(form):
        return words
    if len(form) >= _ANY_ENDING:
        return f"(?i:{words})"
    return rf"{words}(?![^\W_])"
