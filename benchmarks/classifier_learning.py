"""How the task-type classifier learns: Adam on its log loss, from what its concepts are believed to mean.

The model is that of features/classify.py and features/weighing.py; what is learned here is only its numbers. Order and
dropout come from a seed, so that two runs on one machine give the same weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from modelroute_cli.base.schema import TaskType
from modelroute_cli.features import sentence_signals as spoken
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import TASK_TYPES, softmax
from modelroute_cli.features.reading import Reading
from modelroute_cli.features.sentences import MARKS
from modelroute_cli.features.weighing import opened

TYPES = len(TASK_TYPES)
PULL = 2e-4  # towards what was believed
PULL_MARKS = 1e-4
BATCH = 128
MEMORY, SQUARES = 0.9, 0.99
FINAL_RATE = 0.02  # of the first

# What each concept of the vocabulary speaks for before anything was learned: weights are drawn towards these beliefs,
# not towards zero, so that a word no training row has still counts.
BELIEFS = {
    "translate": TaskType.TRANSLATION,
    "summarize": TaskType.SUMMARIZATION,
    "rewrite": TaskType.REWRITING,
    "classify": TaskType.CLASSIFICATION,
    "extract": TaskType.EXTRACTION,
    "email": TaskType.EMAIL,
    "headline": TaskType.HEADLINE,
    "copywriting": TaskType.COPYWRITING,
    "creative": TaskType.CREATIVE_WRITING,
    "analyze": TaskType.ANALYSIS,
    "reason": TaskType.REASONING,
    "math": TaskType.MATH,
    "code": TaskType.CODE,
    "question": TaskType.QUESTION_ANSWERING,
    "chat": TaskType.CONVERSATION,
    "chore": TaskType.OTHER,
    "picture": TaskType.OTHER,
    "act": TaskType.OTHER,
}
_PLACES = {
    "in the system message": 0.5,
    "at the beginning": 0.7,
    "at the end": 0.5,
    "in the middle": 0.1,
    "negated": -0.5,
    "first": 0.7,
    "last": 0.3,
    "as what to make": 1.0,
    "as the only thing to make": 5.0,
}
_SHOWN = {
    "question without numbers": (TaskType.QUESTION_ANSWERING, 0.7),
    "question with numbers": (TaskType.MATH, 0.5),
    "names a language that it is not written in": (TaskType.TRANSLATION, 1.5),
    "names a language that neither it nor the material is written in": (TaskType.TRANSLATION, 1.0),
    "names a language of the material": (TaskType.TRANSLATION, 0.5),
    "names two languages": (TaskType.TRANSLATION, 1.0),
    "a language to another": (TaskType.TRANSLATION, 4.0),
    "an arrow to a language": (TaskType.TRANSLATION, 3.0),
    "a field for a language": (TaskType.TRANSLATION, 2.0),
    "material in another language": (TaskType.TRANSLATION, 0.5),
    "examples answered in another language": (TaskType.TRANSLATION, 3.0),
    "examples answered by a few labels": (TaskType.CLASSIFICATION, 4.0),
    "examples answered shortly": (TaskType.CLASSIFICATION, 1.0),
    "examples answered by fields": (TaskType.EXTRACTION, 1.5),
    "examples answered by code": (TaskType.CODE, 1.5),
    "examples answered by about as much": (TaskType.REWRITING, 1.0),
}
_SAID = {"in a sentence": 0.75, "negated in a sentence": -0.25, "begins a sentence": 0.5}
_MARKED = {
    "ends in a colon": 0.7,
    "behind a colon": -0.7,
    "bracketed": -0.5,
    "body": -1.5,
    "middle": -0.5,
    "head first": 1.0,
    "tail last": 0.7,
    "system": 0.5,
}

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """The numbers of the classifier: the last column of `said` opens the gate, and word pieces have none."""

    signals: Floats
    said: Floats  # named features of sentences, then word pieces
    marks: Floats
    bias: Floats

    @property
    def parts(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All numbers, in order."""
        return self.signals, self.said, self.marks, self.bias


@dataclass(frozen=True, slots=True)
class Seen:
    """What the classifier sees of requests, as sparse matrices; `owner` is sentences by request."""

    signals: sparse.csr_matrix
    said: sparse.csr_matrix
    marks: sparse.csr_matrix
    owner: sparse.csr_matrix  # requests x sentences

    def only(self, rows: Labels) -> "Seen":
        """Some of the requests, in the order given."""
        owner = self.owner[rows]
        sentences = owner.indices
        counts = np.diff(owner.indptr)
        place = sparse.csr_matrix(
            (np.ones(len(sentences), np.float32), np.arange(len(sentences)), np.concatenate(([0], np.cumsum(counts)))),
            (len(rows), len(sentences)),
        )
        return Seen(self.signals[rows], self.said[sentences], self.marks[sentences], place)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how fast is learned."""

    rounds: int = 4
    rate: float = 0.02
    dropout: float = 0.3
    seed: int = 0


@dataclass(slots=True)
class _Adam:
    """Adam's memory of one array of numbers."""

    numbers: Floats
    mean: Floats = field(init=False)
    square: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.mean, self.square = np.zeros_like(self.numbers), np.zeros_like(self.numbers)

    def move(self, slope: Floats, rate: float, step: int) -> None:
        """One step downhill, in place."""
        self.mean += (1 - MEMORY) * (slope - self.mean)
        self.square += (1 - SQUARES) * (slope * slope - self.square)
        size = np.sqrt(self.square / (1 - SQUARES**step)) + np.float32(1e-6)
        self.numbers -= np.float32(rate / (1 - MEMORY**step)) * self.mean / size


def see(readings: Sequence[Reading], named_scale: float) -> Seen:
    """What the classifier sees of these requests."""
    block = seen.signals(readings, named_scale)
    said = spoken.said(readings)
    count = len(said.owner)
    signals = sparse.csr_matrix(
        (block.values, (block.rows, block.ids)), (len(readings), len(seen.names()) + seen.HASHED), dtype=np.float32
    )
    marks = sparse.csr_matrix(
        (said.marks.values, (said.marks.rows, said.marks.ids)), (count, len(MARKS)), dtype=np.float32
    )
    owner = sparse.csr_matrix(
        (np.ones(count, np.float32), (said.owner, np.arange(count))), (len(readings), count), dtype=np.float32
    )
    return Seen(signals, sparse.hstack((_named(said), _words(said)), "csr"), marks, owner)


def believed() -> Model:
    """The model before it has learned anything."""
    signals = np.zeros((len(seen.names()) + seen.HASHED, TYPES), np.float32)
    said = np.zeros((len(spoken.names()) + spoken.PIECES, TYPES + 1), np.float32)
    for concept, task_type in BELIEFS.items():
        column = TASK_TYPES.index(task_type)
        for place, strength in _PLACES.items():
            signals[seen.names().index(f"`{concept}` {place}"), column] = strength
        for place, strength in _SAID.items():
            said[spoken.names().index(f"`{concept}` {place}"), column] = strength
    for name, (task_type, strength) in _SHOWN.items():
        signals[seen.names().index(name), TASK_TYPES.index(task_type)] = strength
    marks = np.array([_MARKED.get(mark, 0.0) for mark in MARKS], np.float32)
    return Model(signals, said, marks, np.zeros(TYPES, np.float32))


def learn(data: Seen, labels: Labels, effort: Effort) -> Model:
    """The model that these requests teach."""
    used = [np.unique(matrix.indices) for matrix in (data.signals, data.said)]
    small = replace(data, signals=data.signals[:, used[0]], said=data.said[:, used[1]])
    whole = believed()
    start = Model(whole.signals[used[0]], whole.said[used[1]], whole.marks, whole.bias)
    gated = (used[1] < len(spoken.names())).astype(np.float32)
    found = _descend(small, labels, start, gated, effort)
    for part, rows, numbers in zip(whole.parts, used, found.parts[:2], strict=False):
        part[rows] = numbers
    return Model(whole.signals, whole.said, found.marks, found.bias)


def scores(data: Seen, model: Model) -> Floats:
    """The scores of requests, a row a request."""
    told, gates = _told(data, model)
    summed: Floats = data.owner @ (told[:, :TYPES] * gates[:, None]) + data.signals @ model.signals + model.bias
    return summed


def _descend(data: Seen, labels: Labels, start: Model, gated: Floats, effort: Effort) -> Model:
    """Adam over shuffled batches at a falling rate."""
    random = np.random.default_rng(effort.seed)
    model = Model(*(part.copy() for part in start.parts))
    steppers = [_Adam(part) for part in model.parts]
    step = 0
    for done in range(effort.rounds):
        rate = effort.rate * (1 - done / effort.rounds + FINAL_RATE)
        order = random.permutation(len(labels))
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            batch = _dropped(data.only(rows), effort.dropout, random)
            step += 1
            for stepper, slope in zip(steppers, _slopes(batch, labels[rows], model, gated), strict=True):
                stepper.move(slope, rate, step)
            _pull(steppers, start, rate)
    return model


def _pull(steppers: Sequence[_Adam], start: Model, rate: float) -> None:
    """Draw all numbers a little towards what was believed."""
    for stepper, origin in zip(steppers, start.parts, strict=True):
        stepper.numbers -= np.float32(rate * PULL * BATCH) * (stepper.numbers - origin)


def _slopes(batch: Seen, labels: Labels, model: Model, gated: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The slope of the mean log loss of a batch in each of the model's numbers."""
    told, gates = _told(batch, model)
    off = softmax(scores(batch, model))
    off[np.arange(len(labels)), labels] -= 1
    off /= len(labels)
    share = batch.owner.T @ off
    gate = (share * told[:, :TYPES]).sum(axis=1) * gates * (1 - gates)
    said = batch.said.T @ np.concatenate((share * gates[:, None], gate[:, None]), axis=1)
    said[:, TYPES] *= gated
    return batch.signals.T @ off, said, batch.marks.T @ gate, off.sum(axis=0)


def _told(data: Seen, model: Model) -> tuple[Floats, Floats]:
    """What each sentence says, and how much it counts."""
    told: Floats = data.said @ model.said
    return told, opened(told[:, TYPES] + data.marks @ model.marks)


def _dropped(batch: Seen, share: float, random: np.random.Generator) -> Seen:
    """The batch with a share of what is seen left out, and the rest made up for it."""
    for matrix in (batch.signals, batch.said):
        kept = random.random(len(matrix.data), np.float32) >= share
        matrix.data = matrix.data * kept / np.float32(1 - share)
    return batch


def _named(said: spoken.Said) -> sparse.csr_matrix:
    named = said.named
    shape = (len(said.owner), len(spoken.names()))
    return sparse.csr_matrix((named.values, (named.rows, named.ids)), shape, dtype=np.float32)


def _words(said: spoken.Said) -> sparse.csr_matrix:
    """Word pieces of sentences: sentences by words, times words by pieces."""
    known = {word: place for place, word in enumerate(dict.fromkeys(said.words))}
    columns = np.fromiter(map(known.__getitem__, said.words), np.int64, len(said.words))
    by_word = sparse.csr_matrix(
        (said.word_values, (said.word_rows, columns)), (len(said.owner), len(known)), dtype=np.float32
    )
    made = spoken.pieces(list(known))
    shape = (len(known), spoken.PIECES)
    return by_word @ sparse.csr_matrix((made.values, (made.rows, made.ids)), shape, dtype=np.float32)
