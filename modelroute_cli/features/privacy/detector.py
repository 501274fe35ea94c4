"""The one door: which kinds of personal data stand in each request of a block."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.schema import PersonalData, Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.card import CARD_WORDS, cards
from modelroute_cli.features.privacy.finds import Find, Span
from modelroute_cli.features.privacy.iban import ibans
from modelroute_cli.features.privacy.ignoring import Ignored
from modelroute_cli.features.privacy.mail import mails
from modelroute_cli.features.privacy.national import ID_WORDS, LENGTHS_ALONE, national_ids
from modelroute_cli.features.privacy.phone import PHONE_WORDS, phones
from modelroute_cli.features.privacy.surroundings import any_around
from modelroute_cli.features.privacy.suspects import GAP, suspects

_NUMBERS = rf"[0-9](?:{GAP}{{0,3}}[0-9A-Z]){{5,}}"
_HEAD = 8  # characters before the first digit that may belong to it: `RSSMRA85`, `+(`, `AB 12`
_DAY = r"(?:19|20)?\d\d[-./]\d\d?[-./](?:19|20)?\d\d(?:[T ]\d\d)?"
_FINDERS: tuple[tuple[PersonalData, Callable[[str, int, int], Iterator[Span]]], ...] = (
    (PersonalData.IBAN, ibans),
    (PersonalData.CARD, cards),
    (PersonalData.NATIONAL_ID, national_ids),
    (PersonalData.PHONE, phones),
)
_MOST_KEPT = 1_024


class Detector:
    """Looks for the kinds that the settings name; keeps bits by text for the texts that many requests share."""

    def __init__(self, settings: PrivacySettings) -> None:
        self._kinds = frozenset(settings.detect)
        self._ignored = Ignored(settings.ignore)
        self._shared: dict[str, int] = {}

    def bits(self, requests: Sequence[Request]) -> NDArray[np.uint16]:
        """What the texts of each request hold, in order: its system message, its turns, its prompt; never its images.

        About a microsecond for a text of 300 characters without an at sign or six digits in a row.
        """
        found = np.zeros(len(requests), np.uint16)
        if not self._kinds:
            return found
        owners, texts = self._texts(requests, found)
        for place in suspects(texts):
            found[owners[place]] |= self._of(texts[place])
        return found

    def finds(self, text: str) -> list[Find]:
        """The personal data in one text, each place once; what is ignored is left out."""
        found: list[Find] = []
        for each in self._all(text):
            if not any(each.span.meets(other.span) for other in found):
                found.append(each)
        return found

    def _texts(self, requests: Sequence[Request], found: NDArray[np.uint16]) -> tuple[list[int], list[str]]:
        """The texts of all requests with the place of their request; those that are shared are answered for at once."""
        owners, texts = [], []
        for place, request in enumerate(requests):
            if request.system:
                found[place] |= self._of_shared(request.system)
            for text in (request.prompt,) if request.messages is None else [turn.content for turn in request.messages]:
                owners.append(place)
                texts.append(text or "")
        return owners, texts

    def _of_shared(self, text: str) -> int:
        """The bits of a text that many requests may share."""
        bits = self._shared.get(text)
        if bits is None:
            bits = self._of(text) if suspects([text]) else 0
            if len(self._shared) < _MOST_KEPT:
                self._shared[text] = bits
        return bits

    def _of(self, text: str) -> int:
        """The bits of a suspect text."""
        bits = 0
        for find in self._all(text):
            bits |= find.kind.bit
        return bits

    def _all(self, text: str) -> Iterator[Find]:
        """Every place, addresses first; a number that is one thing is not searched for another."""
        if PersonalData.EMAIL in self._kinds:
            for span in mails(text):
                if not self._ignored.has(text[span.start : span.end]):
                    yield Find(PersonalData.EMAIL, span)
        for window in compiled(_NUMBERS).finditer(text):
            if compiled(_DAY).fullmatch(window.group()) is None and not _says_nothing(
                text, window.start(), window.end()
            ):
                yield from self._numbers(text, max(0, window.start() - _HEAD), min(window.end() + 2, len(text)))

    def _numbers(self, text: str, start: int, end: int) -> Iterator[Find]:
        """What a stretch of digits holds."""
        taken: list[Span] = []
        for kind, finder in _FINDERS:
            for span in finder(text, start, end):
                if not any(span.meets(other) for other in taken):
                    taken.append(span)
                    if kind in self._kinds and not self._ignored.has(text[span.start : span.end]):
                        yield Find(kind, span)


def _says_nothing(text: str, start: int, end: int) -> bool:
    """Whether it is a bare run of digits that no word beside it says anything about: nothing is found in such."""
    if not text[start:end].isdigit() or text[start : start + 2] == "00" or end - start in LENGTHS_ALONE:
        return False
    is_apart = start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "+-(")
    return is_apart and not any_around(text, start, end, (PHONE_WORDS, CARD_WORDS, ID_WORDS))
