"""What a request asks and what its answer will be, read once, so that it can vote for others of its kind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from modelroute_cli.base.described import NO_HINT
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.beginning import beginning
from modelroute_cli.features.classify import TASK_TYPES, Classifier, Guess
from modelroute_cli.features.cues import concepts
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.output import Kind, output_kind, output_language
from modelroute_cli.features.reading import HEAD, MIDDLE, SYSTEM, TAIL, Reading, read

Value = TypeVar("Value", str, int, Kind)

_SURE = 0.5  # of the voters know what they are asked, or nobody does
_DOING = frozenset(  # concepts that are a task; others say how it is to be done, or what about
    [
        "translate",
        "summarize",
        "rewrite",
        "classify",
        "extract",
        "headline",
        "creative",
        "analyze",
        "compare",
        "math",
        "code",
        "explain",
        "question",
        "write",
    ]
)
_ASKED_FOR = _DOING | {"email", "format"}
_CONFIDENT = 0.6
_MOST_KNOWN = 8_192
_CHUNK = 200  # few enough that the readings of one chunk are gone before they burden the collector
_TOLD = (SYSTEM, HEAD, TAIL, MIDDLE)
_PLACES = {task_type: place for place, task_type in enumerate(TASK_TYPES)}
_OTHER = _PLACES[TaskType.OTHER]


@dataclass(frozen=True, slots=True)
class Answer:
    """What makes the answers of a template alike: what was asked, their language, and their kind."""

    task_type: int  # place in TASK_TYPES
    language: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Judged:
    """What one request is, read for itself."""

    answer: Answer
    confidence: float
    language: str  # of the request
    hint: int  # NO_HINT where it does not say
    asked: frozenset[int]  # concepts that it names and that are a task
    beginning: str  # its first words, without what varies

    @property
    def translates(self) -> bool:
        """Whether it speaks of translating, whatever else it may be."""
        return concepts().index("translate") in self.asked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the requests of a template are, by the votes of some of them."""

    answer: Answer
    confidence: float
    language: str
    agreed: float  # share of the voters that alone would have been given the same answer
    dissent: float  # share of those that are sure of another one


class Judge:
    """Reads requests, in chunks; remembers the first it has read by their marks, bounded."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._known: dict[int, Judged] = {}
        self._asking: dict[str, bool] = {}

    def judge(self, requests: Sequence[Request]) -> list[Judged]:
        """What each request is, in order."""
        starts = range(0, len(requests), _CHUNK)
        return [each for start in starts for each in self._chunk(requests[start : start + _CHUNK])]

    def recall(self, marks: Sequence[int], requests: Sequence[Request]) -> list[Judged]:
        """The same for requests of these marks, some of which may have been read before."""
        new = {mark: request for mark, request in zip(marks, requests, strict=True) if mark not in self._known}
        found = dict(zip(new, self.judge(list(new.values())), strict=True))
        judged = [found.get(mark) or self._known[mark] for mark in marks]
        if len(self._known) < _MOST_KNOWN:
            self._known.update(found)
        return judged

    def asks(self, text: str) -> bool:
        """Whether a text names a task, or something that can be made."""
        if text not in self._asking:
            if len(self._asking) >= _MOST_KNOWN:
                self._asking.clear()
            self._asking[text] = bool(_named(read(Request(custom_id="-", prompt=text)), _ASKED_FOR))
        return self._asking[text]

    def _chunk(self, requests: Sequence[Request]) -> list[Judged]:
        readings = [read(request) for request in requests]
        return list(map(_judged, readings, self._classifier.guess(readings)))


def _judged(reading: Reading, guess: Guess) -> Judged:
    """What one reading says; the row's own word is taken as it is."""
    given = reading.request.task_type
    task_type = given or guess.task_type
    hint = length_hint(reading, task_type)
    return Judged(
        answer=Answer(_PLACES[task_type], output_language(reading, task_type), output_kind(reading, task_type)),
        confidence=guess.confidence if given is None else 1.0,
        language=reading.language,
        hint=NO_HINT if hint is None else hint,
        asked=_named(reading, _DOING),
        beginning=beginning(reading.zones.head),
    )


def _named(reading: Reading, concerned: frozenset[str]) -> frozenset[int]:
    """The concepts of some that a request names where it may speak of what it wants."""
    named = {cue.concept for zone in _TOLD for cue in reading.parts[zone].cues if not cue.negated}
    return frozenset(named) & _numbers(concerned)


@cache
def _numbers(names: frozenset[str]) -> frozenset[int]:
    return frozenset(number for number, name in enumerate(concepts()) if name in names)


def verdict(votes: Sequence[Judged], given: TaskType | None) -> Verdict:
    """What requests of one template are by their votes: the type with most confidence in all; at least one vote."""
    place, confidence = _voted(votes) if given is None else (_PLACES[given], 1.0)
    alike = [vote for vote in votes if vote.answer.task_type == place] or votes
    answer = Answer(place, most(each.answer.language for each in alike), most(each.answer.kind for each in alike))
    sure = sum(vote.confidence >= _CONFIDENT for vote in votes if vote.answer.task_type != place)
    language = most(each.language for each in votes)
    return Verdict(answer, confidence, language, agreed=len(alike) / len(votes), dissent=sure / len(votes))


def _voted(votes: Sequence[Judged]) -> tuple[int, float]:
    """The task type, and the mean confidence in it; `other` where too few know what they are asked."""
    sums: dict[int, float] = {}
    for vote in votes:
        sums[vote.answer.task_type] = sums.get(vote.answer.task_type, 0.0) + vote.confidence
    unsure = sum(vote.answer.task_type == _OTHER for vote in votes)
    if unsure <= (1 - _SURE) * len(votes):
        sums.pop(_OTHER, None)
    place = min(sums, key=lambda each: (-sums[each], each)) if unsure <= (1 - _SURE) * len(votes) else _OTHER
    return place, sums[place] / len(votes)


def most(values: Iterable[Value]) -> Value:
    """The most frequent, of several the least."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))
