"""Beginnings that many texts share are counted once, and exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.features import o200k, shared_prefix
from modelroute_cli.features.shared_prefix import LEAST_CHARS, SharedPrefixes, safe_cut

BEGINNING = "Sort the ticket into one of the listed kinds, and answer with its name only.\n" * 8
BLANKS = ("\n", "\r\n", "\n\n", " ", "  ", "\t", "\u2028", "\x85", "\x1c", "\u00a0")
SIGNS = (
    "/",
    "//",
    "...",
    ".\n",
    "?!",
    "- ",
    "{",
    '"a": 1',
    "\uff0c",
    "\U0001f600",
    "<|endoftext|>",
    "\u0301",
    "\ud800",
)
WORDS = ("word", " Word", "1234", "'s", "'S", "\u00e9", "\u4e2d\u6587", "\u017f")
PIECES = st.sampled_from((*BLANKS, *SIGNS, *WORDS))


def counted(texts: list[str]) -> list[int]:
    """What tiktoken says, text by text."""
    return [o200k.count(text) for text in texts]


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map("".join))
def test_a_cut_splits_no_piece(before: str, after: str) -> None:
    """Whatever stands on either side, both parts together have the tokens of the whole."""
    text = f"{BEGINNING}{before}\n{after}"
    cut = safe_cut(text, len(text))
    if cut:
        assert o200k.count(text[:cut]) + o200k.count(text[cut:]) == o200k.count(text)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=2, max_size=6))
def test_counts_are_those_of_whole_texts(ends: list[str]) -> None:
    """However much of them is shared."""
    texts = [f"{BEGINNING}{end}" for end in ends]
    assert SharedPrefixes().count_many(texts) == counted(texts)


def test_a_shared_beginning_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the third text on only what follows it is counted."""
    texts = [f"{BEGINNING}Ticket {at}: the kettle leaks." for at in range(5)]
    expected = counted(texts)
    seen: list[str] = []

    def count_o200k(said: list[str]) -> list[int]:
        seen.extend(said)
        return counted(said)

    monkeypatch.setattr(shared_prefix, "count_o200k", count_o200k)
    shared_prefix._beginning_tokens.cache_clear()
    prefixes = SharedPrefixes()
    assert [count for text in texts for count in prefixes.count_many([text])] == expected
    assert seen[0] == texts[0]
    rest = [f"Ticket {at}: the kettle leaks." for at in (2, 3, 4)]
    assert seen[1:] == ["Ticket 1: the kettle leaks.", BEGINNING, *rest]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (f"{BEGINNING}abc", len(BEGINNING)),
        (f"{BEGINNING} abc", len(BEGINNING) - 77),
        (f"{BEGINNING}/abc", len(BEGINNING) - 77),
        ("short\nabc", 0),
        ("x" * LEAST_CHARS, 0),
    ],
)
def test_cuts_stand_behind_a_line_end_and_before_what_cannot_belong_to_it(text: str, cut: int) -> None:
    """Blanks and slashes may belong to the piece of a line end; a short beginning is not worth it."""
    assert safe_cut(text, len(text)) == cut
