"""What a stretch of digits may be at all, from its shape and the words before it: most are of no kind, and left alone.

Never less than the finders would find in it; what they need beyond a shape (check digits, a word nearby) is theirs.
"""

from functools import cache, lru_cache
from typing import Final, NamedTuple

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.card import CARD_SHAPE, CARD_WORDS
from modelroute_cli.features.privacy.national import ID_WORDS, LENGTHS_ALONE, has_form
from modelroute_cli.features.privacy.phone import HOME_SHAPE, PHONE_WORDS, REACH
from modelroute_cli.features.privacy.shapes import is_day, is_letter, shape_of
from modelroute_cli.features.privacy.surroundings import AFTER, BEFORE, said_before, words_in

PHONE, IBAN, CARD, ID = (
    kind.bit for kind in (PersonalData.PHONE, PersonalData.IBAN, PersonalData.CARD, PersonalData.NATIONAL_ID)
)
_SPOKEN_OF: Final = ((PHONE, PHONE_WORDS), (CARD, CARD_WORDS), (ID, ID_WORDS))
_LEAST_PHONE, _MOST_PHONE, _LEAST_ABROAD, _LEAST_IBAN = 7, 17, 10, 13  # digits; of an IBAN all behind its two letters
_LONGEST_DAY = 15  # characters of `2026-11-2026T10`
_KEPT = 16_384


def worth(text: str, start: int, end: int) -> int:
    """The bits of the kinds that may stand in the stretch of digits, gaps and capitals from `start` to `end`."""
    stretch = text[start:end]
    if stretch.isdigit():
        return _of_run(text, start, end, text[start - 1] if start else " ")
    if end - start <= _LONGEST_DAY and is_day(stretch):
        return 0
    written = text[start - 2 : end + 1] if start > 1 and end < len(text) else f"  {text} "[start : end + 3]
    look = _look(shape_of(written))
    return look.kinds | PHONE if look.may_be_said and _is_said(text, start, end, look.cut) else look.kinds


class _Look(NamedTuple):
    """What the shape of a stretch tells."""

    kinds: int = 0
    may_be_said: bool = False  # no telephone number by its form, but long enough for one
    cut: str = ""  # the first digit, where a word ends in the stretch: `zadzwon1`


@lru_cache(maxsize=_KEPT)
def _look(written: str) -> _Look:
    """What is to be seen of a stretch, from its shape with the two characters before it and the one behind."""
    stretch, lead = written[2:-1], written[1]
    kinds = _of_shape(f"{_head(written[:2])}{stretch}{_edge(written[-1])}")
    if "A" <= lead <= "Z" and len(stretch) >= _LEAST_IBAN:
        kinds |= IBAN
    if lead == "+" and len(stretch) >= _LEAST_PHONE:
        kinds |= PHONE
    may_be_said = not kinds & PHONE and len(stretch) >= _LEAST_PHONE
    return _Look(kinds, may_be_said, "0" if lead.isalnum() or lead == "_" else "")


def _of_run(text: str, start: int, end: int, lead: str) -> int:
    """A bare run of digits is a number of somebody where a word says so, behind a plus, or as an IBAN."""
    count = end - start
    if is_letter(lead) or lead == "-":
        return IBAN if "A" <= lead <= "Z" and count >= _LEAST_IBAN else 0
    if count < _LEAST_PHONE:
        return 0
    before = _said(text[max(0, start - BEFORE) : start])
    kinds = (before | _said(text[end : end + AFTER])) & _of_length(count)
    is_called = before & PHONE and (lead == "(" or said_before(text, start, PHONE_WORDS, REACH))
    is_phone = lead == "+" or (is_called and count <= _MOST_PHONE)
    return kinds | (PHONE if is_phone else 0) | (ID if count in LENGTHS_ALONE else 0)


def _is_said(text: str, start: int, end: int, cut: str) -> bool:
    """Whether two zeros or a word could make a telephone number of a stretch whose form is none's."""
    if end - start >= _LEAST_ABROAD and text.find("00", start, end) >= 0:
        return True
    return bool(_said(text[max(0, start - BEFORE) : start] + cut) & PHONE)


def _head(before: str) -> str:
    """What stands before a stretch, of two characters: its edge, and a capital before a gap, which may belong to it."""
    return f"X{before[1]}" if before[1] in " -" and "A" <= before[0] <= "Z" else _edge(before[1])


def _edge(char: str) -> str:
    """What stands beside a stretch: a sign that matters, a capital, a letter, or anything else as a blank."""
    if char in "(+-":
        return char
    if "A" <= char <= "Z":
        return "X"
    return "x" if is_letter(char) else " "


@cache
def _of_length(count: int) -> int:
    """The cards and identity numbers that a bare run of so many digits may be."""
    return _of_shape(f" {'0' * count} ") & (CARD | ID)


@lru_cache(maxsize=_KEPT)
def _of_shape(shape: str) -> int:
    """The kinds whose forms fit a shape, which has the characters beside it at its ends."""
    kinds = CARD if compiled(CARD_SHAPE).search(shape) else 0
    kinds |= ID if has_form(shape) or _ends_like_an_id(shape) else 0
    if compiled(HOME_SHAPE).search(shape) or _said(shape) & PHONE:
        kinds |= PHONE
    return kinds | (IBAN if compiled(r"[A-Z]{2}00").search(shape) and len(shape) > _LEAST_IBAN else 0)


def _ends_like_an_id(shape: str) -> bool:
    """Whether it is as the numbers that have letters before their digits: these end with two digits and a letter."""
    return compiled(r"[A-Z][ -]?0.*00[ -]?[A-Z](?!\w)").search(shape) is not None


@lru_cache(maxsize=_KEPT)
def _said(around: str) -> int:
    """The bits of the kinds that words speak of; templates have the same words before each number."""
    bits = 0
    for word in words_in(around):
        bits |= _of_word(word)
    return bits


@lru_cache(maxsize=_KEPT)
def _of_word(word: str) -> int:
    """The bits of the kinds that a word speaks of."""
    return sum(bit for bit, words in _SPOKEN_OF if compiled(words).search(word))
