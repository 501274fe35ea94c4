"""A request as this room reads it: once, and bounded; all other modules look at this."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from modelroute_cli.base.schema import Request
from modelroute_cli.features.cues import Cue
from modelroute_cli.features.language import UNDETERMINED, language
from modelroute_cli.features.sentences import Sentence, cues_of, sentences
from modelroute_cli.features.words import Word
from modelroute_cli.features.zones import Zones, zones

_COLONS = (":", "\uff1a")
SYSTEM, HEAD, TAIL, MIDDLE, BODY = range(5)


@dataclass(frozen=True, slots=True)
class Part:
    """One zone: its sentences, and of all of them together the cues and words in order."""

    cues: tuple[Cue, ...]
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]


_NOTHING = Part((), (), ())


@dataclass(frozen=True, slots=True)
class Reading:
    """One request: its zones, the language of its instruction, and what its zones say, by ZONES."""

    request: Request
    zones: Zones
    language: str
    parts: tuple[Part, ...]


def read(request: Request) -> Reading:
    """Read the request; linear in at most 4,000 characters of it and 1,200 of its system message."""
    found = zones(request)
    spoken = _language(found)
    edges = (_part(text, spoken) for text in (found.head, found.tail))
    rest = (_part(text, spoken, whole=True) for text in (found.middle, found.body))
    return Reading(request, found, spoken, (_told(found.system), *edges, *rest))


def _language(found: Zones) -> str:
    """The language of what is asked: of what ends in a colon, else of both ends, else of the whole text."""
    asked = found.head if found.head.rstrip().endswith(_COLONS) else ""
    texts = (asked, f"{found.head}\n{found.tail}", found.text)
    return next((spoken for spoken in map(language, texts) if spoken != UNDETERMINED), UNDETERMINED)


@lru_cache(maxsize=4096)
def _told(system: str) -> Part:
    """The system message, which has a language of its own and which many requests share."""
    return _part(system, language(system))


def _part(text: str, spoken: str, *, whole: bool = False) -> Part:
    """One zone in a language."""
    if not text:
        return _NOTHING
    found = sentences(text, spoken, whole=whole)
    return Part(cues_of(found), tuple(chain.from_iterable([each.words for each in found])), found)
