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
from numpy.typing import NDArray

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import TASK_TYPES, WEIGHTS, softmax

NAMED_SCALE = 0.5
PENALTY = 1.0
THRESHOLD = 0.3
FOLDS = 5
STEPS = 300
_COLUMNS = 4096
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
class Trained:
    """Weights of the dual: what each training row adds to each task type."""

    dual: Doubles
    temperature: float


def read(path: Path) -> Labelled:
    """One author's file."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return Labelled(
        [Request(custom_id=row["id"], prompt=row["prompt"], system=row.get("system")) for row in rows],
        np.array([TASK_TYPES.index(TaskType(row["task_type"])) for row in rows]),
        np.array([bool(row.get("tricky") or row.get("note")) for row in rows]),
        [row["language"] for row in rows],
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


def solve(alike: Doubles, labels: NDArray[np.int64]) -> Doubles:
    """The dual weights that minimise log loss with the penalty: Nesterov's descent, deterministic."""
    target = np.eye(len(TASK_TYPES))[labels]
    step = 1 / (np.linalg.eigvalsh(alike)[-1] / 2 + PENALTY)
    dual = ahead = np.zeros_like(target)
    momentum = 1.0
    for _ in range(STEPS):
        moved = ahead - step * (softmax(alike @ ahead) - target + PENALTY * ahead)
        grown = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        dual, ahead, momentum = moved, moved + (momentum - 1) / grown * (moved - dual), grown
    return dual


def held_out(alike: Doubles, labels: NDArray[np.int64], folds: NDArray[np.int64]) -> Doubles:
    """The scores of each row by a model that was trained without its fold."""
    scores = np.zeros((len(labels), len(TASK_TYPES)))
    for fold in np.unique(folds):
        out = folds == fold
        scores[out] = alike[np.ix_(out, ~out)] @ solve(alike[np.ix_(~out, ~out)], labels[~out])
    return scores


def calibrate(scores: Doubles, labels: NDArray[np.int64]) -> float:
    """The temperature with the least log loss on held-out scores."""
    grid = np.linspace(0.2, 2.0, 37)
    losses = [-np.log(softmax(scores / each)[np.arange(len(labels)), labels] + 1e-12).mean() for each in grid]
    return float(grid[int(np.argmin(losses))])


def weights(block: seen.Signals, dual: Doubles) -> Doubles:
    """The weight of every signal for every task type; the bias is the last row."""
    matrix = np.zeros((len(seen.names()) + seen.HASHED + 1, len(TASK_TYPES)))
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
    data = joined(parts)
    block = seen.signals(data.requests, NAMED_SCALE)
    alike = gram(block)
    folds = np.random.default_rng(arguments.seed).permutation(len(data.labels)) % FOLDS
    scores = held_out(alike, data.labels, folds)
    temperature = calibrate(scores, data.labels)
    say(f"{FOLDS}-fold cross-validation", scores, data, temperature)
    authors = np.repeat(np.arange(len(parts)), [len(part.labels) for part in parts])
    across = held_out(alike, data.labels, authors)
    for author, part in enumerate(parts):
        say(f"{arguments.files[author].name}, trained on the others", across[authors == author], part, temperature)
    if not arguments.report_only:
        save(WEIGHTS, weights(block, solve(alike, data.labels)), temperature)
        print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
