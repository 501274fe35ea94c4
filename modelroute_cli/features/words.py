"""Words as every reader of this room sees them: folded, hashed, remembered."""

import re
import unicodedata
from typing import NamedTuple
from zlib import crc32

_WORD = re.compile(r"\w+|[.!?;…](?=\s)|\n")
STOP = "."  # stands for every end of a sentence or line
_STOPS = frozenset(".!?;…\n")
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe"})  # noqa: RUF001 - letters are meant
_ACCENTS = re.compile(r"[\u0300-\u036f\u0483-\u0487]")  # all combining marks before _EASTERN
_EASTERN = "\u0590"
_STEM = 5
_MEMO_WORDS = 200_000

# Marks that Arabic and Hebrew may write inside a word, and the soft hyphen: without them a word is one.
_INNER_MARKS = re.compile(r"[\u00ad\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f]")

# Scripts without spaces, or whose vowel signs are no word characters for `re`: their cues are found anywhere.
UNSPACED = re.compile(r"[\u0900-\u1cff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]+")


class Word(NamedTuple):
    """A word without case and accents, with stable 32-bit hashes of it and of its beginning."""

    text: str
    whole: int
    stem: int


class _Memo(dict[str, Word]):
    """Words already met, bounded."""

    def __missing__(self, raw: str) -> Word:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        text = STOP if raw in _STOPS else fold(raw)
        made = self[raw] = Word(text, _hash(text), _hash(text[:_STEM]))
        return made


_memo = _Memo()


def words(text: str) -> list[Word]:
    """The words of a text, in order, and a STOP at each end of a sentence; in unspaced scripts, what has no space."""
    plain = text if text.isascii() else _INNER_MARKS.sub("", text)
    return [_memo[raw] for raw in _WORD.findall(plain)]


def pairs(text: str) -> list[Word]:
    """Every two neighbouring characters of the runs in unspaced scripts, as words."""
    return [_memo[run[place : place + 2]] for run in UNSPACED.findall(text) for place in range(len(run))]


def fold(word: str) -> str:
    """A word without case and accents: `Résumé` and `resume` are one."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.translate(_PLAIN_LETTERS))
    if max(decomposed, default="") < _EASTERN:
        return _ACCENTS.sub("", decomposed).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def _hash(text: str) -> int:
    """A stable hash; all numbers are one word."""
    return crc32(b"0" if text.isdigit() else text.encode("utf-8", "replace"))
