"""A sample of a job that depends neither on the order of its rows nor on how they are dealt to processes."""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from msgspec.structs import replace

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.zones import READ_CHARS, bounded

MOST = 4_096
_LENGTH_BITS = 20
_MOST_LENGTH = (1 << _LENGTH_BITS) - 1
_NONE = 1 << 32 + _LENGTH_BITS


@dataclass(frozen=True, slots=True)
class Sampled:
    """A request as far as it is read, with its mark."""

    mark: int
    request: Request
    text: PromptText


def mark(said: str, seed: int) -> int:
    """A stable number for all of a text that is read, nearly random in its high bits."""
    read = said if len(said) <= 2 * READ_CHARS else f"{said[:READ_CHARS]}{said[-READ_CHARS:]}"
    return crc32(read.encode("utf-8", "replace"), seed) << _LENGTH_BITS | len(said) & _MOST_LENGTH


@lru_cache(maxsize=4_096)
def seed(context: Context) -> int:
    """A stable number for the context of a text."""
    return crc32(repr(context).encode("utf-8", "replace"))


def sampled(number: int, request: Request, text: PromptText) -> Sampled:
    """The request without what no reader looks at."""
    asked = replace(request, metadata={}, expected=None, images=("-",) if request.images else ())
    if len(text.text) <= 2 * READ_CHARS:
        return Sampled(number, asked, text)
    return Sampled(number, _shortened(asked), PromptText(text.context, bounded(text.text)))


def _shortened(request: Request) -> Request:
    """Each turn as it is read."""
    if request.messages is None:
        return replace(request, prompt=bounded(request.prompt or ""))
    turns = tuple(Message(turn.role, bounded(turn.content)) for turn in request.messages)
    return replace(request, messages=turns)


class Sample:
    """The requests with the least marks, each text once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[int, Sampled] = {}
        self._marks: list[int] = []
        self.below = _NONE  # a mark that is not below this is not wanted

    def __len__(self) -> int:
        return len(self._marks)

    def add(self, each: Sampled) -> None:
        """Keep it, if its mark is among the least."""
        if each.mark in self._kept or each.mark >= self.below:
            return
        self._kept[each.mark] = each
        insort(self._marks, each.mark)
        if len(self._marks) > self._most:
            del self._kept[self._marks.pop()]
            self.below = self._marks[-1]

    def update(self, others: Iterable[Sampled]) -> None:
        """Keep those of another sample."""
        for each in others:
            self.add(each)

    def all(self) -> list[Sampled]:
        """All of it, by mark."""
        return self.least(self._most)

    def least(self, count: int) -> list[Sampled]:
        """The first by mark."""
        return [self._kept[number] for number in self._marks[:count]]
