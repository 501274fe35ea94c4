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
        """Whether a value stands in it, at the beginning of a word."""
        return self._begins_word(_plain(value)) or self._holds_number(value)

    def _begins_word(self, value: str) -> bool:
        place = self._folded.find(value)
        while place > 0 and value[0].isalnum() and _joins(self._folded[place - 1]):
            place = self._folded.find(value, place + 1)
        return place >= 0 and not self._cuts_number(value, place + len(value))

    def _cuts_number(self, value: str, end: int) -> bool:
        """Whether the value ends inside of a longer number."""
        return value[-1:].isdigit() and self._folded[end : end + 1].isdigit()

    def _holds_number(self, value: str) -> bool:
        if not _VALUE.fullmatch(value):
            return False
        if self._numbers is None:
            self._numbers = frozenset(read for match in _NUMBER.findall(self._text) for read in readings(match))
        return not self._numbers.isdisjoint(readings(value.lstrip("+-")))


def readings(number: str) -> Iterator[Decimal]:
    """What a number in digits and separators may stand for; and its parts, since `4 711` may be two numbers."""
    marks = [mark for mark in number if not mark.isdigit()]
    if not marks:
        yield _decimal(number)
        return
    *groups, last = re.split(rf"[{_GROUPS}]", number)
    if len(last) == _GROUP_DIGITS and len(set(marks)) == 1:
        yield _decimal("".join((*groups, last)))
    if marks[-1] in ".," and marks[-1] not in marks[:-1]:
        yield _decimal("".join(groups) + "." + last)
    yield from (_decimal(part) for part in (*groups, last))


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
