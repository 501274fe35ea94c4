"""Where a request says what it wants: its instruction, apart from the material that was pasted under it."""

# ruff: noqa: RUF001 - letters and marks of other scripts are meant

import re
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.features.layout import lay_out

READ_CHARS = 2_000  # of the start and of the end of a text: what stands between is material
_EDGE_CHARS = 260
_MIDDLE_CHARS = 300
_BODY_CHARS = 150  # of its beginning and of its end
_COLON_CHARS = 220
_LONG_MATERIAL = 80
_SYSTEM_CHARS = 600
_PARAGRAPH_CHARS = 420
_LEAST_PARAGRAPH = 12

_BREAK = re.compile(r"\n|[.!?。！？…:;](?=\s|$)|[。！？]")
_COLON = re.compile(r"[:：]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """The parts of a request, each of bounded length; a part that it does not have is empty."""

    system: str
    head: str  # how the last user turn begins, without quoted material
    tail: str  # how it ends, when that is not the head
    middle: str  # what stands between, as far as it may still be the user's own words
    body: str  # the rest, and what is quoted
    text: str  # the last user turn as read: its first and last READ_CHARS
    turns: int  # of user and assistant

    @property
    def instruction(self) -> str:
        """System message, beginning and end: where a request speaks of what it wants."""
        return "\n".join(part for part in (self.system, self.head, self.tail) if part)


def zones(request: Request) -> Zones:
    """Split the request; linear in READ_CHARS, whatever its length."""
    if request.messages is None:
        return _zones(request.system or "", request.prompt or "", 1)
    turns = request.turns()
    said = [turn.content for turn in turns if turn.role == "user"]
    told = "\n".join(turn.content for turn in turns if turn.role in ("system", "developer"))
    chat = sum(turn.role in ("user", "assistant") for turn in turns)
    return _zones(told, said[-1] if said else "", chat)


def bounded(text: str, chars: int = READ_CHARS) -> str:
    """The first and the last `chars` characters of a longer text, as two paragraphs."""
    if len(text) <= 2 * chars:
        return text
    return f"{text[:chars]}\n\n{text[-chars:]}"


def _zones(system: str, user: str, turns: int) -> Zones:
    """The zones of one user turn under one system message."""
    text = bounded(user).strip()
    laid = lay_out(text)
    asked = laid.asked or laid.plain
    head = _head(asked)
    rest = asked[len(head) :]
    tail = _tail(rest)
    between = rest[: len(rest) - len(tail)]
    if laid.asked and laid.plain:
        between = f"{between}\n{laid.plain}".strip()
    middle = between[:_MIDDLE_CHARS]
    return Zones(
        system=bounded(system, _SYSTEM_CHARS),
        head=head,
        tail=tail,
        middle=middle,
        body=bounded(f"{laid.material}\n{between[len(middle) :]}".strip(), _BODY_CHARS),
        text=text,
        turns=turns,
    )


def _head(plain: str) -> str:
    """The beginning: up to a colon with long material behind it, else whole sentences of about _EDGE_CHARS."""
    colon = _COLON.search(plain, 8, _COLON_CHARS)
    if colon and len(plain) - colon.end() > _LONG_MATERIAL:
        return plain[: colon.end()]
    if len(plain) <= _EDGE_CHARS:
        return plain
    paragraph = plain.find("\n\n", _LEAST_PARAGRAPH, _PARAGRAPH_CHARS)
    if paragraph >= 0:
        return plain[: paragraph + 2]
    ends = [found.end() for found in _BREAK.finditer(plain, 0, _EDGE_CHARS)]
    return plain[: ends[-1] if ends else _EDGE_CHARS]


def _tail(rest: str) -> str:
    """The end: the last sentences that fit in _EDGE_CHARS."""
    if len(rest) <= _EDGE_CHARS:
        return rest
    paragraph = rest.rfind("\n\n", len(rest) - _PARAGRAPH_CHARS, len(rest) - _LEAST_PARAGRAPH)
    if paragraph >= 0:
        return rest[paragraph + 2 :]
    start = _BREAK.search(rest, len(rest) - _EDGE_CHARS, len(rest) - 1)
    return rest[start.end() if start else len(rest) - _EDGE_CHARS :]
