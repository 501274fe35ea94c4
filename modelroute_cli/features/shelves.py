"""Which skeleton a text fits: a look at its first or last characters leaves few, and those are tried."""

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.skeletons import Skeleton

PROBE_CHARS = 10
MOST_LOOSE = 32  # of a shelf: skeletons that neither begin nor end with a constant; each is tried
MOST_ALIKE = 256  # skeletons that begin or end alike
MOST = 4_096  # skeletons

Kept = TypeVar("Kept")


class Fit(NamedTuple, Generic[Kept]):
    """What is kept with the skeleton that a text fits, and what the text has in its fields."""

    kept: Kept
    fields: tuple[str, ...]


class _Entry(NamedTuple, Generic[Kept]):
    skeleton: Skeleton
    kept: Kept


class Shelf(Generic[Kept]):
    """The skeletons of one context."""

    __slots__ = ("_begin", "_end", "_loose")

    def __init__(self) -> None:
        self._begin: dict[str, list[_Entry[Kept]]] = {}
        self._end: dict[str, list[_Entry[Kept]]] = {}
        self._loose: list[_Entry[Kept]] = []

    def find(self, text: str) -> Fit[Kept] | None:
        """What is kept with a skeleton that the text fits: of those that begin alike the one with most constant text.

        Beginnings come before ends, and ends before what is constant inside only.
        """
        return (
            _first(self._begin.get(text[:PROBE_CHARS], ()), text)
            or _first(self._end.get(text[-PROBE_CHARS:], ()), text)
            or _first([entry for entry in self._loose if entry.skeleton.anchor in text], text)
        )

    def kept(self, text: str) -> Kept | None:
        """The same without the fields."""
        for skeleton, kept in self._begin.get(text[:PROBE_CHARS], ()):
            if skeleton.fits(text):
                return kept
        for skeleton, kept in self._end.get(text[-PROBE_CHARS:], ()):
            if skeleton.fits(text):
                return kept
        for skeleton, kept in self._loose:
            if skeleton.fits(text):
                return kept
        return None

    def add(self, skeleton: Skeleton, kept: Kept) -> bool:
        """Keep a skeleton; False when the shelf knows it already or has no more room."""
        entries = self._place(skeleton)
        most = MOST_LOOSE if entries is self._loose else MOST_ALIKE
        if len(entries) >= most or any(_same(entry.skeleton, skeleton) for entry in entries):
            return False
        entries.append(_Entry(skeleton, kept))
        entries.sort(key=lambda entry: (-entry.skeleton.weight, entry.skeleton.constant))
        return True

    def _place(self, skeleton: Skeleton) -> list[_Entry[Kept]]:
        """The list that a text which fits is looked up in."""
        if len(skeleton.prefix) >= PROBE_CHARS:
            return self._begin.setdefault(skeleton.prefix[:PROBE_CHARS], [])
        if len(skeleton.suffix) >= PROBE_CHARS:
            return self._end.setdefault(skeleton.suffix[-PROBE_CHARS:], [])
        return self._loose


def _same(one: Skeleton, other: Skeleton) -> bool:
    return one.constant == other.constant


def _first(entries: Sequence[_Entry[Kept]], text: str) -> Fit[Kept] | None:
    for skeleton, kept in entries:
        found = skeleton.fields(text)
        if found is not None:
            return Fit(kept, found)
    return None


class Shelves(Generic[Kept]):
    """The skeletons of a job, at most MOST."""

    def __init__(self) -> None:
        self._shelves: dict[Context, Shelf[Kept]] = {}
        self._count = 0

    def find(self, text: PromptText) -> Fit[Kept] | None:
        """As `Shelf.find`, on the shelf of the text's context."""
        shelf = self._shelves.get(text.context)
        return shelf.find(text.text) if shelf else None

    def shelf(self, context: Context) -> Shelf[Kept]:
        """The shelf of a context."""
        return self._shelves.setdefault(context, Shelf())

    def add(self, skeleton: Skeleton, kept: Kept) -> bool:
        """Keep a skeleton on the shelf of its context; False when it is known or there is no more room."""
        added = self._count < MOST and self.shelf(skeleton.context).add(skeleton, kept)
        self._count += added
        return added

    def __len__(self) -> int:
        return self._count


def by_context(texts: Iterable[PromptText]) -> dict[Context, list[str]]:
    """The texts of each context."""
    found: dict[Context, list[str]] = {}
    for text in texts:
        found.setdefault(text.context, []).append(text.text)
    return found
