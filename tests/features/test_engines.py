"""Rules of the fast engines: behind its guard each gives tiktoken's own count, for every text."""

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.token_fuzz import CONTEXTS, fuzz_texts, in_context, nasty_texts

from modelroute_cli.features import engines, o200k
from modelroute_cli.features.engines import BULK_CHARS, Counter, Engine


def engine_of(name: str) -> Engine:
    """The engine of this name; the test is skipped where it is not installed."""
    found = engines.small() if name == "splintr" else engines.bulk()
    if found is None:
        pytest.skip("the extra `fast` is not installed")
    return found


# What benchmarks/token_fuzz.py prints for toktok without its guard.
UNICODE_17 = [
    *(0x88F, 0xC5C, 0xCDC, 0x1ACF, 0x1ADD, 0x1AE0, 0x1AEB, 0xA7CE, 0xA7CF, 0xA7D2, 0xA7D4, 0xA7F1, 0x10940, 0x10959),
    *(0x10EC5, 0x10EC7, 0x10EFA, 0x10EFB, 0x11B60, 0x11B67, 0x11DB0, 0x11DDB, 0x11DE0, 0x11DE9, 0x16EA0, 0x16EB8),
    *(0x16EBB, 0x16ED3, 0x16FF2, 0x16FF6, 0x187F8, 0x187FF, 0x18D09, 0x18D1E, 0x18D80, 0x18DF2, 0x1E6C0, 0x1E6DE),
    *(0x1E6E0, 0x1E6F5, 0x1E6FE, 0x1E6FF, 0x2B73A, 0x2B73F, 0x2CEA2, 0x2CEAD, 0x323B0, 0x33479),
]

ENGINES = pytest.mark.parametrize("name", ["splintr", "toktok"])


def by_tiktoken(texts: list[str]) -> list[int]:
    """The reference."""
    return [o200k.count(text) for text in texts]


@ENGINES
def test_the_committed_nasty_texts_count_as_tiktoken_counts_them(name: str) -> None:
    """Endless words, long runs, special-token strings, lone surrogates, unassigned letters: no difference."""
    texts = nasty_texts()
    assert engine_of(name).count_many(texts) == by_tiktoken(texts)


@ENGINES
def test_fuzzed_texts_count_as_tiktoken_counts_them(name: str) -> None:
    """Four thousand texts around every edge of the pattern: no difference (benchmarks/token_fuzz.py takes more)."""
    texts = list(fuzz_texts(4_000, seed=3))
    assert engine_of(name).count_many(texts) == by_tiktoken(texts)


@ENGINES
def test_the_letters_that_an_engine_reads_otherwise_are_counted_by_tiktoken(name: str) -> None:
    """The ends of every range, and their neighbours, in both contexts: no difference."""
    points = sorted({point + step for point in UNICODE_17 for step in (-1, 0, 1)})
    texts = [text for context in CONTEXTS for text in in_context(context, points)]
    assert engine_of(name).count_many(texts) == by_tiktoken(texts)


def test_the_guard_of_the_bulk_engine_is_needed() -> None:
    """Without its guard the engine does count new letters otherwise: when it no longer does, the guard can go."""
    engine = engine_of("toktok")
    text = "Z\u088f's"
    assert engine.count([text]) != [o200k.count(text)]
    assert engine.count_many(["x", text, "y"]) == [1, o200k.count(text), 1]


@ENGINES
@given(text=st.text(st.characters(), max_size=80))
@example(text="\ud800")
@settings(max_examples=150, deadline=None)
def test_any_text_counts_as_tiktoken_counts_it(name: str, text: str) -> None:
    """Whatever the text, lone surrogates included."""
    assert engine_of(name).count_many([text]) == by_tiktoken([text])


def test_a_small_job_is_counted_by_the_engine_that_starts_fast() -> None:
    """The bulk engine is taken up only when its start is repaid, and counts go on as before."""
    counter = Counter()
    assert counter.count_many(["hello world"]) == [2]
    assert counter.counted_chars == 11
    counter.counted_chars = BULK_CHARS
    assert counter.count_many(["hello world", "", "don'\u017f"]) == [2, 0, o200k.count("don'\u017f")]


def test_counting_a_few_texts_loads_neither_tiktoken_nor_the_bulk_engine() -> None:
    """Half of the start of a small plan would go into vocabularies that it does not need."""
    code = (
        "import sys; from modelroute_cli.features.tokens import count_o200k; "
        "print(count_o200k(['hello world', 'Gr\\u00f6\\u00dfe']), sorted({'tiktoken', 'toktok'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[2, 2] []\n"
