"""Length hints: how many visible tokens a prompt asks for ("in 50 words", "drei Stichpunkte", "280文字以内")."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from msgspec import Struct, yaml

from modelroute_cli.features.reading import HEAD, SYSTEM, TAIL, Reading
from modelroute_cli.features.shipped import DATA
from modelroute_cli.features.words import UNSPACED, Word, fold

_BEFORE_CHARS = 24
_AFTER_CHARS = 14
_SPELLED_CHARS = 40  # before a unit, where its number in words may stand
_LETTERS = re.compile(r"[^\W\d_]+")
_MOST_TOKENS = 100_000
_PER_UNIT_CHARS = 60  # how far behind a number of things the length of each may stand


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
class _Words:
    """The table, ready for matching."""

    table: _Table
    units: Mapping[str, str]  # word -> unit
    folded_units: frozenset[str]
    numbers: Mapping[str, int]
    amounts: tuple[re.Pattern[str], re.Pattern[str]]  # in digits; in words
    maximum: re.Pattern[str]
    maximum_after: re.Pattern[str]
    each: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number of units at a place of the text."""

    unit: str
    count: float
    start: int
    end: int


def length_hint(reading: Reading) -> int | None:
    """Expected visible output in o200k tokens, None when the instruction does not say; never what pasted text says.

    What the user's own turn says wins over the system message; its words are taken at the language's tokens per word.
    """
    parts = reading.zones
    for text, zones in ((f"{parts.head}\n{parts.tail}", (HEAD, TAIL)), (parts.system, (SYSTEM,))):
        if any(_may_say(reading.parts[zone].words) for zone in zones) or UNSPACED.search(text):
            amounts = _amounts(text)
            if amounts:
                return _tokens(text, amounts, reading.language)
    return None


def _may_say(said: Sequence[Word]) -> bool:
    """Whether any unit is named: a cheap look before the pattern."""
    known = _words().folded_units
    return any(word.text in known for word in said)


@cache
def _words() -> _Words:
    """The shipped table and its patterns."""
    table = yaml.decode((DATA / "length_hints.yaml").read_bytes(), type=_Table)
    units = {word.replace("_", " "): unit for unit, words in table.units.items() for word in words.split()}
    numbers = {word.replace("_", " "): value for value, words in table.numbers.items() for word in words.split()}
    return _Words(
        table,
        units,
        frozenset(fold(word.split()[-1]) for word in units),
        numbers,
        (_amount_pattern(r"\d[\d.,]*\d|\d", units, table), _amount_pattern(_any(numbers), units, table)),
        re.compile(rf"(?<!\w)(?:{_any(_entries(table.maximum))})\W*$"),
        re.compile(rf"^\W*(?:{_any(_entries(table.maximum_after))})"),
        re.compile(rf"(?<!\w)(?:{_any(_entries(table.each))})(?!\w)"),
    )


def _amount_pattern(number: str, units: Mapping[str, str], table: _Table) -> re.Pattern[str]:
    """A number or a range of them, up to two words, and a unit."""
    joined = _any(table.joiners.split())
    word = rf"(?!(?:{number})\b)[^\W\d_]+"  # the number nearest to the unit counts
    return re.compile(
        rf"(?<![\d.,:/-])(?<![^\W\d_\u0900-\u1cff\u2e80-\ud7ff])(?P<low>{number})\s*(?:(?:{joined})\s*(?P<high>{number}))?"
        rf"(?:[\s-]*|\s+(?:{word}\s+){{1,2}})(?P<unit>{_any(units)})(?![^\W\d_]*[a-zа-я])"
    )


def _entries(words: str) -> list[str]:
    return [word.replace("_", " ").strip() for word in words.split()]


def _any(words: Mapping[str, object] | list[str]) -> str:
    """A pattern for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _amounts(text: str) -> list[_Amount]:
    """Every number of units in the text, in order of place."""
    lowered = text.lower()
    digits, spelled = _words().amounts
    found = chain(digits.finditer(lowered), _spelled(lowered, spelled))
    return sorted((_amount(each, lowered) for each in found), key=lambda amount: amount.start)


def _spelled(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches of a number in words: looked for only shortly before a unit, as the pattern is slow everywhere else."""
    if UNSPACED.search(text):
        yield from pattern.finditer(text)
        return
    units = [found for found in _LETTERS.finditer(text) if found[0] in _words().units]
    reached = 0
    for unit in units:
        found = pattern.search(text, max(reached, unit.start() - _SPELLED_CHARS), unit.end())
        if found:
            reached = found.end()
            yield found


def _amount(found: re.Match[str], text: str) -> _Amount:
    """The count that is expected: the middle of a range, most of a maximum."""
    known = _words()
    low = _number(found["low"])
    count = (low + _number(found["high"])) / 2 if found["high"] else low
    before = text[max(0, found.start() - _BEFORE_CHARS) : found.start()]
    after = text[found.end() : found.end() + _AFTER_CHARS]
    bounded = not found["high"] and (known.maximum.search(before) or known.maximum_after.search(after))
    return _Amount(
        known.units[found["unit"]], count * known.table.of_maximum if bounded else count, found.start(), found.end()
    )


def _number(text: str) -> float:
    """`1,200`, `1.200` and `three` as a number."""
    known = _words().numbers.get(text)
    return float(known) if known is not None else float(re.sub(r"[.,]", "", text))


def _tokens(text: str, amounts: list[_Amount], language: str) -> int:
    """The tokens of the amounts: a size of the whole, or a number of things times the size of each."""
    sizes = [amount for amount in amounts if amount.unit in ("word", "character", "page")]
    things = [amount for amount in amounts if amount.unit not in ("word", "character", "page")]
    if not sizes:
        return _bounded(max(_size(amount, language) for amount in things))
    size = sizes[0]
    counted = next((thing for thing in things if _each(text, thing, size)), None)
    return _bounded(_size(size, language) * (counted.count if counted else 1))


def _each(text: str, thing: _Amount, size: _Amount) -> bool:
    """Whether the size is that of each thing: of things that are short texts themselves, else by a word for `each`."""
    if thing.unit in ("headline", "tweet", "idea", "item"):
        return max(size.start - thing.end, thing.start - size.end) <= _PER_UNIT_CHARS
    if not 0 <= size.start - thing.end <= _PER_UNIT_CHARS:
        return False
    return _words().each.search(text[thing.end : size.end + _AFTER_CHARS].lower()) is not None


def _size(amount: _Amount, language: str) -> float:
    """Tokens of one amount in a language."""
    table = _words().table
    per_word = table.tokens_per_word.get(language, table.tokens_per_word["und"])
    per_token = table.chars_per_token.get(language, table.chars_per_token["und"])
    match amount.unit:
        case "character":
            return amount.count / per_token
        case "word":
            return amount.count * per_word
        case unit:
            return amount.count * table.words_of[unit] * per_word


def _bounded(tokens: float) -> int:
    """A whole number of tokens from 1 to _MOST_TOKENS."""
    return int(min(max(tokens, 1), _MOST_TOKENS))
