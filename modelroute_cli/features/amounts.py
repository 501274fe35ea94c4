"""Amounts of text that a prompt names: numbers of words, sentences, bullets, in digits or words, in many languages."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from msgspec import Struct

from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.features.words import UNSPACED, Word, fold

_BEFORE_CHARS = 24  # where a word for `at most` may stand before a number
_AFTER_CHARS = 14  # and behind the unit
_REACH_CHARS = 45  # how far before a unit its number may begin
_TOKEN = re.compile(r"\d(?:[\d.,]*\d)?|[^\W\d_]+")
_FOLLOWING = re.compile(r"[\s-]*([^\W\d_]+)(?:\s+([^\W\d_]+))?(?:\s+([^\W\d_]+))?")
_GLUE = frozenset(".,:/-_#$€£")  # a number right behind one of these is part of something else


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """data/length_hints.yaml."""

    tokens_per_word: dict[str, float]
    chars_per_token: dict[str, float]
    of_maximum: float
    words_of: dict[str, int]
    units: dict[str, str]
    numbers: dict[int, str]
    maximum: str
    maximum_after: str
    joiners: str
    each: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of units at a place of the text; of a range the middle, of a maximum what is mostly used of it."""

    unit: str
    count: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit and where its word ends."""

    name: str
    end: int


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The table, ready for matching."""

    units: Mapping[str, str]  # word -> unit
    last_words: Mapping[str, frozenset[str]]  # of units: folded -> as written, to look for cheaply
    numbers: Mapping[str, int]
    joiner: str  # patterns, compiled where a text needs them
    number: str


@cache
def table() -> Table:
    """The table that ships."""
    return shipped_table("length_hints.yaml", Table)


@cache
def _lexicon() -> _Lexicon:
    units = {word.replace("_", " "): unit for unit, words in table().units.items() for word in words.split()}
    numbers = {word: value for value, words in table().numbers.items() for word in words.split()}
    return _Lexicon(
        units=units,
        last_words=_last_words(units),
        numbers=numbers,
        joiner=any_of(table().joiners),
        number=rf"(?>\d[\d.,]*\d|\d|{any_of(numbers)})",
    )


@cache
def _joined_pattern() -> re.Pattern[str]:
    """The high end of a range."""
    return re.compile(rf"\s*(?:[-–—]|(?:{_lexicon().joiner})\s)\s*(?P<high>\d(?:[\d.,]*\d)?|[^\W\d_]+)")


@cache
def _unspaced_pattern() -> re.Pattern[str]:
    """A number or a range with its unit, in a script without spaces."""
    joiner, number, unit = _lexicon().joiner, _lexicon().number, any_of(_lexicon().units)
    return re.compile(rf"(?<![\d.,:/-])({number})(?:\s*(?:{joiner})\s*({number}))?\s*({unit})")


@cache
def _maximum_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What makes an amount a maximum, before it and after it."""
    before, after = any_of(table().maximum), any_of(table().maximum_after)
    return re.compile(rf"(?<!\w)(?:{before})\W*$"), re.compile(rf"^\W*(?:{after})")


def _last_words(units: Iterable[str]) -> dict[str, frozenset[str]]:
    """The last word of each unit, by how it looks without accents."""
    found: dict[str, set[str]] = {}
    for word in (unit.split()[-1] for unit in units):
        found.setdefault(fold(word), set()).add(word)
    return {folded: frozenset(words) for folded, words in found.items()}


def any_of(words: str | Iterable[str]) -> str:
    """A pattern for any of the words, longest first; `_` in a listed word is a blank."""
    listed = words.split() if isinstance(words, str) else words
    return "|".join(re.escape(word.replace("_", " ").strip()) for word in sorted(listed, key=len, reverse=True))


def amounts(text: str, said: Sequence[Word]) -> list[Amount]:
    """Every number of units in a text whose words are `said`, in order of place."""
    if not text.isascii() and UNSPACED.search(text):
        return [_unspaced(found) for found in _unspaced_pattern().finditer(text.lower())]
    known = _lexicon().last_words
    named = {word.text for word in said if word.text in known}
    return _spaced(text.lower(), {word for folded in named for word in known[folded]}) if named else []


def _spaced(text: str, units: Iterable[str]) -> list[Amount]:
    """Amounts where spaces part words: a number or a range, at most two words, one of the units that are there."""
    found: list[Amount] = []
    reached, numbers = 0, _lexicon().numbers
    for place in sorted(place for unit in units for place in _places(text, unit)):
        start = text.rfind(" ", 0, max(0, place - _REACH_CHARS)) + 1
        for token in _TOKEN.finditer(text, max(reached, start), place):
            amount = _at(text, token) if token[0] in numbers or token[0][0].isdigit() else None
            if amount is not None:
                found.append(amount)
                reached = amount.end
                break
    return found


def _places(text: str, word: str) -> Iterator[int]:
    """Where a word stands in a text, also as a part of others."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _at(text: str, low: re.Match[str]) -> Amount | None:
    """The amount that begins with this number, if a unit follows."""
    before = text[low.start() - 1 : low.start()] if low.start() else ""
    if before in _GLUE or before.isalnum():
        return None
    joined = _joined_pattern().match(text, low.end())
    high = _number(joined["high"]) if joined else None
    if high is not None and high < (_number(low[0]) or 0.0):
        return None  # a date, a code, a score
    end = joined.end() if joined and high is not None else low.end()
    unit = _unit(text, end)
    if unit is None:
        return None
    count = _middle(_number(low[0]) or 0.0, high)
    return _bounded(text, Amount(unit.name, count, low.start(), unit.end), is_range=high is not None)


def _unit(text: str, place: int) -> _Unit | None:
    """The unit among the next three words; another number ends the search."""
    following = _FOLLOWING.match(text, place)
    words = [word for word in following.groups() if word] if following else []
    for number, word in enumerate(words, start=1):
        two = _lexicon().units.get(" ".join(words[number - 1 : number + 1]))
        unit = two or _lexicon().units.get(word)
        if unit and following:
            return _Unit(unit, following.end(min(number + (two is not None), len(words))))
        if word in _lexicon().numbers:
            return None
    return None


def _unspaced(found: re.Match[str]) -> Amount:
    """The amount of a match in a script without spaces."""
    high = _number(found[2]) if found[2] else None
    amount = Amount(_lexicon().units[found[3]], _middle(_number(found[1]) or 0.0, high), found.start(), found.end())
    return _bounded(found.string, amount, is_range=high is not None)


def _bounded(text: str, amount: Amount, *, is_range: bool) -> Amount:
    """The amount, less where it is a maximum."""
    before = text[max(0, amount.start - _BEFORE_CHARS) : amount.start]
    after = text[amount.end : amount.end + _AFTER_CHARS]
    maximum, maximum_after = _maximum_patterns()
    if is_range or not (maximum.search(before) or maximum_after.search(after)):
        return amount
    return Amount(amount.unit, amount.count * table().of_maximum, amount.start, amount.end)


def _middle(low: float, high: float | None) -> float:
    return low if high is None else (low + high) / 2


def _number(text: str) -> float | None:
    """`1,200`, `1.200` and `three` as a number, None for any other word."""
    if text[0].isdigit():
        return float(re.sub(r"[.,]", "", text))
    known = _lexicon().numbers.get(text)
    return None if known is None else float(known)
