"""What is to be replaced in a text: the personal data of some kinds, and listed terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from modelroute_cli.features.patterns import compiled
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.privacy.finds import Span
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
        """The places in a text, in no order; they may meet each other.

        Where writing without spaces touches a number or an address, the text is read once more with it taken away: the
        detector looks for whole words.
        """
        read = (text, compiled(UNSPACED).sub("|", text)) if compiled(_TOUCHING).search(text) else (text,)
        for each in read:
            yield from (Marked(find.kind.value, find.span) for find in self.detector.finds(each))
        for terms in self.terms:
            yield from (Marked(TERM, span) for span in terms.spans(text))
