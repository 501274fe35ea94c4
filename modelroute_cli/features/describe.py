"""The features of a job, block by block, and its templates: the one door of this room for who reads a job file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from modelroute_cli.base.described import FeatureColumns, Templates
from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.filling import Filling
from modelroute_cli.features.judging import Judge, Judged
from modelroute_cli.features.kin import Kin, Pattern, Told
from modelroute_cli.features.learning import Learner
from modelroute_cli.features.likeness import likeness
from modelroute_cli.features.numbers import Numbers
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.prompt_text import prompt_text
from modelroute_cli.features.sample import Sample
from modelroute_cli.features.seeing import Seeing, Seen
from modelroute_cli.features.settling import Learned, settle
from modelroute_cli.features.slots import Member
from modelroute_cli.features.systems import Systems

__all__ = ["Describer", "settled"]


_MOST_MET = 256  # requests of a block that are looked at before a pattern's fields are known
_LEARNT = 3  # times a block is learned from: what the first time was too little may then be found


@dataclass(slots=True)
class _Family:
    """The requests of a block that are of one kin and ask for one length."""

    kin: Kin
    sizes: tuple[str, ...]
    places: list[int]
    read: list[int] = field(default_factory=list)  # places of those that are read


class Describer:
    """Describes one job, or a part of one: give it the blocks in order of rows, then ask for the templates.

    What it keeps is bounded, whatever the number of rows; requests that fit a known pattern are not read.
    """

    def __init__(self, classifier: Classifier | None = None, privacy: PrivacySettings | None = None) -> None:
        self._judge = Judge(classifier or Classifier.load())
        self._detector = Detector(privacy or PrivacySettings())
        self._numbers = Numbers()
        self._sample = Sample()
        systems = Systems()
        self._learner = Learner(self._judge, self._numbers, systems)
        self._seeing = Seeing(self._learner.known, systems)
        self._rows = 0

    def block(self, requests: Sequence[Request]) -> FeatureColumns:
        """The features of a block, in order; template numbers are provisional until `finish`."""
        seen = self._seeing.see(requests)
        filling = Filling(requests)
        alone, families = self._families(seen, self._fits(seen))
        self._vote(seen, families)
        for family in families:
            self._fill(seen, family, filling)
        for place, judged in zip(alone, self._judged(seen, alone), strict=True):
            text = prompt_text(requests[place])
            filling.put([place], _own(judged, self._numbers.rest(likeness(text, judged), text)))
        filling.found(self._detector.bits(requests))
        columns = filling.columns()
        self._numbers.meet(columns.template, self._rows)
        self._rows += len(requests)
        return columns

    def learned(self) -> Learned:
        """What this describer knows, for `settled`."""
        return Learned(self._sample.all(), self._numbers, self._rows)

    def finish(self) -> Templates:
        """The templates of all blocks."""
        return settle(self._judge, [self.learned()])

    def _fits(self, seen: Seen) -> list[Pattern | None]:
        """The pattern of each request, with what was learned from this very block."""
        for place, mark in enumerate(seen.marks):
            if mark < self._sample.below:
                self._sample.add(seen.sampled(place))
        fits = [home.shelf.kept(text) for home, text in zip(seen.homes, seen.texts, strict=True)]
        missed = fits.count(None)
        self._learner.count(len(fits) - missed, missed)
        for _ in range(_LEARNT):
            left = [place for place, fit in enumerate(fits) if fit is None]
            self._wait(seen, left)
            if not left or not self._learner.learn(self._sample):
                break
            for place in left:
                fits[place] = seen.homes[place].shelf.kept(seen.texts[place])
        return fits

    def _wait(self, seen: Seen, left: Sequence[int]) -> None:
        """Let requests that fit nothing wait to be mined."""
        self._learner.wait(len(left), lambda most: map(seen.sampled, left[-most:]))

    def _families(self, seen: Seen, fits: Sequence[Pattern | None]) -> tuple[list[int], list[_Family]]:
        """The places of requests that are to be read for themselves, and the families of all others."""
        met: dict[Pattern | None, list[int]] = {}
        for place, pattern in enumerate(fits):
            met.setdefault(pattern, []).append(place)
        alone, families = met.pop(None, []), []
        for pattern, places in met.items():
            if pattern is None or not self._known(seen, pattern, places):
                alone += places
            elif pattern.plain:
                families.append(_Family(self._learner.kin(pattern, ()), (), places))
            else:
                families += self._parted(seen, pattern, places)
        return alone, families

    def _known(self, seen: Seen, pattern: Pattern, places: Sequence[int]) -> bool:
        """Whether it is known which fields of a pattern matter; finds it out when enough requests are there."""
        if pattern.slots is None:
            fields = ((place, pattern.skeleton.fields(seen.texts[place])) for place in places[:_MOST_MET])
            self._learner.met(pattern, [Member(seen.sampled(place), said or ()) for place, said in fields])
        return pattern.slots is not None

    def _parted(self, seen: Seen, pattern: Pattern, places: Sequence[int]) -> list[_Family]:
        """The families of a pattern some of whose fields matter."""
        found: dict[tuple[Kin, tuple[str, ...]], _Family] = {}
        for place in places:
            fields = pattern.skeleton.fields(seen.texts[place]) or ()
            kin, sizes = self._learner.kin(pattern, pattern.asked(fields)), pattern.sized(fields)
            found.setdefault((kin, sizes), _Family(kin, sizes, [])).places.append(place)
        return list(found.values())

    def _vote(self, seen: Seen, families: Sequence[_Family]) -> None:
        """Read few of each family, and let them speak for it."""
        for family in families:
            family.read = [family.places[each] for each in family.kin.wanted(len(family.places), family.sizes)]
        asked = [(family, place) for family in families for place in family.read]
        for (family, place), judged in zip(asked, self._judged(seen, [place for _, place in asked]), strict=True):
            family.kin.vote(judged, family.sizes)
            family.kin.shown(prompt_text(seen.requests[place]))

    def _fill(self, seen: Seen, family: _Family, filling: Filling) -> None:
        """What a family shares; while its votes do not agree, what each request says for itself, up to a bound."""
        told = family.kin.tells(family.sizes)
        own = [] if told else family.places[: family.kin.spare()]
        for place, judged in zip(own, self._judged(seen, own), strict=True):
            filling.put([place], _own(judged, family.kin.number))
        family.kin.spent(len(own))
        told = told or family.kin.tells(family.sizes)
        if told is not None:
            filling.put(family.places[len(own) :], told)

    def _judged(self, seen: Seen, places: Sequence[int]) -> list[Judged]:
        """What the requests at these places are, read for themselves."""
        return self._judge.recall([seen.marks[place] for place in places], [seen.requests[place] for place in places])


def _own(judged: Judged, number: int) -> Told:
    """What a request says that was read for itself."""
    return Told(number, judged.answer.task_type, judged.confidence, judged.language, judged.hint)


def settled(parts: Iterable[Learned], classifier: Classifier | None = None) -> Templates:
    """The templates of a job whose parts were described by describers of their own, in order of rows.

    Provisional numbers and rows of a part begin where those of the part before it end.
    """
    return settle(Judge(classifier or Classifier.load()), list(parts))
