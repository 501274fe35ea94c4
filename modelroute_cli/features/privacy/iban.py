"""IBANs: country, length and the remainder of ISO 7064 MOD 97-10."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.checksums import mod_97
from modelroute_cli.features.privacy.finds import Span

_HEAD = r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?=[ \u00a0-]?[A-Z0-9])"
_LENGTHS: Final = {
    length: frozenset(countries.split())
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL FK SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK MN",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ TL OM SO",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "PT ST LY",
        26: "IS TR",
        27: "BJ FR GR IT MC MR SM BI DJ",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
}  # the registry of SWIFT, release 99
_LENGTH_OF: Final = {country: length for length, countries in _LENGTHS.items() for country in countries}


def ibans(text: str, start: int, end: int) -> Iterator[Span]:
    """The places of IBANs that begin between `start` and `end`, in groups or in one piece."""
    for head in compiled(_HEAD).finditer(text, start, end):
        length = _LENGTH_OF.get(head.group()[:2])
        rest = None if length is None else compiled(_rest(length - 4)).match(text, head.end())
        if rest is not None and mod_97(compiled(r"[^A-Z0-9]").sub("", rest.group() + head.group())) == 1:
            yield Span(head.start(), rest.end())


@cache
def _rest(count: int) -> str:
    """So many letters and digits with single gaps, and then no more of the same piece."""
    return rf"(?:[ \u00a0-]?[A-Z0-9]){{{count}}}(?![A-Za-z0-9])"
