"""Rules of weighing: how sentences add up to the scores of a request."""

import numpy as np

from modelroute_cli.base.schema import Request
from modelroute_cli.features.reading import read
from modelroute_cli.features.sentence_signals import PIECES, Entries, Said, names, said
from modelroute_cli.features.sentences import MARKS
from modelroute_cli.features.weighing import SentenceWeights, Weigher, opened, summed, weighted


def block(*prompts: str) -> Said:
    """What is seen of prompts."""
    return said([read(Request(custom_id="r", prompt=prompt)) for prompt in prompts])


def weigher(concept: str, mark: str = "head", opening: float = 0.0) -> Weigher:
    """Weights for two types: a concept speaks for the second, and a mark opens the gate."""
    named = np.zeros((len(names()), 3), np.float32)
    named[names().index(f"`{concept}` in a sentence"), 1] = 1.0
    marks = np.zeros(len(MARKS), np.float32)
    marks[MARKS.index(mark)] = opening
    return Weigher(SentenceWeights(named, np.zeros((PIECES, 2), np.float32), marks))


def test_a_half_open_gate_counts_half() -> None:
    """Without any sign a sentence counts half of what it says."""
    assert np.allclose(weigher("translate").scores(block("Translate it"), 1), [[0.0, 0.35]])


def test_marks_close_the_gate() -> None:
    """What stands where no instruction stands says nothing."""
    closed = weigher("translate", "head", -20.0).scores(block("Translate it"), 1)
    assert np.allclose(closed, [[0.0, 0.0]], atol=1e-6)


def test_sentences_add_up_by_request() -> None:
    """Two sentences that ask for the same say twice as much; an absent request has zero."""
    found = weigher("translate").scores(block("Translate it. Do translate it.", "Hello there"), 3)
    assert np.allclose(found, [[0.0, 0.7], [0.0, 0.0], [0.0, 0.0]])


def test_the_gate_is_a_share() -> None:
    """Between 0 and 1, half at zero."""
    assert opened(np.array([-50.0, 0.0, 50.0])).round(6).tolist() == [0.0, 0.5, 1.0]


def test_sums_are_by_row() -> None:
    """Rows without entries are zero."""
    entries = Entries(np.array([0, 0, 2]), np.array([1, 0, 1]), np.array([1.0, 2.0, 3.0], np.float32))
    matrix = np.array([[1.0], [10.0]], np.float32)
    assert weighted(entries, matrix, 3).tolist() == [[12.0], [0.0], [30.0]]
    assert summed(np.zeros((0, 2), np.float32), np.zeros(0, np.int64), 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]
