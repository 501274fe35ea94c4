"""The features of a block of requests: the one door of this room for who reads a job file."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from msgspec import json

from modelroute_cli.base.schema import Features, Request
from modelroute_cli.features.classify import Classifier, Guess
from modelroute_cli.features.hints import length_hint
from modelroute_cli.features.reading import Reading, read
from modelroute_cli.features.templates import template
from modelroute_cli.features.tokens import count_many
from modelroute_cli.jobs.job_file import Describe

_CHUNK = 200


def make_describe() -> Describe:
    """A function that finds the features of a block of requests, in order; loads classifier and vocabulary once."""
    classifier = Classifier.load()

    def describe(requests: Sequence[Request]) -> list[Features]:
        starts = range(0, len(requests), _CHUNK)
        return [each for start in starts for each in _describe(classifier, requests[start : start + _CHUNK])]

    return describe


def _describe(classifier: Classifier, requests: Sequence[Request]) -> list[Features]:
    """The features of a chunk: few enough that the readings of one chunk are gone before they burden the collector."""
    readings = [read(request) for request in requests]
    guesses = iter(classifier.guess([reading for reading in readings if reading.request.task_type is None]))
    judged = [Guess(request.task_type, 1.0) if request.task_type else next(guesses) for request in requests]
    return [_features(*each) for each in zip(readings, judged, _content_tokens(requests), strict=True)]


def _features(reading: Reading, guess: Guess, tokens: int) -> Features:
    request = reading.request
    source: Literal["row", "classifier"] = "classifier" if request.task_type is None else "row"
    return Features(
        task_type=guess.task_type,
        task_confidence=guess.confidence,
        task_source=source,
        language=reading.language,
        template=template(reading, guess.task_type),
        input_tokens=tokens,
        schema_tokens=_schema_tokens(json.encode(request.response_schema)) if request.response_schema else 0,
        length_hint_tokens=length_hint(reading, guess.task_type),
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
