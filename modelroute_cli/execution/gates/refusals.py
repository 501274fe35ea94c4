"""Refusals that come as plain text: short answers that say they cannot do it, in the languages jobs come in.

Only a short answer is looked at, and only its beginning: a long text that mentions what one cannot do is no refusal.
Nor is a letter, nor what a request asks for: a letter that declines, a translation of a refusal. How refusals are
worded stands in `data/refusals.yaml`.
"""

import re
from functools import cache

from msgspec import Struct

from modelroute_cli.base.schema import Request
from modelroute_cli.base.shipped import shipped_table

_LONGEST_CHARACTERS = 400
_BEGINNING_CHARACTERS = 200
_READ_CHARACTERS = 20_000


class Spoken(Struct, frozen=True, forbid_unknown_fields=True):
    """How one language refuses: words of which each refusal has one, and what it matches."""

    words: tuple[str, ...]
    patterns: tuple[str, ...]


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """The regular expressions of `refusals.yaml`."""

    said: dict[str, Spoken]  # by language
    letters: str  # how texts begin that are written to somebody
    asked: str  # words of requests that ask for a refusal


def is_refusal(text: str, request: Request) -> bool:
    """Whether an answer says that it will not do what was asked, and was not asked to say so."""
    return looks_like_refusal(text) and not _asks_for_it(request)


def looks_like_refusal(text: str) -> bool:
    """Whether a short answer begins by saying that it will not do what was asked."""
    if len(text) > _LONGEST_CHARACTERS and len(text.strip()) > _LONGEST_CHARACTERS:
        return False
    short = _plain(text.strip()[:_BEGINNING_CHARACTERS])
    return _refuses(short) and _letters().match(short) is None


def _asks_for_it(request: Request) -> bool:
    """Whether the request holds a refusal, or names one."""
    text = _plain("\n".join(turn.content for turn in request.turns())[-_READ_CHARACTERS:])
    return _asked().search(text) is not None or _refuses(text)


def _refuses(text: str) -> bool:
    """Whether a text holds a refusal; most texts have none of the words and cost a few microseconds."""
    return any(pattern.search(text) is not None for words, pattern in _said() if any(word in text for word in words))


def _plain(text: str) -> str:
    return text.lower().replace("\u2019", "'").replace("\uff0c", ",")


@cache
def _wording() -> Wording:
    return shipped_table("refusals.yaml", Wording)


@cache
def _said() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """The words of each language, with its patterns as one."""
    return tuple((spoken.words, _either(spoken.patterns)) for spoken in _wording().said.values())


def _either(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.DOTALL)


@cache
def _letters() -> re.Pattern[str]:
    return re.compile(_wording().letters)


@cache
def _asked() -> re.Pattern[str]:
    return re.compile(_wording().asked)
