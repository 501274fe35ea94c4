"""The features of a block of requests: the one door of this room for who reads a job file."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from msgspec import json

from modelroute_cli.base.schema import Features, Request
from modelroute_cli.features.classify import Classifier, Guess
from modelroute_cli.features.mining import Match, Miner
from modelroute_cli.features.output import output_kind
from modelroute_cli.features.reading import Reading, read
from modelroute_cli.features.sharing import LEAST_VOTERS, VOTERS, Shared, Sharing, Told, tell, told_by
from modelroute_cli.features.skeletons import Skeleton
from modelroute_cli.features.templates import Answer, key, likeness
from modelroute_cli.features.tokens import count_many
from modelroute_cli.jobs.job_file import Describe

_CHUNK = 200


def make_describe() -> Describe:
    """A function that finds the features of a job block by block, in order; loads classifier and vocabulary once.

    It keeps what it learns of the job's templates, bounded; make one for each job.
    """
    return _Describer(Classifier.load())


@dataclass(frozen=True, slots=True)
class _Seen:
    """A request as far as it was looked at: what its template says, or else its own reading."""

    request: Request
    tokens: int
    match: Match | None


class _Describer:
    """Describes a job; requests that fit a skeleton take what its first ones said, all others are read."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._miner = Miner()
        self._sharing = Sharing(classifier)

    def __call__(self, requests: Sequence[Request]) -> list[Features]:
        """The features of a block."""
        matches = self._miner.match(requests)
        self._let_vote(requests, matches)
        seen = list(map(_Seen, requests, _content_tokens(requests), matches))
        found: dict[int, Features] = {}
        for place, each in enumerate(seen):
            shared = self._sharing.of(each.match)
            if shared and each.match and each.request.task_type in (None, shared.guess.task_type):
                found[place] = _shared_features(each, each.match, shared)
        left = [place for place in range(len(seen)) if place not in found]
        for start in range(0, len(left), _CHUNK):
            places = left[start : start + _CHUNK]
            found.update(zip(places, self._read([seen[place] for place in places]), strict=True))
        return [found[place] for place in range(len(seen))]

    def _let_vote(self, requests: Sequence[Request], matches: Sequence[Match | None]) -> None:
        """Let the requests of each new skeleton vote, spread over the block."""
        members: defaultdict[Skeleton, list[Request]] = defaultdict(list)
        for request, match in zip(requests, matches, strict=True):
            if match is not None and match.skeleton.strong and not self._sharing.known(match.skeleton):
                members[match.skeleton].append(request)
        for skeleton, asked in members.items():
            if len(asked) >= LEAST_VOTERS:
                self._sharing.take(skeleton, [read(each) for each in asked[:: -(-len(asked) // VOTERS)]])

    def _read(self, seen: Sequence[_Seen]) -> list[Features]:
        """The features of a chunk: few enough that its readings are gone before they burden the collector."""
        readings = [read(each.request) for each in seen]
        guesses = iter(self._classifier.guess([each for each in readings if each.request.task_type is None]))
        judged = [Guess(each.request.task_type, 1.0) if each.request.task_type else next(guesses) for each in seen]
        return [_features(*each) for each in zip(seen, readings, judged, strict=True)]


def _shared_features(seen: _Seen, match: Match, shared: Shared) -> Features:
    """The features of a request from those of its skeleton."""
    told = told_by(shared, match, seen.request)
    answer = Answer(shared.guess.task_type, told.answer_language, shared.kind)
    return _made(seen, shared.guess, told, key(answer, match.skeleton.name))


def _features(seen: _Seen, reading: Reading, guess: Guess) -> Features:
    """The features of a request that was read for itself."""
    told = tell(reading, guess.task_type)
    name = seen.match.skeleton.name if seen.match else likeness(reading)
    answer = Answer(guess.task_type, told.answer_language, output_kind(reading, guess.task_type))
    return _made(seen, guess, told, key(answer, name))


def _made(seen: _Seen, guess: Guess, told: Told, template: str) -> Features:
    request = seen.request
    source: Literal["row", "classifier"] = "classifier" if request.task_type is None else "row"
    return Features(
        task_type=guess.task_type,
        task_confidence=1.0 if request.task_type else guess.confidence,
        task_source=source,
        language=told.language,
        template=template,
        input_tokens=seen.tokens,
        schema_tokens=_schema_tokens(json.encode(request.response_schema)) if request.response_schema else 0,
        length_hint_tokens=told.hint,
    )


def _content_tokens(requests: Sequence[Request]) -> list[int]:
    """o200k tokens of all turns of each request, without any frame."""
    turns = [[turn.content for turn in request.turns()] for request in requests]
    firsts = [_repeated_tokens(each[0]) if len(each) > 1 else 0 for each in turns]
    rest = [each[1:] if len(each) > 1 else each for each in turns]
    counts = iter(count_many([text for texts in rest for text in texts]))
    return [first + sum(next(counts) for _ in texts) for first, texts in zip(firsts, rest, strict=True)]


@lru_cache(maxsize=1024)
def _repeated_tokens(text: str) -> int:
    """Tokens of a text that many requests share, as a system message."""
    return count_many([text])[0]


@lru_cache(maxsize=1024)
def _schema_tokens(compact: bytes) -> int:
    """Tokens of a schema as it is sent, without blanks."""
    return count_many([compact.decode()])[0]
