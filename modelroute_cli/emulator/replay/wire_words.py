"""The words of a request as they are the same in every wire format: what a request on the wire is found by.

Formats put the system's turns in front, join or divide turns, mark cached beginnings inside a text, leave blank turns
out and add an instruction for the schema. So words are compared without any white space, the system's first.
"""

import hashlib
from collections.abc import Iterable, Sequence

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator import media
from modelroute_cli.emulator.asked import Asked, Turn
from modelroute_cli.emulator.media import Kind, Medium

_SYSTEM = frozenset({"system", "developer"})
_OPENING = "(The conversation begins.)"  # put before a chat that the assistant begins, by Anthropic's format
_SCHEMA_TOLD = "Answer with one JSON object and nothing else. It must meet this JSON Schema:"


def name_of(words: str, carried: Sequence[str] = ()) -> int:
    """64 bits that stand for the words and what the request carries (two of a million requests agree never)."""
    content = "\0".join((words, *sorted(carried)))
    return int.from_bytes(hashlib.blake2b(content.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def words_of(request: Request) -> str:
    """The words of a request of the job."""
    turns = request.turns()
    return _in_order((turn.role in _SYSTEM, turn.content) for turn in turns)


def words_asked(asked: Asked) -> str:
    """The words of a request on the wire, as they came."""
    return _in_order((turn.role == "system", turn.text) for turn in asked.turns if turn.text != _OPENING)


def words_without_schema(asked: Asked) -> str | None:
    """The same without the schema that a format tells in words; None where none is told."""
    if not any(_SCHEMA_TOLD in turn.text for turn in asked.turns):
        return None
    return _in_order((turn.role == "system", _before_schema(turn)) for turn in asked.turns if turn.text != _OPENING)


def exact_words(request: Request) -> list[str]:
    """The words of a request of the job with the white space inside them, to tell those apart that differ in it."""
    return [turn.content.strip() for turn in request.turns() if turn.content.strip()]


def exact_words_asked(asked: Asked) -> list[str]:
    """The same of a request on the wire."""
    return [turn.text.strip() for turn in asked.turns if turn.text.strip()]


def carried_by(request: Request) -> list[str]:
    """The keys of what a request carries inline or by address, as the emulator knows it."""
    kinds: Iterable[tuple[Kind, tuple[str, ...]]] = (
        ("image", request.images),
        ("audio", request.audio),
        ("file", request.files),
    )
    found = (media.from_url(kind, item) for kind, items in kinds for item in items)
    return keys_of(medium for medium in found if medium is not None)


def keys_of(carried: Iterable[Medium]) -> list[str]:
    """The keys of pictures, sound and files."""
    return [medium.key for medium in carried]


def bare(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


def _in_order(turns: Iterable[tuple[bool, str]]) -> str:
    """The system's words, then all others."""
    kept = list(turns)
    return "".join(bare(text) for first in (True, False) for is_system, text in kept if is_system is first)


def _before_schema(turn: Turn) -> str:
    return turn.text.partition(_SCHEMA_TOLD)[0]
