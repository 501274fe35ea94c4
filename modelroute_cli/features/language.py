"""The language of a text: by script, and for Latin script by its small words; linear, bounded, no model."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re
from functools import cache
from itertools import chain
from typing import NamedTuple

from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.cues import asking_words

UNDETERMINED = "und"
_READ_CHARS = 240
_MEMO_WORDS = 100_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LEAST_SHARE = 0.2  # of the letters, for a script to decide
_SCRIPTS = {
    "ja": r"[\u3040-\u30ff\uff66-\uff9f]",
    "ko": r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]",
    "zh": r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]",
    "ru": r"[\u0400-\u04ff]",
    "ar": r"[\u0600-\u06ff\u0750-\u077f]",
    "he": r"[\u0590-\u05ff]",
    "hi": r"[\u0900-\u097f]",
    "th": r"[\u0e00-\u0e7f]",
    "el": r"[\u0370-\u03ff\u1f00-\u1fff]",
}
_NOT_LATIN = re.compile(r"[\u0370-\u1fff\u3040-\ud7ff\uf900-\ufaff\uff66-\uff9f]")
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_KANA_BESIDE_HAN = 0.05
# Letters that no other listed language has, or few: worth as much as this many small words.
_TELLING = {
    "ß": ("de",),
    "ñ¿¡": ("es",),
    "ãõ": ("pt",),
    "ąęśćńźż": ("pl",),
    "ł": ("pl",),
    "ěřů": ("cs",),
    "ľĺŕ": ("sk",),
    "ğış": ("tr",),
    "øæ": ("da", "nb"),
    "ä": ("de", "sv", "fi"),
    "ö": ("de", "sv", "fi", "tr", "hu"),
    "ü": ("de", "tr", "hu"),
    "å": ("sv", "da", "nb"),
    "ő": ("hu",),
    "ș": ("ro",),
    "ț": ("ro",),
    "đ": ("vi",),
    "êœ": ("fr",),
    "ì": ("it",),
    "ò": ("it",),
}
_TELLING_WEIGHT = 1.5
_MOST_LANGUAGES = 4  # a word of more languages tells nothing
_LETTER_WEIGHT = 0.3
_SHORTEST_STEM = 4
_LEAST_VOTES = 0.6
_GLANCE_CHARS = 160
_GLANCE_LETTERS = 40
_GLANCE_WORDS = 3
_FEW_KIN = (1, 2)


class _Vote(NamedTuple):
    """What one word says for a language."""

    code: str
    weight: float


def language(text: str) -> str:
    """ISO 639-1 code of the text's language, `und` when it does not tell; reads its first 240 characters."""
    read = text[:_READ_CHARS]
    if _NOT_LATIN.search(read):
        by_script = _by_script(read)
        if by_script is not None:
            return by_script
    return _by_words(read)


@cache
def known_languages() -> frozenset[str]:
    """Every code that `language` may give, `und` excepted."""
    return frozenset((*_SCRIPTS, "uk", *shipped_table("vocabulary_languages.yaml", dict[str, str]), *asking_words()))


def tells_by_script(code: str) -> bool:
    """Whether a language is told by its letters, not by its words."""
    return code in _SCRIPTS or code == "uk"


def begins_in(text: str, code: str) -> bool:
    """Whether the first words are plainly in a language: a few microseconds; False says nothing."""
    script = _letters().get(code)
    if script is not None:
        return len(script.findall(text[:_GLANCE_LETTERS])) > _GLANCE_LETTERS // 2
    return len(_own_words(code).intersection(text[:_GLANCE_CHARS].lower().split())) >= _GLANCE_WORDS


def words_of(text: str, code: str) -> int:
    """How many different words of a text speak for a language in Latin script; a single letter is none."""
    words = set(_WORD.findall(text.lower()))
    return sum(len(word) > 1 and any(vote.code == code for vote in _memo[word]) for word in words)


@cache
def _own_words(code: str) -> frozenset[str]:
    """The small words of a language that no more than one other has too."""
    small = shipped_table("vocabulary_languages.yaml", dict[str, str]).get(code, "").split()
    return frozenset(word for word in small if len(word) > 1 and len(_telling_words().get(word, ())) in _FEW_KIN)


@cache
def _letters() -> dict[str, re.Pattern[str]]:
    """What a letter of each script is, made when first needed."""
    return {code: re.compile(pattern) for code, pattern in _SCRIPTS.items()}


def _by_script(text: str) -> str | None:
    """The language whose script has a share of the letters that decides, if any."""
    counts = {code: len(pattern.findall(text)) for code, pattern in _letters().items()}
    code = max(counts, key=lambda each: counts[each])
    letters = sum(map(str.isalpha, text)) or 1
    if sum(counts.values()) < _LEAST_SHARE * letters:
        return None
    if code == "zh" and counts["ja"] > _KANA_BESIDE_HAN * counts["zh"]:
        return "ja"
    return "uk" if code == "ru" and _UKRAINIAN.search(text) else code


@cache
def _telling_words() -> dict[str, tuple[_Vote, ...]]:
    """Each telling word with the languages it speaks for; a word of many languages says less for each.

    Besides the small words these are the words with which people ask for things, so that four words are enough.
    """
    found: dict[str, set[str]] = {}
    small = shipped_table("vocabulary_languages.yaml", dict[str, str])
    for code, words in chain(small.items(), asking_words().items()):
        for word in words.split():
            found.setdefault(word, set()).add(code)
    return {word: _votes(word, codes) for word, codes in found.items() if len(codes) <= _MOST_LANGUAGES}


def _votes(word: str, codes: set[str]) -> tuple[_Vote, ...]:
    """What a word says for each of its languages; a single letter says little."""
    weight = (1.0 if len(word) > 1 else _LETTER_WEIGHT) / len(codes)
    return tuple(_Vote(code, weight) for code in sorted(codes))


class _Memo(dict[str, tuple[_Vote, ...]]):
    """What the words met so far say; bounded."""

    def __missing__(self, word: str) -> tuple[_Vote, ...]:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        said = self[word] = _said_by(word)
        return said


_memo = _Memo()


def _said_by(word: str) -> tuple[_Vote, ...]:
    """What a word says: by itself, else by its longest beginning that is listed as `beginning*`."""
    telling = _telling_words()
    whole = telling.get(word)
    if whole is not None:
        return whole
    if word[:_SHORTEST_STEM] not in _beginnings():
        return ()
    stems = (f"{word[:end]}*" for end in range(len(word), _SHORTEST_STEM - 1, -1))
    return next((telling[stem] for stem in stems if stem in telling), ())


@cache
def _beginnings() -> frozenset[str]:
    """The first letters of all that is listed as `beginning*`: most words have none of them."""
    return frozenset(word[:_SHORTEST_STEM] for word in _telling_words() if word.endswith("*"))


def _by_words(text: str) -> str:
    """The language with most votes of telling words and letters."""
    lowered = text.lower()
    votes: dict[str, float] = {}
    for word in _WORD.findall(lowered):
        for code, weight in _memo[word]:
            votes[code] = votes.get(code, 0.0) + weight
    if not lowered.isascii():
        _add_telling(lowered, votes)
    best = max(votes, key=lambda code: votes[code], default=UNDETERMINED)
    return best if votes.get(best, 0.0) >= _LEAST_VOTES else UNDETERMINED


def _add_telling(text: str, votes: dict[str, float]) -> None:
    """Add what the text's special letters say."""
    letters = set(text)
    for marks, codes in _TELLING.items():
        if not letters.isdisjoint(marks):
            for code in codes:
                votes[code] = votes.get(code, 0.0) + _TELLING_WEIGHT / len(codes)
