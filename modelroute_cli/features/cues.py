"""Cues: the concepts of data/vocabulary.yaml that a text names, and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from msgspec import yaml

from modelroute_cli.features.shipped import DATA
from modelroute_cli.features.words import UNSPACED, fold

NEGATION = "negation"
_NEGATION_REACH = 4  # words after a negation that it turns around
_SHORTEST_STEM = 2
_MEMO_WORDS = 200_000
_ARABIC = ("وال", "بال", "لل", "ال", "و", "ب", "ل")


@dataclass(frozen=True, slots=True)
class Cue:
    """One concept named at one place."""

    concept: int  # index into `Vocabulary.concepts`
    word: str
    negated: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What must follow a word, each as a stem or whole, for the concept to be named."""

    concept: int
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """What one word may mean: concepts by itself, and phrases that it begins."""

    concepts: tuple[int, ...] = ()
    phrases: tuple[_Phrase, ...] = ()


@dataclass(slots=True)
class Vocabulary:
    """The concepts with their entries, and a bounded memo of the words met so far."""

    concepts: tuple[str, ...]
    whole: dict[str, set[int]] = field(default_factory=dict)
    stems: dict[str, set[int]] = field(default_factory=dict)
    phrases: dict[str, list[_Phrase]] = field(default_factory=dict)
    anywhere: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    memo: dict[str, _Word] = field(default_factory=dict)

    def add(self, concept: int, entry: str) -> None:
        """Take in one entry of the file."""
        words = [fold(word) for word in entry.split("_") if word]
        if UNSPACED.search(entry):
            text = entry.replace("_", " ").strip().casefold()
            self.anywhere.setdefault(text[0], []).append((text, concept))
        elif len(words) > 1:
            self.phrases.setdefault(words[0], []).append(_Phrase(concept, tuple(words[1:])))
        elif words:
            self._add_word(concept, words[0])

    def _add_word(self, concept: int, word: str) -> None:
        table, key = (self.stems, word[:-1]) if word.endswith("*") else (self.whole, word)
        table.setdefault(key, set()).add(concept)

    def look_up(self, word: str) -> _Word:
        """What a folded word may mean, remembered."""
        known = self.memo.get(word)
        if known is None:
            if len(self.memo) >= _MEMO_WORDS:
                self.memo.clear()
            known = self.memo[word] = self._find(word)
        return known

    def _find(self, word: str) -> _Word:
        concepts = set(self.whole.get(word, ()))
        for end in range(_SHORTEST_STEM, len(word) + 1):
            concepts |= self.stems.get(word[:end], set())
        if not concepts and "\u0600" <= word[0] <= "\u06ff":
            concepts = self._find_arabic(word)
        return _Word(tuple(sorted(concepts)), tuple(self.phrases.get(word, ())))

    def _find_arabic(self, word: str) -> set[int]:
        """Arabic writes `and`, `the`, `for` as the beginning of a word."""
        bare = next(
            (word[len(start) :] for start in _ARABIC if word.startswith(start) and len(word) > len(start) + 2), ""
        )
        return set(self._find(bare).concepts) if bare else set()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships, loaded once."""
    table = yaml.decode((DATA / "vocabulary.yaml").read_bytes(), type=dict[str, dict[str, str]])
    made = Vocabulary(tuple(table))
    for concept, languages in enumerate(table.values()):
        for entry in (entry for entries in languages.values() for entry in entries.split()):
            made.add(concept, entry)
    return made


def find_cues(text: str, words: Sequence[str]) -> list[Cue]:
    """The cues of a text whose folded words are `words`, spaced scripts first, each in order of place."""
    cues = list(_in_words(words))
    for run in UNSPACED.finditer(text):
        cues += _in_run(text, run.start(), run.end())
    return cues


def _in_words(words: Sequence[str]) -> Iterator[Cue]:
    """Cues of the words, negated where a negation stands shortly before."""
    known = vocabulary()
    negation = known.concepts.index(NEGATION)
    negated_until = -1
    for place, word in enumerate(words):
        meaning = known.look_up(word)
        if not (meaning.concepts or meaning.phrases):
            continue
        named = [*meaning.concepts, *_completed(meaning, words, place)]
        if negation in named:
            negated_until = place + _NEGATION_REACH
        for concept in named:
            yield Cue(concept, word, place <= negated_until and concept != negation)


def _completed(meaning: _Word, words: Sequence[str], place: int) -> Iterator[int]:
    """The phrases whose other words do follow."""
    for phrase in meaning.phrases:
        after = words[place + 1 : place + 1 + len(phrase.rest)]
        if len(after) == len(phrase.rest) and all(map(_matches, after, phrase.rest)):
            yield phrase.concept


def _matches(word: str, pattern: str) -> bool:
    """Whether a word is what a phrase asks for."""
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _in_run(text: str, start: int, end: int) -> Iterator[Cue]:
    """Cues anywhere in a run of unspaced script; their negation follows the verb and is a concept of its own."""
    anywhere = vocabulary().anywhere
    for place in range(start, end):
        for entry, concept in anywhere.get(text[place], ()):
            if text.startswith(entry, place):
                yield Cue(concept, entry, negated=False)
