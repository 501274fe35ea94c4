"""Sentences of a request: what it says piece by piece, and where each piece stands.

The classifier weighs every sentence by its place and look (`marks`), so that the one that asks for something counts and
those that were pasted count little.
"""

# ruff: noqa: RUF001 - marks of other scripts are meant

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from modelroute_cli.features.cues import Cue, find_cues
from modelroute_cli.features.words import STOP, UNSPACED, Word, pairs, words

_BREAK = re.compile(r"\n+|(?<=[.!?…;:])\s+|(?<=[。！？：])\s*")
_SHORTEST = 5  # characters: shorter pieces, such as `3.`, go with the next
_SHORT, _MIDDLING = 25, 120
_COLONS, _QUESTIONS = (":", "："), ("?", "？", "؟")
_BRACKETS = ("{", "[", "<", "|")
_FEW = 3

LOOKS = ("ends in a colon", "asks", "short", "middling", "long", "bracketed", "behind a colon")
_COLON, _ASKS, _SHORT_LOOK, _MIDDLING_LOOK, _LONG_LOOK, _BRACKETED, _BEHIND = range(len(LOOKS))
ZONES = ("system", "head", "tail", "middle", "body")
_PLACES = ("", " first", " last", " alone", " under a system message", " among few")
MARKS = (*LOOKS, *(f"{zone}{place}" for zone in ZONES for place in _PLACES))


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One piece of a zone: its cues, its words (in unspaced scripts, pairs of characters), and how it looks.

    Its cues are placed within it. Compared by identity: pieces that a batch repeats are read once and shared.
    """

    cues: tuple[Cue, ...]
    words: tuple[Word, ...]
    looks: tuple[int, ...]  # places in LOOKS
    length: int  # in words, or in characters of unspaced scripts


def sentences(text: str, spoken: str, *, whole: bool = False) -> tuple[Sentence, ...]:
    """The sentences of one zone in a language; `whole` takes the zone as a single one."""
    if whole:
        return (_read(text, spoken),)
    return tuple([_remembered(piece, spoken) for piece in _pieces(text)])


def cues_of(found: Sequence[Sentence]) -> tuple[Cue, ...]:
    """The cues of all sentences of a zone, placed within the zone."""
    cues: list[Cue] = []
    start = 0
    for number, sentence in enumerate(found):
        if number:
            cues += [Cue(what, start + at, number + inner, negated) for what, at, inner, negated in sentence.cues]
        else:
            cues += sentence.cues
        start += sentence.length
    return tuple(cues)


def _read(piece: str, spoken: str) -> Sentence:
    """One piece in a language."""
    said = words(piece)
    length = len(said) if piece.isascii() else max(len(said), len(piece))
    return Sentence(tuple(find_cues(piece, said, spoken)), _meant(piece, said), _looks(piece), length)


_remembered = lru_cache(maxsize=8192)(_read)


@cache
def marks(zone: int, count: int, *, told: bool) -> tuple[tuple[int, ...], ...]:
    """For each of `count` sentences of a zone, what its place says, as places in MARKS; `told`: by a system message."""
    start = len(LOOKS) + zone * len(_PLACES)
    same = (start, *([start + 4] if told else []), *([start + 5] if count <= _FEW else []))
    found = [list(same) for _ in range(count)]
    if count:
        found[0].append(start + 1)
        found[-1].append(start + 2)
    if count == 1:
        found[0].append(start + 3)
    return tuple(map(tuple, found))


def _pieces(text: str) -> Iterator[str]:
    """The text cut at ends of sentences, lines and colons; crumbs go with what follows."""
    crumb = ""
    for piece in map(str.strip, _BREAK.split(text)):
        if not piece:
            continue
        whole = f"{crumb} {piece}" if crumb else piece
        crumb = whole if len(whole) < _SHORTEST else ""
        if not crumb:
            yield whole
    if crumb:
        yield crumb


def _meant(piece: str, said: Sequence[Word]) -> tuple[Word, ...]:
    """The words without the ends of sentences; runs of unspaced script as pairs of characters."""
    kept = [word for word in said if word.text is not STOP]
    if not piece.isascii() and UNSPACED.search(piece):
        kept = [word for word in kept if not UNSPACED.match(word.text)] + pairs(piece)
    return tuple(kept)


def _looks(piece: str) -> tuple[int, ...]:
    """How a piece looks by itself, as places in LOOKS."""
    looks = [_SHORT_LOOK if len(piece) < _SHORT else _MIDDLING_LOOK if len(piece) < _MIDDLING else _LONG_LOOK]
    if piece.endswith(_COLONS):
        looks.append(_COLON)
    elif piece.endswith(_QUESTIONS):
        looks.append(_ASKS)
    if piece.startswith(_BRACKETS):
        looks.append(_BRACKETED)
    return tuple(looks)


def looks_of(found: Sequence[Sentence]) -> list[tuple[int, ...]]:
    """How the sentences of a zone look, and whether a colon leads to them, as places in LOOKS."""
    before = [(), *(sentence.looks for sentence in found)]
    return [
        (*sentence.looks, _BEHIND) if _COLON in last else sentence.looks
        for sentence, last in zip(found, before, strict=False)
    ]
