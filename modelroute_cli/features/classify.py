"""What a request asks the model to do: one of the sixteen task types, with a confidence and what it rests on.

Linear weights over the `signals` of the whole request, and over its sentences, each counting as much as its place, look
and cues say; trained by benchmarks/train_classifier.py. No network, no download, the same everywhere.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import sentence_signals
from modelroute_cli.features import signals as seen
from modelroute_cli.features.reading import Reading, read
from modelroute_cli.features.sentences import MARKS
from modelroute_cli.features.shipped import DATA
from modelroute_cli.features.weighing import SentenceWeights, Weigher, weighted

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
    """The trained model: scores of signals and of sentences add up, shares are their softmax over `temperature`."""

    matrix: seen.Floats  # signals x task types
    bias: seen.Floats
    sentences: SentenceWeights
    named_scale: float
    temperature: float
    threshold: float  # below this share the answer is `other`


class Classifier:
    """Classifies requests by trained weights; hold one and give it blocks."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._weigher = Weigher(weights.sentences)

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Self:
        """The classifier that ships; ValueError when it was trained for another vocabulary."""
        with np.load(path) as stored:
            if str(stored["digest"]) != digest():
                msg = f"`{path.name}` was trained for another vocabulary: run benchmarks/train_classifier.py"
                raise ValueError(msg)
            hashed = stored["hashed"].astype(np.float32) * float(stored["hashed_scale"])
            matrix = np.concatenate((stored["named"].astype(np.float32), hashed))
            pieces = stored["pieces"].astype(np.float32) * float(stored["pieces_scale"])
            said = SentenceWeights(stored["said"].astype(np.float32), pieces, stored["marks"].astype(np.float32))
            bias, numbers = stored["bias"].astype(np.float32), stored["numbers"]
        return cls(Weights(matrix, bias, said, float(numbers[0]), float(numbers[1]), float(numbers[2])))

    def guess(self, readings: Sequence[Reading]) -> list[Guess]:
        """A guess for each request, in order, from its text alone."""
        if not readings:
            return []
        shares = self.shares(readings)
        best = shares.argmax(axis=1)
        return [self._guess(int(index), float(row[index])) for index, row in zip(best, shares, strict=True)]

    def shares(self, readings: Sequence[Reading]) -> seen.Floats:
        """The calibrated share of each task type, a row a request; rows sum to 1."""
        block = seen.signals(readings, self._weights.named_scale)
        scores = score(block, self._weights.matrix) + self._weights.bias
        scores += self._weigher.scores(sentence_signals.said(readings), len(readings))
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
        winner = int(self.shares([reading])[0].argmax())
        told, words = self._signals_gains(reading, winner)
        said, more = self._sentence_gains(reading, winner)
        named = _by_concept([*told, *said, (words + more, "its words")])
        total = sum(max(gain, 0.0) for gain, _ in named)
        best, *others = sorted(named, reverse=True)[:_EVIDENCE]
        return (best[1], *(name for gain, name in others if gain > _NOTABLE * total))

    def _signals_gains(self, reading: Reading, winner: int) -> tuple[list[tuple[float, str]], float]:
        """What each named signal of the whole request added to the winner's lead, and what the hashed words did."""
        block = seen.signals([reading], self._weights.named_scale)
        gains = _lead(self._weights.matrix, winner)[block.ids] * block.values
        named = block.ids < len(seen.names())
        told = zip(gains[named].tolist(), block.ids[named].tolist(), strict=True)
        return [(gain, seen.names()[index]) for gain, index in told], float(gains[~named].sum())

    def _sentence_gains(self, reading: Reading, winner: int) -> tuple[list[tuple[float, str]], float]:
        """The same of the sentences, each as much as it counts."""
        said = sentence_signals.said([reading])
        told, gates = self._weigher.told(said)
        gains = _lead(self._weights.sentences.named[:, :-1], winner)[said.named.ids] * said.named.values
        gains *= gates[said.named.rows]
        summed: dict[str, float] = {}
        for index, gain in zip(said.named.ids.tolist(), gains.tolist(), strict=True):
            name = sentence_signals.names()[index]
            summed[name] = summed.get(name, 0.0) + gain
        whole = float((_lead(told, winner) * gates).sum())
        return [(gain, name) for name, gain in summed.items()], whole - float(gains.sum())


def digest() -> str:
    """Tells whether weights were trained for these very signals."""
    return hashlib.sha256("\n".join((seen.digest(), *sentence_signals.names(), *MARKS)).encode()).hexdigest()[:16]


def _by_concept(named: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """What signals of one concept added together, under the name of the strongest; pairs stand for themselves."""
    groups: dict[str, list[tuple[float, str]]] = {}
    for gain, name in named:
        concept = name if "` with `" in name else name.rpartition("`")[0] or name
        groups.setdefault(concept, []).append((gain, name))
    return [(sum(gain for gain, _ in members), max(members)[1]) for members in groups.values()]


def _lead(matrix: seen.Floats, winner: int) -> seen.Floats:
    """How much more each row says for the winner than for the mean of all."""
    lead: seen.Floats = matrix[:, winner] - matrix.mean(axis=1)
    return lead


def score(block: seen.Signals, matrix: seen.Floats) -> seen.Floats:
    """The sum of each row's weighted signals: requests x task types."""
    return weighted(sentence_signals.Entries(block.rows, block.ids, block.values), matrix, block.count)


def softmax(scores: NDArray[Number]) -> NDArray[Number]:
    """Shares that sum to one in each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[Number] = powers / powers.sum(axis=1, keepdims=True)
    return shares
