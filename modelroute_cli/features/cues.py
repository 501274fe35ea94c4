"""Cues: the concepts of data/vocabulary.yaml that a text names, and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.words import STOP, UNSPACED, Word, fold

NEGATION = "negation"
ANY = "any"
_NEGATION_REACH = 4  # words after a negation that it turns around
_LEAST = 2  # letters of every stem and ending: what is looked up first
_STEM = "*"
_MEMO_WORDS = 100_000
_JOINED = {  # and, the, in, to: written as the beginning of the next word
    "\u0600": ("وال", "بال", "لل", "ال", "و", "ب", "ل"),
    "\u0590": ("וה", "ול", "שה", "ה", "ו", "ל", "ב", "מ", "ש", "כ"),  # noqa: RUF001 - Hebrew is meant
}

_Anywhere = dict[str, list[tuple[str, int]]]  # first character -> entries and their concepts


class Cue(NamedTuple):
    """One concept named at one place (a tuple, as a hundred thousand of them are made in a second)."""

    concept: int  # index into `concepts()`
    place: int  # number of the word, or of the character in unspaced scripts
    sentence: int  # number of the sentence, always 0 in unspaced scripts
    negated: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What must follow a word, each as a stem or whole, for the concept to be named."""

    concept: int
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one word may mean: concepts by itself, and phrases that it begins."""

    concepts: tuple[int, ...] = ()
    phrases: Mapping[str, Sequence[_Phrase]] = field(default_factory=dict)  # by their second word, `*` for stems


_END = _Meaning()  # of a sentence


@dataclass(slots=True)
class _Vocabulary:
    """The entries that hold in one language, and a bounded memo of the words met so far; None means nothing."""

    whole: dict[str, set[int]] = field(default_factory=dict)
    stems: dict[str, set[int]] = field(default_factory=dict)
    endings: dict[str, set[int]] = field(default_factory=dict)
    begun: dict[str, set[int]] = field(default_factory=dict)  # lengths of stems by their first letters
    ended: dict[str, set[int]] = field(default_factory=dict)  # lengths of endings by their last letters
    phrases: dict[str, dict[str, list[_Phrase]]] = field(default_factory=dict)
    anywhere: _Anywhere = field(default_factory=dict)
    memo: "_Memo" = field(init=False)

    def __post_init__(self) -> None:
        self.memo = _Memo(self)

    def add(self, concept: int, entry: str) -> None:
        """Take in one entry of the file."""
        parts = [fold(part) for part in entry.split("_") if part]
        if UNSPACED.search(entry):
            text = entry.replace("_", " ").strip()
            self.anywhere.setdefault(text[0], []).append((text, concept))
        elif len(parts) > 1:
            second = _STEM if parts[1].endswith(_STEM) else parts[1]
            self.phrases.setdefault(parts[0], {}).setdefault(second, []).append(_Phrase(concept, tuple(parts[1:])))
        elif parts[0].startswith("*"):
            ending = parts[0][1:]
            self.endings.setdefault(ending, set()).add(concept)
            self.ended.setdefault(ending[-_LEAST:], set()).add(len(ending))
        elif parts[0].endswith("*"):
            stem = parts[0][:-1]
            self.stems.setdefault(stem, set()).add(concept)
            self.begun.setdefault(stem[:_LEAST], set()).add(len(stem))
        else:
            self.whole.setdefault(parts[0], set()).add(concept)

    def find(self, word: str) -> _Meaning | None:
        """What a folded word may mean; None when nothing."""
        if word == STOP:
            return _END
        found = self._concepts(word)
        if not found and "\u0590" <= word[:1] <= "\u06ff":
            found = next(filter(None, map(self._concepts, _without_prefix(word))), set())
        phrases = self.phrases.get(word, {})
        return _Meaning(tuple(sorted(found)), phrases) if found or phrases else None

    def _concepts(self, word: str) -> set[int]:
        found = set(self.whole.get(word, ()))
        for length in self.begun.get(word[:_LEAST], ()):
            found.update(self.stems.get(word[:length], ()))
        for length in self.ended.get(word[-_LEAST:], ()):
            if length < len(word):
                found.update(self.endings.get(word[-length:], ()))
        return found


class _Memo(dict[str, _Meaning | None]):
    """What the words met so far mean; bounded."""

    def __init__(self, vocabulary: _Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> _Meaning | None:
        if len(self) >= _MEMO_WORDS:
            self.clear()
        found = self[word] = self._vocabulary.find(word)
        return found


def _without_prefix(word: str) -> Iterator[str]:
    """Arabic and Hebrew write `and`, `the`, `for` as the beginning of a word."""
    starts = _JOINED["\u0600" if word >= "\u0600" else "\u0590"]
    return (word[len(start) :] for start in starts if word.startswith(start) and len(word) > len(start) + 2)


@cache
def _table() -> dict[str, dict[str, str]]:
    """The file: entries by concept and language."""
    return shipped_table("vocabulary.yaml", dict[str, dict[str, str]])


@cache
def concepts() -> tuple[str, ...]:
    """The names of all concepts, in the order of their numbers."""
    return tuple(_table())


@cache
def asking_words() -> dict[str, str]:
    """All entries by language, those of every language left out: words that tell which language asks."""
    languages = {code for entries in _table().values() for code in entries if code != ANY}
    return {code: " ".join(entries.get(code, "") for entries in _table().values()) for code in sorted(languages)}


@cache
def _vocabulary(language: str) -> _Vocabulary:
    """The entries that hold in a text of this language; all of them when the file does not have the language."""
    every = language not in asking_words()
    made = _Vocabulary()
    for concept, languages in enumerate(_table().values()):
        for entries in (entries for code, entries in languages.items() if every or code in (language, ANY)):
            for entry in entries.split():
                made.add(concept, entry)
    return made


def find_cues(text: str, words: Sequence[Word], language: str) -> list[Cue]:
    """The cues of a text made of `words`: those of spaced scripts first, each kind in order of place."""
    known = _vocabulary(language)
    cues = _in_words([word.text for word in words], known.memo)
    if known.anywhere and not text.isascii():
        for run in UNSPACED.finditer(text):
            cues += _in_run(text, run.start(), run.end(), known.anywhere)
    return cues


def _in_words(words: Sequence[str], memo: _Memo) -> list[Cue]:
    """Cues of the words, negated where a negation stands shortly before in the same sentence."""
    cues: list[Cue] = []
    negation, negated_until, sentence = _negation(), -1, 0
    for place, meaning in enumerate([memo[word] for word in words]):
        if meaning is None:
            continue
        if meaning is _END:
            negated_until, sentence = -1, sentence + 1
            continue
        named = meaning.concepts
        phrases = meaning.phrases
        if phrases and (_STEM in phrases or (place + 1 < len(words) and words[place + 1] in phrases)):
            named = (*named, *_completed(phrases, words, place))
        if negation in named:
            negated_until = place + _NEGATION_REACH
        for concept in named:
            cues.append(Cue(concept, place, sentence, place <= negated_until and concept != negation))  # noqa: PERF401 - a list for each word costs more
    return cues


@cache
def _negation() -> int:
    """The concept that turns others around."""
    return concepts().index(NEGATION)


def _completed(phrases: Mapping[str, Sequence[_Phrase]], words: Sequence[str], place: int) -> list[int]:
    """The concepts of those phrases whose other words do follow."""
    after = words[place + 1] if place + 1 < len(words) else STOP
    possible = (*phrases.get(after, ()), *phrases.get(_STEM, ()))
    return [phrase.concept for phrase in possible if _follows(phrase.rest, words, place + 1)]


def _follows(rest: Sequence[str], words: Sequence[str], place: int) -> bool:
    """Whether the words from `place` on are those of a phrase."""
    after = words[place : place + len(rest)]
    return len(after) == len(rest) and all(map(_matches, after, rest))


def _matches(word: str, pattern: str) -> bool:
    """Whether a word is what a phrase asks for."""
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _in_run(text: str, start: int, end: int, anywhere: _Anywhere) -> Iterator[Cue]:
    """Cues anywhere in a run of unspaced script; their negation follows the verb and is a concept of its own."""
    for place in range(start, end):
        for entry, concept in anywhere.get(text[place], ()):
            if text.startswith(entry, place):
                yield Cue(concept, place, sentence=0, negated=False)
