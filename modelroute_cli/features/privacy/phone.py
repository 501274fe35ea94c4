"""Telephone numbers: international, in a national form, or called so; never dates, prices or numbers of orders."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.finds import Span
from modelroute_cli.features.privacy.shapes import LETTER, relaxed, shape_of, without_digits
from modelroute_cli.features.privacy.surroundings import in_url, is_of_a_thing, said_before, speaks_of

_GAP = r"[ \u00a0\u202f.\-\u2010\u2011\u2013/()]"
_START = rf"(?<!{LETTER})(?<![+\-])(?<!\d[.,:])"
_END = rf"(?!{LETTER}|[%€$£°元円원]|[.,:]\d|-{LETTER}| ?(?:€|\$|£|EUR|USD|GBP|%))"
_ABROAD: Final = rf"{_START}(?:\+|(?<![0-9] )00 ?)[1-9](?:{_GAP}{{0,3}}[0-9]){{7,14}}{_END}"
_NO_YEAR: Final = r"(?!(?:19|20)[0-9]{2}\))"
_FORMS: Final = (
    r"(?:1[ .-])?\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .-][0-9]{4}",  # North America
    r"(?:1[ .-])?[2-9][0-9]{2}([.-])[2-9][0-9]{2}\1[0-9]{4}",  # North America
    r"0[1-9]([ .-])[0-9]{2}(?:\2[0-9]{2}){3}(?!\2[0-9])",  # France
    rf"\({_NO_YEAR}0?[1-9][0-9]{{1,4}}\) ?[0-9]{{3,5}}[ -][0-9]{{3,5}}",
    r"0[1-9][0-9]{1,4} ?[/-] ?[0-9]{2,4}(?:[ -]?[0-9]{2,4}){1,3}",
    r"0[1-9][0-9]{1,4}(?: [0-9]{2,5}){2,4}",
    r"\(0[1-9][0-9]{1,4}\) ?[0-9]{2,5}(?:[ -][0-9]{2,5}){1,3}",
    r"1[3-9][0-9]([ -])[0-9]{4}\3[0-9]{4}",  # China
    r"0[1-9][0-9]{1,4} [0-9]{4,8}",
    r"06[ -][0-9]{8}",  # the Netherlands
    r"0[1-9][0-9]?-[0-9]{4}-[0-9]{4}",  # Japan
)
_AT_HOME: Final = f"{_START}(?<![0-9] )(?:{'|'.join(_FORMS)}){_END}"
HOME_SHAPE: Final = relaxed(_AT_HOME.replace(_NO_YEAR, ""))  # a year has the shape of others
_CALLED: Final = rf"{_START}\(?[0-9](?:{_GAP}{{0,3}}[0-9]){{6,12}}{_END}"
_CODES: Final = (
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[12368]|2[2346]\d|25[0-8]|29[01789]|35\d|37\d|38[0-35-79]|"
    r"42[013]|50\d|59\d|67[02-9]|68\d|69[0-2]|8[05]0|85[2356]|8[78]0|88[68]|96[0-8]|97[0-7]|979|99[2-68])"
)  # ITU-T E.164, list of assigned codes
PHONE_WORDS: Final = (
    r"(?i)\b(?:tel|phones?|fon|fax|mobiles?|mob|cell|call|ring|dial|sms|whatsapp|signal|reach|landline|handy\w*|r[üu]ckruf\w*|festnetz\w*|"
    r"telefon\w*|mobil\w*|rufnummer|durchwahl|anruf\w*|ruf\w*|erreich\w*|hotline|t[ée]l[ée]?(?:phone)?s?|portable|"
    r"appele[rz]\w*|joindre|tel[ée]fonos?|m[óo]vil|fijo|celular|ll[áa]m\w+|cellulare|chiam\w+|fisso|ricaric\w+|telefoon\w*|(?:terug|op)?bel(?:len|t)?|gsm|"
    r"telefonu|kom[óo]rk\w+|(?:za|od)?dzwo\w+|telefone|lig(?:ue|ar)|puhelin\w*|puh|mobilnummer|tlf|ring|messa|smsa|n[åa]s|"
    r"(?:phone|tel|mobile|fax|contact)_?(?:no|nr|num|number))\b|[☎📞📱]|電話|电话|手机|携帯|微信|同号|请拨|拨打|致电|回拨|传真|傳真|行動|ファックス|おかけ|連絡先|팩스|연락처|휴대폰|전화|телефон\w*|тел|звон\w+|"
    r"फ़ोन|फोन|मोबाइल|هاتف|جوال"
)
_DATE: Final = (
    r"(?:19|20)\d\d([-./ ]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)|"
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-./ ])(?:0?[1-9]|1[0-2])\2(?:19|20)\d\d(?!\d)|"
    r"(?<!\d)(?:0?[1-9]|1[0-2])([-./])(?:0?[1-9]|[12]\d|3[01])\3(?:19|20)\d\d(?!\d)"
)
_KEPT = 4_096
REACH = 28  # characters between the word and its number
_LISTED = 48  # characters in which numbers of one list follow each other


def phones(text: str, start: int, end: int) -> Iterator[Span]:
    """The places of telephone numbers between `start` and `end`."""
    for form in _fitting(shape_of(text[start:end])):
        if not form.is_possible(text, start, end):
            continue
        for found in compiled(form.pattern).finditer(text, start, end):
            span = Span(*found.span())
            if form.is_one(text, span) and _may_be(found[0]):
                yield span


@lru_cache(maxsize=_KEPT)
def _fitting(shape: str) -> tuple["_Form", ...]:
    """The forms that may stand in a text of this shape, in order."""
    return tuple(form for form in _WAYS if compiled(form.shape).search(shape))


def _may_be(number: str) -> bool:
    """Whether it holds no date, is not grouped like an amount and not one digit again and again."""
    digits = _digits(number)
    if digits.endswith("00000") or len(set(digits[-7:])) == 1:
        return False
    if compiled(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+").fullmatch(number) is not None:
        return False
    return ("19" not in number and "20" not in number) or compiled(_DATE).search(number) is None


def _digits(number: str) -> str:
    """The digits alone."""
    return compiled(r"[^0-9]").sub("", number)


def _is_abroad(text: str, span: Span) -> bool:
    """Behind a plus or two zeros: a country, and as many digits as it may have."""
    number = text[span.start : span.end]
    digits = _digits(number.replace("(0)", ""))
    if number.startswith("0"):
        digits = digits[2:]
    if compiled(_CODES).match(digits) is None or not 9 <= len(digits) <= 15:  # noqa: PLR2004 - E.164
        return False
    if digits[0] == "1" and compiled(r"1[2-9]\d{2}[2-9]\d{6}").fullmatch(digits) is None:
        return False
    return number[0] == "+" or _is_called(text, span) or (not number.isdigit() and not is_of_a_thing(text, span.start))


def _is_at_home(text: str, span: Span) -> bool:
    """In a form that is a telephone number's in some country, and of nothing else."""
    if _is_called(text, span):
        return True
    number = text[span.start : span.end]
    most = 12 if len(compiled(r"[0-9]+").findall(number)) == 2 else 11  # noqa: PLR2004 - groups
    is_long = 9 <= len(_digits(number)) <= most  # noqa: PLR2004 - with the zero in front
    return is_long and not _in_turn(number) and not _is_of_a_thing(text, span)


def _is_of_a_thing(text: str, span: Span) -> bool:
    """Whether it, or a number just like it before, is said to be of a thing: `part 0445-120-217, not 0445-120-142`."""
    if is_of_a_thing(text, span.start):
        return True
    shape, first = shape_of(text[span.start : span.end]), max(0, span.start - _LISTED)
    place = shape_of(text[first : span.start]).rfind(shape)
    return place >= 0 and _is_of_a_thing(text, Span(first + place, first + place + len(shape)))


def _in_turn(number: str) -> bool:
    """Whether its groups only count on: `01 02 03 04 05`."""
    groups = compiled(r"[0-9]+").findall(number)
    return len(groups) > 3 and len({int(after) - int(before) for before, after in pairwise(groups)}) == 1  # noqa: PLR2004 - groups


def _is_called(text: str, span: Span) -> bool:
    """Called a telephone number shortly before."""
    return said_before(text, span.start, PHONE_WORDS, REACH) and not in_url(text, span.start)


def _is_from_abroad(text: str, start: int, end: int) -> bool:
    """Whether a plus or two zeros stand between `start` and `end`."""
    return text.find("+", start, end) >= 0 or text.find("00", start, end) >= 0


def _is_spoken_of(text: str, start: int, end: int) -> bool:
    """Whether a word for telephones stands before `end`, within reach of `start`."""
    return speaks_of(without_digits(text[max(0, start - REACH) : end]), PHONE_WORDS)


class _Form(NamedTuple):
    """A way to write a number: its pattern, that of its shape, what must stand there at all, and what makes it one."""

    pattern: str
    shape: str
    is_possible: Callable[[str, int, int], bool]
    is_one: Callable[[str, Span], bool]


_WAYS: Final = (
    _Form(_ABROAD, relaxed(_ABROAD), _is_from_abroad, _is_abroad),
    _Form(_AT_HOME, HOME_SHAPE, lambda *_: True, _is_at_home),
    _Form(_CALLED, relaxed(_CALLED), _is_spoken_of, _is_called),
)
