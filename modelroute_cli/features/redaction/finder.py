"""What is to be replaced in a text: the personal data of some kinds, and listed terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.privacy.finds import Find, Span
from modelroute_cli.features.redaction.placeholders import TERM
from modelroute_cli.features.redaction.terms import UNSPACED, Terms

_TOUCHING = rf"[A-Za-z0-9]{UNSPACED}|{UNSPACED}[A-Za-z0-9+(]"


class Marked(NamedTuple):
    """A place that is to be replaced, and the kind of what stands there (PersonalData, or `term`)."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Finder:
    """A detector of personal data and some lists of terms."""

    detector: Detector
    terms: tuple[Terms, ...] = ()

    def marks(self, text: str) -> Iterator[Marked]:
        """The places in a text, in no order; they may meet each other."""
        yield from (Marked(find.kind.value, find.span) for find in self._finds(text))
        for terms in self.terms:
            yield from (Marked(TERM, span) for span in terms.spans(text))

    def _finds(self, text: str) -> list[Find]:
        """The personal data in a text.

        Where writing without spaces touches a number or an address, the text is read once more without that writing:
        the detector looks for whole words. What it finds then is narrower, and holds.
        """
        found = self.detector.finds(text)
        if compiled(_TOUCHING).search(text) is None:
            return found
        narrow = self.detector.finds(compiled(UNSPACED).sub("|", text))
        return [*narrow, *(find for find in found if not any(find.span.meets(each.span) for each in narrow))]
