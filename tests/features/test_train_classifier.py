"""Rules of the training script: the same data gives the same weights, and held-out figures stay honest."""

from pathlib import Path

import classifier_data as data
import numpy as np
import train_classifier as script
from classifier_learning import BELIEFS, Effort, believed, learn, scores, see

from modelroute_cli.base.schema import TaskType
from modelroute_cli.features import sentence_signals as spoken
from modelroute_cli.features import signals as seen
from modelroute_cli.features.classify import TASK_TYPES, WEIGHTS, Classifier, digest, softmax
from modelroute_cli.features.cues import concepts
from modelroute_cli.features.reading import read
from modelroute_cli.features.sentences import MARKS

AUTHORS = [
    "desk",
    "first",
    "mixed",
    "office",
    "papers",
    "platform",
    "puzzles",
    "rows",
    "second",
    "shop",
    "street",
    "trades",
    "traps",
    "world",
]


def test_every_authors_file_covers_every_task_type() -> None:
    """Fourteen authors, all task types, every identifier once, no request twice but for a mere `???`."""
    assert [path.stem for path in data.files()] == AUTHORS
    parts = [data.read(path) for path in data.files()]
    assert min(np.bincount(part.labels, minlength=len(TASK_TYPES)).min() for part in parts) >= 18
    every = [request for part in parts for request in part.requests]
    said = [(request.system, request.prompt, request.messages) for request in every if request.prompt != "???"]
    assert len(set(said)) == len(said)


def test_own_requests_cover_every_task_type() -> None:
    """Each task type has at least seven requests of our own, and no text has two types."""
    own = data.own()
    assert np.bincount(own.labels, minlength=len(TASK_TYPES)).min() >= 7
    texts = [(request.system, request.prompt) for request in own.requests]
    assert len(set(texts)) == len(texts)


def test_a_chat_is_read_with_all_its_turns() -> None:
    """A line has a prompt or messages."""
    parts = [data.read(path) for path in data.files()]
    chats = [request for part in parts for request in part.requests if request.messages]
    assert len(chats) > 50
    assert all(request.turns()[-1].role == "user" for request in chats)


def test_training_is_deterministic(tmp_path: Path) -> None:
    """The same requests give the same file, byte for byte, and the file is that model but for rounding."""
    own = data.own()
    readings = [read(request) for request in own.requests[:60]]
    known = see(readings, script.NAMED_SCALE)
    for name in ("one.npz", "two.npz"):
        script.save(tmp_path / name, learn(known, own.labels[:60], Effort(rounds=2)), 1.0, 0.2)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    shares = Classifier.load(tmp_path / "one.npz").shares(readings)
    model = learn(known, own.labels[:60], Effort(rounds=2))
    assert np.allclose(shares, softmax(scores(known, model)), atol=0.02)
    assert Classifier.load(tmp_path / "one.npz").guess(readings[:1])[0].task_type == TaskType.EMAIL


def test_believed_is_what_the_concepts_say() -> None:
    """Before anything is learned, a plain request is already understood."""
    assert set(BELIEFS) < set(concepts())
    asked = [read(request) for request in data.own().requests[:40]]
    model = believed()
    assert model.said.shape == (len(spoken.names()) + spoken.PIECES, len(TASK_TYPES) + 1)
    right = scores(see(asked, script.NAMED_SCALE), model).argmax(axis=1) == TASK_TYPES.index(TaskType.EMAIL)
    assert right.mean() > 0.6


def test_held_out_accuracy_has_a_floor() -> None:
    """Trained on one author's requests and our own and checked on another's: a change that costs accuracy is seen here.

    Measured 2026-11: 78% so; the shipped weights are trained on eleven authors. Lower it only with a reason.
    """
    parts = [data.read(data.FOLDER / "first.jsonl"), data.read(data.FOLDER / "second.jsonl"), data.own()]
    everything = data.joined(parts)
    known = see([read(request) for request in everything.requests], script.NAMED_SCALE)
    authors = np.repeat(np.arange(3), [len(part.labels) for part in parts])
    rows, asked = np.flatnonzero(authors != 1), np.flatnonzero(authors == 1)
    model = learn(known.only(rows), everything.labels[rows], Effort(rounds=4))
    right = scores(known.only(asked), model).argmax(axis=1) == everything.labels[asked]
    assert right.mean() > 0.75


def test_calibration_error_is_the_mean_gap_of_its_bins() -> None:
    """Confidence 0.9 that is always right is off by 0.1; so is 0.55 that is right in 45 of 100."""
    sure = np.array([0.9] * 10, np.float32)
    assert round(script.calibration_error(sure, np.ones(10, np.bool_)), 4) == 0.1
    mixed = np.array([0.55] * 100, np.float32)
    assert round(script.calibration_error(mixed, np.arange(100) < 45), 4) == 0.1


def test_accuracy_where_surest_leaves_out_the_least_sure() -> None:
    """Of twenty requests the seventeen with the largest shares are counted."""
    sure = np.linspace(0.95, 0.55, 20)
    shares = np.stack((sure, 1 - sure), axis=1).astype(np.float32)
    assert script.at_coverage(shares, np.arange(20) < 17) == 1.0
    assert round(script.at_coverage(shares, np.arange(20) >= 3), 4) == round(14 / 17, 4)


def test_other_is_no_task() -> None:
    """Coverage is that of requests that say what to do."""
    labels = np.array([TASK_TYPES.index(TaskType.EMAIL), TASK_TYPES.index(TaskType.OTHER)])
    assert script.has_task(labels).tolist() == [True, False]


def test_calibration_finds_the_temperature() -> None:
    """Scores twice too large are cooled by two."""
    random = np.random.default_rng(0)
    shares = softmax(random.normal(0, 2, (4000, 4)))
    labels = np.array([random.choice(4, p=row) for row in shares])
    assert abs(script.calibrate((2 * np.log(shares)).astype(np.float32), labels) - 2.0) < 0.2


def test_the_shipped_file_says_how_it_was_made() -> None:
    """Scale, temperature and threshold travel with the weights, and the digest of the names they belong to."""
    with np.load(WEIGHTS) as stored:
        assert str(stored["digest"]) == digest()
        assert stored["named"].shape == (len(seen.names()), len(TASK_TYPES))
        assert stored["hashed"].shape == (seen.HASHED, len(TASK_TYPES))
        assert stored["said"].shape == (len(spoken.names()), len(TASK_TYPES) + 1)
        assert stored["pieces"].shape == (spoken.PIECES, len(TASK_TYPES))
        assert stored["marks"].shape == (len(MARKS),)
        assert stored["numbers"].shape == (3,)
