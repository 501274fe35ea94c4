"""Texts that take tokenizers apart: the same ones in every run, so that a mismatch can be found again."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

NASTY = Path(__file__).parent / "nasty_texts.json"
SCALARS = [*range(0xD800), *range(0xE000, 0x110000)]  # every code point that UTF-8 can carry
CONTEXTS = ("ab\u00b7cd", " x1 \u00b7\u00b7\n Z\u00b7's'\u00b7")  # `·` is where the code point goes

_ATOMS = (
    *("a", "A", "Z", "ab", "Ab", "aB", "the", " the", "ing", "x" * 7, "1", "12", "1234", "0.5", "-3", "e9"),
    *("'s", "'S", "'t", "'re", "'VE", "'ll", "'D", "\u2019s", "'\u017f", "\u017f", "''", "s'", "don't", "I'M"),
    *(" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n", " \n ", "\xa0", "\u2003", "\u3000", "\u200b", "\x85", "\x0b"),
    *(".", ",", "!?", "...", "/", "//", "\\", "{}", '"', "==", "->", "<|endoftext|>", "<|im_start|>", "#", "_", "()"),
    *("\u00e9", "e\u0301", "\u0301", "\u00df", "\u0130", "\u01c5", "\u02b0", "\u0e01\u0e33", "\u0915\u094d\u0937"),
    *(
        "\u6f22",
        "\u6f22\u5b57",
        "\u3042",
        "\uac00",
        "\u0627\u0644",
        "\u05d0",
        "\u0661",
        "\u00b2",
        "\u2167",
        "\U0001d7d8",
    ),
    *("\U0001f468\u200d\U0001f469", "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\u0378", "\ue000"),
    *("\x00", "\x7f", "\ufeff", "\ufffd", "\ufffe", "\U0010ffff", "\u088f", "\U000323b0", "\U0001e6c0", "\ud800"),
)


def nasty_texts(most_chars: int | None = None) -> list[str]:
    """The committed ones, `[text, times]` each: cases that broke some tokenizer once, and long runs.

    A million spaces, words of 100,000 characters, special-token strings and lone surrogates are among them; with
    `most_chars`, only those that are no longer.
    """
    texts = [text * times for text, times in json.loads(NASTY.read_text())]
    return [text for text in texts if most_chars is None or len(text) <= most_chars]


def fuzz_texts(count: int, seed: int) -> Iterator[str]:
    """`count` texts of one to twenty-four pieces around every edge of the o200k pattern."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(count):
        yield "".join(_piece(chance) for _ in range(chance.randint(1, 24)))


def _piece(chance: random.Random) -> str:
    """An atom, mostly; now and then any code point at all, or a run of one atom."""
    draw = chance.random()
    if draw < 0.06:
        return chr(chance.choice(SCALARS))
    atom = chance.choice(_ATOMS)
    return atom * chance.randint(2, 40) if draw < 0.1 else atom


def in_context(context: str, points: list[int]) -> list[str]:
    """Each code point where the context holds its place."""
    return [context.replace("\u00b7", chr(point)) for point in points]
