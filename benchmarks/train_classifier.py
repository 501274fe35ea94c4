"""Trains the task-type classifier that ships, and says honestly how good it is on authors it has never seen.

    python benchmarks/train_classifier.py [--report-only | --no-report] [FILE ...]

Files are those of benchmarks/requests/, one an author, unless given. For each author a model is trained on the others
and asked about this one (leave one author out); temperature and threshold come from those answers, never from rows a
model was trained on. What ships is trained on all of them, and on benchmarks/own_requests.yaml.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from classifier_data import Labelled, files, joined, own, read
from classifier_learning import Effort, Floats, Labels, Model, Seen, learn, scores, see
from numpy.typing import NDArray

from modelroute_cli.base.schema import TaskType
from modelroute_cli.features import sentence_signals as spoken
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import TASK_TYPES, WEIGHTS, digest, softmax
from modelroute_cli.features.reading import read as reading

NAMED_SCALE = 0.7
COVERAGE = 0.86  # of requests that have a task are to be answered with confidence
COMPARED = 0.85  # the share of requests at which accuracy where confident is compared
OWN_TIMES = 4  # each of our own requests counts: they stand for what bulk users send
SEEDS = (0, 1, 2, 3)  # scores of models that learned in different order are added up
# What leave-one-author-out found last (`--no-report` takes them as they are).
TEMPERATURE, THRESHOLD = 1.1, 0.445
Right = NDArray[np.bool_]
_BINS = 10
_INT8 = 127


def ensemble(data: Seen, labels: Labels, rounds: int) -> Model:
    """The mean of models that learned in different order."""
    found = [learn(data, labels, Effort(rounds=rounds, seed=seed)) for seed in SEEDS]
    return Model(*(np.mean(parts, axis=0, dtype=np.float32) for parts in zip(*(m.parts for m in found), strict=True)))


def held_out(data: Seen, labels: Labels, authors: Labels, rounds: int) -> Floats:
    """The scores of each row by a model that has not seen its author; rows of the last author only train."""
    found = np.zeros((len(labels), len(TASK_TYPES)), np.float32)
    for author in range(authors.max()):
        known, asked = np.flatnonzero(authors != author), np.flatnonzero(authors == author)
        found[asked] = scores(data.only(asked), ensemble(data.only(known), labels[known], rounds))
    return found


def calibrate(found: Floats, labels: Labels) -> float:
    """The temperature with the least log loss on held-out scores."""
    grid = np.linspace(0.4, 2.4, 41)
    losses = [-np.log(softmax(found / each)[np.arange(len(labels)), labels] + 1e-12).mean() for each in grid]
    return round(float(grid[int(np.argmin(losses))]), 2)


def calibration_error(sure: Floats, right: Right) -> float:
    """How far confidence is from accuracy, on average over ten bins."""
    bins = np.minimum((sure * _BINS).astype(np.int64), _BINS - 1)
    gaps = [abs(sure[bins == each].mean() - right[bins == each].mean()) * (bins == each).mean() for each in set(bins)]
    return float(sum(gaps))


def say(title: str, shares: Floats, data: Labelled, threshold: float) -> None:
    """Print accuracy, plain and tricky, and what the threshold does."""
    right = shares.argmax(axis=1) == data.labels
    sure = shares.max(axis=1) >= threshold
    each = [right[data.labels == task_type].mean() for task_type in np.unique(data.labels)]
    answered = np.where(sure, shares.argmax(axis=1), TASK_TYPES.index(TaskType.OTHER)) == data.labels
    print(
        f"{title:12} {len(right):5} {right.mean():7.1%} {np.mean(each):7.1%} {right[~data.tricky].mean():7.1%} "
        f"{right[data.tricky].mean():7.1%} {sure[has_task(data.labels)].mean():9.1%} {right[sure].mean():7.1%} "
        f"{right[sure & data.tricky].mean():7.1%} {at_coverage(shares, right):7.1%} {answered.mean():9.1%} "
        f"{calibration_error(shares.max(axis=1), right):6.3f}"
    )


def at_coverage(shares: Floats, right: Right) -> float:
    """Accuracy on the share of requests that the classifier is surest of."""
    kept = np.argsort(-shares.max(axis=1), kind="stable")[: round(COMPARED * len(right))]
    return float(right[kept].mean())


def has_task(labels: Labels) -> Right:
    """Which requests say what to do."""
    return labels != TASK_TYPES.index(TaskType.OTHER)


def confusion(shares: Floats, labels: Labels) -> None:
    """Print which task types are taken for which."""
    counts = np.zeros((len(TASK_TYPES), len(TASK_TYPES)), np.int64)
    np.add.at(counts, (labels, shares.argmax(axis=1)), 1)
    print(f"\n{'':20}" + "".join(f"{task_type.value[:6]:>7}" for task_type in TASK_TYPES))
    for task_type, row in zip(TASK_TYPES, counts, strict=True):
        print(f"{task_type.value:20}" + "".join(f"{count:7}" for count in row))


def report(data: Seen, labelled: Sequence[Labelled], titles: Sequence[str], rounds: int) -> tuple[float, float]:
    """Leave one author out: print the table; give temperature and threshold."""
    everything = joined(labelled)
    authors = np.repeat(np.arange(len(labelled)), [len(part.labels) for part in labelled])
    found = held_out(data, everything.labels, authors, rounds)
    checked = joined(labelled[:-1])
    kept = slice(0, len(checked.labels))
    temperature = calibrate(found[kept], checked.labels)
    shares = softmax(found / temperature)
    threshold = float(np.quantile(shares[kept].max(axis=1)[has_task(checked.labels)], 1 - COVERAGE))
    print("author        rows     all   macro   plain  tricky  coverage   right  tricky  at 85%  answered    ECE")
    for author, (title, part) in enumerate(zip(titles, labelled[:-1], strict=True)):
        say(title, shares[authors == author], part, threshold)
    say("all", shares[kept], checked, threshold)
    confusion(shares[kept], checked.labels)
    print(f"\ntemperature {temperature:.2f}, threshold {threshold:.3f}")
    return round(temperature, 2), round(threshold, 3)


def save(path: Path, model: Model, temperature: float, threshold: float) -> None:
    """Write the weights: named signals in float16, hashed words in int8."""
    split, said = len(seen.names()), len(spoken.names())
    hashed, hashed_scale = _small(model.signals[split:])
    pieces, pieces_scale = _small(model.said[said:, :-1])
    np.savez_compressed(
        path,
        named=model.signals[:split].astype(np.float16),
        hashed=hashed,
        hashed_scale=hashed_scale,
        said=model.said[:said].astype(np.float16),
        pieces=pieces,
        pieces_scale=pieces_scale,
        marks=model.marks,
        bias=model.bias,
        numbers=np.array([NAMED_SCALE, temperature, threshold]),
        digest=digest(),
    )


def _small(matrix: Floats) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int8]], float]:
    """The matrix in whole steps of a scale; the few largest weights are cut."""
    scale = float(np.quantile(np.abs(matrix[matrix != 0]), 0.9999)) / _INT8
    return np.clip(np.round(matrix / scale), -_INT8, _INT8).astype(np.int8), scale


def main() -> None:
    """Report, train on everything, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", default=files())
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--report-only", action="store_true")
    parser.add_argument("--no-report", action="store_true")
    arguments = parser.parse_args()
    labelled = [*map(read, arguments.files), joined([own()] * OWN_TIMES)]
    everything = joined(labelled)
    data = see([reading(request) for request in everything.requests], NAMED_SCALE)
    temperature, threshold = TEMPERATURE, THRESHOLD
    if not arguments.no_report:
        titles = [path.stem for path in arguments.files]
        temperature, threshold = report(data, labelled, titles, arguments.rounds)
    if not arguments.report_only:
        save(WEIGHTS, ensemble(data, everything.labels, arguments.rounds), temperature, threshold)
        written = WEIGHTS.read_bytes()
        print(f"{WEIGHTS.name}: {len(written):,} bytes, sha256 {hashlib.sha256(written).hexdigest()}")


if __name__ == "__main__":
    main()
