"""Rules of what the classifier sees of sentences."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import Request
from modelroute_cli.features.reading import read
from modelroute_cli.features.sentence_signals import PIECES, Said, WordTable, names, pieces, said
from modelroute_cli.features.sentences import MARKS


def of(*prompts: str, system: str | None = None) -> Said:
    """What is seen of prompts."""
    return said([read(Request(custom_id="r", prompt=prompt or None, system=system)) for prompt in prompts])


def named(found: Said) -> list[str]:
    """The named features in order."""
    return [names()[index] for index in found.named.ids]


def test_sentences_belong_to_their_requests() -> None:
    """A request without text has none."""
    assert of("Translate it now. Thank you.", "", "Sum it up").owner.tolist() == [0, 0, 2]


def test_cues_and_their_pairs_are_named() -> None:
    """What a sentence names, what begins it, and what it names together."""
    found = named(of("Summarize the email thread."))
    assert "`summarize` in a sentence" in found
    assert "`summarize` begins a sentence" in found
    assert "`summarize` with `email` in a sentence" in found


def test_what_is_negated_is_a_feature_of_its_own() -> None:
    """`do not translate` does not ask for a translation."""
    found = named(of("Do not translate."))
    assert "`translate` negated in a sentence" in found
    assert "`translate` in a sentence" not in found


def test_places_are_marks() -> None:
    """A sentence knows its zone and whether a system message stands above it."""
    found = of("Hello there", system="You translate.")
    marks = {MARKS[index] for index in found.marks.ids[found.marks.rows == 1]}
    assert marks == {
        "short",
        "head",
        "head first",
        "head last",
        "head alone",
        "head under a system message",
        "head among few",
    }


def test_the_words_of_a_sentence_have_length_one() -> None:
    """Long sentences say no more than short ones."""
    found = of("word " * 9)
    assert np.allclose((found.word_values**2).sum(), 1.0)


def test_pieces_are_the_word_its_beginning_and_its_letters() -> None:
    """Relations share pieces, and very long words have few."""
    made = pieces(["translate", "translation", "x" * 5000])
    shared = np.intersect1d(made.ids[made.rows == 0], made.ids[made.rows == 1])
    assert len(shared) > 10
    assert (made.rows == 2).sum() < 80
    assert made.ids.max() < PIECES
    assert made.values[:2].tolist() == [1.0, 1.0]


def test_the_table_adds_up_pieces() -> None:
    """A word's row is the weighted sum of its pieces, whatever was looked up before."""
    weights = np.random.default_rng(0).normal(size=(PIECES, 3)).astype(np.float32)
    table = WordTable(weights)
    table.lookup([f"word{number}" for number in range(3000)])
    made = pieces(["email"])
    expected = made.values @ weights[made.ids]
    assert np.allclose(table.lookup(["email", "email"]), [expected, expected], atol=1e-4)
    assert np.allclose(WordTable(weights).lookup(["email"]), [expected], atol=1e-4)


def test_no_words_are_no_rows() -> None:
    """Nothing in, nothing out."""
    assert WordTable(np.ones((PIECES, 3), np.float32)).lookup([]).shape == (0, 3)


@given(st.lists(st.text(max_size=80), max_size=4))
@settings(max_examples=50, deadline=None)
def test_any_block_has_sound_entries(prompts: list[str]) -> None:
    """Rows ascend, numbers are in range, every word belongs to a sentence."""
    found = of(*prompts)
    assert (np.diff(found.owner) >= 0).all()
    assert (np.diff(found.named.rows) >= 0).all()
    assert len(found.words) == len(found.word_rows) == len(found.word_values)
    assert all(0 <= index < len(names()) for index in found.named.ids)
