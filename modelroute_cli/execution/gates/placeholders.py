"""The gate `placeholders`: nothing is left that stands for what nobody filled in.

Two kinds: fields of mail merge and orders to insert something (`{{first_name}}`, `%NAME%`, `INSERT ... HERE`), which no
reader should ever see; and names in brackets (`[Your Name]`, `<company>`, three crosses), which take a word of
`data/placeholders.yaml`. Links, citations, stage directions, code and HTML are none, nor is what stands in the request.
"""

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from modelroute_cli.base.schema import Request
from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.execution.gates.subject import Subject

_MARKS = ("[", "{", "<", "%", "XX", "xxx", "【", "［", "〔")  # noqa: RUF001 - brackets of Chinese and Japanese
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_MERGE = re.compile(
    r"\{\{\s*[\w .|-]{1,60}?\s*\}\}|(?<![\w$])\{[a-z][a-z0-9]+(?:[_.][a-z0-9]{2,})+\}"
    r"|(?<![\w%])%{1,2}[A-Z][A-Z_]{2,30}%{1,2}|\$\{[A-Za-z_][\w.]{2,40}\}|<<[\w .-]{1,40}>>"
)
_BRACKETS = re.compile(
    r"(?<![A-Za-z0-9_\]!])\[(?P<square>[^\]\[\n(){}|\"%]{1,50})\](?![(\[]|:\s*\S*:)"
    r"|(?<![\w<])<(?P<angle>[^<>\n/=!\"]{2,40})>|(?<![\w${])\{(?P<curly>[^{}\n:;\"]{3,40})\}"
    r"|[【［〔](?P<wide>[^】］〕\n]{1,30})[】］〕](?!\s*(?:\n|\Z|[:：]))"  # noqa: RUF001 - likewise
)
_CROSSES = re.compile(
    r"(?<![\w.-])(?:X{4,}|(?:[a-zäöüß]\w*|[$€£]|\d) ?(?P<crosses>X{3}|x{3})|X{3}(?= ?[%€$£]|[-/]))(?![\w])"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HTML = frozenset("a abbr address article b body br button code data date div em head header i img label li link main menu nav ol option p pre section small span strong sub summary sup table td th time title tr u ul".split())  # fmt: skip  # noqa: E501, SIM905 - a list of names
_ORDER_HINTS = (
    "nser",
    "NSER",
    "einfüg",
    "EINFÜG",
    "invoeg",
    "wstaw",
    "nfoga",
    "orem ",
    "OREM ",
    "ここに",
    "在此",
    "此处",
)
_SIGNS = ("{", "%", "<<", *_ORDER_HINTS)  # one of them is in every field and order
_ASCII_SIGNS = tuple(sign for sign in _SIGNS if sign.isascii())
_MOST_WORDS = 5
_SHORTEST_STEM = 3
_READ_CHARACTERS = 200_000


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in `placeholders.yaml`."""

    words: dict[str, str]
    orders: str


def leftover(subject: Subject) -> str | None:
    """The first placeholder of an answer that the request does not have."""
    return _first(_every(subject.output), subject.request)


def leftover_field(output: str, request: Request) -> str | None:
    """The same for fields of mail merge and orders to insert alone; a few microseconds where there is none."""
    for mark in _ASCII_SIGNS if output.isascii() else _SIGNS:
        if mark in output:
            return _first(_merged(_CODE.sub(" ", output)), request)
    return None


def _first(found: Iterator[str], request: Request) -> str | None:
    given: str | None = None
    for placeholder in found:
        given = _given(request) if given is None else given
        if " ".join(placeholder.lower().split()) not in given:
            return f"`{placeholder}` is left in it"
    return None


def _given(request: Request) -> str:
    """All that the request says, as placeholders are compared with it."""
    text = "\n".join(turn.content for turn in request.turns())[-_READ_CHARACTERS:]
    return " ".join(f"{text}\n{_CODE.sub(' ', text)}".lower().split())


def _every(text: str) -> Iterator[str]:
    """Every placeholder of a text."""
    if not _marked(text):
        yield from _orders(text)
        return
    prose = _CODE.sub(" ", text)
    yield from _merged(prose)
    yield from (match[0] for match in _BRACKETS.finditer(prose) if _stands_for_something(match, prose))
    yield from (match["crosses"] or match[0] for match in _CROSSES.finditer(prose))


def _marked(text: str) -> bool:
    """Whether a text has any sign of placeholders; most have none."""
    for mark in _MARKS:  # noqa: SIM110 - every answer comes here, and a generator takes three times as long
        if mark in text:
            return True
    return False


def _merged(prose: str) -> Iterator[str]:
    yield from (match[0] for match in _MERGE.finditer(prose))
    yield from _orders(prose)


def _orders(text: str) -> Iterator[str]:
    for hint in _ORDER_HINTS:
        if hint in text:
            yield from (match[0] for match in _order().finditer(text.lower()))
            return


def _stands_for_something(match: re.Match[str], prose: str) -> bool:
    """Whether a bracketed text holds a word for what is to be filled in."""
    inside = match["square"] or match["angle"] or match["curly"] or match["wide"]
    if match["angle"] and (inside.lower() in _HTML or f"</{inside}>" in prose):
        return False
    return _names(inside)


def _names(inside: str) -> bool:
    """Whether a text has a word of the list; those without spaces are found anywhere."""
    if not inside.isascii() and any(word in inside for word in _wide_words()):
        return True
    words = _WORD.findall(inside.lower().replace("_", " "))
    return len(words) <= _MOST_WORDS and any(map(_is_listed, words))


def _is_listed(word: str) -> bool:
    whole, stems = _listed()
    return word in whole or any(word[:end] in stems for end in range(_SHORTEST_STEM, len(word) + 1))


@cache
def _wording() -> Wording:
    return shipped_table("placeholders.yaml", Wording)


@cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    """The words, and the beginnings of words."""
    words = [word for listed in _wording().words.values() for word in listed.split()]
    stems = frozenset(word.removesuffix("*") for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), stems


@cache
def _wide_words() -> tuple[str, ...]:
    return tuple(word for code in ("ja", "zh") for word in _wording().words[code].split())


@cache
def _order() -> re.Pattern[str]:
    return re.compile(_wording().orders.replace(" |", "|"))
