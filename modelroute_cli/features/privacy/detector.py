"""The one door: which kinds of personal data stand in each request of a block."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.schema import PersonalData, Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.card import cards
from modelroute_cli.features.privacy.finds import Find, Span
from modelroute_cli.features.privacy.iban import ibans
from modelroute_cli.features.privacy.ignoring import Ignored
from modelroute_cli.features.privacy.mail import mails
from modelroute_cli.features.privacy.national import national_ids
from modelroute_cli.features.privacy.phone import phones
from modelroute_cli.features.privacy.suspects import STRETCH, suspects
from modelroute_cli.features.privacy.worth import CARD, IBAN, ID, PHONE, worth

EMAIL = PersonalData.EMAIL.bit
_KINDS = {kind.bit: kind for kind in PersonalData}
_HEAD = 8  # characters before the first digit that may belong to it: `RSSMRA85`, `+(`, `AB 12`
_FINDERS: tuple[tuple[int, Callable[[str, int, int], Iterator[Span]]], ...] = (
    (IBAN, ibans),
    (CARD, cards),
    (ID, national_ids),
    (PHONE, phones),
)
_LEAST_NUMBER = 7  # characters of the shortest number of any kind; each has digits
_MOST_KEPT = 1_024


class Detector:
    """Looks for the kinds that the settings name; keeps bits by text for the texts that many requests share."""

    def __init__(self, settings: PrivacySettings) -> None:
        self._kinds = frozenset(settings.detect)
        self._wanted = sum(kind.bit for kind in self._kinds)
        self._ignored = Ignored(settings.ignore)
        self._shared: dict[str, int] = {}

    def bits(self, requests: Sequence[Request]) -> NDArray[np.uint16]:
        """What the texts of each request hold, in order: its system message, its turns, its prompt; never its images.

        About a microsecond for a text of 300 characters without an at sign or six digits in a row.
        """
        found = [0] * len(requests)
        if not self._kinds:
            return np.array(found, np.uint16)
        systems = self._systems(requests)
        owners, texts = _texts(requests)
        for place, bits in self._of(texts):
            found[owners[place]] |= bits
        for place, request in enumerate(requests):
            if request.system:
                found[place] |= systems[request.system]
        return np.array(found, np.uint16)

    def finds(self, text: str) -> list[Find]:
        """The personal data in one text, each place once; what is ignored is left out."""
        found: list[Find] = []
        for each in self._all(text):
            if not any(each.span.meets(other.span) for other in found):
                found.append(each)
        return found

    def _systems(self, requests: Sequence[Request]) -> dict[str, int]:
        """The bits of system messages: those not met before are looked at once, and kept while there is room."""
        texts = dict.fromkeys(request.system for request in requests if request.system)
        new = [text for text in texts if text not in self._shared]
        if not new:
            return self._shared
        bits = [0] * len(new)
        for place, found in self._of(new):
            bits[place] |= found
        met = self._shared | dict(zip(new, bits, strict=True))
        if len(met) <= _MOST_KEPT:
            self._shared = met
        return met

    def _of(self, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The places of texts that hold something, with its bits; a place may come twice, with bits apart."""
        close = suspects(texts)
        if PersonalData.EMAIL in self._kinds:
            yield from ((place, EMAIL) for place in close.signs if self._has_mail(texts[place]))
        for place, stretches in zip(close.numbers, close.stretches, strict=True):
            bits = self._bits_of(texts[place], stretches)
            if bits:
                yield place, bits

    def _bits_of(self, text: str, stretches: Sequence[str]) -> int:
        """The bits of a text's numbers; a kind that it is known to hold is not looked for again."""
        known = 0
        for stretch in _worth_a_look(text, stretches):
            wanted = stretch.kinds & self._wanted & ~known
            for bit, _ in self._numbers(text, stretch, wanted) if wanted else ():
                known |= bit
                if not wanted & ~known:
                    break
        return known

    def _all(self, text: str) -> Iterator[Find]:
        """Every place, addresses first; a number that is one thing is not searched for another."""
        if PersonalData.EMAIL in self._kinds:
            yield from self._mails(text)
        for stretch in _worth_a_look(text, compiled(STRETCH).findall(text)):
            for bit, span in self._numbers(text, stretch, stretch.kinds & self._wanted):
                yield Find(_KINDS[bit], span)

    def _has_mail(self, text: str) -> bool:
        """Whether there is an address that counts; the first one is enough."""
        return any(not self._is_ignored(text, span) for span in mails(text))

    def _mails(self, text: str) -> Iterator[Find]:
        """The addresses that count."""
        return (Find(PersonalData.EMAIL, span) for span in mails(text) if not self._is_ignored(text, span))

    def _numbers(self, text: str, stretch: "_Stretch", wanted: int) -> Iterator[tuple[int, Span]]:
        """What a stretch of digits holds of the kinds whose bits are `wanted`: bits and places.

        Finders of other kinds are asked too where they come before one of these: what is a card is no telephone number.
        """
        taken: list[Span] = []
        start, end = max(0, stretch.start - _HEAD), min(stretch.end + 2, len(text))
        for bit, finder in _FINDERS:
            if not stretch.kinds & bit:
                continue
            for span in finder(text, start, end):
                if not (taken and any(span.meets(other) for other in taken)):
                    taken.append(span)
                    if wanted & bit and not self._is_ignored(text, span):
                        yield bit, span
            wanted &= ~bit
            if not wanted or (taken and not _has_room(text, start, end, taken[0])):
                return

    def _is_ignored(self, text: str, span: Span) -> bool:
        """Whether the user says that it is nobody's."""
        return self._ignored.has(text[span.start : span.end])


def _texts(requests: Sequence[Request]) -> tuple[list[int], list[str]]:
    """The texts of all requests, system messages apart, with the place of their request."""
    owners, texts = [], []
    for place, request in enumerate(requests):
        for text in (request.prompt,) if request.messages is None else [turn.content for turn in request.messages]:
            owners.append(place)
            texts.append(text or "")
    return owners, texts


class _Stretch(NamedTuple):
    """Digits, gaps and capitals in a text, and the bits of the kinds that they may be."""

    start: int
    end: int
    kinds: int


def _has_room(text: str, start: int, end: int, taken: Span) -> bool:
    """Whether another number could stand between `start` and `end`, outside of what is taken."""
    return end - taken.end >= _LEAST_NUMBER or compiled("[0-9]").search(text, start, taken.start) is not None


def _worth_a_look(text: str, stretches: Sequence[str]) -> list[_Stretch]:
    """Those of a text's stretches, given in order, that may be something."""
    kept: list[_Stretch] = []
    end = 0
    for stretch in stretches:
        start = text.index(stretch, end)
        end = start + len(stretch)
        kinds = worth(text, start, end)
        if kinds:
            kept.append(_Stretch(start, end, kinds))
    return kept
