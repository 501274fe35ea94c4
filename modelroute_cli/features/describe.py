"""The features of a job, block by block, and its templates: the one door of this room for who reads a job file."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from modelroute_cli.base.described import OWN, TASK_TYPES, FeatureColumns, Templates
from modelroute_cli.base.schema import Features, Request
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.content_tokens import content_tokens, schema_tokens
from modelroute_cli.features.judging import Judge, Judged
from modelroute_cli.features.kin import Kin, Pattern, Told
from modelroute_cli.features.learning import Learner
from modelroute_cli.features.likeness import likeness
from modelroute_cli.features.numbers import Numbers
from modelroute_cli.features.sample import Sample
from modelroute_cli.features.seeing import Seeing, Seen
from modelroute_cli.features.settling import Learned, settle
from modelroute_cli.features.shelves import Fit
from modelroute_cli.features.slots import Member
from modelroute_cli.features.systems import Systems

__all__ = ["Describer", "make_describe", "settled"]


_LEARNT_TWICE = 2  # times a block is learned from: what the first time was too little may then be found


class _Fitting(NamedTuple):
    """Whose kin a request is, and what its fields say of the length."""

    kin: Kin
    sizes: tuple[str, ...]


class Describer:
    """Describes one job, or a part of one: give it the blocks in order of rows, then ask for the templates.

    What it keeps is bounded, whatever the number of rows; requests that fit a known pattern are not read.
    """

    def __init__(self, classifier: Classifier | None = None) -> None:
        self._judge = Judge(classifier or Classifier.load())
        self._numbers = Numbers()
        self._sample = Sample()
        systems = Systems()
        self._learner = Learner(self._judge, self._numbers, systems)
        self._seeing = Seeing(self._learner.known, systems)
        self._rows = 0

    def block(self, requests: Sequence[Request]) -> FeatureColumns:
        """The features of a block, in order; template numbers are provisional until `finish`."""
        see = self._seeing.see
        seen = [see(request) for request in requests]
        columns = _columns(requests, self._described(seen, self._fits(seen)))
        self._numbers.meet(columns.template, self._rows)
        self._rows += len(requests)
        return columns

    def learned(self) -> Learned:
        """What this describer knows, for `settled`."""
        return Learned(self._sample.all(), self._numbers, self._rows)

    def finish(self) -> Templates:
        """The templates of all blocks."""
        return settle(self._judge, [self.learned()])

    def _fits(self, seen: Sequence[Seen]) -> list[Fit[Pattern] | None]:
        """The pattern of each request, with what was learned from this very block."""
        for each in [each for each in seen if each.mark < self._sample.below]:
            self._sample.add(each.sampled())
        fits = [each.home.shelf.find(each.text) for each in seen]
        for _ in range(_LEARNT_TWICE):
            for each in [each for each, fit in zip(seen, fits, strict=True) if fit is None]:
                self._learner.wait(each.sampled())
            if not self._learner.learn(self._sample):
                break
            fits = [fit or each.home.shelf.find(each.text) for fit, each in zip(fits, seen, strict=True)]
        return fits

    def _described(self, seen: Sequence[Seen], fits: Sequence[Fit[Pattern] | None]) -> list[Told]:
        """What goes into the columns: read are requests that fit nothing, and few of those that fit a pattern."""
        fitting = [None if fit is None else self._fitting(each, fit) for each, fit in zip(seen, fits, strict=True)]
        asked = [place for place, each in enumerate(fitting) if each is None or each.kin.wanted(each.sizes)]
        judged = self._judged(seen, asked)
        for place, found in judged.items():
            each = fitting[place]
            if each is not None:
                each.kin.vote(found, each.sizes)
                each.kin.shown(seen[place].raw())
        told = [None if each is None else each.kin.tells(each.sizes) for each in fitting]
        left = [place for place, each in enumerate(told) if each is None and place not in judged]
        judged.update(self._judged(seen, left))
        return [each or self._alone(seen[place], fitting[place], judged[place]) for place, each in enumerate(told)]

    def _fitting(self, seen: Seen, fit: Fit[Pattern]) -> _Fitting | None:
        """Whose kin a request is; None while too little is known of its pattern."""
        pattern, fields = fit
        if pattern.slots is None:
            self._learner.met(pattern, Member(seen.sampled(), fields))
            return None
        return _Fitting(self._learner.kin(pattern, fields), pattern.sized(fields))

    def _judged(self, seen: Sequence[Seen], places: Sequence[int]) -> dict[int, Judged]:
        """What the requests at these places are, read for themselves."""
        marks, requests = [seen[place].mark for place in places], [seen[place].request for place in places]
        return dict(zip(places, self._judge.recall(marks, requests), strict=True))

    def _alone(self, seen: Seen, fitting: _Fitting | None, judged: Judged) -> Told:
        """What a request says that was read for itself."""
        number = fitting.kin.number if fitting else self._numbers.rest(likeness(seen.raw(), judged), seen.raw())
        return Told(number, judged.answer.task_type, judged.confidence, judged.language, judged.hint)


def settled(parts: Iterable[Learned], classifier: Classifier | None = None) -> Templates:
    """The templates of a job whose parts were described by describers of their own, in order of rows.

    Provisional numbers and rows of a part begin where those of the part before it end.
    """
    return settle(Judge(classifier or Classifier.load()), list(parts))


def _columns(requests: Sequence[Request], rows: Sequence[Told]) -> FeatureColumns:
    return FeatureColumns(
        task_type=np.array([row.task_type for row in rows], np.int8),
        task_confidence=np.array([row.confidence for row in rows], np.float32),
        from_row=np.array([request.task_type is not None for request in requests], np.bool_),
        language=[row.language for row in rows],
        template=np.array([row.number for row in rows], np.int32),
        input_tokens=np.array(content_tokens(requests), np.int64),
        schema_tokens=np.array([schema_tokens(request) for request in requests], np.int32),
        length_hint_tokens=np.array([row.hint for row in rows], np.int32),
    )


def make_describe() -> Callable[[Sequence[Request]], list[Features]]:
    """A function that finds the features of a block of requests, in order, each block a job of its own."""
    classifier = Classifier.load()

    def describe(requests: Sequence[Request]) -> list[Features]:
        describer = Describer(classifier)
        return features(describer.block(requests), describer.finish())

    return describe


def features(columns: FeatureColumns, templates: Templates) -> list[Features]:
    """The rows of a block as objects, with their templates."""
    places = columns.template
    voted = templates.task_type[places]
    own = (voted == OWN) | columns.from_row
    task_type = np.where(own, columns.task_type, voted)
    confidence = np.where(own, columns.task_confidence, templates.task_confidence[places])
    return [
        Features(
            task_type=TASK_TYPES[task_type[row]],
            task_confidence=float(confidence[row]),
            task_source="row" if columns.from_row[row] else "classifier",
            language=columns.language[row],
            template=templates.names[templates.number[places[row]]],
            input_tokens=int(columns.input_tokens[row]),
            schema_tokens=int(columns.schema_tokens[row]),
            length_hint_tokens=int(hint) if (hint := columns.length_hint_tokens[row]) >= 0 else None,
        )
        for row in range(len(places))
    ]
