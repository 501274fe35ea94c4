"""Rules of signals: what the linear model sees."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import Request
from modelroute_cli.features.reading import Reading, read
from modelroute_cli.features.signals import HASHED, digest, names, signals


def ask(prompt: str, system: str | None = None) -> Reading:
    """A request as this room reads it."""
    return read(Request(custom_id="r", prompt=prompt or None, system=system))


def named(prompt: str, system: str | None = None) -> set[str]:
    """The named signals of a request."""
    return {names()[index] for index in signals([ask(prompt, system)]).ids if index < len(names())}


def test_names_are_unique_and_told_apart_by_a_digest() -> None:
    """Weights belong to one list of names: the digest in the weights' file holds them together."""
    assert len(set(names())) == len(names())
    assert len(digest()) == 16


def test_a_cue_is_named_with_its_place() -> None:
    """The same word says something else at the beginning and in the system message."""
    found = named("Translate the leaflet.", "You summarize reports.")
    assert {"`translate` at the beginning", "`translate` first", "`translate` as the first word"} <= found
    assert "`summarize` in the system message" in found
    assert "`translate` in the system message" not in found


def test_a_negated_cue_speaks_apart() -> None:
    """`do not summarize` is a signal of its own and no cue."""
    found = named("Do not summarize.")
    assert "`summarize` negated" in found
    assert "`summarize` at the beginning" not in found


def test_two_concepts_make_a_pair() -> None:
    """Pairs are named once, in the order of the vocabulary."""
    assert "`summarize` with `email`" in named("Summarize this e-mail")


def test_what_is_to_be_written_is_found() -> None:
    """The thing next to a word for writing; of two things near it the headline, then the mail."""
    assert "`email` as the only thing to make" in named("The shoe is new. Write a promotional e-mail about it.")
    assert "`headline` as what to make" in named("Write ten subject lines for the e-mail")
    assert "`email` as the only thing to make" in named("I need copy for a customer mailing")
    assert "`email` as what to make" in named("Kannst du die Mail dazu schreiben?")


def test_a_thing_in_another_sentence_is_not_what_is_to_be_written() -> None:
    """A verb reaches to the end of its sentence."""
    assert "`email` as what to make" not in named("Write something. The e-mail came late.")


def test_each_zone_of_words_has_length_one() -> None:
    """Long texts do not shout down short ones: the hashed values of a zone have a norm of one."""
    block = signals([ask("name three rivers of the old world")])
    hashed = block.values[block.ids >= len(names())]
    assert float(np.sqrt((hashed**2).sum())) == 1.0 or abs(float((hashed**2).sum()) - 1) < 1e-5


def test_rows_ascend_and_ids_are_in_range() -> None:
    """What `score` relies on."""
    block = signals([ask("Translate."), ask(""), ask("要約して")])
    assert (np.diff(block.rows) >= 0).all()
    assert block.count == 3
    assert int(block.ids.max()) < len(names()) + HASHED


def test_a_request_has_the_same_signals_in_any_block() -> None:
    """Blocks are for speed: neighbours change nothing."""
    texts = ["Write a poem about rain.", "Solve 3x = 9", "次の記事を要約してください", "x"]
    together = signals([ask(text) for text in texts])
    for row, text in enumerate(texts):
        alone = signals([ask(text)])
        here = together.rows == row
        assert together.ids[here].tolist() == alone.ids.tolist()
        assert np.allclose(together.values[here], alone.values)


@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_block_has_finite_signals(texts: list[str]) -> None:
    """No text makes a value that is not a number."""
    block = signals([ask(text) for text in texts])
    assert np.isfinite(block.values).all()
    assert int(block.ids.min()) >= 0
