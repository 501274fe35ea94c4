"""Rules of the training script: the same data gives the same weights, and held-out figures stay honest."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from support.shared import shared_data

from modelroute_cli.base.schema import TaskType
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import TASK_TYPES, WEIGHTS, Classifier
from modelroute_cli.features.reading import read

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "train_classifier.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """benchmarks/train_classifier.py as a module."""
    spec = importlib.util.spec_from_file_location("train_classifier", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_own_requests_cover_every_task_type(script: ModuleType) -> None:
    """Each task type has at least seven requests of our own, and no text has two types."""
    own = script.own()
    assert np.bincount(own.labels, minlength=len(TASK_TYPES)).min() >= 7
    texts = [(request.system, request.prompt) for request in own.requests]
    assert len(set(texts)) == len(texts)


def test_training_is_deterministic(script: ModuleType, tmp_path: Path) -> None:
    """The same requests give the same file, byte for byte."""
    own = script.own()
    block = seen.signals([read(request) for request in own.requests[:60]], script.NAMED_SCALE)
    known = script.problem(block, own.labels[:60])
    for name in ("one.npz", "two.npz"):
        script.save(tmp_path / name, script.weights(block, script.solve(known)), 1.0)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert Classifier.load(tmp_path / "one.npz").guess([read(own.requests[0])])[0].task_type == TaskType.EMAIL


def test_dual_weights_give_the_scores_of_the_primal_ones(script: ModuleType) -> None:
    """What was trained on inner products is what ships as weights, but for rounding."""
    own = script.own()
    block = seen.signals([read(request) for request in own.requests[:40]], script.NAMED_SCALE)
    known = script.problem(block, own.labels[:40])
    dual = script.solve(known)
    matrix = script.weights(block, dual)
    primal = script.score(block, matrix[:-1].astype(np.float32)) + matrix[-1]
    assert np.allclose(primal, known.alike @ dual + known.believed, atol=1e-3)


def test_held_out_accuracy_has_a_floor(script: ModuleType) -> None:
    """Trained on one author and checked on the other, both ways: a change that costs accuracy is seen here.

    Measured 2026-11: 72.1% and 69.9%. Raise the floor with the figure; lower it only with a reason.
    """
    parts = [script.read(shared_data(f"task_types.{name}.jsonl")) for name in ("dev", "dev2")]
    data = script.joined(parts)
    block = seen.signals([read(request) for request in data.requests], script.NAMED_SCALE)
    authors = np.repeat([0, 1], [len(part.labels) for part in parts])
    right = script.held_out(script.problem(block, data.labels), authors).argmax(axis=1) == data.labels
    assert right[authors == 0].mean() > 0.66
    assert right[authors == 1].mean() > 0.66


def test_the_shipped_file_says_how_it_was_made() -> None:
    """Scale, temperature and threshold travel with the weights, and the digest of the names they belong to."""
    with np.load(WEIGHTS) as stored:
        assert str(stored["digest"]) == seen.digest()
        assert stored["named"].shape == (len(seen.names()), len(TASK_TYPES))
        assert stored["hashed"].shape == (seen.HASHED, len(TASK_TYPES))
        assert stored["numbers"].shape == (3,)
