"""The number that an answer gives, and whether it is the one that is expected.

Thousands grouped in any way, fractions, mixed numbers, per cent and powers of ten are read; of a number that may be
read in two ways (`1,234`) either counts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext
from itertools import product
from typing import Final

from modelroute_cli.pilot.scorers.finals import final_answer, without_latex

_MINUS: Final = "-\u2212\u2013"
_GROUPED: Final = r"\d{1,3}(?:[ \u00a0\u202f\u2009'\u2019_]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*|[.,]\d+"
_NUMBER: Final = re.compile(
    rf"(?=[{_MINUS}+$€£¥.,\d])(?<![\w.])(?<![^\W\d_]-)"  # where one may begin, the quickest question first
    rf"(?P<sign>(?<!\d)[{_MINUS}+]\s?)?(?:[$€£¥]\s?)?(?P<late>[{_MINUS}])?"
    rf"(?:(?P<whole>\d{{1,9}})\s+(?P<over>\d{{1,9}})/(?P<under>\d{{1,9}})(?![\d/])"
    rf"|(?<!/)(?P<top>(?:{_GROUPED}))\s?/\s?(?P<bottom>(?:{_GROUPED}))(?!\s?/\s?\d)"
    rf"|(?P<plain>(?:{_GROUPED})))"
    r"(?:[eE](?P<exponent>[-+]?\d{1,3})(?!\w)|\s?[×x*]\s?10\s?\^\s?\{?(?P<power>[-+\u2212]?\d{1,3})\}?)?"  # noqa: RUF001 - the sign of multiplication is meant
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?"
)
_RELATIVE: Final = Decimal("1e-6")
_LEAST: Final = Decimal("1e-9")
_MOST_CHARACTERS: Final = 20_000  # of an answer, its end
_MOST_DIGITS: Final = 60
_GROUP_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Number:
    """What a text gives as a number: `values`, each a way to read it; 75% is 75 beside another per cent, or 0.75."""

    values: tuple[Decimal, ...]
    in_percent: bool = False

    def is_near(self, wanted: "Number", tolerance: float | None = None) -> bool:
        """Whether any way to read it is any way to read the `wanted` one; `tolerance` is relative.

        Without a tolerance whole numbers are the same or not; others are equal to a millionth, or rounded to the
        decimals that the wanted one is written with.
        """
        alike = self.in_percent == wanted.in_percent
        pairs = product(self.values if alike else _with_shares(self), wanted.values if alike else _with_shares(wanted))
        return any(_near(found, other, tolerance) for found, other in pairs)


def _with_shares(number: Number) -> tuple[Decimal, ...]:
    """A per cent as it is and as a share, beside what may be either."""
    return (*number.values, *(value / 100 for value in number.values)) if number.in_percent else number.values


def number_of(value: object) -> Number | None:
    """The number that an `expected` is: a JSON number, or a text that is one number and nothing else; None else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = without_latex(str(value).strip())
    match = _NUMBER.fullmatch(text)
    if match is None or (match["plain"] is not None and not any(_readings(match["plain"]))):
        return None
    return _read(match)


def last_number(text: str) -> Number | None:
    """The number an answer ends in: of its marked result the first one, or what follows `=`; else the last of all."""
    marked = final_answer(text)
    if marked is not None:
        found = _first(_NUMBER.finditer(without_latex(marked.rpartition("=")[2])))
        found = found or _first(_NUMBER.finditer(without_latex(marked)))
        if found is not None:
            return found
    return _first(reversed(list(_NUMBER.finditer(without_latex(text[-_MOST_CHARACTERS:])))))


def _first(matches: Iterable[re.Match[str]]) -> Number | None:
    """The first that can be read."""
    return next((number for match in matches if (number := _read(match)) is not None), None)


def _read(match: re.Match[str]) -> Number | None:
    """Every way to read one number; None where there is none."""
    with localcontext() as context:
        context.prec = _MOST_DIGITS
        try:
            values = tuple(dict.fromkeys(_signed(match, value) for value in _values(match)))
        except (DecimalException, ValueError):
            return None
    return Number(values, in_percent=match["percent"] is not None) if values else None


def _values(match: re.Match[str]) -> Iterator[Decimal]:
    """Without sign, power and per cent."""
    if match["whole"] is not None:
        yield Decimal(match["whole"]) + Decimal(match["over"]) / Decimal(match["under"])
    elif match["top"] is not None:
        yield from (over / under for over in _plain(match["top"]) for under in _plain(match["bottom"]))
    else:
        yield from _plain(match["plain"])


def _signed(match: re.Match[str], value: Decimal) -> Decimal:
    """With its sign and power of ten."""
    power = match["exponent"] or match["power"]
    scaled = value if power is None else value.scaleb(int(power.replace("\u2212", "-")))
    negative = (match["sign"] or "+").strip() in _MINUS or match["late"] is not None
    return -scaled if negative else scaled


def _plain(digits: str) -> Iterator[Decimal]:
    """Digits and separators as numbers; of a list (`1,2,3`) the last one."""
    found = list(_readings(digits)) or [re.split(r"\D", digits)[-1]]
    return map(Decimal, found)


def _readings(digits: str) -> Iterator[str]:
    """Thousands grouped, decimals, or either, in plain digits; nothing for a list, a version or an address."""
    groups, marks = re.split(r"\D", digits), re.findall(r"\D", digits)
    grouped = all(len(group) == _GROUP_DIGITS for group in groups[1:-1]) and 1 <= len(groups[0]) <= _GROUP_DIGITS
    if not marks or (grouped and len(set(marks)) == 1 and len(groups[-1]) == _GROUP_DIGITS):
        yield "".join(groups)
    if marks and marks[-1] in ".," and marks[-1] not in marks[:-1] and (grouped or len(marks) == 1):
        yield "".join(groups[:-1]) + "." + groups[-1]


def _near(found: Decimal, wanted: Decimal, tolerance: float | None) -> bool:
    """As `is_near` says, of one way to read each."""
    gap = abs(found - wanted)
    if tolerance is not None:
        return gap <= max(Decimal(repr(tolerance)) * max(abs(found), abs(wanted)), _LEAST)
    if found == found.to_integral_value() and wanted == wanted.to_integral_value():
        return gap == 0
    return gap <= max(_RELATIVE * max(abs(found), abs(wanted)), _LEAST) or _rounds_to(found, wanted)


def _rounds_to(found: Decimal, wanted: Decimal) -> bool:
    """Whether the found one, written with more decimals, rounds to the wanted one."""
    decimals = -int(wanted.as_tuple().exponent)
    if not 0 < decimals < _MOST_DIGITS // 2 or -int(found.as_tuple().exponent) <= decimals:
        return False
    return abs(found - wanted) * 2 <= Decimal(1).scaleb(-decimals)
