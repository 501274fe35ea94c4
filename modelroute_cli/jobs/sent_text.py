"""What a provider reads of a request, as one text: requests whose texts begin alike can share its prompt cache.

System message first, then the turns, each behind a mark with its role. Providers put tools and the schema of an answer
before all of it, so the text begins with them. Pictures, sound and PDFs end it: they stand in the last user turn, and
what follows them is not the beginning any more.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.jobs.media_forms import carries_any

_MARK = "\x1e"  # doubled where it stands in a text, so that no text can look like a turn
_SYSTEM = ("system", "developer")  # one and the same to a provider
_encode = msgspec.json.Encoder().encode


class Piece(NamedTuple):
    """A part of the text: what announces it, and what it says."""

    mark: str
    content: str


def sent_text(request: Request) -> str:
    """The whole text, marks included."""
    return "".join(f"{piece.mark}{piece.content}" for piece in _pieces(request))


def first_chars(request: Request, count: int) -> str:
    """The first `count` characters of the text, made of no more than these."""
    if request.messages is None and request.system is None and request.response_schema is None and not request.tools:
        head = (request.prompt or "")[:count]
        if _MARK not in head:
            return f"{_MARK}user {head}"[:count]
    return sent_text(request)[:count]


def contents(request: Request, chars: int) -> list[str]:
    """What stands in the first `chars` characters of the text, turn by turn, without marks, tools and schema."""
    found = []
    for piece in _pieces(request):
        room = chars - len(piece.mark)
        if room <= 0:
            break
        found.append(piece.content[:room].replace(_MARK * 2, _MARK))
        chars = room - len(piece.content)
    return [text for text in found if text]


class End(NamedTuple):
    """Where a beginning ends: inside (or at the end of) the `turn`-th turn, after `chars` of its own characters."""

    turn: int
    chars: int


def end_of(request: Request, chars: int) -> End | None:
    """Where the first `chars` characters of the text end, among its turns; None before the words of the first."""
    found, turn = None, 0
    for piece in _pieces(request):
        room = chars - len(piece.mark)
        if room <= 0:
            break
        chars = room - len(piece.content)
        if piece.mark.startswith(_MARK):
            found = End(turn, len(piece.content[:room].replace(_MARK * 2, _MARK)))
            turn += 1
    return found


def _pieces(request: Request) -> Iterator[Piece]:
    """The text in order."""
    if request.tools:
        yield Piece(_encode((request.tools, request.tool_choice)).decode("utf-8", "replace"), "")
    if request.response_schema is not None:
        yield Piece(_encode(request.response_schema).decode("utf-8", "replace"), "")
    for turn in _before_media(request):
        role = "system" if turn.role in _SYSTEM else turn.role
        yield Piece(f"{_MARK}{role} ", turn.content.replace(_MARK, _MARK * 2))


def _before_media(request: Request) -> tuple[Message, ...]:
    """The turns up to the one that carries pictures, sound or PDFs; all of them where there are none."""
    turns = request.turns()
    if not carries_any(request):
        return turns
    return turns[: max((at + 1 for at, turn in enumerate(turns) if turn.role == "user"), default=len(turns))]
