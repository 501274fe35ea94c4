"""The classifier that ships, on requests of an author that it was never trained on nor tuned with."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.reading import read

FILE = Path(__file__).parents[1] / "support" / "unseen_requests.jsonl"


class Labelled(Struct):
    """A request with the task type that a person gave it."""

    id: str
    task_type: TaskType
    tricky: bool
    prompt: str | None = None
    system: str | None = None
    messages: tuple[Message, ...] | None = None

    def request(self) -> Request:
        """As a job file has it."""
        return Request(custom_id=self.id, prompt=self.prompt, system=self.system, messages=self.messages)


@pytest.fixture(scope="module")
def labelled() -> list[Labelled]:
    """320 requests in 27 languages, twenty of each task type."""
    return [msgspec.json.decode(line, type=Labelled) for line in FILE.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def sure(labelled: Sequence[Labelled]) -> list[tuple[Labelled, bool]]:
    """Those with a task that it does not call `other`, and whether it is right about them."""
    guesses = Classifier.load().guess([read(each.request()) for each in labelled])
    return [
        (each, guess.task_type is each.task_type)
        for each, guess in zip(labelled, guesses, strict=True)
        if guess.task_type is not TaskType.OTHER
    ]


def share(found: Sequence[bool]) -> float:
    """Of those that hold."""
    return sum(found) / len(found)


def test_most_requests_are_given_a_task_type(
    labelled: Sequence[Labelled], sure: Sequence[tuple[Labelled, bool]]
) -> None:
    """Few requests that have a task are called `other`."""
    with_task = [each for each in labelled if each.task_type is not TaskType.OTHER]
    answered = [each for each, _ in sure if each.task_type is not TaskType.OTHER]
    assert len(answered) / len(with_task) >= 0.85


def test_what_is_given_a_task_type_is_given_the_right_one(sure: Sequence[tuple[Labelled, bool]]) -> None:
    """Nine of ten, and three of four where the text misleads."""
    assert share([right for _, right in sure]) >= 0.88
    assert share([right for each, right in sure if each.tricky]) >= 0.75
