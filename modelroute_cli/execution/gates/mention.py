"""The gate `must_mention`: values of the request's `metadata` stand in the answer.

Texts are compared without case, accents and different blanks, and may go on (`Anna` is in `Annas`); numbers whatever
their grouping: 1234.5 stands in `1,234.50`, `1.234,5`, `1 234,5` and `1'234.5`.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from modelroute_cli.execution.gates.subject import Subject
from modelroute_cli.features.words import fold

_GROUPS = " \u00a0\u202f\u2009'\u2019.,_"
_NUMBER = re.compile(rf"\d+(?:[{_GROUPS}]\d+)*")
_VALUE = re.compile(rf"[+-]?\d+(?:[{_GROUPS}]\d+)*")
_BLANKS = re.compile(r"\s+")
_GROUP_DIGITS = 3
_MOST_SHOWN = 60


def unmentioned(subject: Subject) -> str | None:
    """Every field whose value is not there."""
    told = Told(subject.output)
    missing = [
        f"`{name}` (`{_shown(value)}`)"
        for name in subject.rules.must_mention
        for value in values_of(subject.request.metadata, name)
        if not told.holds(value)
    ]
    return f"does not mention {', '.join(missing)}" if missing else None


def values_of(metadata: Mapping[str, object], name: str) -> Iterator[str]:
    """The texts that a field of `metadata` stands for: one, those of a list, none for null, blank text and others."""
    value = metadata.get(name)
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str | int | float) and not isinstance(each, bool) and str(each).strip():
            yield str(each).strip()


class Told:
    """What an answer says, read once for all values that are looked for in it."""

    def __init__(self, text: str) -> None:
        self._folded = _plain(text)
        self._text = text
        self._numbers: frozenset[Decimal] | None = None

    def holds(self, value: str) -> bool:
        """Whether a number stands in it, or a text at the beginning of a word."""
        wanted = frozenset(readings(value.lstrip("+-"))) if _VALUE.fullmatch(value) else frozenset()
        return not wanted.isdisjoint(self._all_numbers()) if wanted else self._begins_word(_plain(value))

    def _begins_word(self, value: str) -> bool:
        place = self._folded.find(value)
        while place > 0 and value[0].isalnum() and _joins(self._folded[place - 1]):
            place = self._folded.find(value, place + 1)
        return place >= 0 and not self._cuts_number(value, place + len(value))

    def _cuts_number(self, value: str, end: int) -> bool:
        """Whether the value ends inside of a longer number."""
        return value[-1:].isdigit() and self._folded[end : end + 1].isdigit()

    def _all_numbers(self) -> frozenset[Decimal]:
        if self._numbers is None:
            self._numbers = frozenset(read for match in _NUMBER.findall(self._text) for read in _told_by(match))
        return self._numbers


def readings(number: str) -> Iterator[Decimal]:
    """What a number in digits and separators may stand for: thousands grouped, decimals, or both; none for a list."""
    marks = [mark for mark in number if not mark.isdigit()]
    *groups, last = re.split(rf"[{_GROUPS}]", number)
    grouped = all(len(group) == _GROUP_DIGITS for group in groups[1:])
    if grouped and len(set(marks)) <= 1 and (not marks or len(last) == _GROUP_DIGITS):
        yield _decimal("".join((*groups, last)))
    if grouped and marks and marks[-1] in ".," and marks[-1] not in marks[:-1]:
        yield _decimal("".join(groups) + "." + last)


def _told_by(number: str) -> Iterator[Decimal]:
    """The same for what stands in an answer, where `4 711` may be two numbers and `1,2` a list."""
    whole = list(readings(number))
    yield from whole
    if not whole or any(mark.isspace() for mark in number):
        yield from (_decimal(part) for part in re.split(rf"[{_GROUPS}]", number))


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits).normalize()
    except InvalidOperation:  # digits of another script that are no decimal number
        return Decimal(-1)


def _joins(letter: str) -> bool:
    """Whether a letter goes on in the same word; scripts without spaces have no words."""
    return letter.isalnum() and letter < "\u0e00"


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", fold(text)).strip()


def _shown(value: str) -> str:
    return value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}..."
