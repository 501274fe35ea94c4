"""Words as every reader of this room sees them: folded, cheap, bounded."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe"})

# Scripts without spaces, or whose vowel signs are no word characters for `re`: their cues are found anywhere.
UNSPACED = re.compile(r"[\u0900-\u1cff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]+")


def fold(word: str) -> str:
    """A word without case and accents: `Résumé` and `resume` are one."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded.translate(_PLAIN_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
