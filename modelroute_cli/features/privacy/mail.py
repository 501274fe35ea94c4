"""E-mail addresses of people: not those reserved for examples, of machines, or in file names and code."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.finds import Span

_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_LONGEST_DOMAIN = 255
_OF_A_COUNTRY = 2  # letters of its name
_LOCAL = r"[\w.+%'&-]+"  # read backwards from the sign
_DOMAIN = r"(?:[\w-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})(?![\w@(]|\.\w)"
_SPELLED = r"(?i)([\w.+-]{1,64}) ?[\[(]at[\])] ?([\w-]{1,63}(?: ?(?:\.|[\[(](?:dot|punkt)[\])]) ?[\w-]{2,63}){1,4})"
_RESERVED: Final = r"(?i)(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$"  # RFC 2606
_MACHINES: Final = {
    f"{start}{gap}reply" for start in ("no", "donot", "do-not", "do_not", "do.not") for gap in ("", "-", "_", ".")
} | {"mailer-daemon", "git", "hg", "svn"}
_NAMES: Final = """
    com net org edu gov mil int info biz name pro aero coop museum jobs mobi travel tel cat asia post app dev
    online shop store site tech blog cloud email company agency solutions services group gmbh ltd inc llc berlin
    hamburg koeln cologne bayern ruhr saarland wien tirol swiss paris bzh corsica alsace london scot wales cymru
    nyc tokyo amsterdam frl brussels gent vlaanderen madrid barcelona eus gal quebec istanbul moscow sydney
    melbourne world international global digital media studio design network systems software consulting expert
    legal law health care clinic doctor dental hospital education school academy university institute foundation
    charity church bank finance insurance capital ventures partners management marketing press news live life
    today space website web page link click host hosting support help team work works zone center community
    social chat club fun games art photo photography gallery video film music band style fashion shoes jewelry
    beauty salon fitness yoga restaurant cafe bar pub pizza coffee food kitchen recipes wine beer vodka farm
    garden green eco bio energy solar construction builders house homes properties estate immo haus land city
    town reviews guru ninja rocks xyz top icu vip one local internal lan
"""
_FILES: Final = (
    "png jpg jpeg gif svg webp avif bmp ico css scss js mjs ts jsx tsx json html htm php exe pdf txt yml yaml"
)


def mails(text: str) -> Iterator[Span]:
    """The places of addresses; linear in the text."""
    at = text.find("@")
    while at >= 0:
        found = _around(text, at)
        if found is not None:
            yield found
        at = text.find("@", at + 1)
    yield from _spelled(text)


def _around(text: str, at: int) -> Span | None:
    """The address whose sign stands at `at`."""
    domain = compiled(_DOMAIN).match(text, at + 1, at + 1 + _LONGEST_DOMAIN)
    local = compiled(_LOCAL).match(text[max(0, at - _LONGEST_LOCAL) : at][::-1]) if domain else None
    if domain is None or local is None:
        return None
    name = local.group()[::-1].lstrip(".'&%-")
    start = at - len(name)
    is_mail = is_address(name, domain.group()) and not _is_login(text, start)
    return Span(start, domain.end()) if is_mail else None


def is_address(name: str, domain: str) -> bool:
    """Whether a name and a domain make the address of a person."""
    if not name or name.endswith(".") or ".." in name or name.lower() in _MACHINES:
        return False
    return _is_domain(domain)


@lru_cache(maxsize=4_096)
def _is_domain(domain: str) -> bool:
    """Whether the last part is one of the world's, none kept for examples, and the first no version or size."""
    if compiled(_RESERVED).search(domain):
        return False
    last = domain.rpartition(".")[2].lower()
    known = (
        len(last) == _OF_A_COUNTRY or last in _words(_NAMES) or last.startswith("xn--") or not last.isascii()
    ) and last not in _words(_FILES)
    return known and compiled(r"\d+(?:\.\d|x\.)|-|.*-\.").match(domain) is None


@cache
def _words(listed: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(listed.split())


def _is_login(text: str, start: int) -> bool:
    """Whether it is the user of an address of the web, `https://user:secret@host`, or a handle, `@user@host`."""
    before = text[start - 1 : start]
    if before == "@" or not before or before.isspace():
        return before == "@"
    scheme = text.rfind("://", max(0, start - _LONGEST_DOMAIN), start)
    return scheme >= 0 and compiled(r"[/\s?]").search(text, scheme + 3, start) is None


def _spelled(text: str) -> Iterator[Span]:
    """Addresses written against harvesters: `anna [at] web [dot] de`."""
    if ("(" not in text and "[" not in text) or compiled(r"(?i)\(at\)|\[at\]").search(text) is None:
        return
    for found in compiled(_SPELLED).finditer(text):
        domain = compiled(r"(?i) ?[\[(](?:dot|punkt)[\])] ?| ").sub(
            lambda gap: "." if gap.group().strip() else "", found[2]
        )
        if is_address(found[1], domain):
            yield Span(found.start(), found.end())
