"""What a request asks the model to do: one of the sixteen task types, with a confidence and what it rests on.

A linear model over `signals`, trained by benchmarks/train_classifier.py; no network, no download, the same everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import signals as seen
from modelroute_cli.features.reading import Reading, read
from modelroute_cli.features.shipped import DATA

Number = TypeVar("Number", np.float32, np.float64)

TASK_TYPES = tuple(TaskType)
WEIGHTS = DATA / "classifier.npz"
_EVIDENCE = 4
_NOTABLE = 0.1  # of what was added to the winner's score


@dataclass(frozen=True, slots=True)
class Classified:
    """A task type, how sure it is (0 to 1, calibrated), and what spoke for it, strongest first."""

    task_type: TaskType
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A task type and how sure it is, without the evidence."""

    task_type: TaskType
    confidence: float


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained model: scores are `signals @ matrix + bias`, shares are their softmax over `temperature`."""

    matrix: seen.Floats  # signals x task types
    bias: seen.Floats
    named_scale: float
    temperature: float
    threshold: float  # below this share the answer is `other`


class Classifier:
    """Classifies requests by trained weights; hold one and give it blocks."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Self:
        """The classifier that ships; ValueError when it was trained for another vocabulary."""
        with np.load(path) as stored:
            if str(stored["digest"]) != seen.digest():
                msg = f"`{path.name}` was trained for another vocabulary: run benchmarks/train_classifier.py"
                raise ValueError(msg)
            hashed = stored["hashed"].astype(np.float32) * float(stored["hashed_scale"])
            matrix = np.concatenate((stored["named"].astype(np.float32), hashed))
            bias, numbers = stored["bias"].astype(np.float32), stored["numbers"]
        return cls(Weights(matrix, bias, float(numbers[0]), float(numbers[1]), float(numbers[2])))

    def guess(self, readings: Sequence[Reading]) -> list[Guess]:
        """A guess for each request, in order, from its text alone."""
        if not readings:
            return []
        shares = self.shares(readings)
        best = shares.argmax(axis=1)
        return [self._guess(int(index), float(row[index])) for index, row in zip(best, shares, strict=True)]

    def vote(self, readings: Sequence[Reading]) -> Guess:
        """One guess for requests that ask for the same: the type with the highest mean share; ValueError for none."""
        mean = self.shares(readings).mean(axis=0)
        return self._guess(int(mean.argmax()), float(mean.max()))

    def shares(self, readings: Sequence[Reading]) -> seen.Floats:
        """The calibrated share of each task type, a row a request; rows sum to 1."""
        block = seen.signals(readings, self._weights.named_scale)
        scores = score(block, self._weights.matrix) + self._weights.bias
        return softmax(scores / self._weights.temperature)

    def classify(self, request: Request) -> Classified:
        """The task type of one request with its evidence; the row's own word is taken as it is."""
        if request.task_type is not None:
            return Classified(request.task_type, 1.0, ("the row says so",))
        reading = read(request)
        guess = self.guess([reading])[0]
        return Classified(guess.task_type, guess.confidence, self._evidence(reading))

    def _guess(self, index: int, share: float) -> Guess:
        sure = share >= self._weights.threshold
        return Guess(TASK_TYPES[index] if sure else TaskType.OTHER, share)

    def _evidence(self, reading: Reading) -> tuple[str, ...]:
        """The named signals that added most to the winner's lead over the mean of all, and the words as one."""
        block = seen.signals([reading], self._weights.named_scale)
        winner = int(self.shares([reading])[0].argmax())
        lead = self._weights.matrix[:, winner] - self._weights.matrix.mean(axis=1)
        gains = lead[block.ids] * block.values
        named = block.ids < len(seen.names())
        told = [(float(gain), seen.names()[index]) for index, gain in zip(block.ids[named], gains[named], strict=True)]
        told.append((float(gains[~named].sum()), "its words"))
        total = sum(max(gain, 0.0) for gain, _ in told)
        return tuple(name for gain, name in sorted(told, reverse=True)[:_EVIDENCE] if gain > _NOTABLE * total)


def score(block: seen.Signals, matrix: seen.Floats) -> seen.Floats:
    """The sum of each row's weighted signals: requests x task types."""
    scores = np.zeros((block.count, matrix.shape[1]), np.float32)
    if len(block.rows):
        starts = np.flatnonzero(np.diff(block.rows, prepend=-1))
        weighted = matrix[block.ids] * block.values[:, None]
        scores[block.rows[starts]] = np.add.reduceat(weighted, starts, axis=0)
    return scores


def softmax(scores: NDArray[Number]) -> NDArray[Number]:
    """Shares that sum to one in each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[Number] = powers / powers.sum(axis=1, keepdims=True)
    return shares
