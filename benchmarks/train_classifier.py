"""Trains the task-type classifier that ships, and says honestly how good it is.

    python benchmarks/train_classifier.py ../shared/data/task_types.dev.jsonl ../shared/data/task_types.dev2.jsonl

Softmax regression with an L2 penalty, solved in its dual by accelerated gradient descent (numpy alone, no randomness
but the folds, which a seed fixes). Two files by two authors: trained on one and checked on the other, both ways.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import TASK_TYPES, WEIGHTS, score, softmax
from modelroute_cli.features.reading import read as reading

NAMED_SCALE = 0.7
PENALTY = 0.5
THRESHOLD = 0.2
FOLDS = 5
TRAIN_ONLY = -1  # the fold of rows that no check asks about
OWN = Path(__file__).parent / "own_requests.yaml"
STEPS = 300
_COLUMNS = 4096

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
}
_PLACES = (
    "in the system message",
    "at the beginning",
    "at the end",
    "in the middle",
    "negated",
    "first",
    "last",
    "as what to make",
    "as the only thing to make",
)
_STRENGTHS = (0.5, 0.7, 0.5, 0.1, -0.5, 0.7, 0.3, 1.0, 5.0)
_INT8 = 127

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Requests with their task types and what the author said of them."""

    requests: list[Request]
    labels: NDArray[np.int64]
    tricky: NDArray[np.bool_]
    language: list[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is learned from: how alike the requests are, their task types, and their scores before training."""

    alike: Doubles
    labels: NDArray[np.int64]
    believed: Doubles

    def without(self, rows: NDArray[np.bool_]) -> "Problem":
        """The problem with these rows left out."""
        kept = ~rows
        return Problem(self.alike[np.ix_(kept, kept)], self.labels[kept], self.believed[kept])


def read(path: Path) -> Labelled:
    """One author's file."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return Labelled(
        [Request(custom_id=row["id"], prompt=row["prompt"], system=row.get("system")) for row in rows],
        np.array([TASK_TYPES.index(TaskType(row["task_type"])) for row in rows]),
        np.array([bool(row.get("tricky") or row.get("note")) for row in rows]),
        [row["language"] for row in rows],
    )


def own() -> Labelled:
    """The requests written for this project, which train what ships and are no part of any check."""
    table: dict[str, list[str]] = yaml.safe_load(OWN.read_text())
    labelled = [(task_type, str(text).rpartition(" ||| ")) for task_type, texts in table.items() for text in texts]
    return Labelled(
        [
            Request(custom_id=f"own-{number}", system=told or None, prompt=asked)
            for number, (_, (told, _, asked)) in enumerate(labelled)
        ],
        np.array([TASK_TYPES.index(TaskType(task_type)) for task_type, _ in labelled]),
        np.zeros(len(labelled), np.bool_),
        ["und"] * len(labelled),
    )


def joined(parts: Sequence[Labelled]) -> Labelled:
    """All authors' files as one."""
    return Labelled(
        [request for part in parts for request in part.requests],
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.tricky for part in parts]),
        [language for part in parts for language in part.language],
    )


def gram(block: seen.Signals) -> Doubles:
    """How alike any two requests are: the inner products of their signals, plus one for the bias."""
    ids, columns = np.unique(block.ids, return_inverse=True)
    alike = np.ones((block.count, block.count))
    for start in range(0, len(ids), _COLUMNS):
        here = (columns >= start) & (columns < start + _COLUMNS)
        part = np.zeros((block.count, _COLUMNS), np.float32)
        np.add.at(part, (block.rows[here], columns[here] - start), block.values[here])
        alike += part @ part.T
    return alike


def beliefs() -> seen.Floats:
    """The weights before training: signals x task types."""
    matrix = np.zeros((len(seen.names()) + seen.HASHED, len(TASK_TYPES)), np.float32)
    for concept, task_type in BELIEFS.items():
        for place, strength in zip(_PLACES, _STRENGTHS, strict=True):
            matrix[seen.names().index(f"`{concept}` {place}"), TASK_TYPES.index(task_type)] = strength
    return matrix


def solve(known: Problem) -> Doubles:
    """The dual weights that, added to what is believed, minimise log loss with the penalty (Nesterov's descent)."""
    target = np.eye(len(TASK_TYPES))[known.labels]
    step = 1 / (np.linalg.eigvalsh(known.alike)[-1] / 2 + PENALTY)
    dual = ahead = np.zeros_like(target)
    momentum = 1.0
    for _ in range(STEPS):
        moved = ahead - step * (softmax(known.alike @ ahead + known.believed) - target + PENALTY * ahead)
        grown = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        dual, ahead, momentum = moved, moved + (momentum - 1) / grown * (moved - dual), grown
    return dual


def problem(block: seen.Signals, labels: NDArray[np.int64]) -> Problem:
    """The learning problem of a block of requests."""
    return Problem(gram(block), labels, score(block, beliefs()).astype(np.float64))


def held_out(whole: Problem, folds: NDArray[np.int64]) -> Doubles:
    """The scores of each row by a model that was trained without its fold; rows of TRAIN_ONLY always train."""
    scores = whole.believed.copy()
    for fold in np.unique(folds[folds != TRAIN_ONLY]):
        out = folds == fold
        scores[out] += whole.alike[np.ix_(out, ~out)] @ solve(whole.without(out))
    return scores


def calibrate(scores: Doubles, labels: NDArray[np.int64]) -> float:
    """The temperature with the least log loss on held-out scores."""
    grid = np.linspace(0.2, 2.0, 37)
    losses = [-np.log(softmax(scores / each)[np.arange(len(labels)), labels] + 1e-12).mean() for each in grid]
    return float(grid[int(np.argmin(losses))])


def weights(block: seen.Signals, dual: Doubles) -> Doubles:
    """The weight of every signal for every task type; the bias is the last row."""
    matrix = np.zeros((len(seen.names()) + seen.HASHED + 1, len(TASK_TYPES)))
    matrix[:-1] = beliefs()
    np.add.at(matrix, block.ids, dual[block.rows] * block.values[:, None])
    matrix[-1] = dual.sum(axis=0)
    return matrix


def save(path: Path, matrix: Doubles, temperature: float) -> None:
    """Write the weights: named signals in float16, hashed words in int8."""
    named, hashed = matrix[: len(seen.names())], matrix[len(seen.names()) : -1]
    scale = float(np.abs(hashed).max()) / _INT8
    np.savez_compressed(
        path,
        named=named.astype(np.float16),
        hashed=np.round(hashed / scale).astype(np.int8),
        hashed_scale=scale,
        bias=matrix[-1].astype(np.float32),
        numbers=np.array([NAMED_SCALE, temperature, THRESHOLD]),
        digest=seen.digest(),
    )


def say(title: str, scores: Doubles, data: Labelled, temperature: float) -> None:
    """Print accuracy, plain and tricky, and what the threshold does."""
    shares = softmax(scores / temperature)
    right = shares.argmax(axis=1) == data.labels
    sure = shares.max(axis=1) >= THRESHOLD
    answered = np.where(sure, shares.argmax(axis=1), TASK_TYPES.index(TaskType.OTHER)) == data.labels
    print(
        f"{title}: accuracy {right.mean():.1%} (plain {right[~data.tricky].mean():.1%}, "
        f"tricky {right[data.tricky].mean():.1%}); sure of {sure.mean():.1%}, of these right {right[sure].mean():.1%}; "
        f"as answered (`other` when unsure) {answered.mean():.1%}"
    )


def main() -> None:
    """Report, train on everything, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report-only", action="store_true")
    arguments = parser.parse_args()
    parts = [read(path) for path in arguments.files]
    data = joined([*parts, own()])
    block = seen.signals([reading(request) for request in data.requests], NAMED_SCALE)
    whole = problem(block, data.labels)
    checked = sum(len(part.labels) for part in parts)
    authors = np.repeat(np.arange(len(parts) + 1), [*(len(part.labels) for part in parts), len(data.labels) - checked])
    folds = np.random.default_rng(arguments.seed).permutation(checked) % FOLDS
    scores = held_out(whole, np.concatenate((folds, np.full(len(data.labels) - checked, TRAIN_ONLY))))[:checked]
    temperature = calibrate(scores, data.labels[:checked])
    say(f"{FOLDS}-fold cross-validation", scores, joined(parts), temperature)
    across = held_out(whole, np.where(authors < len(parts), authors, TRAIN_ONLY))
    for author, part in enumerate(parts):
        say(f"{arguments.files[author].name}, trained on the others", across[authors == author], part, temperature)
    if not arguments.report_only:
        save(WEIGHTS, weights(block, solve(whole)), temperature)
        print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
